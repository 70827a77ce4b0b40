"""Place title, cuts in order, and credits one after another in the episode.

In: lengths.      Out: spans on the episode's timeline, by name.
Knows nothing about pictures.
"""

from collections.abc import Iterable

from assets.errors import ShapeRefused
from assets.sheets.cutsheet import Cut
from assets.timing import Span

OPENING, CREDITS = "opening", "credits"


def lay_out(cuts: Iterable[Cut], opening_frames: int = 0, credits_frames: int = 0) -> dict[str, Span]:
    """The spans of ``opening``, every cut (by its number) and ``credits``; each begins where the last one ends.

    A length of 0 leaves the title or the credits out. The mapping is in playing order.
    """
    lengths = [
        (OPENING, opening_frames),
        *((cut.number, cut.frames) for cut in cuts),
        (CREDITS, credits_frames),
    ]
    spans: dict[str, Span] = {}
    at = 0
    for name, frames in lengths:
        if frames == 0:
            continue
        spans[name] = Span(start=at, stop=at + frames)
        at += frames
    if not at:
        raise ShapeRefused("There is nothing to place: no cut, no title, no credits.")
    return spans
