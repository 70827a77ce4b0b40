"""The house animator: makes the later drawings of a panel with our own video diffusion model, on twos.

In: a Shot, its panel, the loudness of each voice.      Out: a Clip that begins with the panel.
The rig's rough drawing gives the positions, drawing by drawing; the denoiser draws them in the panel's style.
Areas that do not move in the rough are kept from the panel, like a cel over a painted background, so that paint
does not flicker. The camera moves over the finished drawings, as in the animatic.
A panel with another layout than this shot's is held and filmed unchanged: the rough does not match it, and the
model is not trained well enough to move it from words alone. A last picture with the layout of the take's end can
be reached: drawings near it take its style, and unmoved areas blend from the panel to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from assets.errors import ShapeRefused
from assets.matter import Clip, Still
from models.card import Card
from models.cel import engine
from models.house import latents, weights, words
from models.house.autoencoder import UP
from models.house.brush import OVERLAP, WINDOW, Brush, Painting
from models.house.layout import Layouts
from models.house.loras import FAMILY, BrushWithLoras, Spots, Strip
from models.house.painter import LARGEST, SMALLEST, STRENGTH, TRAINING, enlarged, lettered
from models.limits import check_animating
from models.ports import Mouths, Shot

if TYPE_CHECKING:
    import torch

STEPS = 2
COLUMNS = 128
OWN = 12.0  # mean difference of layouts, of 255, above which a panel has another layout
ROOM = 2  # latents around the moved area, for the finish network to see
LEAST = 8  # fewest latents that are finished together: the finish network was trained on this size
MOVED = 6  # difference of a layout's pixel, of 255, above which the picture there is drawn again


class HouseAnimator:
    """Port Animator."""

    card = Card(
        name="house",
        port="animator",
        adapter_version=2,
        summary=(
            "Our own small video diffusion: moves what the rig's rough moves, holds the rest; on twos. Panels of "
            "another layout are held and filmed with the camera move only. Arrives at a last picture of the "
            "layout of the take's end."
        ),
        licence="Apache-2.0",
        weights="this repository: assets/library/weights/{autoencoder,painter,animator}",
        revision=weights.revisions("autoencoder", "painter", "animator"),
        training_data=TRAINING,
        data_class="owned",
        accepts=frozenset({"mouths", "last_frame", "loras"}),
        ends_at="own_layout",
        side_step=2,
        smallest=SMALLEST,
        largest=LARGEST,
        frame_step=1,
        dialect="grammar",
        lora_base=FAMILY,
        concurrent=True,
    )

    def __init__(self, brush: Brush) -> None:
        self._brush = BrushWithLoras(brush)

    @classmethod
    def lacks(cls) -> str:
        """What is missing before it can be loaded."""
        return weights.lacks("autoencoder", "painter", "animator")

    @classmethod
    def load(cls, device: str) -> Self:
        engine.check()
        return cls(Brush.load(device, motion=True))

    def unload(self) -> None:
        """Do nothing: the memory is freed with this object."""

    def animate(
        self, shot: Shot, first: Still, *, frames: int, seed: int, last: Still | None = None,
        mouths: Mouths | None = None,
    ) -> Clip:  # fmt: skip
        _check(shot, first, frames, last)
        check_animating(self.card, shot, first, frames=frames, last=last, mouths=mouths)
        ask = _Request(shot, first, frames, seed, mouths, last)
        _check_last(self._brush, ask)
        return Clip(frames, shot.size, shot.rate, partial(_draw, self._brush, ask))


@dataclass(frozen=True)
class _Request:
    """One cut to animate."""

    shot: Shot
    first: Still
    frames: int
    seed: int
    mouths: Mouths | None
    last: Still | None

    def layouts(self) -> Layouts:
        return Layouts(self.shot, seed=self.seed, frames=self.frames, mouths=self.mouths)


@dataclass(frozen=True)
class _Rough:
    """One rough drawing of the rig, its layout, and its position between panel and last picture, 0..1."""

    drawing: Still
    layout: NDArray[np.uint8]
    along: float
    heads: Spots


@dataclass(frozen=True)
class _End:
    """The first or last picture of a take, and the rig's layout at that frame."""

    picture: Still
    layout: NDArray[np.uint8]


def _draw(brush: BrushWithLoras, ask: _Request) -> Iterator[Still]:
    from models.cel.panel_film import filmed

    yield from filmed(ask.shot, _exposed(brush, ask), ask.frames)


