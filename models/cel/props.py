"""Things in the set that nobody holds: their positions and sizes.

In: a Cut, its Framing.      Out: Things, drawn on the ground or in the air.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from assets.sheets.cutsheet import Cut, Staged
from assets.sheets.look import Prop
from models.cel import seats
from models.cel.camera import Framing
from models.cel.propshop import DRAWN, METRES
from models.cel.seats import SEATS
from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, Brush, Point, Tone


@dataclass(frozen=True)
class Thing:
    """One prop: the middle of its foot in home units, its width in metres."""

    prop: Prop
    x: float
    y: float
    metres: float


_SEATED = ("sit", "type")
_ALOFT: dict[Prop, float] = {"bird": 1.9, "paper_plane": 1.75, "star": 2.2}  # metres above the ground


def arranged(cut: Cut, framing: Framing, ground: float, metre: float, seed: int) -> list[Thing]:
    """Beside the people on alternating sides, so that no face is covered."""
    if cut.size == "insert" and cut.props:
        view = framing.view
        return [
            Thing(cut.props[0], view.x, view.y + 0.22 * 1080 / view.zoom, 0.62 * 1080 / view.zoom / metre)
        ]
    xs = [mark.x for mark in framing.marks]
    left, right = (min(xs), max(xs)) if xs else (framing.view.x, framing.view.x)
    things = []
    for n, prop in enumerate(cut.props):
        wide = METRES[prop] * metre
        gap = metre * (0.62 if xs else 0.25) + wide * 0.5 + (n // 2) * metre * 0.8
        x = right + gap if n % 2 == 0 else left - gap
        y = ground - _ALOFT.get(prop, 0.0) * metre
        things.append(Thing(prop, x, y, METRES[prop]))
    return things


def stand(canvas: Any, things: Sequence[Thing], tone: Tone, *, metre: float) -> None:
    """Draw ``things``; ``canvas`` is in home units."""
    for thing in things:
        canvas.save()
        canvas.translate(thing.x, thing.y)
        canvas.scale(thing.metres * metre, thing.metres * metre)
        b = Brush(canvas, tone, Random(thing.prop))
        if thing.prop not in _ALOFT:
            b.oval((0, -0.01), (0.52, 0.05), (24, 20, 56), alpha=0.28, blur=0.03)
        DRAWN[thing.prop](b)
        canvas.restore()


def tabletop(canvas: Any, things: Sequence[Thing], tone: Tone) -> None:
    """The surface under an insert's thing in a room: a board, lit at its far edge."""
    y = min(thing.y for thing in things)
    b = Brush(canvas, tone, Random(0))
    edge = y - 0.10 * things[0].metres * 100
    b.rect((LEFT, edge), (RIGHT, BOTTOM), "#cf9f68", "#94653e")
    b.rect((LEFT, edge), (RIGHT, edge + 3), "#f0d0a0", alpha=0.8)


def seat(b: Brush, kind: str, person: Staged, feet: Point, metre: float) -> None:
    """Draw the seat of a person who sits; ``metre`` is in the units of the brush."""
    if person.pose not in _SEATED:
        return
    b.canvas.save()
    b.canvas.translate(*feet)
    b.canvas.scale(metre, metre)
    SEATS.get(kind, seats.stool)(b)
    b.canvas.restore()
