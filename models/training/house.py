"""Train a LoRA for the house painter on a frozen dataset.

In: a Material, the painter's base, a Task.      Out: a Lesson for the training loop; the trained factors.
The painter draws over a rough of the rig. So a work may have a layout file, the rough it was drawn over: from these
pairs the LoRA learns line, shading and palette. A work without one is its own layout, and teaches details only.
Captions are in the rig's grammar, as the painter reads them. Imports torch and diffusers when used.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.errors import InputRefused
from assets.hashing import digest
from assets.matter import Still
from assets.sheets.dataset import FrozenWork, Manifest
from models.house import autoencoder, brush, denoiser, latents, palette, weights, words
from models.house.latents import Prior
from models.house.loras import REVISION
from models.house.painter import STEPS, STRENGTH
from models.house.palette import Palette
from models.lora.factors import Factors
from models.training import lesson
from models.training.lesson import Family, Task
from models.training.lora import LoraShape, factors, inject
from models.training.material import Encoders, Material
from models.training.order import Order, Showing
from models.training.patterns import deciding

if TYPE_CHECKING:
    import torch

TARGETS = (
    "conv_in", "conv_out", "conv1", "conv2", "conv_shortcut", "to_q", "to_k", "to_v", "to_out.0", "net.0.proj",
    "net.2",
)  # fmt: skip
HIGHEST = 300  # noise levels above it are not trained: panels are painted below 200
FROM_ROUGH = (
    0.6  # of the drawings: noise is added to the rough, as for the first step of painting; others: to the art
)
AFTER_FIRST = 0.2  # of the drawings: the panel is given, as to the animator
MOST_FOCUS = 8.0  # how much more a changed place counts; with 60 times more, unchanged places were smeared
UNSAID = 0.1  # of the drawings: no words
EXPLAINED = 0.5  # a palette that leaves more than this share of the difference is none
ENDS = 6  # times the rank of the other layers, for the first and the last
END_STRENGTH = 4.0  # times the alpha / rank of the other layers, for the same
SHEET = 4  # works on a validation sheet
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


class HouseLora:
    """Lesson of models/training/loop.py.

    loss  squared error of x0 with min-SNR weights, as the base was trained; noise levels below ``HIGHEST``
    """

    network: "torch.nn.Module"

    def __init__(self, base: Base, material: Material, task: Task) -> None:
        self._base, self._art, self._task = base, material, task
        self._palette = palette_of(material)
        self._roughs = material.over(roughs_of(material.manifest), _coloured(base, self._palette))
        self.order = Order(material.manifest, task.batch)
        self._noise = denoiser.schedule()
        self._read: dict[tuple[bool, int, bool], torch.Tensor] = {}
        art, rough, guide = self._everything()
        self._shares = shares(base.prior.rest(art, guide))
        # In another palette all places differ, and flat areas on the wrong side of a tone's edge would count most.
        self._apart = 0.0 if self._palette.change.any() else float((art - rough).square().mean())
        self.network = base.network["unet"]
        denoiser.use_plain_attention(self.network)
        self.trained = inject(self.network, shaped(task.shape), seed=task.seed)
        if task.checkpointing:
            base.network["unet"].enable_gradient_checkpointing()

    def compile(self) -> None:
        self.network.compile()

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        import torch

        chance = np.random.default_rng([29, self._task.seed, step])
        showings = self.order.at(step)
        art, panel_guide = self._seen(self._art, showings)
        rough, guide = self._seen(self._roughs, showings)
        wanted = self._base.prior.rest(art, guide)
        times = levels(len(showings), rng)
        noise = torch.randn(wanted.shape, generator=rng)
        start = torch.where(
            _some(chance, len(showings), FROM_ROUGH), self._base.prior.rest(rough, guide), wanted
        )
        mark = _some(chance, len(showings), AFTER_FIRST).float().expand(-1, 1, *wanted.shape[2:])
        given = torch.cat(
            [
                self._noise.add_noise(start, noise, times),
                self._base.prior.rest(art, panel_guide) * mark,
                mark,
                guide,
            ],
            1,
        )
        texts = torch.stack(
            [
                self._text("" if chance.random() < UNSAID else each.caption, mirrored=each.mirrored)
                for each in showings
            ]
        )
        found = self.network(
            given.to(device), times.to(device), encoder_hidden_states=texts.to(device)
        ).sample
        errors = (found.float() - wanted.to(device)).square() * self._shares.to(device)
        errors = errors * self._focus(art, rough).to(device)
        each = denoiser.weights_of(self._noise, times.to(device)) * errors.mean(dim=(1, 2, 3))
        return lesson.mean(each, showings, self._art.manifest, self._task.prior)

    def sheet(self, network: "torch.nn.Module") -> Still:
        """Rows of one work each: its rough, painted as the painter paints, the art."""
        rows = []
        for number in range(min(SHEET, len(self._art.manifest.works))):
            showing = [Showing(number, self.order.longest_caption(number), mirrored=False)]
            art, _ = self._seen(self._art, showing)
            rough, guide = self._seen(self._roughs, showing)
            found = self._painted(rough, guide, prompt(showing[0].caption), seed=number)
            rows.append(np.concatenate([self._decoded(each) for each in (rough, found, art)], 1))
        return np.ascontiguousarray(np.concatenate(rows, 0))

    def factors(self) -> dict[str, Factors]:
        return factors(self.network, "unet")

    def about(self) -> dict[str, str]:
        return {REVISION: self._base.identities[1], palette.FIELD: self._palette.told()}

    def _painted(
        self, rough: "torch.Tensor", guide: "torch.Tensor", text: str, *, seed: int
    ) -> "torch.Tensor":
        import torch

        device = next(self.network.parameters()).device
        found = denoiser.sample(
            self._base.network.to(device),
            torch.cat([torch.zeros(1, denoiser.LATENT + 1, *guide.shape[2:]), guide], 1),
            torch.from_numpy(words.ids(text))[None],
            denoiser.Sampling(STEPS, seed, STRENGTH, self._base.prior.rest(rough, guide)),
        )
        return self._base.prior.restored(found.float().cpu(), guide)

    def _decoded(self, found: "torch.Tensor") -> Still:
        pictures = autoencoder.decode(self._base.vae, found.to(self._base.vae.device))
        return np.ascontiguousarray(pictures[0, ::2, ::2])

    def _seen(self, material: Material, showings: Sequence[Showing]) -> "tuple[torch.Tensor, torch.Tensor]":
        """(n, 64, 18, 32) latents and (n, 49, 18, 32) guides of some pictures."""
        import torch

        both = torch.stack([self._kept(material, each.work, each.mirrored) for each in showings])
        return both[:, : denoiser.LATENT], both[:, denoiser.LATENT :]

    def _kept(self, material: Material, work: int, mirrored: bool) -> "torch.Tensor":
        key = (material is self._art, work, mirrored)
        if key not in self._read:
            self._read[key] = material.latent(work, mirrored=mirrored)
        return self._read[key]

    def _everything(self) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
        """Art, roughs and guides of all works."""
        works = [Showing(number, "", mirrored=False) for number in range(len(self._art.manifest.works))]
        return self._seen(self._art, works)[0], *self._seen(self._roughs, works)

    def _focus(self, art: "torch.Tensor", rough: "torch.Tensor") -> "torch.Tensor":
        """(n, 1, h, w), from 1: more where the art differs from its rough.

        The ears of a character are one latent in fifty, and would hardly count.
        """
        import torch

        if not self._apart:
            return torch.ones(1, 1, 1, 1)
        differs = (art - rough).square().mean(dim=1, keepdim=True) / self._apart
        return 1 + differs.clamp(max=MOST_FOCUS)

    def _text(self, caption: str, *, mirrored: bool) -> "torch.Tensor":
        return self._art.text(mirror(caption) if mirrored else caption)["sequence"]


def shares(wanted: "torch.Tensor") -> "torch.Tensor":
    """(1, 64, 1, 1): for each channel 1 divided by the size of what must be predicted.

    The base predicts little more than details. In another artist's style some channels are ten times as large, and
    would hide the others.
    """
    return 1 / wanted.square().mean(dim=(0, 2, 3), keepdim=True).sqrt().clamp(min=0.1)


def levels(count: int, rng: "torch.Generator") -> "torch.Tensor":
    """(count,) noise levels below ``HIGHEST``, 82 in 100 of them below 200; stratified."""
    import torch

    spots = (torch.arange(count) + torch.rand(count, generator=rng)) / count
    return (spots.square() * HIGHEST).long().clamp(max=HIGHEST - 1)


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


def _coloured(base: Base, colours: Palette) -> Encoders:
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


def shaped(shape: LoraShape) -> LoraShape:
    """The ranks and strengths of the first and the last layer, which carry another palette through few channels.

    Measured: with the alpha of the other layers the last one learnt mean colours ten times slower. Patterns that are
    given decide first; with another rank they keep this strength, alpha / rank.
    """
    ranks, alphas = dict(shape.ranks), dict(shape.alphas)
    for end in ("conv_in", "conv_out"):
        pattern = deciding(end, shape.ranks)
        rank = shape.ranks[pattern] if pattern else ENDS * shape.rank
        if not pattern:
            ranks[end] = rank
        if not deciding(end, shape.alphas):
            alphas[end] = END_STRENGTH * (rank / shape.rank) * shape.alpha
    return replace(shape, ranks=ranks, alphas=alphas)


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


def _some(chance: np.random.Generator, count: int, share: float) -> "torch.Tensor":
    """(count, 1, 1, 1) of true for about ``share`` of them."""
    import torch

    return torch.from_numpy(chance.random(count) < share)[:, None, None, None]


def _text(base: Base, caption: str) -> "Mapping[str, torch.Tensor]":
    import torch

    with torch.no_grad():
        ids = torch.from_numpy(words.ids(prompt(caption)))[None]
        found = base.network["text"](ids.to(base.network["text"].device)).last_hidden_state
    return {"sequence": found[0].float().cpu()}


FAMILY = Family(
    load=Base.load,
    encoders=lambda base, library: encoders(base),
    check=lambda base, manifest: check(manifest),
    targets=lambda base: TARGETS,
    lesson=HouseLora,
    network=lambda base, task: base.network["unet"],
    readers=(),
)