def _exposed(brush: BrushWithLoras, ask: _Request) -> Iterator[Still]:
    """The picture of every frame before the camera move: the panel, then drawings held on twos."""
    rough = ask.layouts()
    if _apart(ask.first, _expected(brush, ask, rough, 0)) >= OWN:
        yield from repeat(ask.first, ask.frames)
        return
    starts = range(0, ask.frames, rough.step)
    for start, picture in zip(starts, _by_layout(brush, ask, rough, starts), strict=True):
        for _ in range(start, min(start + rough.step, ask.frames)):
            yield picture


def _by_layout(
    brush: BrushWithLoras, ask: _Request, rough: Layouts, starts: Sequence[int]
) -> Iterator[Still]:
    """One picture per drawing. A drawing whose rough is unchanged is held, unless a last picture is near."""
    home = _End(ask.first, rough.folded([0])[0])
    ends = [home]
    if ask.last is not None:
        ends.append(_End(ask.last, rough.folded([starts[-1]])[0]))
    arrives = len(ends) == 2
    waiting: list[_Rough] = []
    order: list[int] = []  # per drawing: index among the distinct ones, -1 for the panel
    before = home.layout
    for start in starts[:-1] if arrives else starts:
        drawing = rough.rough(start)
        layout = latents.layout_of(drawing)
        if start == 0 or (not arrives and _still(layout, home.layout)):
            order.append(-1)
        elif not arrives and waiting and _still(layout, before):
            order.append(len(waiting) - 1)
        else:
            waiting.append(_Rough(drawing, layout, start / max(1, starts[-1]), rough.heads(start)))
            order.append(len(waiting) - 1)
        before = layout
    drawn = _distinct(brush, ask, waiting, ends)
    at, picture = -1, ask.first
    for number in order:
        while at < number:
            picture, at = next(drawn), at + 1
        # The panel may come back between drawings; the last drawing is kept for later.
        yield ask.first if number < 0 else picture
    if arrives:
        yield ends[-1].picture


def _distinct(
    brush: BrushWithLoras, ask: _Request, roughs: "Sequence[_Rough]", ends: Sequence[_End]
) -> Iterator[Still]:
    """Every distinct drawing in order, composited over the ends where its rough equals neither."""
    import torch

    known: torch.Tensor | None = None
    hands = [brush.brush.seen(end.picture) for end in ends]
    for start in range(0, len(roughs), WINDOW - OVERLAP):
        if known is not None and start + OVERLAP >= len(roughs):
            return
        part = roughs[start : start + WINDOW]
        found = brush.move(
            ask.shot,
            Strip(
                roughs=[one.drawing for one in part],
                heads=[one.heads for one in part],
                hands=torch.cat([hands[-1] if one.along > 0.5 else hands[0] for one in part]),
                known=known,
            ),
            Painting(words.prompt(ask.shot), COLUMNS, STEPS, STRENGTH),
            seed=ask.seed + start,
        )
        fresh = 0 if known is None else OVERLAP
        for number in range(fresh, len(part)):
            yield lettered(_over(brush.brush, found[number], part[number], ends), ask.shot)
        known = found[-OVERLAP:]


def _over(brush: Brush, found: "torch.Tensor", rough: _Rough, ends: Sequence[_End]) -> Still:
    """The drawing where its rough differs from all ends', and elsewhere the end with the same rough."""
    ground, size = ends[0].picture, (ends[0].picture.shape[1], ends[0].picture.shape[0])
    differs = [_differs(rough.layout, end.layout) for end in ends]
    both = np.minimum.reduce(differs)
    if len(ends) == 2:
        shares = [
            # A little everywhere, so that no pixel is without a background.
            (1.001 - _softly(differ, size)) * share
            for differ, share in zip(differs, (1 - rough.along, rough.along), strict=True)
        ]
        share = shares[1] / np.maximum(shares[0] + shares[1], 1e-6)
        ground = _laid(ground, ends[1].picture, share.astype(np.float32))
    if not both.any():
        return ground
    return _laid(ground, enlarged(_part(brush, found, both), size), _softly(both, size))


