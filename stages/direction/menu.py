"""The choices for one cut, as a JSON schema built from the closed grammar.

In: a Cut and its rate.      Out: a schema (draft 2020-12) of enums; only ``visual`` is free text.
Choices that cannot be drawn or followed are left out: no pan in half a second, no close-up of four people.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, get_args

from assets.sheets.cutsheet import Cut, Staged
from assets.sheets.look import CameraAngle, CameraMove, Expression, Facing, Mood, Pose, Position, ShotSize
from assets.sheets.sounds import AMBIENCES, SOUNDS
from assets.timing import seconds_of
from stages.direction.choices import MOST_SOUNDS, VISUAL_LETTERS, Amount, When

_TOO_NEAR: dict[int, frozenset[ShotSize]] = {
    0: frozenset(("medium_close", "close", "extreme_close")),
    1: frozenset(),
    2: frozenset(("extreme_close",)),
    3: frozenset(("extreme_close", "close", "medium_close")),
}
_SLOW: frozenset[CameraMove] = frozenset(("pan_left", "pan_right", "tilt_up", "tilt_down", "pull_out"))
_TIME_TO_MOVE = 1.5  # s
# Positions by the number of people in the frame, from left to right. Everyone keeps their side, so the line
# between them (180 degrees) is not crossed by accident; a person may still cross it by hand.
_BANDS: dict[int, tuple[tuple[Position, ...], ...]] = {
    0: (),
    1: (get_args(Position),),
    2: (("left", "far_left"), ("right", "far_right")),
    3: (("left", "far_left"), ("center",), ("right", "far_right")),
    4: (("far_left",), ("left",), ("right",), ("far_right",)),
    5: tuple((position,) for position in get_args(Position)),
}
# The rules lay the place's own sounds under the whole cut; a writer adds single ones.
_SINGLE = tuple(name for name in SOUNDS if name not in AMBIENCES and name != "silence")


def schema(cut: Cut, rate: Fraction, *, mood: bool) -> dict[str, Any]:
    """The menu of ``cut``; ``mood`` is included for the first cut of a scene."""
    fields: dict[str, Any] = {
        "size": _one_of(sizes(cut)),
        "move": _one_of(moves(cut, rate)),
        "angle": _one_of(get_args(CameraAngle)),
        "amount": _one_of(get_args(Amount)),
        "staged": _all_of(_acting(cut)),
        "sounds": {"type": "array", "items": _SOUND, "maxItems": MOST_SOUNDS},
        **({"mood": _one_of(get_args(Mood))} if mood else {}),
        "visual": {"type": "string", "maxLength": VISUAL_LETTERS},
    }
    return _all_of(fields)


def sizes(cut: Cut) -> tuple[ShotSize, ...]:
    """The sizes that show everybody; an insert only of a thing, and only if nobody there is heard."""
    things = bool(cut.props) or any(item.prop for item in cut.staged)
    spoken = any(line.heard == "on" for line in cut.lines)
    refused = set(_TOO_NEAR[min(3, len(cut.staged))])
    refused |= set() if things and not spoken else {"insert"}
    return tuple(size for size in get_args(ShotSize) if size == cut.size or size not in refused)


def moves(cut: Cut, rate: Fraction) -> tuple[CameraMove, ...]:
    """The moves there is time for; follow only if there is somebody to follow."""
    hasty = _SLOW if seconds_of(cut.frames, rate) < _TIME_TO_MOVE else frozenset()
    refused = hasty | (frozenset() if cut.staged or cut.props else {"follow"})
    return tuple(move for move in get_args(CameraMove) if move == cut.camera.move or move not in refused)


def _acting(cut: Cut) -> dict[str, Any]:
    """A separate range of the frame for each person: they cannot collide, and left and right stay."""
    bands = _BANDS[len(cut.staged)]
    return {
        item.character: _all_of(
            {
                "expression": _one_of(get_args(Expression)),
                "pose": _one_of(get_args(Pose)),
                "position": _one_of(band),
                "facing": _one_of(get_args(Facing)),
            }
        )
        for item, band in zip(_from_left(cut), bands, strict=True)
    }


def _from_left(cut: Cut) -> list[Staged]:
    return sorted(cut.staged, key=lambda item: get_args(Position).index(item.position))


def _one_of(values: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


def _all_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


_SOUND = _all_of({"sound": _one_of(_SINGLE), "when": _one_of(get_args(When))})
