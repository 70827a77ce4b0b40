"""Write a LoRA in the two styles that other programs read, with alpha where each of them looks for it.

In: factors by module, as diffusers names the modules.      Out: a safetensors file that reloads without a difference.
diffusers: alpha is in the header only. kohya and ComfyUI: alpha is a tensor beside each pair; kohya's own converter
writes the rank there, which is another strength. Header fields: ModelSpec 1.0.1 and sd-scripts 0.10.
Imports torch when used.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from assets.errors import InputRefused
from models import tensorfile
from models.lora.factors import HEADER, Factors

_WAN_PARTS = {
    "attn1": "self_attn", "attn2": "cross_attn", "to_q": "q", "to_k": "k", "to_v": "v", "to_out": "o",
    "add_k_proj": "k_img", "add_v_proj": "v_img",
}  # fmt: skip
_TRIOS = (("to_q", "to_k", "to_v"), ("add_q_proj", "add_k_proj", "add_v_proj"))
_DOUBLE = {
    "attn.to_q+to_k+to_v": "img_attn.qkv", "attn.add_q_proj+add_k_proj+add_v_proj": "txt_attn.qkv",
    "attn.to_out.0": "img_attn.proj", "attn.to_add_out": "txt_attn.proj", "ff.linear_in": "img_mlp.0",
    "ff.linear_out": "img_mlp.2", "ff_context.linear_in": "txt_mlp.0", "ff_context.linear_out": "txt_mlp.2",
}  # fmt: skip
_SINGLE = {"attn.to_qkv_mlp_proj": "linear1", "attn.to_out": "linear2"}
ARCHITECTURES = {
    "sdxl": "stable-diffusion-xl-v1-base/lora",
    "wan": "wan-2.2/lora",
    "klein": "flux-2-klein/lora",
    "z-image": "z-image/lora",
    "house": "sakuga-house/lora",
}


@dataclass(frozen=True)
class About:
    """What the header of a LoRA says. ``more`` holds further fields, such as those of the training."""

    family: str
    title: str
    author: str = ""
    licence: str = ""
    trigger: str = ""
    resolution: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


def diffusers(path: Path, parts: Mapping[str, Factors], about: About) -> Path:
    """Keys such as ``unet.….lora_A.weight``; rank and alpha of every module are in the header."""
    tensors: dict[str, Any] = {}
    for name, part in parts.items():
        tensors[f"{name}.lora_A.weight"], tensors[f"{name}.lora_B.weight"] = part.down, part.up
    return _write(
        path, tensors, {HEADER: json.dumps(header(parts), sort_keys=True), **_fields(about, tensors)}
    )


def kohya(path: Path, parts: Mapping[str, Factors], about: About) -> Path:
    """The keys that ComfyUI and kohya's trainers read for a family; alpha is a tensor beside each pair.

    For SDXL it is the same for every module, and where alphas differ, the difference goes into ``up``: diffusers 0.42
    ignores all but the most frequent alpha of such a file, with a warning only.
    raises  InputRefused for a family whose names are not known here
    """
    import torch

    parts = _fused(parts) if about.family == "klein" else parts
    usual = float(_usual([part.alpha for part in parts.values()]))
    tensors: dict[str, Any] = {}
    for name, part in parts.items():
        stem = _kohya_name(name, about.family)
        alpha = usual if about.family == "sdxl" else part.alpha
        tensors[f"{stem}.lora_down.weight"] = part.down
        tensors[f"{stem}.lora_up.weight"] = part.up * (part.alpha / alpha)
        tensors[f"{stem}.alpha"] = torch.tensor(float(alpha))
    return _write(path, tensors, _fields(about, tensors))


def header(parts: Mapping[str, Factors]) -> dict[str, object]:
    """Rank and alpha by module, as diffusers 0.42 reads them: a usual value for each part, and what differs from it."""
    by_part: dict[str, dict[str, Factors]] = {}
    for name, part in parts.items():
        prefix, _, inner = name.partition(".")
        by_part.setdefault(prefix, {})[inner] = part
    found: dict[str, object] = {}
    for prefix, inside in by_part.items():
        rank = _usual([part.rank for part in inside.values()])
        alpha = _usual([part.alpha for part in inside.values()])
        found |= {
            f"{prefix}.r": rank,
            f"{prefix}.lora_alpha": alpha,
            f"{prefix}.rank_pattern": {
                f"^{name}$": part.rank for name, part in inside.items() if part.rank != rank
            },
            f"{prefix}.alpha_pattern": {
                f"^{name}$": part.alpha for name, part in inside.items() if part.alpha != alpha
            },
            f"{prefix}.target_modules": sorted(inside),
        }
    return found


def _usual(values: list[Any]) -> Any:
    return max(sorted(set(values)), key=values.count)


def _kohya_name(name: str, family: str) -> str:
    prefix, _, inner = name.partition(".")
    if family == "sdxl":
        stem = {"unet": "lora_unet", "text_encoder": "lora_te1", "text_encoder_2": "lora_te2"}[prefix]
        return f"{stem}_{inner.replace('.', '_')}"
    if family == "wan":
        return f"diffusion_model.{_wan_name(inner)}"
    if family == "klein":
        return f"lora_unet_{_klein_name(inner).replace('.', '_')}"
    raise InputRefused(
        f"There are no ComfyUI keys for {family} here; they exist for sdxl, klein and wan. Export with diffusers keys."
    )


def _klein_name(inner: str) -> str:
    """transformer_blocks.0.attn.to_out.0 -> double_blocks.0.img_attn.proj"""
    kind, _, rest = inner.partition(".")
    number, _, part = rest.partition(".")
    block, names = {
        "transformer_blocks": ("double_blocks", _DOUBLE),
        "single_transformer_blocks": ("single_blocks", _SINGLE),
    }.get(kind, ("", {}))
    if part not in names:
        raise InputRefused(
            f"There is no ComfyUI key for {inner} of klein here. Train the attention and feed-forward layers, or "
            "export with diffusers keys."
        )
    return f"{block}.{number}.{names[part]}"


def _fused(parts: Mapping[str, Factors]) -> dict[str, Factors]:
    """Klein's query, key and value as the one layer that they are in its own code: ranks add up, nothing is lost."""
    import torch

    block_diag: Any = torch.block_diag

    found: dict[str, Factors] = {}
    for name, part in parts.items():
        stem, _, last = name.rpartition(".")
        trio = next((trio for trio in _TRIOS if last in trio), ())
        if not trio:
            found[name] = part
        elif last == next(each for each in trio if f"{stem}.{each}" in parts):  # once for the three
            there = [parts[f"{stem}.{each}"] for each in trio if f"{stem}.{each}" in parts]
            if len(there) < len(trio):
                raise InputRefused(
                    f"{stem} has factors for {len(there)} of {', '.join(trio)}, and ComfyUI's keys have one layer for "
                    "the three. Train all three, or export with diffusers keys."
                )
            rank = sum(each.rank for each in there)
            # The rank as alpha: the strength of each of the three is in its own rows.
            up: torch.Tensor = block_diag(*(each.up * each.scale for each in there))
            found[f"{stem}.{'+'.join(trio)}"] = Factors(
                torch.cat([each.down for each in there]), up, float(rank)
            )
    return found


