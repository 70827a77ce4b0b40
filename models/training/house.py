"""Train a LoRA for the house painter on a frozen dataset.

In: a Material, the painter's base, a Task.      Out: a Lesson for the training loop; the trained factors.
The painter draws over a rough of the rig. So a work may have a layout file, the rough it was drawn over: from these
pairs the LoRA learns line, shading and palette. A work without one is its own layout, and teaches details only.
Captions are in the rig's grammar, as the painter reads them. Imports torch and diffusers when used.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from assets.matter import Still
from models.house import autoencoder, denoiser, palette, words
from models.house.loras import REVISION
from models.house.painter import STEPS, STRENGTH
from models.lora.factors import Factors
from models.training import lesson
from models.training.house_material import (
    Base,
    check,
    coloured,
    encoders,
    mirror,
    palette_of,
    prompt,
    roughs_of,
)
from models.training.lesson import Family, Task
from models.training.lora import LoraShape, factors, inject
from models.training.material import Material
from models.training.order import Order, Showing
from models.training.patterns import deciding

if TYPE_CHECKING:
    import torch

TARGETS = (
    "conv_in", "conv_out", "conv1", "conv2", "conv_shortcut", "to_q", "to_k", "to_v", "to_out.0", "net.0.proj",
    "net.2",
)  # fmt: skip
HIGHEST = 300  # noise levels above it are not trained: panels are painted below 200
# Of the drawings: noise is added to the rough, as for the first step of painting; with the others to the art.
FROM_ROUGH = 0.6
AFTER_FIRST = 0.2  # of the drawings: the panel is given, as to the animator
MOST_FOCUS = 8.0  # how much more a changed place counts; with 60 times more, unchanged places were smeared
UNSAID = 0.1  # of the drawings: no words
ENDS = 6  # times the rank of the other layers, for the first and the last
END_STRENGTH = 4.0  # times the alpha / rank of the other layers, for the same
SHEET = 4  # works on a validation sheet


class HouseLora:
    """Lesson of models/training/loop.py.

    loss  squared error of x0 with min-SNR weights, as the base was trained; noise levels below ``HIGHEST``
    """

    network: "torch.nn.Module"

    def __init__(self, base: Base, material: Material, task: Task) -> None:
        self._base, self._art, self._task = base, material, task
        self._palette = palette_of(material)
        self._roughs = material.over(roughs_of(material.manifest), coloured(base, self._palette))
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


def _some(chance: np.random.Generator, count: int, share: float) -> "torch.Tensor":
    """(count, 1, 1, 1) of true for about ``share`` of them."""
    import torch

    return torch.from_numpy(chance.random(count) < share)[:, None, None, None]


FAMILY = Family(
    load=Base.load,
    encoders=lambda base, library: encoders(base),
    check=lambda base, manifest: check(manifest),
    targets=lambda base: TARGETS,
    lesson=HouseLora,
    network=lambda base, task: base.network["unet"],
    readers=(),
)
