"""Resolve a cut into the shot that painters and animators are given.

In: a cut sheet and one of its cuts.      Out: a Shot; the seed of an attempt at it.
"""

from assets.hashing import digest
from assets.sheets.cutsheet import Cut, Cutsheet
from models.ports import Shot


def shot(cutsheet: Cutsheet, cut: Cut, size: tuple[int, int]) -> Shot:
    """The cut as a picture: who speaks is kept, what is said and for how long is not.

    So a changed word or a longer recording asks for no new drawing.
    """
    staged = [item.character for item in cut.staged]
    cast = tuple(cutsheet.character(id) for id in dict.fromkeys(staged))
    return Shot(_silent(cut), cast, cutsheet.place(cut.place), size, cutsheet.rate)


def seed_of(episode: str, cut: str, attempt: int, seed: int) -> int:
    """A seed of its own for every attempt at every cut, 0 <= seed < 2**31."""
    return int(digest([episode, cut, attempt, seed])[:8], 16) & 0x7FFFFFFF


def _silent(cut: Cut) -> Cut:
    lines = tuple(
        line.model_copy(update={"text": "", "manner": "", "part": "", "at": 0, "frames": 0, "source_line": 0})
        for line in cut.lines
    )
    return cut.model_copy(update={"lines": lines, "cues": (), "frames": 1, "hold": 0, "source": (0, 0)})
