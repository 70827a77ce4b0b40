"""Latents and prompt embeddings of a frozen dataset, computed once and kept by content.

In: a Manifest and its pictures; functions that encode.      Out: tensors by work and by text.
The key of a latent is everything that decides it: the picture, its bucket, the ground, the mirroring, the encoder.
The key of a text is the text and its encoder. So a changed caption, picture or encoder is never served an old one.
Imports torch when used.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from assets import files
from assets.errors import InputRefused
from assets.hashing import digest
from assets.media import picture, video
from assets.sheets.dataset import FrozenWork, Manifest, Showing
from models.sealed import check_safetensors
from models.training.order import Showing as Shown

if TYPE_CHECKING:
    import torch

Frames = NDArray[np.uint8]
"""What is shown at once, (n, H, W, 3) sRGB; n is 1 for a picture."""


@dataclass(frozen=True)
class Encoders:
    """What encodes, and the hash of its weights.

    latent  what is shown at once -> its latents
    text    a caption -> tensors by name
    """

    latent: "Callable[[Frames], torch.Tensor]"
    latent_identity: str
    text: "Callable[[str], Mapping[str, torch.Tensor]]"
    text_identity: str


class Material:
    """The encoded form of a dataset; each piece is encoded when it is first asked for."""

    def __init__(
        self, manifest: Manifest, art: Callable[[FrozenWork], Path], encoders: Encoders, cache: Path
    ) -> None:
        """
        art    the local file of a work, verified
        cache  a folder for encoded pieces; it may be deleted at any time
        """
        self.manifest = manifest
        self._art, self._encoders, self._cache = art, encoders, cache

    def over(self, manifest: Manifest, encoders: Encoders | None = None) -> "Material":
        """Another manifest with the same cache, and the same encoders unless others are given."""
        return Material(manifest, self._art, encoders or self._encoders, self._cache)

    def latent(self, number: int, *, mirrored: bool = False) -> "torch.Tensor":
        """The latents of one work, without the batch axis.

        raises  InputRefused if they are not finite: a VAE in half precision overflows on some pictures
        """
        work, showing = self.manifest.works[number], self.manifest.showing
        decides = {
            "picture": work.work.sha256, "bucket": work.bucket, "ground": showing.ground, "mirrored": mirrored,
            "encoder": self._encoders.latent_identity,
        }  # fmt: skip
        if work.excerpt and showing.clips:
            decides |= {"excerpt": work.excerpt, "rate": showing.clips.rate}
        return self._kept(
            "latents", digest(decides), lambda: {"latent": self._encoded(work, showing, mirrored)}
        )["latent"]

    def frames(self, number: int) -> Frames:
        """What is shown of one work."""
        work = self.manifest.works[number]
        return shown(self._art(work), work, self.manifest.showing)

    def encode(
        self, showings: Collection[Shown], prompts: Iterable[str], tell: Callable[[str], object]
    ) -> None:
        """Encode all that will be shown, so that the encoders may be freed."""
        pieces = sorted({(each.work, each.mirrored) for each in showings})
        captions = sorted({*prompts, *(each.caption for each in showings)})
        tell(
            f"encoding {len(pieces)} pieces of art and {len(captions)} captions; what is encoded already is kept"
        )
        for work, mirrored in pieces:
            self.latent(work, mirrored=mirrored)
        for caption in captions:
            self.text(caption)

    def text(self, caption: str) -> "Mapping[str, torch.Tensor]":
        """The embeddings of one caption, without the batch axis."""
        key = digest({"text": caption, "encoder": self._encoders.text_identity})
        return self._kept("texts", key, lambda: dict(self._encoders.text(caption)))

    def _encoded(self, work: FrozenWork, showing: Showing, mirrored: bool) -> "torch.Tensor":
        frames = shown(self._art(work), work, showing)
        found = self._encoders.latent(frames[:, :, ::-1].copy() if mirrored else frames)
        if not found.isfinite().all():
            raise InputRefused(
                f"The latents of {work.work.file} are not finite: the VAE overflowed. Keep the VAE in float32."
            )
        return found

    def _kept(
        self, kind: str, key: str, make: "Callable[[], dict[str, torch.Tensor]]"
    ) -> "dict[str, torch.Tensor]":
        from safetensors.torch import load_file, save

        path = self._cache / kind / key[:2] / f"{key[2:]}.safetensors"
        if path.is_file():
            check_safetensors(path)
            return load_file(path)
        made = {name: tensor.detach().cpu().contiguous() for name, tensor in make().items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, save(made))
        return made


def shown(path: Path, work: FrozenWork, showing: Showing) -> Frames:
    """A work as the model sees it: upright, over its ground, scaled and cut to its bucket, at the rate of ``clips``."""
    if work.excerpt is None or work.work.footage is None or showing.clips is None:
        ground = showing.ground
        colour = (int(ground[1:3], 16), int(ground[3:5], 16), int(ground[5:7], 16))
        return picture.fitted(picture.from_art(path, ground=colour), work.bucket)[None]
    step = Fraction(work.work.footage.rate) / showing.clips.rate
    wanted = [int((work.excerpt.start + number) * step) for number in range(work.excerpt.frames)]
    found = dict(zip(sorted(set(wanted)), video.decode_some(path, sorted(set(wanted))), strict=True))
    return np.stack([picture.fitted(found[frame], work.bucket) for frame in wanted])
