"""What is encoded once is never served for something else."""

import pytest
import torch

from assets.errors import InputRefused
from models.training.material import Encoders, Material


class Encoding:
    """Counts what is encoded."""

    def __init__(self, *, latent_identity="a", text_identity="a", value=1.0):
        self.pictures, self.texts, self.value = [], [], value
        self.encoders = Encoders(self._latent, latent_identity, self._text, text_identity)

    def _latent(self, frames):
        self.pictures.append(frames[0])
        return torch.full((4, 2, 2), self.value) * float(frames.mean())

    def _text(self, caption):
        self.texts.append(caption)
        return {"sequence": torch.full((2, 3), float(len(caption)))}


def test_a_picture_and_a_text_are_encoded_once(drawings, art, tmp_path):
    encoding, manifest = Encoding(), drawings(2)
    for _ in range(2):
        material = Material(manifest, art, encoding.encoders, tmp_path / "cache")
        material.latent(0), material.text("a")

    assert (len(encoding.pictures), encoding.texts) == (1, ["a"])


def test_another_picture_bucket_ground_mirroring_or_encoder_is_encoded_anew(drawings, art, tmp_path):
    """Caches that were keyed by file names served old latents after a picture or a VAE was exchanged."""
    encoding, manifest = Encoding(), drawings(2)
    cache = tmp_path / "cache"
    Material(manifest, art, encoding.encoders, cache).latent(0)
    work = manifest.works[0]
    wide = manifest.model_copy(update={"works": (work.model_copy(update={"bucket": (80, 48)}),)})
    grey = manifest.model_copy(update={"showing": manifest.showing.model_copy(update={"ground": "#808080"})})

    Material(manifest, art, encoding.encoders, cache).latent(1)
    Material(manifest, art, encoding.encoders, cache).latent(0, mirrored=True)
    Material(wide, art, encoding.encoders, cache).latent(0)
    Material(grey, art, encoding.encoders, cache).latent(0)
    other = Encoding(latent_identity="b")
    Material(manifest, art, other.encoders, cache).latent(0)

    assert (len(encoding.pictures), len(other.pictures)) == (5, 1)


def test_another_caption_or_text_encoder_is_encoded_anew(drawings, art, tmp_path):
    encoding, other = Encoding(), Encoding(text_identity="b")
    for caption in ("a", "b"):
        Material(drawings(1), art, encoding.encoders, tmp_path / "cache").text(caption)
    Material(drawings(1), art, other.encoders, tmp_path / "cache").text("a")

    assert (encoding.texts, other.texts) == (["a", "b"], ["a"])


def test_latents_that_are_not_finite_are_refused_with_the_file_and_not_kept(drawings, art, tmp_path):
    """SDXL's VAE overflows in half precision: one picture made a whole training worthless."""
    material = Material(drawings(1), art, Encoding(value=float("inf")).encoders, tmp_path / "cache")

    with pytest.raises(InputRefused, match=r"latents of 0\.png are not finite"):
        material.latent(0)

    assert not list((tmp_path / "cache").rglob("*.safetensors"))


def test_a_mirrored_picture_is_mirrored(drawings, art, tmp_path):
    encoding, manifest = Encoding(), drawings(1)
    from PIL import Image

    with Image.open(art(manifest.works[0])) as image:
        image.paste((0, 0, 0), (0, 0, 32, 64))
        image.save(art(manifest.works[0]))

    Material(manifest, art, encoding.encoders, tmp_path / "cache").latent(0, mirrored=True)

    assert encoding.pictures[0][:, 40:].max() == 0
    assert encoding.pictures[0][:, :20].max() > 100
