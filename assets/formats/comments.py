"""A title page that has comments in it, or empty lines before it.

In: lines.      Out: the same lines; where notes or boneyard hid the title page from the reader, without these.
"""

from collections.abc import Sequence

from assets.formats.lines import Line, text_of
from assets.fountain.hidden import UnclosedBoneyard, spans
from assets.fountain.title import read_title_page

_LOOKED_AT = 400  # lines; a title page has a few


def title_page(lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """The lines without comments or empty lines that hide a title page; no notices."""
    head, rest = list(lines[:_LOOKED_AT]), list(lines[_LOOKED_AT:])
    if head and not head[0].blank and not _hides_something(head):
        return [*head, *rest], []
    shown = _without_comments(head)
    while shown and shown[0].blank:
        shown.pop(0)
    count = read_title_page([line.text for line in shown])[1]
    if not count:
        return [*head, *rest], []
    # What follows the page keeps its notes and boneyard: they are the reader's.
    end = shown[count - 1].last
    return [*shown[:count], *(line for line in head if line.first > end), *rest], []


def _hides_something(lines: Sequence[Line]) -> bool:
    """Whether a comment stands before the first empty line."""
    for line in lines:
        if line.blank:
            return False
        if "/*" in line.text or "[[" in line.text:
            return True
    return False


def _without_comments(lines: Sequence[Line]) -> list[Line]:
    """The lines without hidden text; those that held nothing else are gone."""
    text = text_of(lines)
    kept = list(text)
    touched: set[int] = set()
    try:
        for span in spans(text):
            first = text.count("\n", 0, span.start)
            touched.update(range(first, first + text.count("\n", span.start, span.stop) + 1))
            kept[span.start : span.stop] = [
                sign if sign == "\n" else "" for sign in text[span.start : span.stop]
            ]
    except UnclosedBoneyard:
        return list(lines)
    left = "".join(kept).split("\n")
    return [
        line.saying(left[at].rstrip()) if at in touched else line
        for at, line in enumerate(lines)
        if at not in touched or left[at].strip()
    ]
