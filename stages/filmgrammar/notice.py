"""A notice on one cut, and the pairs of neighbours that most rules compare."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from assets.sheets.base import Part
from assets.sheets.cutsheet import Cut, CutNumber
from assets.sheets.look import CameraMove, Pose

Rule = Literal[
    "crossed_line", "screen_direction", "eyeline", "jump_cut", "same_size", "close_ups",
    "no_establishing", "too_short", "unread_text", "hasty_camera", "opposite_pans", "unseen_speaker",
]  # fmt: skip

# A camera or a person that travels moves the audience to the other side.
TRAVELLING: frozenset[CameraMove] = frozenset(("pan_left", "pan_right", "follow", "parallax"))
WALKING: frozenset[Pose] = frozenset(("walk", "run"))
TURNING: frozenset[Pose] = frozenset(("turn", "look_back", "dance", "fight", "jump", "fall"))


class Notice(Part):
    """A problem of a cut, and what to do about it."""

    cut: CutNumber
    rule: Rule
    text: str

    def __str__(self) -> str:
        return f"{self.cut} ({self.rule}): {self.text}"


def neighbours(cuts: Sequence[Cut]) -> Iterator[tuple[Cut, Cut]]:
    """Cuts that follow each other directly: in one scene, without a dissolve, fade or wipe between."""
    for before, cut in pairwise(cuts):
        if before.scene == cut.scene and cut.join == "cut" and before.join != "fade_out":
            yield before, cut


def cast_of(cut: Cut) -> tuple[str, ...]:
    return tuple(sorted(item.character for item in cut.staged))
