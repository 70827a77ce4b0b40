"""The title page: ``Key: value`` lines at the very top of a script.

In: the script's lines.      Out: its entries and the number of lines they took; and back to lines.
A script may also open with ``FADE IN:`` or with a sentence that contains a colon. So a first paragraph is a
title page only if at least one of its keys is known.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assets.fountain.heading import is_heading
from assets.sheets.screenplay import TitleEntry

KNOWN = frozenset(
    (
        "title credit credits author authors written-by source notes draft-date date contact copyright "
        "revision episode series show language format font 題名 タイトル 作者 脚本 原作 サブタイトル シリーズ"
    )
    .replace("-", " ")
    .split()
) | {"draft date", "written by"}
CREDIT = re.compile(r"(?:\w+ ){0,3}by:?|脚本|作", re.IGNORECASE)
KEY = re.compile(r"([^\W\d_][^:：]{0,59})[:：](.*)")


TRANSITION = re.compile(r"FADE (?:IN|UP|FROM BLACK)[:.]?|[A-Z ]+ TO:")


@dataclass
class _Open:
    key: str
    line: int
    values: list[str] = field(default_factory=list)


def read_title_page(lines: Sequence[str]) -> tuple[tuple[TitleEntry, ...], int]:
    """The entries, and the number of lines they stand on: (), 0 when there is no title page.

    Real scripts do not follow the syntax exactly: a value may continue without an indent, and a scene heading or
    a transition ends the page even without an empty line before it.
    """
    entries: list[_Open] = []
    count = 0
    for count, line in enumerate(lines, 1):
        if not line.strip() or (entries and _begins_the_script(line)):
            count -= 1
            break
        if entries and line[0].isspace():
            entries[-1].values.append(line.strip())
        elif found := KEY.fullmatch(line):
            value = found[2].strip()
            entries.append(_Open(found[1].strip(), count, [value] if value else []))
        elif entries and entries[0].key.casefold() in KNOWN:
            entries[-1].values.append(line.strip())
        else:
            return (), 0
    if not any(entry.key.casefold() in KNOWN for entry in entries):
        return (), 0
    return tuple(TitleEntry(key=e.key, values=tuple(e.values), line=e.line) for e in entries), count


def _begins_the_script(line: str) -> bool:
    """A scene heading, or a transition such as ``FADE IN:``."""
    text = line.strip()
    return not line[0].isspace() and (is_heading(text) or bool(TRANSITION.fullmatch(text)))


def print_title_page(entries: Sequence[TitleEntry], end: int | None) -> list[str]:
    """The lines of the title page; ``end`` is the line after it, if known.

    An entry with one line more than values had its key alone on the first line. If the line numbers do not show
    this, a single value is put beside its key, and several below it.
    """
    lines: list[str] = []
    following = [*(entry.line for entry in entries[1:]), end] if entries else []
    for entry, stop in zip(entries, following, strict=True):
        took, least = (stop or 0) - entry.line, len(entry.values)
        if entry.values and (took == least or (least == 1 and took != least + 1)):
            lines.append(f"{entry.key}: {entry.values[0]}")
            lines += (f"    {value}" for value in entry.values[1:])
        else:
            lines.append(f"{entry.key}:")
            lines += (f"    {value}" for value in entry.values)
    return lines


def read_plain_title_page(lines: Sequence[str]) -> tuple[TitleEntry, ...]:
    """The entries of a title page that is only typeset: title, credit, author, and contact."""
    entries: list[_Open] = []
    for line in lines:
        words = " ".join(line.split())
        found = KEY.fullmatch(words)
        last = entries[-1].key if entries else ""
        if not words:
            continue
        if found and found[1].strip().casefold() in KNOWN:
            value = found[2].strip()
            entries.append(_Open(found[1].strip(), 1, [value] if value else []))
        elif not entries:
            entries.append(_Open("Title", 1, [words]))
        elif line[0].isspace():
            entries[-1].values.append(words)
        elif last == "Title" and CREDIT.fullmatch(words):
            entries.append(_Open("Credit", 1, [words]))
        elif last == "Credit":
            entries.append(_Open("Author", 1, [words]))
        elif last == "Author":
            entries.append(_Open("Contact", 1, [words]))
        else:
            entries[-1].values.append(words)
    return tuple(TitleEntry(key=e.key, values=tuple(e.values), line=e.line) for e in entries)
