"""Sound pipelines of a few thousand random weights, saved as the hub lays them out: 8 kHz, a few seconds long."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from models import libraries
from tests.models.tiny import tokenizers

RATE = 8000
SEED = 21


def save(kind: str, folder: Path) -> Path:
    """The tiny pipeline ``kind`` in ``folder``."""
    import torch

    libraries.diffusers()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        torch.set_num_threads(1)
        made = KINDS[kind]()
        _awaken(made)
        made.save_pretrained(folder)
    return folder


def _awaken(pipe: Any) -> None:
    """Give every weight that begins at zero a value: else a new model answers every prompt with the same sound."""
    import torch

    for part in pipe.components.values():
        for weight in part.parameters() if isinstance(part, torch.nn.Module) else ():
            if not weight.any():
                torch.nn.init.normal_(weight, std=0.2)


def _t5(longest: int) -> Any:
    made = tokenizers.t5()
    made.model_max_length = longest
    return made


def _oobleck(latent: int = 4) -> Any:
    from diffusers import AutoencoderOobleck

    return AutoencoderOobleck(
        encoder_hidden_size=4, downsampling_ratios=[4, 8, 10], channel_multiples=[1, 1, 1], decoder_channels=4,
        decoder_input_channels=latent, audio_channels=2, sampling_rate=RATE,
    )  # fmt: skip


def stable_audio_open() -> Any:
    from diffusers import (
        EDMDPMSolverMultistepScheduler,
        StableAudioDiTModel,
        StableAudioPipeline,
        StableAudioProjectionModel,
    )
    from transformers import T5Config, T5EncoderModel

    encoder = T5EncoderModel(
        T5Config(vocab_size=98, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2, pad_token_id=0)
    )
    return StableAudioPipeline(
        vae=_oobleck(),
        text_encoder=encoder,
        projection_model=StableAudioProjectionModel(
            text_encoder_dim=8, conditioning_dim=8, min_value=0, max_value=512
        ),
        tokenizer=_t5(128),
        transformer=StableAudioDiTModel(
            sample_size=75, in_channels=4, num_layers=1, attention_head_dim=8, num_attention_heads=2,
            num_key_value_attention_heads=1, out_channels=4, cross_attention_dim=8, time_proj_dim=8,
            global_states_input_dim=16, cross_attention_input_dim=8,
        ),
        scheduler=EDMDPMSolverMultistepScheduler(
            solver_order=2, prediction_type="v_prediction", sigma_data=1.0, sigma_schedule="exponential"
        ),
    )  # fmt: skip


def stable_audio_3() -> Any:
    from diffusers import (
        AutoencoderSAME,
        FlowMatchEulerDiscreteScheduler,
        StableAudio3DiTModel,
        StableAudio3DurationEmbedder,
        StableAudio3Pipeline,
    )
    from transformers import T5GemmaConfig, T5GemmaEncoderModel

    module = {
        "vocab_size": 98, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8, "max_position_embeddings": 256,
    }  # fmt: skip
    return StableAudio3Pipeline(
        vae=AutoencoderSAME(
            patch_size=40, encoder_channels=8, encoder_c_mults=(2,), encoder_strides=(4,),
            encoder_transformer_depths=(1,), latent_dim=8, dim_heads=8, sampling_rate=RATE,
        ),
        text_encoder=T5GemmaEncoderModel(
            T5GemmaConfig(encoder=module, decoder=module, vocab_size=98, is_encoder_decoder=False)
        ),
        tokenizer=_t5(256),
        duration_embedder=StableAudio3DurationEmbedder(output_dim=16, fourier_dim=8, max_val=6),
        transformer=StableAudio3DiTModel(
            io_channels=8, embed_dim=16, depth=1, num_heads=2, cond_token_dim=16, global_cond_dim=16,
            local_add_cond_dim=9, timestep_features_dim=8, ff_mult=1.0, num_memory_tokens=2,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(stochastic_sampling=True),
    )  # fmt: skip


def ace_step() -> Any:
    from diffusers import (
        AceStepConditionEncoder,
        AceStepPipeline,
        AceStepTransformer1DModel,
        FlowMatchEulerDiscreteScheduler,
    )
    from transformers import Qwen3Config, Qwen3Model

    small = {
        "hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8,
    }  # fmt: skip
    return AceStepPipeline(
        vae=_oobleck(8),
        text_encoder=Qwen3Model(
            Qwen3Config(vocab_size=320, num_hidden_layers=1, max_position_embeddings=4096, **small)
        ),
        tokenizer=tokenizers.qwen(),
        transformer=AceStepTransformer1DModel(
            num_hidden_layers=2, in_channels=24, audio_acoustic_hidden_dim=8, is_turbo=True, sliding_window=16, **small
        ),
        condition_encoder=AceStepConditionEncoder(
            text_hidden_dim=16, timbre_hidden_dim=8, num_lyric_encoder_hidden_layers=1,
            num_timbre_encoder_hidden_layers=1, sliding_window=16, **small,
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
    )  # fmt: skip


KINDS: dict[str, Callable[[], Any]] = {
    "stable-audio-open": stable_audio_open,
    "stable-audio-3": stable_audio_3,
    "ace-step": ace_step,
}
