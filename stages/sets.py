"""Choose sets for places that are not in the bible.

In: the name in a heading, whether it is inside, what the action says.      Out: a Place; always the same one.
"""

import re
from collections import Counter
from collections.abc import Collection
from typing import cast

from assets.grammar import lexicon
from assets.sheets.bible import Place
from assets.sheets.look import PlaceKind
from models.cel.sets.hours import INDOORS
from stages.ids import number, slug

_OUTSIDE_OF: dict[PlaceKind, PlaceKind] = {
    "classroom": "schoolyard", "corridor": "schoolyard", "cafe": "street", "kitchen": "street",
    "living_room": "park", "bedroom": "park", "office": "street", "shop": "street", "library": "street",
    "garage": "street", "laboratory": "street", "train": "station",
    "castle": "mountain", "observatory": "mountain", "spaceship": "sky",
    "cave": "mountain", "hospital": "street", "room": "ground",
}  # fmt: skip
_INSIDE_OF: dict[PlaceKind, PlaceKind] = {
    "schoolyard": "corridor",
    "street": "living_room",
    "sky": "spaceship",
    "sea": "room",
    "market": "shop",
    "ground": "room",
}
# The sets of an unknown place: they contain nothing that the script does not mention.
NEUTRAL: frozenset[PlaceKind] = frozenset(("ground", "room"))
# 'DESERT ROAD', 'SPACESHIP CORRIDOR', 砂漠の道: the last word names a part of the place, not its kind.
_PARTS = frozenset((
    "valley", "road", "path", "trail", "track", "lane", "way", "street", "edge", "clearing", "slope",
    "slopes", "field", "fields", "bridge", "corridor", "corridors", "hallway", "passage", "stairs",
    "deck", "platform", "entrance", "gate", "hall", "yard", "square", "tunnel", "village", "camp",
    "lake", "tree", "trees", "谷", "道", "坂", "通り", "橋", "廊下", "階段", "通路", "広場", "村", "トンネル",
))  # fmt: skip
_ROOM = re.compile(r"\brooms?\b", re.IGNORECASE)  # a room of unknown kind
_VEHICLES = frozenset(("car", "taxi", "truck", "van"))
_WHOLES: frozenset[PlaceKind] = frozenset(
    (
        "desert",
        "mountain",
        "forest",
        "snowfield",
        "cave",
        "sky",
        "spaceship",
        "castle",
        "shrine",
        "market",
        "sea",
    )
)


def place(
    name: str,
    interior: bool | None,
    taken: Collection[str] = (),
    copies: dict[str, int] | None = None,
    told: str = "",
) -> Place:
    """A set for a place that is not in the bible; ``told`` is what the action lines say about it."""
    kind = place_kind(name, interior, told)
    return Place(
        id=slug(name, taken, kind, copies),
        names=(name or kind,),
        kind=kind,
        variant=number(name, "variant") % 10_000,
    )


def place_kind(name: str, interior: bool | None, told: str = "") -> PlaceKind:
    """Which set to draw: from the words of the name, else from the things there, else neutral ground or a bare room.

    EXT. MUSEUM is the street in front of it; INT. SCHOOL is a corridor.
    """
    kind = named_kind(name, interior) or _told_kind(told, interior)
    if kind is not None:
        return kind
    if interior and _ROOM.search(name):
        return "living_room"
    return "room" if interior else "ground" if name.strip() else "void"


def named_kind(name: str, interior: bool | None) -> PlaceKind | None:
    """The set that the words of a heading name; None if they name none."""
    hits = lexicon("places").hits(name)
    if not hits:
        return None
    last = hits[-1]
    if last.text.casefold() in _PARTS:
        last = next((hit for hit in reversed(hits[:-1]) if hit.value in _WHOLES), last)
    kind = cast(PlaceKind, last.value)  # the lists hold drawable sets only: tested
    if interior is None:
        # INT./EXT. CAR is a moving car: the street is visible.
        return "street" if kind == "garage" and last.text.casefold() in _VEHICLES else kind
    return _INSIDE_OF.get(kind, kind) if interior else _OUTSIDE_OF.get(kind, kind)


def _told_kind(told: str, interior: bool | None) -> PlaceKind | None:
    """The set that most of the mentioned things belong to; indoor things are ignored for a place outside."""
    found = [cast(PlaceKind, hit.value) for hit in lexicon("surroundings").hits(told)]
    fitting = Counter(kind for kind in found if interior is None or (kind in INDOORS) == interior)
    return fitting.most_common(1)[0][0] if fitting else None
