"""The little HTML that a Prefect page shows: tables, lists, and text that can do no harm.

In: cells and sentences.      Out: HTML for a markdown page.
"""

from collections.abc import Iterable, Sequence
from html import escape

from flows.thumbnails import SHOWN

PICTURE = "Picture"


def inline(text: str) -> str:
    """Escaped, on one line: a blank line would end the table and let markdown in."""
    return "<br>".join(escape(line) for line in text.splitlines() if line.strip())


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are HTML already."""
    # A browser gives a picture's column what words leave over, unless it is told.
    wide = {PICTURE: f' width="{SHOWN + 12}"'}
    head = "".join(f"<th{wide.get(text, '')}>{text}</th>" for text in headings)
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    return "\n".join(("<table>", *(f"<tr>{line}</tr>" for line in (head, *lines) if line), "</table>"))


def bullets(sentences: Sequence[str], most: int, more: str) -> str:
    """A list of at most so many; ``more`` says where the others stand."""
    items = "".join(f"\n<li>{inline(sentence)}</li>" for sentence in sentences[:most])
    rest = f"\n<li>and {len(sentences) - most} more{more}</li>" if len(sentences) > most else ""
    return f"<ul>{items}{rest}\n</ul>"
