"""Pictures on their way into and out of a pipeline.

In: stills, latents.      Out: PIL pictures, tensors, stills. Latents are decoded in the VAE's own precision, whatever
the denoiser's was, and by us: the pipelines decode in the denoiser's, which a float32 VAE does not accept.
"""

from typing import Any

import numpy as np

from assets.errors import ModelFailed
from assets.matter import Still
from models.diffusion.placement import works_on


def pil(picture: Still) -> Any:
    """(H, W, 3) uint8 as a Pillow image."""
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(picture))


def tensor(picture: Still) -> Any:
    """(1, 3, H, W) float32 in -1..1."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1


def still(pixels: Any) -> Still:
    """(1, 3, H, W) in -1..1 as a still.

    raises  ModelFailed for a picture with values that are no numbers: half precision has overflowed
    """
    import torch

    found = pixels[0].detach().float().cpu()
    if not torch.isfinite(found).all():
        raise ModelFailed(
            "The model made a picture with values that are not numbers: half precision overflowed. Set precision: "
            "bfloat16 or float32 in its options."
        )
    bytes_ = ((found / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8)
    return np.ascontiguousarray(bytes_.permute(1, 2, 0).numpy())


def decoded(vae: Any, latents: Any) -> Any:
    """(1, 3, H, W) in -1..1 from scaled latents of an AutoencoderKL."""
    import torch

    config = vae.config
    with torch.no_grad():
        latents = latents.to(device=works_on(vae), dtype=vae.dtype)
        mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
        if mean is not None and std is not None:
            shape = (1, -1, 1, 1)
            latents = latents * torch.tensor(std).view(shape).to(latents) / config.scaling_factor
            latents = latents + torch.tensor(mean).view(shape).to(latents)
        else:
            latents = latents / config.scaling_factor + (getattr(config, "shift_factor", None) or 0.0)
        return vae.decode(latents, return_dict=False)[0]


def decoded_as_given(vae: Any, latents: Any) -> Any:
    """(1, 3, H, W) in -1..1 from latents that the pipeline has brought to the VAE's own scale."""
    import torch

    with torch.no_grad():
        return vae.decode(latents.to(device=works_on(vae), dtype=vae.dtype), return_dict=False)[0]


def encoded(vae: Any, picture: Still) -> Any:
    """Scaled latents of ``picture``: the middle of the distribution, so that the same picture gives the same ones."""
    import torch

    config = vae.config
    with torch.no_grad():
        pixels = tensor(picture).to(device=works_on(vae), dtype=vae.dtype)
        latents = vae.encode(pixels).latent_dist.mode()
    mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
    if mean is not None and std is not None:
        shape = (1, -1, 1, 1)
        latents = (latents - torch.tensor(mean).view(shape).to(latents)) / torch.tensor(std).view(shape).to(
            latents
        )
        return latents * config.scaling_factor
    return (latents - (getattr(config, "shift_factor", None) or 0.0)) * config.scaling_factor
