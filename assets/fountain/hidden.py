"""Find text that is not for the screen: notes ``[[ ]]`` and the boneyard ``/* */``.

In: text.      Out: the spans of hidden text, in order and never overlapping.
The first opening mark wins. A note may span several lines but not an empty one, as the syntax says; a note that
is never closed is plain text. A backslash before an opening mark makes it plain.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

OPENING = re.compile(r"\\.|/\*|\[\[", re.DOTALL)
# A line with fewer than two white-space characters ends a note; two spaces keep it open.
EMPTY_LINE = re.compile(r"\n[^\S\n]?(?=\n|\Z)")


class UnclosedBoneyard(ValueError):
    """A ``/*`` without its ``*/``; ``at`` is where it opens."""

    def __init__(self, at: int) -> None:
        super().__init__(f"/* at character {at} is never closed")
        self.at = at


@dataclass(frozen=True)
class Hidden:
    """Characters ``start <= i < stop``, marks included."""

    start: int
    stop: int


def spans(text: str) -> Iterator[Hidden]:
    """Every note and boneyard of ``text``. Raises UnclosedBoneyard."""
    closing, breaking = _Ahead(re.compile(r"\]\]"), text), _Ahead(EMPTY_LINE, text)
    at = 0
    while opening := OPENING.search(text, at):
        at = opening.end()
        if opening.group() == "/*":
            stop = text.find("*/", at)
            if stop < 0:
                raise UnclosedBoneyard(opening.start())
            at = stop + 2
            yield Hidden(opening.start(), at)
        elif opening.group() == "[[" and (stop := closing.after(at)) < breaking.after(at):
            at = stop + 2
            yield Hidden(opening.start(), at)


class _Ahead:
    """The next match of a pattern, remembered: a hundred thousand ``[[`` need only one search."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._pattern, self._text, self._next = pattern, text, -1

    def after(self, at: int) -> int:
        if self._next < at:
            found = self._pattern.search(self._text, at)
            self._next = found.start() if found else len(self._text) + 1
        return self._next
