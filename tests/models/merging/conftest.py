"""Small checkpoints and LoRAs on disk."""

import json

import pytest
import torch
from safetensors.torch import save_file

SHAPES = {"mid_block.to_q.weight": (8, 6), "down_blocks.1.attentions.0.to_k.weight": (4, 4)}


@pytest.fixture
def checkpoint(tmp_path):
    def make(name, seed, *, dtype=torch.float32, shapes=SHAPES, positions=(0, 1, 2)):
        rng = torch.Generator().manual_seed(seed)
        tensors = {key: torch.randn(shape, generator=rng).to(dtype) for key, shape in shapes.items()}
        if positions:
            tensors["text.position_ids"] = torch.tensor(positions)
        save_file(tensors, tmp_path / name)
        return tmp_path / name

    return make


@pytest.fixture
def lora(tmp_path):
    """A LoRA of two modules with unequal ranks and an alpha that is not the rank."""

    def make(name, seed, *, style="diffusers", ranks=(2, 3), alpha=5.0):
        rng = torch.Generator().manual_seed(seed)
        tensors, pattern = {}, {}
        for (key, (out, into)), rank in zip(SHAPES.items(), ranks, strict=True):
            module = key.removesuffix(".weight")
            if style == "kohya":
                module = "lora_unet_" + module.replace(".", "_")
                tensors[f"{module}.alpha"] = torch.tensor(alpha)
            else:
                module = f"unet.{module}"
            ends = ("lora_A", "lora_B") if style == "diffusers" else ("lora_down", "lora_up")
            tensors[f"{module}.{ends[0]}.weight"] = torch.randn((rank, into), generator=rng)
            tensors[f"{module}.{ends[1]}.weight"] = torch.randn((out, rank), generator=rng)
            pattern[module.removeprefix("unet.")] = rank
        header = {"unet.r": ranks[0], "unet.lora_alpha": alpha, "unet.rank_pattern": pattern}
        metadata = {"lora_adapter_metadata": json.dumps(header)} if style == "diffusers" else {}
        save_file(tensors, tmp_path / name, metadata=metadata)
        return tmp_path / name

    return make
