"""Stable Audio 3 as its makers lay it out: a checkpoint of a few thousand weights, and a tiny T5Gemma beside it."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from models import libraries
from tests.models.tiny import tokenizers

RATE, WIDTH, HEAD, LATENT, PATCH, STRIDE, DEPTH = 8000, 64, 64, 8, 8, 4, 4
COND, EMBED = 16, 128
SMALL = {"chunk_size": 8, "chunk_midpoint_shift": True, "conv_mapping": True}
MEDIUM = {"sliding_window": [1, 1], "sinusoidal_blocks": [3]}
Fill = Callable[[int, tuple[int, ...]], torch.Tensor]


def config(kind: dict[str, Any], **diffusion: Any) -> dict[str, Any]:
    """As model_config.json has it; only what a reader needs."""
    decoder = {
        "channels": WIDTH, "c_mults": [1], "strides": [STRIDE], "latent_dim": LATENT, "transformer_depths": [DEPTH],
        "dim_heads": HEAD, "differential": True, "variable_stride": True, **kind,
    }  # fmt: skip
    sound = {"decoder": {"config": decoder}, "pretransform": {"config": {"channels": 2, "patch_size": PATCH}}}
    seconds = {"min_val": 0, "max_val": 384}
    return {
        "sample_rate": RATE,
        "model": {
            "pretransform": {"config": sound},
            "diffusion": {
                "diffusion_objective": "rf_denoiser",
                "config": {
                    "global_cond_type": "adaLN", "timestep_features_type": "expo",
                    "transformer_type": "continuous_transformer", **diffusion,
                },
            },
            "conditioning": {
                "configs": [
                    {"id": "prompt", "config": {"max_length": 64}},
                    {"id": "seconds_total", "config": seconds},
                ]
            },
        },
    }  # fmt: skip


def decoder_shapes(wide: int) -> dict[str, tuple[int, ...]]:
    """``wide``: of the last convolution, 3 in small models and 1 in medium."""
    shapes: dict[str, tuple[int, ...]] = {
        "bottleneck.running_std": (1,),
        "decoder.layers.1.bias": (WIDTH,),
        "decoder.layers.1.weight": (WIDTH, LATENT),
        "decoder.layers.3.mapping.bias": (2 * PATCH,),
        "decoder.layers.3.mapping.weight_g": (2 * PATCH, 1, 1),
        "decoder.layers.3.mapping.weight_v": (2 * PATCH, WIDTH, wide),
        "decoder.layers.3.new_tokens": (1, 1, WIDTH),
    }
    for layer in range(DEPTH):
        at = f"decoder.layers.3.transformers.{layer}."
        for norm, width in (
            ("pre_norm", WIDTH), ("ff_norm", WIDTH), ("self_attn.q_norm", HEAD), ("self_attn.k_norm", HEAD)
        ):  # fmt: skip
            shapes |= {f"{at}{norm}.alpha": (1,), f"{at}{norm}.beta": (width,), f"{at}{norm}.gamma": (width,)}
        shapes |= {
            f"{at}ff.ff.0.proj.bias": (6 * WIDTH,), f"{at}ff.ff.0.proj.weight": (6 * WIDTH, WIDTH),
            f"{at}ff.ff.2.bias": (WIDTH,), f"{at}ff.ff.2.weight": (WIDTH, 3 * WIDTH),
            f"{at}self_attn.to_out.weight": (WIDTH, WIDTH), f"{at}self_attn.to_qkv.weight": (5 * WIDTH, WIDTH),
            f"{at}rope.inv_freq": (HEAD // 4,),
        }  # fmt: skip
    return shapes


def denoiser_shapes(differential: bool) -> dict[str, tuple[int, ...]]:
    times = 5 if differential else 3
    head, cross = 64, 2 if differential else 1
    shapes: dict[str, tuple[int, ...]] = {
        "postprocess_conv.weight": (LATENT, LATENT, 1), "preprocess_conv.weight": (LATENT, LATENT, 1),
        "to_cond_embed.0.weight": (EMBED, COND), "to_cond_embed.2.weight": (EMBED, EMBED),
        "to_global_embed.0.weight": (EMBED, COND), "to_global_embed.2.weight": (EMBED, EMBED),
        "to_timestep_embed.0.weight": (EMBED, 32), "to_timestep_embed.0.bias": (EMBED,),
        "to_timestep_embed.2.weight": (EMBED, EMBED), "to_timestep_embed.2.bias": (EMBED,),
        "transformer.project_in.weight": (EMBED, LATENT), "transformer.project_out.weight": (LATENT, EMBED),
        "transformer.memory_tokens": (4, EMBED), "transformer.rotary_pos_emb.inv_freq": (head // 4,),
        "transformer.global_cond_embedder.0.weight": (EMBED, EMBED),
        "transformer.global_cond_embedder.0.bias": (EMBED,),
        "transformer.global_cond_embedder.2.weight": (6 * EMBED, EMBED),
        "transformer.global_cond_embedder.2.bias": (6 * EMBED,),
    }  # fmt: skip
    for layer in range(2):
        at = f"transformer.layers.{layer}."
        shapes |= {
            f"{at}pre_norm.gamma": (EMBED,), f"{at}ff_norm.gamma": (EMBED,), f"{at}cross_attend_norm.gamma": (EMBED,),
            f"{at}self_attn.q_norm.gamma": (head,), f"{at}self_attn.k_norm.gamma": (head,),
            f"{at}self_attn.to_qkv.weight": (times * EMBED, EMBED), f"{at}self_attn.to_out.weight": (EMBED, EMBED),
            f"{at}cross_attn.q_norm.gamma": (head,), f"{at}cross_attn.k_norm.gamma": (head,),
            f"{at}cross_attn.to_q.weight": (cross * EMBED, EMBED), f"{at}cross_attn.to_out.weight": (EMBED, EMBED),
            f"{at}cross_attn.to_kv.weight": ((1 + cross) * EMBED, EMBED),
            f"{at}ff.ff.0.proj.weight": (8 * EMBED, EMBED), f"{at}ff.ff.0.proj.bias": (8 * EMBED,),
            f"{at}ff.ff.2.weight": (EMBED, 4 * EMBED), f"{at}ff.ff.2.bias": (EMBED,),
            f"{at}to_local_embed.0.weight": (EMBED, 9), f"{at}to_local_embed.0.bias": (EMBED,),
            f"{at}to_local_embed.2.weight": (EMBED, EMBED), f"{at}to_local_embed.2.bias": (EMBED,),
            f"{at}to_scale_shift_gate": (6 * EMBED,),
        }  # fmt: skip
    return shapes


def filled(shapes: dict[str, tuple[int, ...]], fill: Fill) -> dict[str, torch.Tensor]:
    """Weights by name; ``fill`` gets the place of the name in the alphabet, and the shape."""
    return {name: fill(place, shapes[name]) for place, name in enumerate(sorted(shapes))}


def hashed(place: int, shape: tuple[int, ...]) -> torch.Tensor:
    """Numbers that look like chance and are the same in every version of torch: between -0.3 and 0.3."""
    mixed = (
        torch.sin(torch.arange(math.prod(shape), dtype=torch.float64) * 12.9898 + place * 78.233) * 43758.5453
    )
    return ((mixed - mixed.floor() - 0.5) * 0.6).float().reshape(shape)


def chance(place: int, shape: tuple[int, ...]) -> torch.Tensor:
    """Of a size that keeps activations near one: larger ones drown what the prompt says."""
    inputs = math.prod(shape[1:]) if len(shape) > 1 else 4
    return torch.randn(shape, generator=torch.Generator().manual_seed(place)) / inputs**0.5


def save(kind: dict[str, Any], folder: Path, fill: Fill = chance) -> tuple[Path, Path]:
    """The checkpoint's folder and the text encoder's."""
    small = kind == SMALL
    embedder = "conditioner.conditioners.seconds_total.embedder.embedding.1."
    parts = {
        "model.model.": denoiser_shapes(differential=not small),
        "pretransform.model.": decoder_shapes(3 if small else 1),
        embedder: {"weight": (COND, 256), "bias": (COND,)},
        "conditioner.conditioners.prompt.": {"padding_embedding": (COND,)},
    }
    tensors = {
        f"{below}{name}": one for below, shapes in parts.items() for name, one in filled(shapes, fill).items()
    }
    tensors["pretransform.model.encoder.layers.1.weight"] = torch.zeros(1)  # is not read
    (folder / "sound").mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "sound/model.safetensors")
    (folder / "sound/model_config.json").write_text(json.dumps(config(kind)))
    return folder / "sound", text(folder / "text")


def text(folder: Path) -> Path:
    """T5Gemma with its decoder, as the hub has it."""
    libraries.transformers()
    from transformers import T5GemmaConfig, T5GemmaForConditionalGeneration

    module = {
        "vocab_size": 98, "hidden_size": COND, "intermediate_size": 16, "num_hidden_layers": 1,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8, "max_position_embeddings": 256,
    }  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(21)
        made = T5GemmaForConditionalGeneration(T5GemmaConfig(encoder=module, decoder=module, vocab_size=98))
        made.save_pretrained(folder)
    tokenizers.t5().save_pretrained(folder)
    return folder
