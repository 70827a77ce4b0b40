"""The builder of each kind of place. A new place is one function and one line here."""

from collections.abc import Callable

from assets.sheets.look import PlaceKind
from models.cel.sets import (
    beyond,
    castle,
    desert,
    heights,
    home,
    land,
    plain,
    rooms,
    school,
    shores,
    shrine,
    studies,
    town,
    trades,
    transit,
    woods,
)
from models.cel.sets.hours import Hour
from models.cel.sets.scenery import Scenery

BUILDERS: dict[PlaceKind, Callable[[Hour, int], Scenery]] = {
    "classroom": school.classroom, "corridor": school.corridor, "rooftop": school.rooftop,
    "schoolyard": school.schoolyard, "street": town.street, "alley": town.alley, "shop": trades.shop,
    "garage": trades.garage, "station": transit.station, "train": transit.train, "cafe": rooms.cafe,
    "office": rooms.office, "library": studies.library, "laboratory": studies.laboratory,
    "observatory": studies.observatory, "kitchen": home.kitchen, "living_room": home.living_room,
    "bedroom": home.bedroom, "park": woods.park, "forest": woods.forest, "beach": shores.beach,
    "river": shores.river, "mountain": heights.mountain, "snowfield": heights.snowfield,
    "desert": desert.desert, "shrine": shrine.shrine, "castle": castle.castle, "spaceship": beyond.spaceship,
    "sky": beyond.sky, "void": beyond.void, "hills": land.hills, "sea": land.sea, "cave": land.cave,
    "market": plain.market, "hospital": plain.hospital, "ground": land.ground, "room": plain.bare,
}  # fmt: skip


def build(kind: PlaceKind, now: Hour, variant: int) -> Scenery:
    return BUILDERS[kind](now, variant)
