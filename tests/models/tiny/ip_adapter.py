"""An IP-Adapter of random numbers for the tiny UNet, as one safetensors file."""

from pathlib import Path

import torch
from safetensors.torch import save_file

from models import libraries
from tests.models.tiny.pipelines import unet

SIDE = 24  # of the image encoder's answer
FILE = "ip-adapter.safetensors"


def save(folder: Path) -> Path:
    """The folder with FILE in it."""
    libraries.diffusers()
    random, part = torch.Generator().manual_seed(4), unet()
    crossed, widths = part.config.cross_attention_dim, part.config.block_out_channels
    tensors = {
        "image_proj.proj.weight": torch.randn(4 * crossed, SIDE, generator=random),
        "image_proj.proj.bias": torch.zeros(4 * crossed),
        "image_proj.norm.weight": torch.ones(crossed),
        "image_proj.norm.bias": torch.zeros(crossed),
    }
    number = 1
    for name in part.attn_processors:
        if name.endswith("attn1.processor"):
            continue
        place, at = name.split(".")[:2]
        width = (
            widths[-1]
            if place == "mid_block"
            else (widths[::-1] if place == "up_blocks" else widths)[int(at)]
        )
        for which in ("k", "v"):
            tensors[f"ip_adapter.{number}.to_{which}_ip.weight"] = torch.randn(
                width, crossed, generator=random
            )
        number += 2
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / FILE)
    return folder
