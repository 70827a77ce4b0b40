"""A set for the camera: painted planes at depths, and the position of people.

In: nothing.      Out: Plane and Scenery; builders fill them and the camera reads them.
Units are the home picture's: 1920 x 1080, y down.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assets.sheets.look import Position
from models.cel.sets.brush import Brush

STANDS: dict[Position, float] = {
    "far_left": 460,
    "left": 720,
    "center": 960,
    "right": 1200,
    "far_right": 1460,
}


@dataclass(frozen=True)
class Plane:
    """One painted layer. ``depth`` is how far it follows the camera: 0 the sky, 1 the actors' ground, above 1 things
    before them."""

    name: str
    depth: float
    paint: Callable[[Brush], None]
    veil: float = 0.0  # share of the hour's haze over it
    lamplit: bool = False  # lit by the room's lamps instead of the sky


@dataclass(frozen=True)
class Scenery:
    """One set, which can be rasterised at any scale."""

    planes: tuple[Plane, ...]  # back to front
    metre: float  # home units per metre where people stand
    ground: float  # y where their feet are
    seat: str = "none"  # the seat for people who sit: a word of models.cel.seats
    horizon: float = 560
    firm: bool = True  # feet cast a shadow on the ground
    drift: bool = False  # the sky plane's clouds move in wide cuts
