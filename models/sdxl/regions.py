"""Where each character is, for the denoiser: a LoRA or a reference picture changes only that region.

In: masks of the rig's layout.      Out: masks on the latent grid; a denoiser that runs once per region.
Outside every region the denoiser runs with the LoRAs of the show and place alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
GROW = 0.02  # of the picture's height: hair and cloth of a painted person reach beyond the rig's outline

Latents = NDArray[np.float32]


def grown(masks: Mapping[str, Mask]) -> dict[str, Mask]:
    """Each mask a little larger; where two meet, both keep what was theirs, and nobody gets what was another's."""
    import cv2

    found = {}
    for name, mask in masks.items():
        reach = max(1, round(GROW * mask.shape[0]))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        larger = cv2.dilate(mask.astype(np.uint8), kernel).astype(bool)
        others = [other for one, other in masks.items() if one != name]
        found[name] = larger & ~np.logical_or.reduce(others) if others else larger
    return found


def latent(mask: Mask, size: tuple[int, int]) -> Latents:
    """The mask on a grid of (width, height), as shares 0..1."""
    import cv2

    return np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)


@contextmanager
def regional(unet: Any, choose: Callable[[str], None], masks: Mapping[str, Mask]) -> Iterator[None]:
    """Inside, ``unet`` answers once with nobody's LoRAs and once for each name, and the answers are joined by mask.

    choose  activates the LoRAs of one name; of the empty name, those that belong to nobody
    """
    hooked, plain = vars(unet).get("forward"), unet.forward

    def forward(sample: Any, *given: Any, **named: Any) -> Any:
        import torch

        whole = {**named, "return_dict": False}
        choose("")
        joined = plain(sample, *given, **whole)[0]
        base = joined.clone()
        for name, mask in masks.items():
            choose(name)
            share = torch.from_numpy(latent(mask, (sample.shape[-1], sample.shape[-2]))).to(joined)
            joined = joined + share * (plain(sample, *given, **whole)[0] - base)
        return (joined,)

    unet.forward = forward
    try:
        yield
    finally:
        del unet.forward
        if hooked is not None:  # offloading had put its own there
            unet.forward = hooked


def masked(masks: Sequence[Mask], size: tuple[int, int]) -> Any:
    """(1, n, H, W): the masks as IP-Adapters take them."""
    from diffusers.image_processor import IPAdapterMaskProcessor
    from PIL import Image

    pictures = [Image.fromarray(mask.astype(np.uint8) * 255) for mask in masks]
    found = IPAdapterMaskProcessor().preprocess(pictures, height=size[1], width=size[0])
    return found.reshape(1, found.shape[0], found.shape[2], found.shape[3])
