"""Read a Fountain script, row by row.

In: text.      Out: a Screenplay, or a ScriptRefused that names a line.
Each row is read once. The reader knows only whether a paragraph begins with it, whether somebody speaks, and
whether the next row is blank; so reading takes linear time.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from assets.errors import ScriptRefused
from assets.fountain.heading import can_be_forced, is_heading, split_number
from assets.fountain.hidden import UnclosedBoneyard
from assets.fountain.names import is_shouted, read_cue
from assets.fountain.rows import Row, rows
from assets.fountain.title import read_title_page
from assets.sheets.screenplay import Element, Kind, Screenplay

MAX_BYTES = 2_000_000
MAX_LINES = 200_000
HELD_OPEN = "  "  # a line of two spaces keeps a dialogue open


def parse(text: str, source: str = "script") -> Screenplay:
    """Read ``text``; ``source`` names it in messages."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    _check(plain, source)
    if plain and not plain.endswith("\n"):
        plain += "\n"
    lines = plain.split("\n")[:-1]
    entries, count = read_title_page(lines)
    body = "\n".join((*lines[count:], "")) if count else plain
    try:
        found = list(rows(body, first_line=count + 1))
    except UnclosedBoneyard as error:
        line = count + 1 + body.count("\n", 0, error.at)
        raise ScriptRefused(
            source,
            line,
            "a boneyard /* opens here and is never closed.",
            "Add */ where it ends, or write \\/*.",
        ) from error
    return Screenplay(title_page=entries, elements=_elements(found), source=source)


def _check(text: str, source: str) -> None:
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ScriptRefused(source, line, "there is a lone surrogate here.", "Save it as UTF-8.") from error
    lines = text.count("\n") + 1
    if size > MAX_BYTES or lines > MAX_LINES:
        raise ScriptRefused(
            source,
            None,
            f"{size:,} bytes in {lines:,} lines; a script has at most {MAX_BYTES:,} in {MAX_LINES:,}.",
            "Split it into episodes.",
        )


@dataclass
class _Draft:
    """An element that may still get more rows."""

    kind: Kind
    parts: list[str]
    first: int
    last: int
    more: dict[str, Any] = field(default_factory=dict)

    def done(self) -> Element:
        return Element(
            kind=self.kind,
            text="\n".join(self.parts),
            first_line=self.first,
            last_line=self.last,
            **self.more,
        )


def _elements(found: Sequence[Row]) -> tuple[Element, ...]:
    reading = _Reading()
    for index, row in enumerate(found):
        followed = index + 1 < len(found) and not found[index + 1].blank
        reading.take(row, followed)
    reading.let_go()
    return tuple(draft.done() for draft in reading.drafts)


class _Reading:
    """The state of the reader: the elements so far, and what may come next."""

    def __init__(self) -> None:
        self.drafts: list[_Draft] = []
        self.held: list[Row] = []  # lines of two spaces whose meaning is not known yet
        self.fresh = True  # a paragraph begins here
        self.talking = False

    def take(self, row: Row, followed: bool) -> None:
        if row.blank:
            self._take_blank(row)
        elif row.hidden:
            self._hold()
            text = row.raw.strip()
            self._add("boneyard" if text.startswith("/*") else "note", row, text)
        elif self.talking and not row.raw.lstrip().startswith("@"):
            self._take_dialogue(row)
        else:
            self._hold()
            self._take_line(row, followed)

    def let_go(self) -> None:
        """Held lines without dialogue after them are plain blank lines."""
        for row in self.held:
            self._blank(row)
        self.held.clear()

    def _take_blank(self, row: Row) -> None:
        if self.talking and row.holds:
            self.held.append(row)
            return
        self.let_go()
        self._blank(row)
        self.fresh, self.talking = True, False

    def _blank(self, row: Row) -> None:
        last = self.drafts[-1] if self.drafts else None
        if last is not None and last.kind == "blank" and not last.more:
            last.last = row.last
        else:
            self._add("blank", row, "")

    def _hold(self) -> None:
        """Held lines before something other than dialogue are elements of their own."""
        for row in self.held:
            self._add("blank", row, "", forced=True)
        self.held.clear()

    def _take_dialogue(self, row: Row) -> None:
        text = row.raw.strip()
        if is_never_said(text):
            self._hold()
            self._take_line(row, followed=True)
            return
        if text.startswith("~") and text != "~":
            self._hold()
            self._add("lyric", row, text[1:].lstrip(), forced=True)
        elif row.shown[0] in "(（" and row.shown[-1] in ")）" and text[0] in "(（":
            self._hold()
            self._add("parenthetical", row, text)
        elif self.drafts[-1].kind == "dialogue":
            last = self.drafts[-1]
            last.parts += [HELD_OPEN] * len(self.held) + [text]
            last.last = row.last
            self.held.clear()
        else:
            self._hold()
            self._add("dialogue", row, text)

    def _take_line(self, row: Row, followed: bool) -> None:
        text = row.raw.strip()
        mark = FORCED.get(text[0])
        made = mark(text) if mark else None
        if made is None and self.fresh:
            made = natural(text, row.shown, followed)
        if made is None:
            self._take_action(row)
            return
        kind, shown, more = made
        if kind == "action":
            shown = row.raw.rstrip().lstrip()[1:]
        self._add(kind, row, shown, **more)
        self.talking = kind == "character"
        self.fresh = kind in ("section", "synopsis", "page_break")

    def _take_action(self, row: Row) -> None:
        last = self.drafts[-1] if self.drafts else None
        if last is not None and last.kind == "action":
            last.parts.append(row.raw.rstrip())
            last.last = row.last
        else:
            self._add("action", row, row.raw.rstrip())
        self.fresh = self.talking = False

    def _add(self, kind: Kind, row: Row, text: str, **more: Any) -> None:
        self.drafts.append(_Draft(kind, [text], row.first, row.last, more))


