"""Decide which picture a take arrives at: the next cut's panel, where the next cut continues the movement.

In: a cut, its sheet, the panels, the animator's card.      Out: that panel, or nothing.
"""

from collections.abc import Mapping

from assets.sheets.cutsheet import Cut, Cutsheet, Staged
from assets.sheets.look import ShotSize
from assets.sheets.production import Panel
from models.card import Card

_NEARER: tuple[ShotSize, ...] = (
    "extreme_long", "long", "full", "medium", "medium_close", "close", "extreme_close",
)  # fmt: skip
"""Sizes of people in the picture, the smallest first."""


def last_panel(cut: Cut, cutsheet: Cutsheet, panels: Mapping[str, Panel], card: Card) -> Panel | None:
    """The last frame for the take of ``cut``: the next cut's panel, if that cut continues it and the card allows it."""
    numbers = [other.number for other in cutsheet.cuts]
    after = numbers.index(cut.number) + 1
    if after == len(numbers) or not arrives(cut, cutsheet.cuts[after], card):
        return None
    return panels[numbers[after]]


def arrives(cut: Cut, after: Cut, card: Card) -> bool:
    """Whether the take of ``cut`` ends with the panel of ``after``, which follows it."""
    return "last_frame" in card.accepts and card.ends_at == "any" and continues(cut, after)


def continues(cut: Cut, after: Cut) -> bool:
    """Whether ``after`` continues the movement of ``cut``, so that both are one movement in two cuts.

    - it follows by a straight cut, in the same scene, place, hour and weather, without words on screen;
    - the same people are seen at the same places, facing the same way, holding the same things;
    - the camera is at rest or continues its move: the same angle, and the same size with the same move or at rest;
      or the move leads to its size, a push in to a nearer one, a pull out to a wider one.
    """
    same = ("scene", "place", "time", "weather")
    if after.join != "cut" or cut.join == "fade_out" or cut.text or after.text:
        return False
    if any(getattr(cut, name) != getattr(after, name) for name in same):
        return False
    return _seen(cut) == _seen(after) and _camera_continues(cut, after)


def _seen(cut: Cut) -> list[tuple[object, ...]]:
    def where(who: Staged) -> tuple[object, ...]:
        return (who.character, who.position, who.facing, who.prop)

    return [*map(where, sorted(cut.staged, key=lambda who: who.character)), tuple(sorted(cut.props))]


def _camera_continues(cut: Cut, after: Cut) -> bool:
    if cut.camera.angle != after.camera.angle:
        return False
    if cut.size == after.size:
        return after.camera.move in ("fix", cut.camera.move)
    if "insert" in (cut.size, after.size):
        return False
    nearer = _NEARER.index(after.size) > _NEARER.index(cut.size)
    return cut.camera.move == ("push_in" if nearer else "pull_out")
