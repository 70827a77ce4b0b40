"""LoRAs of the house denoiser: read strictly, added to its weights, and taken out again exactly.

In: the LoRAs of a shot, the positions of its heads.      Out: latents painted with them.
A file may also hold a palette, which is put on the rough first.
LoRAs of the style and the place change the whole picture. Those of a character change only the area around that
character: the picture is painted with and without them, and put together. Imports torch when used.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from assets.errors import InputRefused
from assets.matter import Still
from models.house import latents, palette, weights
from models.house.brush import Brush, Painting, Window
from models.house.palette import Palette
from models.house.people import Spot
from models.lora import factors
from models.lora.factors import LoraFile
from models.ports import LoraWeights, Shot

if TYPE_CHECKING:
    import torch

FAMILY = "house"
# Header fields: the family, and the weights it was trained on.
BASE, REVISION = "sakuga.base", "sakuga.base_revision"
PREFIX = "unet."
MOST = 8  # LoRAs whose changes stay in memory
WIDE, ABOVE, BELOW = 3.2, 3.0, 9.0  # the area of a person around the head, in radii of the head

Spots = Mapping[str, Spot]


@dataclass(frozen=True)
class Layer:
    """LoRAs that are used together. ``subject`` is whose area they change; empty: the whole picture."""

    loras: tuple[LoraWeights, ...]
    subject: str = ""


def layers(shot: Shot) -> tuple[Layer, ...]:
    """The LoRAs of the whole picture, then for each character that has some these and the character's own."""
    common = tuple(one for one in shot.loras if not one.subject and one.strength)
    whose = dict.fromkeys(one.subject for one in shot.loras if one.subject and one.strength)
    return (Layer(common), *(Layer((*common, *_of(shot, subject)), subject) for subject in whose))


def _of(shot: Shot, subject: str) -> tuple[LoraWeights, ...]:
    return tuple(one for one in shot.loras if one.subject == subject and one.strength)


@dataclass(frozen=True)
class Strip:
    """A window of drawings before LoRAs change their colours: the rig's drawings, and where each shows its heads.

    hands, known   as in ``Window``
    """

    roughs: Sequence[Still]
    heads: Sequence[Spots]
    hands: "torch.Tensor"
    known: "torch.Tensor | None"


class BrushWithLoras:
    """A brush that paints with LoRAs."""

    def __init__(self, brush: Brush) -> None:
        self.brush = brush
        self._painting = Rack(brush.network["unet"])
        self._moving = Rack(brush.moving) if brush.moving is not None else None

    def dream(
        self, shot: Shot, heads: Spots, rough: Still, painting: Painting, *, seeds: Sequence[int]
    ) -> "Iterator[torch.Tensor]":
        """Latents for each seed, as ``Brush.dream`` makes them.

        rough   in the rig's colours; it is painted over in the palette of the LoRAs
        heads   without them a character's LoRAs change the whole picture
        raises  InputRefused for a LoRA of another base, or one that does not fit, before anything is painted
        """
        first, *others = layers(shot)
        self._painting.check(shot.loras)
        for seed in seeds:
            found = self._dreamt(first, rough, painting, seed)
            for layer in others:
                found = _over(found, self._dreamt(layer, rough, painting, seed), layer.subject, [heads])
            yield found

    def _dreamt(self, layer: "Layer", rough: Still, painting: Painting, seed: int) -> "torch.Tensor":
        with self._painting.wearing(layer.loras) as colours:
            return next(self.brush.dream(painting, colours.put_on(rough), seeds=[seed]))

    def move(self, shot: Shot, strip: Strip, painting: Painting, *, seed: int) -> "torch.Tensor":
        """(n, 64, 18, 32) latents of a window of drawings, as ``Brush.move`` makes them."""
        if self._moving is None:
            raise ValueError("This brush was loaded without motion modules.")
        self._moving.check(shot.loras)
        first, *others = layers(shot)
        found = self._moved(self._moving, first, strip, painting, seed)
        for layer in others:
            made = self._moved(self._moving, layer, strip, painting, seed)
            found = _over(found, made, layer.subject, strip.heads)
        return found

    def _moved(
        self, rack: "Rack", layer: "Layer", strip: Strip, painting: Painting, seed: int
    ) -> "torch.Tensor":
        import torch

        with rack.wearing(layer.loras) as colours:
            coloured = [colours.put_on(rough) for rough in strip.roughs]
            layouts = np.stack([latents.layout_of(rough) for rough in coloured])
            guide = latents.guide(layouts, painting.columns, len(coloured))
            roughs = torch.cat([self.brush.code(rough) for rough in coloured])
            window = Window(strip.hands, guide, roughs, strip.known)
            return self.brush.move(painting, window, seed=seed)


@dataclass(frozen=True)
class _Read:
    """What one file changes: weights by module, and colours."""

    changes: "dict[str, torch.Tensor]"
    palette: Palette


