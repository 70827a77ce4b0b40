"""Split a script into rows: lines, joined where a note or boneyard spans a line break.

In: text with LF line ends.      Out: rows, each with its line numbers.
Knows nothing about what a row means.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from assets.fountain.hidden import Hidden, spans


@dataclass(frozen=True)
class Row:
    """One or more lines of the script that are read as one."""

    first: int  # 1-based, inclusive
    last: int
    raw: str  # verbatim
    shown: str  # without notes and boneyard, stripped

    @property
    def blank(self) -> bool:
        return not self.raw.strip()

    @property
    def holds(self) -> bool:
        """Whether it has two or more spaces and nothing else, which keeps a dialogue open."""
        return self.blank and len(self.raw) >= 2

    @property
    def hidden(self) -> bool:
        """Whether it has nothing but notes and boneyard."""
        return not self.shown and not self.blank


def rows(text: str, first_line: int = 1) -> Iterator[Row]:
    """Every line of ``text`` once, in order. Raises UnclosedBoneyard with a position in ``text``."""
    hidden = list(spans(text))
    starts = [span.start for span in hidden]
    at, line = 0, first_line
    while at < len(text):
        stop, inside = _row_end(text, at, hidden, bisect_left(starts, at))
        raw = text[at:stop]
        last = line + raw.count("\n")
        yield Row(line, last, raw, _shown(text, at, stop, inside).strip())
        at, line = stop + 1, last + 1


def _row_end(text: str, at: int, hidden: list[Hidden], index: int) -> tuple[int, list[Hidden]]:
    """The first line end from ``at`` that is not hidden, and the hidden spans before it."""
    inside: list[Hidden] = []
    stop = _line_end(text, at)
    while index < len(hidden) and hidden[index].start < stop:
        span = hidden[index]
        inside.append(span)
        if span.stop > stop:
            stop = _line_end(text, span.stop)
        index += 1
    return stop, inside


def _line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def _shown(text: str, at: int, stop: int, inside: list[Hidden]) -> str:
    pieces = []
    for span in inside:
        pieces.append(text[at : span.start])
        at = span.stop
    return "".join([*pieces, text[at:stop]])
