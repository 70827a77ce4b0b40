"""A script as the reading goes over it: block by block, each line with its number.

In: the elements of a Screenplay.      Out: blocks (a speech with all that is said in it, or one other element).
"""

import re
from collections.abc import Iterator, Sequence

from assets.fountain import render
from assets.sheets.screenplay import Element, Screenplay
from stages.breakdown.directions import direction
from stages.breakdown.misread import Line
from stages.breakdown.remarks import Remarks

SPOKEN = ("dialogue", "parenthetical", "lyric")
_REVISION = re.compile(r"(?<![ \t])(?:[ \t]{2,}|\t)\*{1,3}[ \t]*$", re.MULTILINE)
_MARKED = ("heading", "action", "character", "dialogue", "parenthetical")


def blocks(elements: Sequence[Element]) -> Iterator[list[Element]]:
    """A speech with all that is said in it, or one element of another kind."""
    at = 0
    while at < len(elements):
        stop = at + 1
        if elements[at].kind == "character":
            while stop < len(elements) and _may_be_inside(elements[stop]):
                stop += 1
            while elements[stop - 1].kind not in (*SPOKEN, "character"):
                stop -= 1
        yield list(elements[at:stop])
        at = stop


def _may_be_inside(element: Element) -> bool:
    """What is said, and what may stand between two lines of a speech."""
    return element.kind in (*SPOKEN, "note", "boneyard") or (element.kind == "blank" and element.forced)


def lines_of(block: Sequence[Element]) -> list[Line]:
    """The block line by line as it is written; none where something hidden may span a line end."""
    if any("[[" in element.text or "/*" in element.text for element in block):
        return []
    text = render(Screenplay(elements=tuple(block)))
    return [Line(block[0].first_line + index, line) for index, line in enumerate(text.split("\n")[:-1])]


def without_revision_marks(elements: Sequence[Element], remarks: Remarks) -> tuple[Element, ...]:
    """Without the stars that mark revised lines at the right edge of a printed page."""
    marked = [element for element in elements if _REVISION.search(element.text) and element.kind in _MARKED]
    if len(marked) < 2:
        return tuple(elements)
    for element in marked:
        remarks.read_as("revision", element.first_line, element.text)
    ids = {id(element) for element in marked}
    return tuple(
        element.model_copy(update={"text": _REVISION.sub("", element.text)})
        if id(element) in ids
        else element
        for element in elements
    )


def first_heading(elements: Sequence[Element]) -> int:
    """The line of the first heading; 0 where there is none."""
    for element in elements:
        if element.kind == "heading":
            return element.first_line
        if element.kind in ("action", "character"):
            found = direction(element.text.split("\n")[0])
            if found and found.kind in ("heading", "scene", "transition"):
                return element.first_line
    return 0
