"""The house autoencoder: 512 x 288 pictures to 16 x 18 x 32 latents and back.

In: pictures.      Out: latents; pictures again.
A stock AutoencoderTiny that halves the sides four times: cel pictures are flat, so 16 channels at a sixteenth
of the sides keep what 4 at an eighth of a half-size picture would lose (eyes, ink), for the same latent
sides and so the same cost per diffusion step. See deploy/decisions/2026-11-25-house-models.md.
Imports torch and diffusers when used.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from models.house import scenes
from models.house.door import diffusers

if TYPE_CHECKING:
    import torch

DOWN, UP = 16, 32
CHANNELS = 16
CROP = 128  # of what the encoder is shown
BATCH = 4
_NOISE = 0.08  # of a latent's spread: the decoder must bear what a sampler leaves


def build() -> Any:
    """A fresh AutoencoderDC."""
    return diffusers().AutoencoderDC(
        latent_channels=CHANNELS,
        encoder_block_out_channels=(16, 32, 64, 128, 128),
        encoder_layers_per_block=(0, 1, 1, 2, 2),
        encoder_qkv_multiscales=((),) * 5,
        decoder_block_out_channels=(16, 16, 32, 64, 128, 128),
        decoder_layers_per_block=(0, 1, 1, 2, 3, 3),
        decoder_qkv_multiscales=((),) * 6,
        attention_head_dim=32,
    )


class Reconstruct:
    """The lesson: give a crop back at twice its sides, lines first.

    Ink is a few percent of the pixels and would be averaged away by a plain difference: see ``picture_loss``.
    """

    def __init__(self, folder: Path, *, cached: int = 24) -> None:
        import torch

        # Channels last: a third faster on a CPU.
        self.network: torch.nn.Module = build().to(memory_format=torch.channels_last)
        self._measure: Callable[..., torch.Tensor] = picture_loss
        self._files, self._cached = scenes.shards(folder), cached
        self._held: OrderedDict[Path, list[NDArray[np.uint8]]] = OrderedDict()

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch
        from torch.nn.functional import avg_pool2d

        wanted = torch.from_numpy(self._crops(step)).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
        network: Any = self.network
        latents = network.encoder(avg_pool2d(wanted, 2))
        noise = torch.randn(latents.shape, generator=rng).to(device)
        found = network.decoder(latents + _NOISE * latents.detach().std() * noise).float()
        lines = torch.tensor(min(1.0, step / 800), device=device)
        loss: torch.Tensor = self._measure(found, wanted, lines) + 1e-4 * latents.float().square().mean()
        return loss

    def compile(self) -> None:
        import torch

        network: Any = self.network
        network.encoder.compile()
        network.decoder.compile()
        self._measure = torch.compile(picture_loss)

    def sheet(self, network: "torch.nn.Module") -> Still:
        import torch

        held = self._shard(self._files[0])
        shown = np.stack([held[0], held[7]])
        found = torch.from_numpy(shown).permute(0, 3, 1, 2).float() / 127.5 - 1
        plain: Any = network
        back = plain.decoder(plain.encoder(torch.nn.functional.avg_pool2d(found, 2)))
        again = pixels(back)
        return np.concatenate([np.concatenate(list(shown), 1), np.concatenate(list(again), 1)], 0)

    def _crops(self, step: int) -> NDArray[np.uint8]:
        """Crops from one shard at a time: a shard is read once and serves some steps."""
        rng = np.random.default_rng([7, step])
        pictures = self._shard(self._files[(step // 40 * 7919 + step % 3) % len(self._files)])
        found = []
        for _ in range(BATCH):
            picture = pictures[rng.integers(len(pictures))]
            y, x = (rng.integers(side - 2 * CROP + 1) for side in picture.shape[:2])
            crop = picture[y : y + 2 * CROP, x : x + 2 * CROP]
            found.append(crop[:, ::-1] if rng.random() < 0.5 else crop)
        return np.stack(found)

    def _shard(self, path: Path) -> list[NDArray[np.uint8]]:
        if path not in self._held:
            self._held[path] = _some(path)
            while len(self._held) > self._cached:
                self._held.popitem(last=False)
        return self._held[path]


def _some(path: Path) -> list[NDArray[np.uint8]]:
    return [picture for scene in scenes.read_shard(path) for picture in scene.pictures]


def picture_loss(
    found: "torch.Tensor", wanted: "torch.Tensor", lines: "torch.Tensor | float" = 1.0
) -> "torch.Tensor":
    """Squared and absolute differences at four scales, and ``lines`` times those of the gradients.

    Both (n, 3, h, w) in -1..1. Absolute differences and gradients alone are at peace with a flat grey, so the
    squares lead and ``lines`` rises from 0.
    """
    from torch.nn.functional import avg_pool2d

    loss = (found - wanted).abs().mean()
    for _ in range(4):
        loss = loss + (found - wanted).square().mean()
        for axis in (2, 3):
            loss = loss + 0.5 * lines * (found.diff(dim=axis) - wanted.diff(dim=axis)).abs().mean()
        found, wanted = avg_pool2d(found, 2), avg_pool2d(wanted, 2)
    return loss


def encode(network: Any, pictures: NDArray[np.uint8]) -> "torch.Tensor":
    """(n, 288, 512, 3) uint8 to (n, 16, 18, 32)."""
    import torch

    with torch.no_grad():
        given = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
        latents: torch.Tensor = network.encoder(given.to(next(network.parameters()).device))
    return latents


def decode(network: Any, latents: "torch.Tensor") -> NDArray[np.uint8]:
    """(n, 16, h, w) to (n, 32 h, 32 w, 3) uint8."""
    import torch

    with torch.no_grad():
        return pixels(network.decoder(latents))


def pixels(back: "torch.Tensor") -> NDArray[np.uint8]:
    """(n, 3, h, w) in -1..1 to (n, h, w, 3) uint8."""
    import torch

    plain = ((back.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1)
    found: NDArray[np.uint8] = np.ascontiguousarray(plain.cpu().numpy())
    return found


def sides(size: Sequence[int]) -> tuple[int, int]:
    """Latent rows and columns of a picture of (width, height)."""
    return size[1] // DOWN, size[0] // DOWN
