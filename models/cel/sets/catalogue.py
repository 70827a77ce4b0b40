"""Which builder paints which kind of place. A new place is one function and one line here."""

from collections.abc import Callable

from assets.sheets.look import PlaceKind
from models.cel.sets import beyond, home, nature, old, rooms, school, town, transit
from models.cel.sets.hours import Hour
from models.cel.sets.scenery import Scenery

BUILDERS: dict[PlaceKind, Callable[[Hour, int], Scenery]] = {
    "classroom": school.classroom, "corridor": school.corridor, "rooftop": school.rooftop,
    "schoolyard": school.schoolyard, "street": town.street, "alley": town.alley, "shop": town.shop,
    "garage": town.garage, "station": transit.station, "train": transit.train, "cafe": rooms.cafe,
    "office": rooms.office, "library": rooms.library, "laboratory": rooms.laboratory,
    "observatory": rooms.observatory, "kitchen": home.kitchen, "living_room": home.living_room,
    "bedroom": home.bedroom, "park": nature.park, "forest": nature.forest, "beach": nature.beach,
    "river": nature.river, "mountain": nature.mountain, "snowfield": nature.snowfield,
    "desert": nature.desert, "shrine": old.shrine, "castle": old.castle, "spaceship": beyond.spaceship,
    "sky": beyond.sky, "void": beyond.void,
}  # fmt: skip


def build(kind: PlaceKind, now: Hour, variant: int) -> Scenery:
    return BUILDERS[kind](now, variant)