def _expected(brush: BrushWithLoras, ask: _Request, rough: Layouts, frame: int) -> NDArray[np.uint8]:
    """The layout that a panel of this drawing has: the rig's, or in another palette what LoRAs make of it."""
    if not any(one.strength for one in ask.shot.loras):
        return latents.layout_of(rough.rough(frame))
    painted = brush.dream(
        ask.shot,
        rough.heads(frame),
        rough.rough(frame),
        Painting(words.prompt(ask.shot), COLUMNS, STEPS, STRENGTH),
        seeds=[ask.seed],
    )
    return latents.layout_of(brush.brush.rough(next(painted))[0])


def _apart(picture: Still, layout: NDArray[np.uint8]) -> float:
    """Mean difference, of 255, between a picture's layout and the rig's."""
    return float(np.abs(latents.layout_of(picture).astype(np.int16) - layout).mean())


def _still(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    return int(np.abs(one.astype(np.int16) - other).max()) < MOVED


def _differs(layout: NDArray[np.uint8], home: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(72, 128) of 0 and 1: where the rough differs from the panel's, with a margin for ink."""
    import cv2

    differs = np.abs(layout.astype(np.int16) - home).max(axis=2) >= MOVED
    return np.asarray(cv2.dilate(differs.astype(np.uint8), np.ones((5, 5), np.uint8)), np.uint8)


def _part(brush: Brush, found: "torch.Tensor", differs: NDArray[np.uint8]) -> Still:
    """(576, 1024, 3) with the drawing in the box around the difference, and zero elsewhere."""
    rows, columns = (
        _span(np.flatnonzero(differs.any(axis=axis)), side)
        for axis, side in ((1, found.shape[1]), (0, found.shape[2]))
    )
    sheet = np.zeros((found.shape[1] * UP, found.shape[2] * UP, 3), np.uint8)
    sheet[rows.start * UP : rows.stop * UP, columns.start * UP : columns.stop * UP] = brush.shown(
        found[None, :, rows, columns]
    )[0]
    return sheet


def _span(where: NDArray[np.int64], side: int) -> slice:
    """The latents that cover these pixels of a layout, with a margin for a soft edge."""
    first = max(0, int(where[0]) // latents.UNSHUFFLE - ROOM)
    last = min(side, int(where[-1]) // latents.UNSHUFFLE + 1 + ROOM)
    wide = min(side, max(LEAST, last - first))
    first = min(first, side - wide)
    return slice(first, first + wide)


def _softly(differs: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.float32]:
    """(h, w, 1) in 0..1: the opacity of the drawing over the panel."""
    import cv2

    soft = cv2.GaussianBlur(differs.astype(np.float32), (0, 0), 1.0)
    return np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR)[:, :, None], np.float32)


def _laid(panel: Still, drawing: Still, where: NDArray[np.float32]) -> Still:
    mixed = panel + (drawing.astype(np.float32) - panel) * where
    laid: Still = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
    return laid


def _check(shot: Shot, first: Still, frames: int, last: Still | None) -> None:
    wide, high = shot.size
    if frames < 1:
        raise ShapeRefused(f"house animates 1 frame or more; cut {shot.cut.number} asks for {frames}.")
    if first.shape != (high, wide, 3):
        raise ShapeRefused(
            f"house was given a panel of shape {first.shape} for cut {shot.cut.number}, whose pictures are "
            f"{wide}x{high}, three channels. Paint the panel at the shot's size."
        )
    if last is not None and last.shape != first.shape:
        raise ShapeRefused(
            f"house was given a last picture of shape {last.shape} for cut {shot.cut.number}; it takes one of its "
            f"panel's, {first.shape}."
        )


def _check_last(brush: BrushWithLoras, ask: _Request) -> None:
    """Refuse a last picture that the take cannot reach."""
    if ask.last is None:
        return
    rough = ask.layouts()
    end = (ask.frames - 1) // rough.step * rough.step
    if end == 0:
        raise ShapeRefused(
            f"house was asked to arrive at a last picture within {ask.frames} frames (cut {ask.shot.cut.number}); "
            f"with drawings of {rough.step} frames it needs more than {rough.step}."
        )
    for name, picture, frame in (("panel", ask.first, 0), ("last picture", ask.last, end)):
        apart = _apart(picture, _expected(brush, ask, rough, frame))
        if apart >= OWN:
            raise ShapeRefused(
                f"house arrives only at a last picture of this cut's own layout, from a panel of it: the {name} of "
                f"cut {ask.shot.cut.number} is {apart:.0f} of 255 away from the rig's drawing of frame {frame}; "
                f"less than {OWN:.0f} is near enough. Leave `last` out, or paint both ends from the rig's layout."
            )
