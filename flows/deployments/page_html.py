"""The HTML of our Prefect pages: tables, lists, and escaped text.

In: cells and sentences.      Out: HTML for a markdown page.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from assets.plain import clean, one_line, visible
from flows.deployments.thumbnails import SHOWN

PICTURE = "Picture"


def inline(text: str) -> str:
    """Escape the text and join its lines with <br>: a blank line would end the table and be read as markdown."""
    return "<br>".join(escape(line) for line in clean(text).split("\n") if line.strip())


def phrase(text: str) -> str:
    """Escape the text and put it on one line: a title, a name, a heading."""
    return escape(one_line(text))


def local(stamp: str) -> str:
    """A moment on the clock of this computer, with its zone: "Tue 1 December 2026, 13:12 (UTC+09:00)"."""
    moment = datetime.fromisoformat(stamp).astimezone()
    zone = moment.strftime("%z")
    return f"{moment:%a} {moment.day} {moment:%B %Y, %H:%M} (UTC{zone[:3]}:{zone[3:5]})"


def code(path: str) -> str:
    """Show a path unchanged, with line ends and invisible characters as escapes."""
    return "<code>" + escape(visible(path).replace("\n", "\\n")) + "</code>"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are HTML already."""
    # A browser shrinks the column of pictures to the space that the text leaves, unless it has a width.
    wide = {PICTURE: f' width="{SHOWN + 12}"'}
    head = "".join(f"<th{wide.get(text, '')}>{text}</th>" for text in headings)
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    return "\n".join(("<table>", *(f"<tr>{line}</tr>" for line in (head, *lines) if line), "</table>"))


def bullets(sentences: Sequence[str], most: int, more: str) -> str:
    """A list of at most ``most`` sentences; ``more`` says where the others are."""
    items = "".join(f"\n<li>{inline(sentence)}</li>" for sentence in sentences[:most])
    rest = f"\n<li>and {len(sentences) - most} more{more}</li>" if len(sentences) > most else ""
    return f"<ul>{items}{rest}\n</ul>"
