"""Latents and prompt embeddings of a frozen dataset, computed once and kept by content.

In: a Manifest and its pictures; functions that encode.      Out: tensors by work and by text.
The key of a latent is everything that decides it: the picture, its bucket, the ground, the mirroring, the encoder.
The key of a text is the text and its encoder. So a changed caption, picture or encoder is never served an old one.
Imports torch when used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assets import files
from assets.errors import InputRefused
from assets.hashing import digest
from assets.matter import Still
from assets.media import picture
from assets.sheets.dataset import FrozenWork, Manifest
from models.sealed import check_safetensors

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Encoders:
    """What encodes, and the hash of its weights.

    latent  a picture (H, W, 3) uint8 -> its latents
    text    a caption -> tensors by name
    """

    latent: "Callable[[Still], torch.Tensor]"
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

    def latent(self, number: int, *, mirrored: bool = False) -> "torch.Tensor":
        """The latents of one work, without the batch axis.

        raises  InputRefused if they are not finite: a VAE in half precision overflows on some pictures
        """
        work, ground = self.manifest.works[number], self.manifest.showing.ground
        key = digest(
            {
                "picture": work.work.sha256, "bucket": work.bucket, "ground": ground, "mirrored": mirrored,
                "encoder": self._encoders.latent_identity,
            }
        )  # fmt: skip
        return self._kept("latents", key, lambda: {"latent": self._encoded(work, ground, mirrored)})["latent"]

    def text(self, caption: str) -> "Mapping[str, torch.Tensor]":
        """The embeddings of one caption, without the batch axis."""
        key = digest({"text": caption, "encoder": self._encoders.text_identity})
        return self._kept("texts", key, lambda: dict(self._encoders.text(caption)))

    def _encoded(self, work: FrozenWork, ground: str, mirrored: bool) -> "torch.Tensor":
        still = shown(self._art(work), work.bucket, ground)
        found = self._encoders.latent(still[:, ::-1].copy() if mirrored else still)
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


def shown(path: Path, bucket: tuple[int, int], ground: str) -> Still:
    """A work as the model sees it: upright, over its ground, scaled and cut to its bucket."""
    colour = (int(ground[1:3], 16), int(ground[3:5], 16), int(ground[5:7], 16))
    return picture.fitted(picture.from_art(path, ground=colour), bucket)
