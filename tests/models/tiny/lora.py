"""LoRA files of random numbers for the tiny pipelines, in the formats that trainers write."""

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from assets.hashing import digest
from models.ports import LoraWeights


def linears(part: Any, ending: str) -> dict[str, Any]:
    """The linear layers of a model whose name ends so."""
    layers = {
        name.removesuffix(".base_layer"): layer
        for name, layer in part.named_modules()
        if isinstance(layer, torch.nn.Linear) and "lora_" not in name
    }
    return {name: layer for name, layer in layers.items() if name.endswith(ending)}


def matrices(
    part: Any, ending: str = "to_q", *, rank: int = 2, size: float = 1.0, seed: int = 0
) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Layer -> (down, up)."""
    random = torch.Generator().manual_seed(seed)

    def one(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=random) * size

    return {
        name: (one(rank, layer.in_features), one(layer.out_features, rank))
        for name, layer in linears(part, ending).items()
    }


def peft(path: Path, made: dict[str, Any], prefix: str, **metadata: str) -> Path:
    """As diffusers and peft write it: prefix.layer.lora_A.weight."""
    tensors = {}
    for name, (down, up) in made.items():
        tensors[f"{prefix}.{name}.lora_A.weight"], tensors[f"{prefix}.{name}.lora_B.weight"] = down, up
    save_file(tensors, path, metadata=metadata or None)
    return path


def kohya(path: Path, made: dict[str, Any], prefix: str, *, alpha: float, **metadata: str) -> Path:
    """As kohya's trainer writes it: prefix_layer_with_underscores.lora_down.weight, and an alpha for each."""
    tensors = {}
    for name, (down, up) in made.items():
        key = f"{prefix}_{name.replace('.', '_')}"
        tensors |= {
            f"{key}.lora_down.weight": down,
            f"{key}.lora_up.weight": up,
            f"{key}.alpha": torch.tensor(alpha),
        }
    save_file(tensors, path, metadata=metadata or None)
    return path


def weights(path: Path, strength: float = 1.0, trigger: str = "") -> LoraWeights:
    return LoraWeights(path, digest([path.read_bytes().hex()]), strength, trigger)
