"""Levers of speed and memory on a loaded pipeline, each refused where the installed class lacks it.

In: a pipeline, the options.      Out: the same pipeline, faster or smaller.
Regional compile and attention kernels change no more than another GPU would; 8-bit weights, 8-bit attention, caches
and tiles change pictures slightly, are off by default, and are in the recipe.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from assets.errors import InputRefused, SetupMissing
from models.diffusion.options import DiffusionOptions

KERNELS = {
    "native": "native", "cudnn": "_native_cudnn", "efficient": "_native_efficient", "math": "_native_math",
    "flash": "flash", "flash3": "_flash_3", "xformers": "xformers", "sage": "sage",
}  # fmt: skip
"""The library's names. Kernels that are fetched from a hub when used (``*_hub``) are not among them."""

BROKEN = {("Flux2Transformer2DModel", "first_block")}
"""Caches that ``enable_cache`` accepts and that fail in the first step (diffusers 0.42.1)."""


def apply(pipe: Any, denoisers: tuple[str, ...], options: DiffusionOptions, device: str) -> None:
    """Every lever that the options ask for; before LoRAs are loaded (fp8) or after (compile) makes no difference."""
    for name in denoisers:
        part = getattr(pipe, name, None)
        if part is None:
            continue
        if options.fp8:
            store_fp8(part, options.dtype(device))
        if options.cache != "none":
            reuse_steps(part, options.cache)
        if options.compile:
            compile_blocks(part)
    if options.tiles:
        decode_in_tiles(pipe.vae, options.tiles)


def compile_blocks(part: Any) -> None:
    """Compile the blocks that repeat; one compilation serves all of them."""
    if not getattr(part, "_repeated_blocks", None):
        raise InputRefused(
            f"compile: {type(part).__name__} names no repeated blocks, so it cannot be compiled in parts. Leave "
            "compile out."
        )
    part.compile_repeated_blocks(fullgraph=False)


def store_fp8(part: Any, compute: Any) -> None:
    import torch

    if not hasattr(part, "enable_layerwise_casting"):
        raise InputRefused(f"fp8: {type(part).__name__} cannot keep its weights in 8 bits. Leave fp8 out.")
    part.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=compute)


def reuse_steps(part: Any, kind: str) -> None:
    """Register a cache on a denoiser.

    raises  InputRefused where the class has none, or where its blocks are not registered for this one
    """
    import diffusers

    config: Any = (
        diffusers.FirstBlockCacheConfig if kind == "first_block" else diffusers.TaylorSeerCacheConfig
    )
    try:
        if (type(part).__name__, kind) in BROKEN:
            raise ValueError("it fails in this version of diffusers")
        part.enable_cache(config())
    except (AttributeError, ValueError, KeyError, RuntimeError, NotImplementedError) as error:
        raise InputRefused(
            f"cache: {type(part).__name__} cannot reuse steps by {kind}: {str(error)[:160]}. Use cache: none."
        ) from error


def decode_in_tiles(vae: Any, side: int) -> None:
    """Decode in squares of ``side`` pixels that overlap."""
    if not hasattr(vae, "enable_tiling"):
        raise InputRefused(f"tiles: {type(vae).__name__} cannot decode in tiles. Leave tiles out.")
    vae.enable_tiling()
    if hasattr(vae, "tile_sample_min_height"):  # video VAEs: pixels and a stride
        vae.tile_sample_min_height = vae.tile_sample_min_width = side
        vae.tile_sample_stride_height = vae.tile_sample_stride_width = side * 3 // 4
    else:
        vae.tile_sample_min_size = side
        vae.tile_latent_min_size = max(1, side // (2 ** (len(vae.config.block_out_channels) - 1)))


@contextmanager
def attention(options: DiffusionOptions) -> Iterator[None]:
    """Compute attention by the chosen kernel inside the block; nothing outside it changes."""
    chosen = "sage" if options.sage else options.attention
    if chosen == "default":
        yield
        return
    from diffusers.models.attention_dispatch import attention_backend

    with ExitStack() as stack:
        try:
            stack.enter_context(attention_backend(KERNELS[chosen]))
        except (RuntimeError, ImportError, ValueError) as error:
            raise SetupMissing(
                f"attention: {chosen} cannot be used here: {str(error)[:200]} Install it, or use attention: default."
            ) from error
        yield
