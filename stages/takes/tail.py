"""Remove flashes from the last second of a window, by holding the drawing before them.

In: the frames of one window, in order.      Out: as many frames; where the picture jumped and came back, or jumped
to where it began, the drawing before the jump is held.
Video models flash in their last second, or show the first frame again (LTX-2#148, KJNodes#513). Only the last second
is looked at and kept in memory. A jump to the picture that the window arrives at is no fault.
"""

import logging
from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np

from assets.matter import Still

LEAST, TIMES = 0.08, 8.0
"""A jump: the mean difference of neighbours, of full scale, is above both this and so many times the median before."""

_log = logging.getLogger(__name__)


def steady(
    pictures: Iterator[Still], frames: int, tail: int, *, cut: str, last: Still | None
) -> Iterator[Still]:
    """
    frames  in the window
    tail    how many of the last ones are looked at
    last    the picture that the window was to arrive at
    """
    calm: list[float] = []
    first = before = next(pictures)
    yield first
    for _ in range(frames - 1 - tail):
        picture = next(pictures)
        calm.append(_apart(before, picture))
        before = picture
        yield picture
    rest = [before, *pictures]
    held = _held(rest, first, max(LEAST, TIMES * median(calm)) if calm else 1.0, last)
    if held:
        _log.warning(
            "%s: the picture flashed in the last second; %d drawings were held over it.", cut, len(held)
        )
    for at in range(1, len(rest)):
        if at in held:
            rest[at] = rest[at - 1]
        yield rest[at]


def _held(rest: Sequence[Still], first: Still, jump: float, last: Still | None) -> set[int]:
    """Which pictures are part of a flash. ``rest[0]`` is the last one before the part that is looked at."""
    at = 1
    while at < len(rest):
        size = _apart(rest[at - 1], rest[at])
        if size > jump:
            back = next(
                (to for to in range(at + 1, len(rest)) if _apart(rest[at - 1], rest[to]) < size / 2), None
            )
            if back is not None:
                return {*range(at, back), *(back + more for more in _held(rest[back:], first, jump, last))}
            if _begins_again(rest, at, first) and not _arrives(rest, at, last):
                return set(range(at, len(rest)))
        at += 1
    return set()


def _begins_again(rest: Sequence[Still], at: int, first: Still) -> bool:
    return _apart(rest[at], first) < _apart(rest[at - 1], first) / 2


def _arrives(rest: Sequence[Still], at: int, last: Still | None) -> bool:
    return last is not None and _apart(rest[-1], last) < _apart(rest[at - 1], last) / 2


def _apart(one: Still, other: Still) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean() / 255)