def _wan_name(inner: str) -> str:
    """blocks.0.attn1.to_out.0 -> blocks.0.self_attn.o; blocks.0.ffn.net.0.proj -> blocks.0.ffn.0"""
    inner = (
        inner.replace("ffn.net.0.proj", "ffn.0").replace("ffn.net.2", "ffn.2").replace("to_out.0", "to_out")
    )
    return ".".join(_WAN_PARTS.get(part, part) for part in inner.split("."))


def _fields(about: About, tensors: Mapping[str, Any]) -> dict[str, str]:
    if about.family not in ARCHITECTURES:
        raise InputRefused(
            f"{about.family!r} is no family of models here. There are: {', '.join(ARCHITECTURES)}."
        )
    said = {
        "modelspec.sai_model_spec": "1.0.1",
        "modelspec.architecture": ARCHITECTURES[about.family],
        "modelspec.implementation": "diffusers",
        "modelspec.title": about.title,
        "modelspec.resolution": about.resolution,
        "modelspec.author": about.author,
        "modelspec.license": about.licence,
        "modelspec.trigger_phrase": about.trigger,
        "modelspec.hash_sha256": f"0x{_hash(tensors)}",
        "sakuga.base": about.family,
        **about.more,
    }
    return {key: value for key, value in said.items() if value}


def _hash(tensors: Mapping[str, Any]) -> str:
    """Of the tensors' bytes in the order of keys, without the header: a new title does not change it."""
    digest = sha256()
    for key in sorted(tensors):
        digest.update(tensors[key].contiguous().numpy().tobytes())
    return digest.hexdigest()


def _write(path: Path, tensors: dict[str, Any], metadata: dict[str, str]) -> Path:
    for key, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise InputRefused(
                f"{key} holds numbers that are not finite; nothing was written. Train with a lower rate."
            )
    kept = {key: tensors[key].detach().cpu().float() for key in sorted(tensors)}
    plan = {key: ("F32", tuple(tensor.shape)) for key, tensor in kept.items()}
    # Not save_file of safetensors: it writes the metadata in any order, and the same LoRA would have two hashes.
    tensorfile.write(path, plan, iter(kept.values()), dict(sorted(metadata.items())))
    return path
