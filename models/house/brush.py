"""The house models in memory, shared by painter and animator.

In: prompts, layouts, a first frame.      Out: latents, pictures.
Loads only with stock loaders, from safetensors in checked folders. Knows nothing about shots.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from assets.errors import ModelFailed
from assets.matter import Still
from models.house import autoencoder, denoiser, latents, motion, weights, words
from models.house.denoiser import Sampling
from models.house.latents import Prior
from models.libraries import diffusers
from models.torch_threads import one_thread

if TYPE_CHECKING:
    import torch

WINDOW, OVERLAP = 16, 4  # drawings denoised together, and how many of them overlap with the window before


@dataclass(frozen=True)
class Painting:
    """How pictures are painted.

    columns   fineness of the layout that guides
    strength  1: from noise alone; less: from the rough with that much noise
    """

    prompt: str
    columns: int
    steps: int
    strength: float


@dataclass(frozen=True)
class Window:
    """A window of n drawings.

    hands   (n, 64, 18, 32), for each drawing the picture that gives its style, as from ``Brush.seen``
    guide   (n, 49, 18, 32), one layout per drawing
    roughs  (n, 64, 18, 32) latents of the rig's drawings: where sampling starts
    known   (m, 64, 18, 32) latents of drawings that already exist at the window's beginning
    """

    hands: "torch.Tensor"
    guide: "torch.Tensor"
    roughs: "torch.Tensor"
    known: "torch.Tensor | None"


@dataclass(frozen=True)
class Brush:
    """Autoencoder, U-Net, text encoder, and motion modules for an animator."""

    codec: Any
    network: Any  # {"unet", "text"}
    prior: Prior
    moving: Any = None

    @classmethod
    def load(cls, device: str, *, library: Path = weights.LIBRARY, motion: bool = False) -> Self:
        """Load from the checked folders ``autoencoder``, ``painter`` and ``animator``."""
        one_thread()
        place = weights.folder("painter", library)
        network = denoiser.load(place).eval().to(device)
        moving = _moving(network["unet"], weights.folder("animator", library), device) if motion else None
        return cls(codec(device, library), network, Prior.load(place), moving)

    def dream(
        self, painting: Painting, rough: Still | None, *, seeds: Sequence[int]
    ) -> "Iterator[torch.Tensor]":
        """(1, 64, 18, 32) latents for each seed.

        rough  picture whose layout guides; None: words alone
        """
        import torch

        one_thread()
        guide = latents.guide(None if rough is None else latents.layout_of(rough)[None], painting.columns, 1)
        seen = None if rough is None or painting.strength >= 1 else self.code(rough)
        start = None if seen is None else self.prior.rest(seen, guide)
        beside = torch.cat([torch.zeros(1, denoiser.LATENT + 1, *guide.shape[2:]), guide], 1)
        ids = torch.from_numpy(words.ids(painting.prompt))[None]
        for seed in seeds:
            how = Sampling(painting.steps, seed, painting.strength, start)
            yield self.prior.restored(denoiser.sample(self.network, beside, ids, how).cpu(), guide)

    def move(self, painting: Painting, window: Window, *, seed: int) -> "torch.Tensor":
        """(n, 64, 18, 32) latents of a window of drawings."""
        import torch

        one_thread()
        hands, guide, known = window.hands, window.guide, window.known
        beside = torch.cat([hands, torch.ones(len(guide), 1, *hands.shape[2:]), guide], 1)
        ids = torch.from_numpy(words.ids(painting.prompt))[None]
        held = None if known is None else self.prior.rest(known, guide[: len(known)])
        start = self.prior.rest(window.roughs, guide)
        how = Sampling(painting.steps, seed, painting.strength, start)
        found = motion.sample(self.moving, self.network["text"], beside, ids, how, held)
        return self.prior.restored(found.cpu(), guide)

    def rough(self, found: "torch.Tensor") -> NDArray[np.uint8]:
        """The same pictures without the finish network, in a tenth of the time: good enough to choose."""
        import torch

        one_thread()
        with torch.no_grad():
            return autoencoder.pixels(self.codec.synthesis(found.to(self.codec.device)))

    def shown(self, found: "torch.Tensor") -> NDArray[np.uint8]:
        """Decode latents (n, 64, h, w) of a whole picture or a part to pictures (n, 32 h, 32 w, 3)."""
        import torch

        one_thread()
        if not bool(torch.isfinite(found).all()):
            raise ModelFailed(
                "The house denoiser gave numbers that are not finite; the weights may be damaged."
            )
        return autoencoder.decode(self.codec, found.to(self.codec.device))

    def seen(self, picture: Still) -> "torch.Tensor":
        """(1, 64, 18, 32): the part of a picture that its layout does not contain; for a picture of any size."""
        guide = latents.guide(latents.layout_of(picture)[None], latents.LAYOUT[0], 1)
        return self.prior.rest(self.code(picture), guide)

    def code(self, picture: Still) -> "torch.Tensor":
        """(1, 64, 18, 32) latents of a picture of any size."""
        import cv2

        one_thread()
        small = cv2.resize(picture, latents.SIZE, interpolation=cv2.INTER_AREA)
        return autoencoder.encode(self.codec, np.asarray(small, np.uint8)[None]).cpu()


def codec(device: str, library: Path = weights.LIBRARY) -> Any:
    """The shipped autoencoder."""
    import torch

    place = weights.folder("autoencoder", library)
    found = autoencoder.kind().from_pretrained(place, use_safetensors=True)
    return found.float().eval().to(device, memory_format=torch.channels_last)


def _moving(unet: Any, place: Path, device: str) -> Any:
    """The same U-Net with motion modules between its layers."""
    stock = diffusers()
    adapter = stock.MotionAdapter.from_pretrained(place, use_safetensors=True).float()
    return stock.UNetMotionModel.from_unet2d(unet, adapter).eval().to(device)
