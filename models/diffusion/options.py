"""The options that every adapter over a diffusers pipeline has.

Options in ``aside`` change how a picture is computed: its time and memory. Like another GPU they may change the last
bit of a value, and nothing that is seen. All others are in the recipe.
"""

from typing import Any, ClassVar, Literal

from pydantic import Field

from models.options import Options

Offload = Literal["none", "model", "group"]
Precision = Literal["auto", "bfloat16", "float16", "float32"]
Attention = Literal["default", "native", "cudnn", "efficient", "math", "flash", "flash3", "xformers"]


class DiffusionOptions(Options):
    """Precision is in the recipe; where the weights lie and how attention is computed is not."""

    aside: ClassVar[frozenset[str]] = frozenset({"offload", "compile", "attention", "hotswap_rank", "ladder"})

    precision: Precision = Field(
        default="auto",
        description="Of the denoiser and the text encoders; auto: bfloat16, and float32 on a CPU",
    )
    offload: Offload = Field(
        default="none",
        description="Weights that are not at work wait in main memory. model: one model at a time on the GPU; "
        "group: one layer at a time, least memory; none: all of them stay on the GPU, fastest",
    )
    compile: bool = Field(
        default=False,
        description="Compile the denoiser's repeated blocks: about a minute at the first picture, faster afterwards",
    )
    attention: Attention = Field(
        default="default", description="Which installed attention kernel; none is ever downloaded"
    )
    sage: bool = Field(
        default=False, description="8-bit attention (sageattention): faster; pictures differ slightly"
    )
    fp8: bool = Field(
        default=False,
        description="Keep the denoiser's weights in 8 bits: about half the memory, no faster; pictures differ slightly",
    )
    cache: Literal["none", "first_block", "taylor"] = Field(
        default="none",
        description="Reuse parts of earlier steps: faster from 20 steps up, useless below 10; pictures differ slightly",
    )
    tiles: int = Field(
        default=0,
        ge=0,
        le=4096,
        description="Decode in tiles of this many pixels: less memory at large sizes; seams may show. 0: whole",
    )
    hotswap_rank: int = Field(
        default=0,
        ge=0,
        le=512,
        description="Exchange LoRAs of up to this rank in place: a compiled model is not compiled again; 0: off",
    )
    ladder: bool = Field(
        default=True,
        description="When the GPU runs out of memory: offload and try again, with a warning for each step",
    )

    def dtype(self, device: str) -> Any:
        """The torch dtype of everything but the VAE."""
        import torch

        if self.precision == "auto":
            return torch.float32 if device == "cpu" else torch.bfloat16
        return getattr(torch, self.precision)
