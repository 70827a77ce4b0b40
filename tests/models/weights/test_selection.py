"""Of a repository exactly one variant of one model is fetched, and never code or a pickle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import InputRefused
from models.weights import Weights
from models.weights.safe import is_safe
from models.weights.selection import INDEX, MODULAR, index_of, selected

SDXL = [
    "README.md",
    "LICENSE.md",
    "animagine-xl-4.0.safetensors",
    "model_index.json",
    "pipeline.py",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    "text_encoder/model.safetensors",
    "text_encoder/model.fp16.safetensors",
    "text_encoder/pytorch_model.bin",
    "text_encoder/pytorch_model.bin.index.json",
    "tokenizer/merges.txt",
    "tokenizer/vocab.json",
    "unet/config.json",
    "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
    "unet/diffusion_pytorch_model-00002-of-00002.safetensors",
    "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.safetensors.index.json",
    "unet/diffusion_pytorch_model.safetensors.index.fp16.json",
    "vae/config.json",
    "vae/diffusion_pytorch_model.safetensors",
    "notes/training.json",
]
ENTRIES = {
    "_class_name": "StableDiffusionXLPipeline",
    "scheduler": ["diffusers", "EulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
    "image_encoder": [None, None],
    "force_zeros_for_empty_prompt": True,
}


def fetched(weights: Weights, paths=SDXL, index=ENTRIES) -> set[str]:
    return set(selected(paths, weights, index).paths)


def test_a_pipeline_is_its_components_without_code_pickles_and_single_file_copies():
    assert fetched(Weights(hub="a/b")) == {
        "LICENSE.md",
        "README.md",
        "model_index.json",
        "scheduler/scheduler_config.json",
        "text_encoder/config.json",
        "text_encoder/model.safetensors",
        "tokenizer/merges.txt",
        "tokenizer/vocab.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
        "unet/diffusion_pytorch_model-00002-of-00002.safetensors",
        "unet/diffusion_pytorch_model.safetensors.index.json",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
    }


def test_a_variant_replaces_the_plain_weights_where_a_component_has_it():
    found = fetched(Weights(hub="a/b", variant="fp16"))

    weights = {path for path in found if "safetensors" in path}
    assert weights == {
        "text_encoder/model.fp16.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "unet/diffusion_pytorch_model.safetensors.index.fp16.json",
        "vae/diffusion_pytorch_model.safetensors",
    }


def test_weights_that_exist_only_as_a_variant_are_named():
    paths = [INDEX, "unet/config.json", "unet/diffusion_pytorch_model.fp16.safetensors"]

    with pytest.raises(InputRefused, match=r"only as fp16.*variant"):
        fetched(Weights(hub="a/b"), paths, {"unet": ["diffusers", "UNet"]})


def test_a_component_that_exists_only_as_a_pickle_is_refused():
    paths = [INDEX, "unet/config.json", "unet/diffusion_pytorch_model.bin"]

    with pytest.raises(InputRefused, match="only as a pickle"):
        fetched(Weights(hub="a/b"), paths, {"unet": ["diffusers", "UNet"]})


@pytest.mark.parametrize(
    ("paths", "index"),
    [
        ([INDEX, "unet/my_unet.py", "unet/x.safetensors"], {"unet": ["my_unet", "UNet"]}),
        (
            [INDEX, "my_pipe.py", "unet/x.safetensors"],
            {"_class_name": ["my_pipe", "P"], "unet": ["d", "UNet"]},
        ),
    ],
)
def test_a_model_that_needs_its_own_code_is_refused(paths, index):
    with pytest.raises(InputRefused, match="its own code"):
        fetched(Weights(hub="a/b"), paths, index)


def test_files_are_chosen_by_pattern():
    assert fetched(Weights(hub="a/b", files=("vae/*", "tokenizer/*.txt"))) == {
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
        "tokenizer/merges.txt",
    }


def test_a_folder_chosen_by_pattern_comes_in_one_variant():
    found = fetched(Weights(hub="a/b", files=("text_encoder/*",)))

    assert found == {"text_encoder/config.json", "text_encoder/model.safetensors"}


@pytest.mark.parametrize("pattern", ["pipeline.py", "*.py", "text_encoder/pytorch_model.bin"])
def test_code_and_pickles_cannot_be_chosen(pattern):
    with pytest.raises(InputRefused, match="can run code"):
        fetched(Weights(hub="a/b", files=(pattern,)))


def test_a_pattern_that_matches_nothing_is_told_with_what_there_is():
    with pytest.raises(InputRefused, match=r"no file 'lora\.safetensors'.*animagine-xl-4\.0\.safetensors"):
        fetched(Weights(hub="a/b", files=("lora.safetensors",)))


def test_a_model_without_an_index_is_the_files_at_its_root():
    paths = [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "onnx/model.safetensors",
        "pytorch_model.bin",
    ]

    found = fetched(Weights(hub="a/b"), paths, None)

    assert found == {"config.json", "model.safetensors", "tokenizer.json"}


def test_a_repository_of_single_files_has_to_be_told_which():
    with pytest.raises(InputRefused, match="Say which: files"):
        fetched(Weights(hub="a/b"), ["one.safetensors", "two.safetensors"], None)


def test_the_parts_of_a_modular_pipeline_are_found_in_their_own_repositories():
    paths = [MODULAR, "transformer/config.json", "transformer/x.safetensors"]
    index = {
        "_blocks_class_name": "AnimaBlocks",
        "transformer": [
            "diffusers",
            "T",
            {"pretrained_model_name_or_path": "a/b", "subfolder": "transformer"},
        ],
        "text_encoder": ["transformers", "Q", {"pretrained_model_name_or_path": "c/d", "subfolder": "te"}],
        "vae": ["diffusers", "V", {"pretrained_model_name_or_path": "e/f", "revision": "1" * 40}],
    }

    found = selected(paths, Weights(hub="a/b"), index)

    assert set(found.paths) == set(paths)
    assert found.parts["text_encoder"] == (Weights(hub="c/d", files=("te/*",)), "te")
    assert found.parts["vae"] == (Weights(hub="e/f", revision="1" * 40), "")


@pytest.mark.parametrize("origin", ["../../etc", "https://evil/x", "/root/x", "name"])
def test_a_part_that_is_no_hub_id_is_refused(origin):
    index = {"vae": ["diffusers", "V", {"pretrained_model_name_or_path": origin}]}

    with pytest.raises(InputRefused, match="no model"):
        selected([MODULAR], Weights(hub="a/b"), index)


def test_the_index_is_not_read_where_files_are_chosen():
    assert index_of(SDXL, Weights(hub="a/b")) == INDEX
    assert index_of(SDXL, Weights(hub="a/b", files=("vae/*",))) == ""


NAMES = st.text("abc./_- \\:\n*é", min_size=1, max_size=12)


@given(
    st.lists(st.builds("{}{}".format, NAMES, st.sampled_from([".safetensors", ".json", ".py", ".bin", ""])))
)
def test_nothing_unsafe_is_ever_selected(paths):
    try:
        found = selected(sorted(set(paths)), Weights(hub="a/b", files=("*",)), None).paths
    except InputRefused:
        return
    assert all(is_safe(path) for path in found)
