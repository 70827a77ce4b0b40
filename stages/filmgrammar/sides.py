"""Left and right: the line between two people, the direction of travel, eyelines.

In: cuts in order.      Out: notices. Knows nothing about sizes or lengths.
No notice where the audience was moved to the other side: by a camera move, a walk, a turn, a neutral shot.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from assets.sheets.cutsheet import Cut, Staged
from assets.sheets.look import Facing, Position
from stages.filmgrammar.notice import TRAVELLING, TURNING, WALKING, Notice, neighbours

_ACROSS: tuple[Position, ...] = ("far_left", "left", "center", "right", "far_right")
_OTHER: dict[Facing, Facing] = {"left": "right", "right": "left"}
# At this distance the audience reads the sides anew.
_NEUTRAL_SIZES = frozenset(("extreme_long", "insert"))


def crossed_line(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """Two people of one scene swap sides although no move explains it (180-degree rule)."""
    sides: dict[tuple[str, str], tuple[str, int]] = {}
    scene = ""
    for cut in cuts:
        if cut.scene != scene or _is_neutral(cut):
            sides, scene = {}, cut.scene
        for one, other in _pairs(cut):
            way = _ACROSS.index(other.position) - _ACROSS.index(one.position)
            pair, side = (one.character, other.character), (way > 0) - (way < 0)
            seen, was = sides.get(pair, (cut.number, 0))
            carried = _carries(cut) or any(item.pose in WALKING | TURNING for item in (one, other))
            if side and was == -side and not carried:
                yield Notice(
                    cut=cut.number,
                    rule="crossed_line",
                    text=f"{pair[0]} and {pair[1]} have swapped sides since {seen}. Swap their positions "
                    "back, move the camera across, or put a neutral cut (nobody, or very far) between.",
                )
            if side:
                sides[pair] = (cut.number, side)


def screen_direction(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """Somebody travels left in one cut and right in the next."""
    ways: dict[str, tuple[str, Facing]] = {}
    scene = ""
    for cut in cuts:
        if cut.scene != scene or _is_neutral(cut):
            ways, scene = {}, cut.scene
        for item in cut.staged:
            if item.pose not in WALKING or item.facing not in _OTHER:
                ways.pop(item.character, None)
                continue
            seen, was = ways.get(item.character, (cut.number, item.facing))
            if was == _OTHER[item.facing]:
                yield Notice(
                    cut=cut.number,
                    rule="screen_direction",
                    text=f"{item.character} went {was} in {seen} and goes {item.facing} here. Keep one "
                    "direction, or show the turn in a cut between.",
                )
            ways[item.character] = (cut.number, item.facing)


def eyeline(cuts: Sequence[Cut], rate: Fraction) -> Iterator[Notice]:
    """Two people who talk with each other look in the same direction, in one frame or from cut to cut."""
    pairs = {scene: pair for scene, pair in _casts(cuts).items() if len(pair) == 2}
    for cut in cuts:
        if cut.scene in pairs and len(cut.staged) == 2 and _speaks(cut) and _same_way(*cut.staged):
            yield _eyeline(cut, "in this frame", *cut.staged)
    for before, cut in neighbours(cuts):
        if cut.scene not in pairs or not (len(before.staged) == len(cut.staged) == 1):
            continue
        one, other = before.staged[0], cut.staged[0]
        in_talk = _speaks(before) and _speaks(cut) and one.character != other.character
        if in_talk and _same_way(one, other) and not _carries(cut):
            yield _eyeline(cut, f"here and in {before.number}", one, other)


def _eyeline(cut: Cut, where: str, one: Staged, other: Staged) -> Notice:
    return Notice(
        cut=cut.number,
        rule="eyeline",
        text=f"{one.character} and {other.character} talk but both look {other.facing} {where}. "
        f"Face {other.character} {_OTHER[other.facing]}, so that their eyes meet.",
    )


def _pairs(cut: Cut) -> Iterator[tuple[Staged, Staged]]:
    """Every two people in the frame, if the frame shows sides at all."""
    if not _is_neutral(cut):
        yield from combinations(sorted(cut.staged, key=lambda item: item.character), 2)


def _same_way(one: Staged, other: Staged) -> bool:
    # Side by side on a walk, or over one book, people look in the same direction and still talk.
    at_ease = all(item.pose not in WALKING | TURNING | {"read", "type", "look_up"} for item in (one, other))
    return one.facing == other.facing and one.facing in _OTHER and at_ease


def _speaks(cut: Cut) -> bool:
    staged = {item.character for item in cut.staged}
    return any(line.heard == "on" and line.character in staged for line in cut.lines)


def _casts(cuts: Sequence[Cut]) -> dict[str, set[str]]:
    casts: dict[str, set[str]] = {}
    for cut in cuts:
        present = {item.character for item in cut.staged} | {line.character for line in cut.lines}
        casts.setdefault(cut.scene, set()).update(present)
    return casts


def _is_neutral(cut: Cut) -> bool:
    return not cut.staged or cut.size in _NEUTRAL_SIZES


def _carries(cut: Cut) -> bool:
    return cut.camera.move in TRAVELLING
