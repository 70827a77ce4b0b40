"""The house autoencoder: encodes 512 x 288 pictures to 64 x 18 x 32 latents, decodes to 1024 x 576.

In: pictures.      Out: latents; pictures.
The code is linear: the 64 principal components of blocks of 16 x 16 pixels, computed in closed form from our own
pictures, so that encoding needs no training and never changes under a denoiser. The decoder applies the best linear
inverse at twice the size, and a stock U-Net over that picture adds edges, ink and eyes. A network that had to learn
such a code from scratch was far behind this one's initial state after an hour: see
deploy/decisions/2026-11-25-house-models.md. Imports torch and diffusers when used.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from models.house import scenes
from models.libraries import diffusers

if TYPE_CHECKING:
    import torch

DOWN, UP = 16, 32
CHANNELS = 64
CROP = 128  # size of a crop for the encoder
BATCH = 4
WIDTHS = (32, 48, 64)
FOLD = 4  # folding of the large picture's sides before the finish network
_NOISE = (
    0.2  # added to latents of standard deviation at most 1: the decoder must tolerate what a sampler leaves
)


@lru_cache
def kind() -> Any:
    """The class, created after diffusers is imported: stock loading and saving, a stock decoder inside."""
    import torch
    from torch.nn.functional import pixel_shuffle, pixel_unshuffle

    stock = diffusers()
    from diffusers.configuration_utils import ConfigMixin, register_to_config

    class HouseAutoencoder(stock.ModelMixin, ConfigMixin):  # type: ignore[misc, name-defined, unused-ignore]
        """``encoder`` (n, 3, h, w) in -1..1 to (n, 64, h/16, w/16) of spread 1; ``decoder``: inverse, at 2h x 2w."""

        @register_to_config  # type: ignore[untyped-decorator]
        def __init__(self, channels: int = CHANNELS, widths: tuple[int, ...] = WIDTHS) -> None:
            super().__init__()
            self.analysis = torch.nn.Conv2d(3, channels, DOWN, stride=DOWN).requires_grad_(False)
            self.synthesis = torch.nn.ConvTranspose2d(channels, 3, UP, stride=UP).requires_grad_(False)
            # A stock U-Net over the picture folded fourfold; its time input is always 0.
            self.finish = stock.UNet2DModel(
                in_channels=3 * FOLD**2,
                out_channels=3 * FOLD**2,
                block_out_channels=tuple(widths),
                down_block_types=("DownBlock2D",) * len(widths),
                up_block_types=("UpBlock2D",) * len(widths),
                layers_per_block=1,
                norm_num_groups=8,
                add_attention=False,
            )
            for weight in self.finish.conv_out.parameters():
                torch.nn.init.zeros_(weight)

        def encoder(self, pictures: "torch.Tensor") -> "torch.Tensor":
            found: torch.Tensor = self.analysis(pictures)
            return found

        def decoder(self, latents: "torch.Tensor") -> "torch.Tensor":
            plain = self.synthesis(latents)
            folded = pixel_unshuffle(plain, FOLD)
            found: torch.Tensor = plain + pixel_shuffle(self.finish(folded, 0).sample, FOLD)
            return found

        def forward(self, pictures: "torch.Tensor") -> "torch.Tensor":
            return self.decoder(self.encoder(pictures))

    return HouseAutoencoder


def build() -> Any:
    """A new autoencoder with a random linear code: see ``fit``."""
    return kind()()


def fit(network: Any, pictures: Iterable[NDArray[np.uint8]]) -> None:
    """Set the linear code from large pictures (h, w, 3): components of their halved blocks, and the inverse.

    A component of variance v is divided by v^(1/4), then all are scaled to a mean square of 1: larger components get
    more weight in a denoiser's loss, without hiding the others.
    """
    import torch
    from torch.nn.functional import avg_pool2d, pixel_unshuffle

    def rows(found: "torch.Tensor", side: int) -> "torch.Tensor":
        cut = pixel_unshuffle(found, side)
        plain = cut.permute(0, 2, 3, 1).reshape(-1, cut.shape[1])
        return torch.cat([plain, torch.ones(len(plain), 1)], 1)

    inner, outer = 3 * DOWN**2, 3 * UP**2
    within, across = torch.zeros(inner + 1, inner + 1), torch.zeros(inner + 1, outer + 1)
    for picture in pictures:
        large = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1
        small = rows(avg_pool2d(large, 2), DOWN)
        within += small.T @ small
        across += small.T @ rows(large, UP)
    within, across = within.double(), across.double()
    count = within[-1, -1]
    mean, mean_out = within[-1, :-1] / count, across[-1, :-1] / count
    covariance = within[:-1, :-1] / count - torch.outer(mean, mean)
    joint = across[:-1, :-1] / count - torch.outer(mean, mean_out)
    variances, vectors = torch.linalg.eigh(covariance)
    channels = network.analysis.out_channels
    variances, vectors = variances.flip(0)[:channels], vectors.flip(1)[:, :channels]
    # The sign of a component is arbitrary: make its largest entry positive, so that two fits agree.
    vectors = vectors * vectors.gather(0, vectors.abs().argmax(0, keepdim=True)).sign()
    scale = variances**-0.25
    scale = scale / (variances * scale**2).mean().sqrt()
    forth = vectors * scale
    back = (joint.T @ forth) / (variances * scale**2)
    with torch.no_grad():
        network.analysis.weight.copy_(forth.T.reshape(channels, 3, DOWN, DOWN))
        network.analysis.bias.copy_(-(mean @ forth))
        network.synthesis.weight.copy_(back.T.reshape(channels, 3, UP, UP))
        # One offset for all positions of a block: the remaining difference is far below one grey level.
        network.synthesis.bias.copy_(mean_out.reshape(3, -1).mean(1))


class Reconstruct:
    """Training task: restore a crop at twice its size from the linear code with a little noise."""

    def __init__(self, folder: Path, *, cached: int = 24, fitted_to: int = 2000, trained: Any = None) -> None:
        import torch

        self._files, self._cached = scenes.shards(folder), cached
        self._held: OrderedDict[Path, list[NDArray[np.uint8]]] = OrderedDict()
        # Channels last: a third faster on a CPU.
        self.network: torch.nn.Module = (trained or build()).to(memory_format=torch.channels_last)
        self._measure: Callable[..., torch.Tensor] = picture_loss
        if trained is None:
            fit(self.network, islice(self._pictures(), fitted_to))

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch
        from torch.nn.functional import avg_pool2d

        wanted = torch.from_numpy(self._crops(step)).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
        network: Any = self.network
        with torch.no_grad():
            latents = network.encoder(avg_pool2d(wanted, 2)).float()
            noise = torch.randn(latents.shape, generator=rng).to(device)
            level = _NOISE * torch.rand(len(latents), 1, 1, 1, generator=rng).to(device)
            latents = latents + level * noise
        loss: torch.Tensor = self._measure(network.decoder(latents).float(), wanted)
        return loss

    def compile(self) -> None:
        import torch

        network: Any = self.network
        network.finish.compile()
        self._measure = torch.compile(picture_loss)

    def sheet(self, network: "torch.nn.Module") -> Still:
        import torch

        held = self._shard(self._files[0])
        shown = np.stack([held[0], held[5], held[7]])
        found = torch.from_numpy(shown).permute(0, 3, 1, 2).float() / 127.5 - 1
        plain: Any = network
        code = plain.encoder(torch.nn.functional.avg_pool2d(found, 2))
        rows = [shown, pixels(plain.synthesis(code)), pixels(plain.decoder(code))]
        return np.concatenate([np.concatenate(list(row), 1) for row in rows], 0)

    def _pictures(self) -> Iterator[NDArray[np.uint8]]:
        for path in self._files:
            yield from self._shard(path)

    def _crops(self, step: int) -> NDArray[np.uint8]:
        """Crops from one shard at a time: a shard is read once and used for several steps."""
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


def picture_loss(found: "torch.Tensor", wanted: "torch.Tensor") -> "torch.Tensor":
    """Absolute differences at four scales, and half of those of the gradients, in ``opponents``.

    Both (n, 3, h, w) in -1..1. Absolute, not squared: what cannot be known is then drawn sharp instead of soft.
    """
    from torch.nn.functional import avg_pool2d

    found, wanted = opponents(found), opponents(wanted)
    loss = (found - wanted).abs().mean()
    for _ in range(4):
        loss = loss + (found - wanted).abs().mean()
        for axis in (2, 3):
            loss = loss + 0.5 * (found.diff(dim=axis) - wanted.diff(dim=axis)).abs().mean()
        found, wanted = avg_pool2d(found, 2), avg_pool2d(wanted, 2)
    return loss


def opponents(pictures: "torch.Tensor") -> "torch.Tensor":
    """(n, 3, h, w) red, green, blue to lightness, red-green, blue-yellow."""
    import torch

    red, green, blue = pictures.unbind(1)
    return torch.stack([(red + green + blue) / 3 * 1.5, red - green, blue - (red + green) / 2], dim=1)


def encode(network: Any, pictures: NDArray[np.uint8]) -> "torch.Tensor":
    """(n, 288, 512, 3) uint8 to (n, 64, 18, 32)."""
    import torch

    with torch.no_grad():
        given = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
        latents: torch.Tensor = network.encoder(given.to(next(network.parameters()).device))
    return latents


def decode(network: Any, latents: "torch.Tensor") -> NDArray[np.uint8]:
    """(n, 64, h, w) to (n, 32 h, 32 w, 3) uint8."""
    import torch

    with torch.no_grad():
        return pixels(network.decoder(latents))


def pixels(back: "torch.Tensor") -> NDArray[np.uint8]:
    """(n, 3, h, w) in -1..1 to (n, h, w, 3) uint8."""
    import torch

    plain = ((back.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1)
    found: NDArray[np.uint8] = np.ascontiguousarray(plain.cpu().numpy())
    return found