class Rack:
    """The LoRAs in one network: their changes are added to its weights, which are kept and put back.

    Threads that want the same LoRAs use the network side by side; one that wants others waits until it is free.
    """

    def __init__(self, unet: Any) -> None:
        self._modules = dict(unet.named_modules())
        self._kept: dict[str, torch.Tensor] = {}
        self._read: dict[str, _Read] = {}
        self._worn: tuple[tuple[str, float], ...] = ()
        self._palette = Palette.none()
        self._change, self._using = Condition(RLock()), 0

    def check(self, wanted: Sequence[LoraWeights]) -> None:
        """Read every LoRA that is not known yet.

        raises  InputRefused
        """
        with self._change:
            for one in wanted:
                if one.strength:
                    self._file(one)

    @contextmanager
    def wearing(self, wanted: Sequence[LoraWeights]) -> Iterator[Palette]:
        """Until the block ends the network has exactly ``wanted``; gives the palette for the roughs."""
        with self._change:
            self._change.wait_for(lambda: not self._using or _named(wanted) == self._worn)
            colours = self.wear(wanted)
            self._using += 1
        try:
            yield colours
        finally:
            with self._change:
                self._using -= 1
                self._change.notify_all()

    def wear(self, wanted: Sequence[LoraWeights]) -> Palette:
        """Paint with exactly ``wanted``, each at its strength; returns the palette for the roughs."""
        used = [one for one in wanted if one.strength]
        named = _named(used)
        if named == self._worn:
            return self._palette
        summed: dict[str, torch.Tensor] = {}
        for one in used:
            for name, change in self._file(one).changes.items():
                weight = self._original(name)
                summed[name] = summed.get(name, weight) + one.strength * change.to(weight)
        for name, weight in self._kept.items():
            self._modules[name].weight.data = summed.get(name, weight)
        self._worn = named
        self._palette = Palette.summed((self._file(one).palette, one.strength) for one in used)
        return self._palette

    def _original(self, name: str) -> "torch.Tensor":
        return self._kept.setdefault(name, self._modules[name].weight.data)

    def _file(self, one: LoraWeights) -> "_Read":
        """What a file changes; the most recently used ones are kept."""
        found = self._read.pop(one.sha256, None)
        if found is None:
            file = factors.read(one.path)
            found = _Read(_fitting(file, self._modules), Palette.read(file.header.get(palette.FIELD, "")))
        self._read[one.sha256] = found
        for other in list(self._read)[:-MOST]:
            del self._read[other]
        return found


def _named(wanted: Sequence[LoraWeights]) -> tuple[tuple[str, float], ...]:
    return tuple((one.sha256, one.strength) for one in wanted if one.strength)


def _fitting(file: LoraFile, modules: Mapping[str, Any]) -> "dict[str, torch.Tensor]":
    """Every change of a file, by the module it belongs to.

    raises  InputRefused for another base, a module that is not there or has another size, and changes that are zero
    """
    check_base(file)
    found, lost = {}, []
    for name, part in file.factors.items():
        inner = name.removeprefix(PREFIX)
        weight = getattr(modules.get(inner), "weight", None) if name.startswith(PREFIX) else None
        change = part.change()
        if weight is None or weight.shape != change.shape:
            lost.append(f"{name} {list(change.shape)}")
        else:
            found[inner] = change
    if lost:
        raise InputRefused(
            f"{len(lost)} of {len(file.factors)} modules of {file.path.name} are not in the house painter in this "
            f"size, such as {lost[0]}. It is of another base: train it with `sakuga train --family house`."
        )
    if not any(bool(change.any()) for change in found.values()):
        raise InputRefused(f"The LoRA {file.path.name} is empty: all its changes are zero. Train it first.")
    return found


def check_base(file: LoraFile) -> None:
    """Refuse a LoRA that says it was trained on another model, or on other weights of this one."""
    base, trained_on = file.header.get(BASE, ""), file.header.get(REVISION, "")
    if base and base != FAMILY:
        raise InputRefused(
            f"The LoRA {file.path.name} says it was trained on {base}; the house painter loads LoRAs of {FAMILY}. "
            "Correct `base` in the bible, or train one with `sakuga train --family house`."
        )
    now = weights.revision("painter")
    if trained_on and now and trained_on != now:
        raise InputRefused(
            f"The LoRA {file.path.name} was trained on other weights of the house painter ({trained_on[:12]}; these "
            f"are {now[:12]}). Train it again: `sakuga train --family house`."
        )


def _over(
    below: "torch.Tensor", above: "torch.Tensor", subject: str, heads: Sequence[Spots]
) -> "torch.Tensor":
    """``above`` in the area of ``subject``, ``below`` elsewhere; both (n, 64, h, w)."""
    import torch

    shares = torch.stack([area(subject, spots, tuple(below.shape[2:])) for spots in heads])[:, None]
    return below + (above - below) * shares


def area(subject: str, spots: Spots, size: tuple[int, ...]) -> "torch.Tensor":
    """(h, w) 0..1: how much of each latent belongs to ``subject``, with a soft edge of one latent.

    Everywhere 1 where no head is known, and 0 where only this one is not in the picture.
    """
    import torch

    if not spots:
        return torch.ones(size)
    if subject not in spots:
        return torch.zeros(size)
    step = 1 / size[0]  # of the picture's height, as positions of heads are told
    y = ((torch.arange(size[0]) + 0.5) * step)[:, None]
    x = ((torch.arange(size[1]) + 0.5) * step)[None]

    def inside(spot: Spot) -> "torch.Tensor":
        """How far inside the area of a person, in latents; negative outside."""
        side = WIDE * spot.radius - (x - spot.x).abs()
        up, down = y - (spot.y - ABOVE * spot.radius), spot.y + BELOW * spot.radius - y
        return torch.minimum(side, torch.minimum(up, down)) / step

    def near(spot: Spot) -> "torch.Tensor":
        return ((x - spot.x).square() + (y - spot.y).clamp(max=0).square()).sqrt() / spot.radius

    own = (inside(spots[subject]) + 0.5).clamp(0, 1)
    others = [near(spot) for name, spot in spots.items() if name != subject]
    for other in others:
        own = own * (2 * (other - near(spots[subject])) + 0.5).clamp(0, 1)
    return own
