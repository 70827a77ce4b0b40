"""Pipelines of a few thousand random weights, saved as the hub lays pipelines out.

``save(kind, folder)`` makes one. They show shapes, wiring and refusals; their pictures mean nothing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from models import libraries
from tests.models.tiny import tokenizers

SEED = 20


def save(kind: str, folder: Path) -> Path:
    """The tiny pipeline ``kind`` in ``folder``."""
    import torch

    libraries.diffusers()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        torch.set_num_threads(1)
        KINDS[kind]().save_pretrained(str(folder))  # a modular pipeline takes no Path
    return folder


def _clip_config(**more: Any) -> Any:
    from transformers import CLIPTextConfig

    return CLIPTextConfig(
        vocab_size=514, hidden_size=32, intermediate_size=37, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=77, bos_token_id=0, eos_token_id=1, pad_token_id=1, hidden_act="gelu", **more,
    )  # fmt: skip


def unet(**more: Any) -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=16, in_channels=4, out_channels=4, block_out_channels=(8, 16), layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=(2, 4),
        use_linear_projection=True, addition_embed_type="text_time", addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 1), projection_class_embeddings_input_dim=80,
        cross_attention_dim=64, norm_num_groups=4, **more,
    )  # fmt: skip


def _vae(**more: Any) -> Any:
    """Three halvings, as in the full-size models: one latent pixel is 8x8."""
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(4, 4, 8, 8), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=1, norm_num_groups=4, sample_size=64, **more,
    )  # fmt: skip


def sdxl() -> Any:
    from diffusers import EulerAncestralDiscreteScheduler, StableDiffusionXLPipeline
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    return StableDiffusionXLPipeline(
        vae=_vae(latent_channels=4, scaling_factor=0.13025, force_upcast=True),
        text_encoder=CLIPTextModel(_clip_config()),
        text_encoder_2=CLIPTextModelWithProjection(_clip_config(projection_dim=32)),
        tokenizer=tokenizers.clip(),
        tokenizer_2=tokenizers.clip(),
        unet=unet(),
        scheduler=EulerAncestralDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="trailing"
        ),
        add_watermarker=False,
    )


def controlnet_union() -> Any:
    """A union ControlNet for the tiny UNet: six kinds of guide."""
    from diffusers import ControlNetUnionModel

    made = ControlNetUnionModel(
        block_out_channels=(8, 16), down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), layers_per_block=1,
        attention_head_dim=(2, 4), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=8, transformer_layers_per_block=(1, 1), projection_class_embeddings_input_dim=80,
        cross_attention_dim=64, norm_num_groups=4, conditioning_embedding_out_channels=(4, 4, 8, 8),
        num_trans_channel=8, num_trans_head=2, num_proj_channel=8,
    )  # fmt: skip
    for weights in made.parameters():  # a new ControlNet begins without effect
        if not weights.any():
            weights.data.normal_(std=0.3)
    return made


def image_encoder() -> Any:
    """The image encoder of a tiny IP-Adapter."""
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=16, intermediate_size=16, projection_dim=24, num_hidden_layers=1, num_attention_heads=2,
            image_size=32, patch_size=16,
        )
    )  # fmt: skip


def _qwen3(layers: int = 2, **more: Any) -> Any:
    from transformers import Qwen3Config

    return Qwen3Config(
        vocab_size=320, hidden_size=16, intermediate_size=16, num_hidden_layers=layers, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8, max_position_embeddings=2048, **more,
    )  # fmt: skip


def klein() -> Any:
    from diffusers import (
        AutoencoderKLFlux2,
        FlowMatchEulerDiscreteScheduler,
        Flux2KleinPipeline,
        Flux2Transformer2DModel,
    )
    from transformers import Qwen3ForCausalLM

    return Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=AutoencoderKLFlux2(
            block_out_channels=(4, 4, 8, 8), layers_per_block=1, latent_channels=4, norm_num_groups=4, sample_size=64
        ),
        # the pipeline reads the hidden states of layers 9, 18 and 27
        text_encoder=Qwen3ForCausalLM(_qwen3(layers=27)),
        tokenizer=tokenizers.qwen(),
        transformer=Flux2Transformer2DModel(
            in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=48, timestep_guidance_channels=16, axes_dims_rope=(4, 4, 4, 4), guidance_embeds=False,
        ),
        is_distilled=True,
    )  # fmt: skip


def z_image() -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler, ZImagePipeline, ZImageTransformer2DModel
    from transformers import Qwen3Model

    return ZImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=_vae(
            latent_channels=16, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False,
            use_post_quant_conv=False,
        ),
        text_encoder=Qwen3Model(_qwen3()),
        tokenizer=tokenizers.qwen(),
        transformer=ZImageTransformer2DModel(
            dim=32, n_layers=1, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=16,
            axes_dims=[4, 6, 6], axes_lens=[1024, 256, 256],
        ),
    )  # fmt: skip


def z_image_controlnet() -> Any:
    """A union ControlNet for the tiny Z-Image transformer, of the kind that has no blocks of its own to refine."""
    from diffusers import ZImageControlNetModel

    made = ZImageControlNetModel(
        control_layers_places=[0], control_refiner_layers_places=[0], control_in_dim=16,
        add_control_noise_refiner="control_noise_refiner", dim=32, n_refiner_layers=1, n_heads=2, n_kv_heads=2,
    )  # fmt: skip
    for weights in made.parameters():  # a new ControlNet begins without effect
        if not weights.any():
            weights.data.normal_(std=0.3)
    return made


def qwen_edit() -> Any:
    """Without its processor: transformers builds that one only beside torchvision."""
    from diffusers import (
        FlowMatchEulerDiscreteScheduler,
        QwenImageEditPlusPipeline,
        QwenImageTransformer2DModel,
    )
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    ids = {word: 256 + at for at, word in enumerate(tokenizers.SPECIAL)}
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": 320, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
            "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 4096,
            "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e6},
        },
        vision_config={
            "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16,
            "fullatt_block_indexes": [0],
        },
        image_token_id=ids["<|image_pad|>"], video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"], vision_end_token_id=ids["<|vision_end|>"],
    )  # fmt: skip
    return QwenImageEditPlusPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=_qwen_vae(),
        text_encoder=Qwen2_5_VLForConditionalGeneration(config),
        tokenizer=tokenizers.qwen(),
        processor=None,
        transformer=QwenImageTransformer2DModel(
            in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=16, axes_dims_rope=(4, 6, 6),
        ),
    )  # fmt: skip


class _Parts:
    """The parts of a modular pipeline, each in a folder of its own."""

    def __init__(self, **parts: Any) -> None:
        self.parts = parts

    def save_pretrained(self, folder: str | Path) -> None:
        for name, part in self.parts.items():
            part.save_pretrained(Path(folder) / name)


def anima() -> Any:
    from diffusers import AnimaTextConditioner, CosmosTransformer3DModel, FlowMatchEulerDiscreteScheduler
    from transformers import Qwen3Model

    return _Parts(
        text_encoder=Qwen3Model(_qwen3()),
        tokenizer=tokenizers.qwen(),
        t5_tokenizer=tokenizers.t5(),
        text_conditioner=AnimaTextConditioner(
            source_dim=16, target_dim=16, model_dim=16, num_layers=1, num_attention_heads=2, target_vocab_size=128,
            min_sequence_length=16,
        ),
        transformer=CosmosTransformer3DModel(
            in_channels=4, out_channels=4, num_attention_heads=2, attention_head_dim=16, num_layers=1, mlp_ratio=2,
            text_embed_dim=16, adaln_lora_dim=4, max_size=(4, 64, 64), patch_size=(1, 2, 2), extra_pos_embed_type=None,
        ),
        vae=_qwen_vae(),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
    )  # fmt: skip


def _qwen_vae() -> Any:
    from diffusers import AutoencoderKLQwenImage

    return AutoencoderKLQwenImage(
        base_dim=2, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 4, latents_std=[1.0] * 4,
    )  # fmt: skip


def _wan_parts() -> dict[str, Any]:
    from diffusers import AutoencoderKLWan, UniPCMultistepScheduler
    from transformers import T5Config, UMT5EncoderModel

    return {
        "scheduler": UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=3.0
        ),
        "vae": AutoencoderKLWan(
            base_dim=3,
            z_dim=16,
            dim_mult=[1, 1, 1, 1],
            num_res_blocks=1,
            temperal_downsample=[False, True, True],
        ),
        "text_encoder": UMT5EncoderModel(
            T5Config(vocab_size=128, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
        ),
        "tokenizer": tokenizers.t5(),
    }


def wan_transformer(**more: Any) -> Any:
    from diffusers import WanTransformer3DModel

    return WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, out_channels=16, text_dim=16,
        freq_dim=16, ffn_dim=16, num_layers=1, rope_max_seq_len=64, **{"in_channels": 36, **more},
    )  # fmt: skip


def wan_i2v() -> Any:
    """Wan2.2-I2V-A14B: two experts, no image encoder."""
    from diffusers import WanImageToVideoPipeline

    return WanImageToVideoPipeline(
        **_wan_parts(),
        transformer=wan_transformer(),
        transformer_2=wan_transformer(),
        image_encoder=None,
        image_processor=None,
        boundary_ratio=0.9,
    )


def wan_ti2v() -> Any:
    """Wan2.2-TI2V-5B: one model, which keeps the first frame out of the noise; half as many pixels a side."""
    from diffusers import WanImageToVideoPipeline

    return WanImageToVideoPipeline(
        **_wan_parts(), transformer=wan_transformer(in_channels=16), image_encoder=None, image_processor=None,
        expand_timesteps=True,
    )  # fmt: skip


def wan_flf2v() -> Any:
    """Wan2.1-FLF2V-14B: a CLIP encoder sees both ends."""
    from diffusers import WanImageToVideoPipeline
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

    config = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=32,
        patch_size=16,
    )
    return WanImageToVideoPipeline(
        **_wan_parts(),
        transformer=wan_transformer(image_dim=16, pos_embed_seq_len=2 * 5, added_kv_proj_dim=24),
        image_encoder=CLIPVisionModel(config),
        image_processor=CLIPImageProcessor(size=32, crop_size=32),
    )


def wan_vace() -> Any:
    from diffusers import WanVACEPipeline, WanVACETransformer3DModel

    transformer = WanVACETransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=16, out_channels=16,
        text_dim=16, freq_dim=16, ffn_dim=16, num_layers=2, rope_max_seq_len=64, vace_layers=[0], vace_in_channels=96,
    )  # fmt: skip
    for name, weights in transformer.named_parameters():
        if name.startswith("vace_") and name.endswith("weight") and weights.ndim > 1:
            weights.data *= 4  # as they are drawn, what is shown moves no pixel by a whole step
    return WanVACEPipeline(**_wan_parts(), transformer=transformer)


def wan_animate() -> Any:
    """Wan-Animate 2, a modular pipeline; its image encoder has the width that the model's code demands."""
    from diffusers import FlowMatchEulerDiscreteScheduler, WanAnimate2Blocks, WanAnimate2Transformer3DModel
    from transformers import CLIPVisionConfig, CLIPVisionModel

    seen = CLIPVisionConfig(
        hidden_size=1280,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=224,
        patch_size=32,
    )
    pipe = WanAnimate2Blocks().init_pipeline()
    pipe.update_components(
        **{**_wan_parts(), "scheduler": FlowMatchEulerDiscreteScheduler(shift=5.0)},
        image_encoder=CLIPVisionModel(seen),
        transformer=WanAnimate2Transformer3DModel(
            text_len=512,
            in_dim=36,
            dim=24,
            ffn_dim=16,
            freq_dim=16,
            text_dim=16,
            out_dim=16,
            num_heads=2,
            num_layers=1,
        ),
    )
    return pipe


def wan_t2v() -> Any:
    from diffusers import WanPipeline

    return WanPipeline(**_wan_parts(), transformer=wan_transformer(in_channels=16))


KINDS: dict[str, Callable[[], Any]] = {
    "sdxl": sdxl,
    "controlnet-union": controlnet_union,
    "image-encoder": image_encoder,
    "anima": anima,
    "klein": klein,
    "z-image": z_image,
    "z-image-controlnet": z_image_controlnet,
    "qwen-edit": qwen_edit,
    "wan-i2v": wan_i2v,
    "wan-ti2v": wan_ti2v,
    "wan-flf2v": wan_flf2v,
    "wan-vace": wan_vace,
    "wan-animate": wan_animate,
    "wan-t2v": wan_t2v,
}
