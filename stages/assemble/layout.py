"""Where everything lies in the episode: title, cuts in order, credits, end to end.

In: lengths.      Out: spans on the episode's timeline, by name.
Knows nothing about pictures.
"""

from collections.abc import Iterable

from assets.errors import ShapeRefused
from assets.sheets.cutsheet import Cut
from assets.timing import Span

OPENING, CREDITS = "opening", "credits"


def lay_out(cuts: Iterable[Cut], opening_frames: int = 0, credits_frames: int = 0) -> dict[str, Span]:
    """``opening``, every cut by its number, ``credits``: each begins where the one before it ends.

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
        raise ShapeRefused("There is nothing to lay out: no cut, no title, no credits.")
    return spans
