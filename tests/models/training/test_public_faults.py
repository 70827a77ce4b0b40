"""Faults of public trainers and mergers, and the test of ours for each; the table cannot name a test that is gone."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
TRAINING, DATASET, LORAS = "models/training", "stages/dataset", "models/diffusion/test_loras.py"
FAMILIES = f"{TRAINING}/test_families.py"
FAULTS = {
    "diffusers 14409, LoRA-Merger-ComfyUI 17: alpha missing, ranks mixed": (
        FAMILIES, "test_the_adapter_computes_exactly_what_the_trained_pipeline_computes"
    ),
    "diffusers 11657, 14088: a LoRA without any effect, and no error": (
        LORAS, "test_a_lora_that_would_not_work_as_meant_is_refused_and_leaves_nothing_behind"
    ),
    "kohya_ss 2674, diffusers 7310, 9558: the VAE overflows": (
        f"{TRAINING}/test_material.py", "test_latents_that_are_not_finite_are_refused_with_the_file_and_not_kept"
    ),
    "ai-toolkit 1054, sd-scripts 91: checkpointing trains nothing": (
        FAMILIES, "test_every_factor_is_trained_after_two_steps"
    ),
    "diffusers 14430: latents with another picture's caption": (
        f"{TRAINING}/test_order.py", "test_pictures_and_captions_stay_together_over_two_epochs"
    ),
    "OneTrainer 1134, diffusion-pipe 497: a stale cache": (
        f"{TRAINING}/test_material.py", "test_another_picture_bucket_ground_mirroring_or_encoder_is_encoded_anew"
    ),
    "sd-scripts 1316, musubi-tuner 695, diffusers 3465: EXIF ignored": (
        f"{DATASET}/test_intake.py", "test_a_picture_turned_by_its_camera_is_measured_upright"
    ),
    "sd-scripts 1269: colours under transparent pixels": (
        f"{DATASET}/test_intake.py", "test_what_lies_under_transparent_pixels_is_not_learnt"
    ),
    "lora-scripts-next 338, OneTrainer 573: pictures dropped by buckets": (
        f"{TRAINING}/test_buckets.py", "test_seven_pictures_of_five_shapes_are_each_shown_as_often_as_said"
    ),
    "sd-scripts 487: captions of another suffix ignored": (
        f"{DATASET}/test_folder.py", "test_a_file_that_belongs_to_nothing_is_named"
    ),
    "musubi-tuner 915, sd-scripts 1559, ace-step 742: a resume that is not exact": (
        FAMILIES, "test_six_steps_are_three_and_three_more"
    ),
    "diffusers 13731: the rate counts batches instead of steps": (
        f"{TRAINING}/test_loop.py", "test_a_step_may_take_several_batches_and_the_rate_counts_steps"
    ),
    "diffusers 13188, 8237: the LoRA of the second text encoder dropped": (
        LORAS, "test_a_lora_in_both_text_encoders_takes_its_strength_there_too"
    ),
    "diffusers 5238: min-SNR of noise for v prediction": (
        f"{TRAINING}/test_losses.py", "test_the_weight_is_min_snr_for_what_is_predicted"
    ),
    "diffusers 9451: no number at zero SNR": (
        f"{TRAINING}/test_losses.py", "test_noise_prediction_with_zero_terminal_snr_is_refused"
    ),
    "AnimaLoraStudio 350: a rank for one layer ignored": (
        f"{TRAINING}/test_sdxl.py", "test_a_target_that_fits_no_module_is_refused"
    ),
    "peft 2796: negative weights of a merge": (
        "models/merging/test_lora_merge.py",
        "test_joined_loras_change_the_model_by_the_weighted_sum_of_their_changes",
    ),
    "diffusers 12074, musubi-tuner 552: experts of Wan exchanged": (
        "models/wan/test_wan.py", "test_musubi_tuner_552_a_swapped_pair_is_refused"
    ),
    "peft 3761: rsLoRA and DoRA read as plain LoRA": (
        "models/lora/test_factors.py", "test_what_is_not_plain_lora_is_refused"
    ),
    "kohya merge_lora: both factors multiplied": (
        "models/merging/test_lora_merge.py",
        "test_the_average_of_one_lora_with_itself_at_half_weight_is_the_lora",
    ),
    "mergekit 704: a sum in fp16 overflows": (
        "models/merging/test_definitions.py", "test_a_sum_of_absolute_values_of_160000_ones_does_not_overflow"
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_test_of_a_public_fault_is_there(fault):
    file, name = FAULTS[fault]

    assert f"def {name}(" in (TESTS / file).read_text("utf-8")
