"""Which builder paints which kind of place. A new place is one function and one line here."""

from collections.abc import Callable

from assets.sheets.look import PlaceKind
from models.cel.sets import school
from models.cel.sets.hours import Hour
from models.cel.sets.scenery import Scenery

BUILDERS: dict[PlaceKind, Callable[[Hour, int], Scenery]] = {
    "classroom": school.classroom,
    "corridor": school.corridor,
    "rooftop": school.rooftop,
    "schoolyard": school.schoolyard,
}


def build(kind: PlaceKind, now: Hour, variant: int) -> Scenery:
    return BUILDERS[kind](now, variant)
