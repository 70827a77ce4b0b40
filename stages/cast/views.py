"""The views of a character sheet as cuts: one person, straight light, plain paper, no acting.

In: a character and a view.      Out: a Cut, its Place, the size of its picture.
A painter that draws from the cut alone (the cel rig, the house models) needs nothing else.
"""

from dataclasses import dataclass

from assets.sheets.bible import Character, Place
from assets.sheets.casting import BODIES, View
from assets.sheets.cutsheet import Cut, Staged
from assets.sheets.look import PAPER, Expression, Facing, ShotSize

PLACE = Place(id="paper", names=("PAPER",), kind="void", variant=PAPER)
LOWEST, HIGHEST = (
    400,
    1080,
)  # lines of a whole figure: our own painters draw nothing narrower, and nothing higher


@dataclass(frozen=True)
class _Staging:
    facing: Facing = "front"
    turn: float = 0.0
    size: ShotSize = "full"
    expression: Expression = "neutral"


_STAGING: dict[View, _Staging] = {
    "front": _Staging(),
    "three_quarter": _Staging("left", 0.55),
    "profile": _Staging("left", 1.0),
    "back": _Staging("away"),
    "face": _Staging(size="close"),
    "happy": _Staging(size="close", expression="happy"),
    "angry": _Staging(size="close", expression="angry"),
    "sad": _Staging(size="close", expression="sad"),
    "surprised": _Staging(size="close", expression="surprised"),
}


def cut_of(character: Character, view: View) -> Cut:
    """The view as a cut of one frame."""
    staging = _STAGING[view]
    staged = Staged(
        character=character.id, facing=staging.facing, turn=staging.turn, expression=staging.expression
    )
    return Cut(number="C001", scene="CAST", place=PLACE.id, size=staging.size, staged=(staged,), frames=1)


def size_of(view: View, size: tuple[int, int], step: int) -> tuple[int, int]:
    """Width and height of the picture: upright for a body, square for a face, on the painter's grid.

    size  of the profile's pictures; a body has about as many pixels
    """
    high = _on_grid(min(HIGHEST, max(LOWEST, (1.5 * size[0] * size[1]) ** 0.5)), step)
    wide = _on_grid(high * 2 / 3, step)
    return (wide, high) if view in BODIES else (wide, wide)


def _on_grid(side: float, step: int) -> int:
    step = step if step % 2 == 0 else 2 * step
    return max(step, int(side) // step * step)
