"""What the house painter learns from: its base, roughs and art as latents, captions in the rig's grammar.

In: a frozen dataset, the shipped weights.      Out: encoders and a palette for its material; or a refusal.
Imports torch and diffusers when used.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.errors import InputRefused
from assets.hashing import digest
from assets.matter import Still
from assets.sheets.dataset import FrozenWork, Manifest
from models.house import autoencoder, brush, denoiser, latents, weights, words
from models.house.latents import Prior
from models.house.palette import Palette
from models.training.material import Encoders, Material

if TYPE_CHECKING:
    import torch

EXAMPLE = "place rooftop, time day; age teen, hair bob"  # a caption in the painter's grammar


@dataclass(frozen=True)
class Base:
    """The painter that is trained: its network {"unet", "text"}, the layout's prior, the autoencoder."""

    network: Any
    prior: Prior
    vae: Any
    identities: tuple[str, str]  # of the autoencoder's and the painter's weights

    @classmethod
    def load(cls, library: Path, device: str) -> "Base":
        place = weights.folder("painter", library)
        identities = weights.revision("autoencoder", library), weights.revision("painter", library)
        return cls(
            denoiser.load(place).to(device), Prior.load(place), brush.codec(device, library), identities
        )

    def to(self, device: str) -> "Base":
        self.network.to(device)
        self.vae.to(device)
        return self


def roughs_of(manifest: Manifest) -> Manifest:
    """The same works with the rough of each in its place, where it has one."""

    def rough(each: FrozenWork) -> FrozenWork:
        if each.layout is None:
            return each
        told = {"file": each.work.layout, "sha256": each.layout.sha256}
        return each.model_copy(update={"ref": each.layout, "work": each.work.model_copy(update=told)})

    return manifest.model_copy(update={"works": tuple(rough(each) for each in manifest.works)})


def palette_of(material: Material) -> Palette:
    """The colours of the art beside those of the roughs.

    It changes nothing for a dataset without layouts, and where colours are not what differs: a character with a scar.
    """
    paired = [number for number, each in enumerate(material.manifest.works) if each.layout is not None]
    if not paired:
        return Palette.none()
    roughs = material.over(roughs_of(material.manifest))
    small = [
        [latents.layout_of(_sized(each.frames(number)[0])) for number in paired]
        for each in (roughs, material)
    ]
    # As the file will hold it: painting later uses the rounded one.
    return Palette.read(Palette.fit(*small).told())


def coloured(base: Base, colours: Palette) -> Encoders:
    """How roughs are encoded: in the palette."""
    plain = encoders(base)
    return replace(
        plain,
        latent=lambda frames: plain.latent(colours.put_on(_sized(frames[0]))[None]),
        latent_identity=f"{plain.latent_identity} {digest(colours.told())}",
    )


def _sized(still: Still) -> Still:
    """The size that the autoencoder reads."""
    from assets.media import picture

    return picture.fitted(still, latents.SIZE)


def encoders(base: Base) -> Encoders:
    """How pictures and captions are encoded, identified by the shipped weights that do it."""
    return Encoders(
        latent=lambda frames: _seen(base, frames[0]),
        latent_identity=f"{base.identities[0]} and layout",
        text=lambda caption: _text(base, caption),
        text_identity=base.identities[1],
    )


def check(manifest: Manifest) -> None:
    """Refuse a dataset that the house painter cannot read.

    raises  InputRefused with the works whose captions are not in the rig's grammar, or for a trigger or shuffled tags
    """
    rules = manifest.showing
    if rules.trigger or rules.shuffle_tags or rules.tag_dropout:
        raise InputRefused(
            "The house painter reads words of a closed grammar: it knows no trigger word, and tags belong to the "
            "person they stand with. Remove trigger, shuffle_tags and tag_dropout from the dataset."
        )
    wrong = list(_wrong(manifest))
    if wrong:
        raise InputRefused(
            f"The captions of {len(wrong)} works are not in the grammar that the house painter reads:\n"
            + "\n".join(f"- {line}" for line in wrong[:8])
            + f"\nWrite them as `sakuga dataset layouts` does: {EXAMPLE}, …"
        )


def prompt(caption: str) -> str:
    """The painter's prompt of a caption; empty for an empty one."""
    return words.worded(caption) if caption else ""


def mirror(caption: str) -> str:
    """The caption of the mirrored picture: left and right are exchanged."""
    other = {"left": "right", "right": "left"}
    return re.sub(r"(?<![a-z])(left|right)(?![a-z])", lambda found: other[found[0]], caption)


def _wrong(manifest: Manifest) -> Iterator[str]:
    for each in manifest.works:
        try:
            words.ids(prompt(each.work.caption))
        except (ValueError, KeyError) as error:
            yield f"{each.work.file}: {error}"


def _seen(base: Base, still: Still) -> "torch.Tensor":
    """(113, 18, 32): the latents of a picture, and its layout as a guide."""
    import torch

    fitted = _sized(still)
    guide = latents.guide(latents.layout_of(fitted)[None], latents.LAYOUT[0], 1)
    return torch.cat([autoencoder.encode(base.vae, fitted[None])[0], guide[0]])


def _text(base: Base, caption: str) -> "Mapping[str, torch.Tensor]":
    import torch

    with torch.no_grad():
        ids = torch.from_numpy(words.ids(prompt(caption)))[None]
        found = base.network["text"](ids.to(base.network["text"].device)).last_hidden_state
    return {"sequence": found[0].float().cpu()}