def is_never_said(text: str) -> bool:
    """A line with a Fountain mark, which ends a speech even without an empty line before it.

    A page break (===), a section (# Act), a synopsis (= what), a transition (> FADE) or centered words: these
    are never spoken. A line that is not clearly one stays dialogue: #1, =2, .45, > that way.
    """
    if len(text) >= 3 and not text.strip("="):
        return True
    angled = text[0] == ">" and _angled(text) is not None and (text[-1] == "<" or text == text.upper())
    return angled or _SECTION_OR_SYNOPSIS.match(text) is not None


_SECTION_OR_SYNOPSIS = re.compile(r"(?:#{1,6}|=)\s+\S")
_Made = tuple[Kind, str, dict[str, Any]]


def natural(text: str, shown: str, followed: bool) -> _Made | None:
    """The kind of a line without a forcing mark; only at the beginning of a paragraph."""
    if is_heading(shown):
        return _heading(text, forced=False)
    if shown.endswith("TO:") and shown == shown.upper():
        return "transition", text, {}
    if followed and is_shouted(read_cue(shown).name):
        return _character(text, forced=False)
    return None


def _heading(text: str, forced: bool) -> _Made:
    place, number = split_number(text)
    return "heading", place, {"forced": forced, "scene_number": number}


def _character(text: str, forced: bool) -> _Made:
    cue = read_cue(text)
    return "character", cue.name, {"extension": cue.extension, "dual": cue.dual, "forced": forced}


def _forced_heading(text: str) -> _Made | None:
    return _heading(text[1:], forced=True) if can_be_forced(text[1:]) else None


def _forced_character(text: str) -> _Made | None:
    return _character(text[1:].lstrip(), forced=True) if len(text) > 1 else None


def _forced_action(text: str) -> _Made:
    return "action", text[1:], {"forced": True}


def _angled(text: str) -> _Made | None:
    if text.endswith("<") and (inner := text[1:-1].strip()):
        return "centered", inner, {"forced": True}
    inner = text[1:].strip()
    return ("transition", inner, {"forced": True}) if inner.strip("<") else None


def _lyric(text: str) -> _Made | None:
    return ("lyric", text[1:].lstrip(), {"forced": True}) if len(text) > 1 else None


def _section(text: str) -> _Made | None:
    title = text.lstrip("#")
    return ("section", title.lstrip(), {"depth": len(text) - len(title)}) if title else None


def _synopsis(text: str) -> _Made | None:
    if len(text) >= 3 and not text.strip("="):
        return "page_break", text, {}
    return ("synopsis", text[1:].lstrip(), {}) if len(text) > 1 else None


FORCED: dict[str, Callable[[str], _Made | None]] = {
    ".": _forced_heading,
    "@": _forced_character,
    "!": _forced_action,
    ">": _angled,
    "~": _lyric,
    "#": _section,
    "=": _synopsis,
}
