"""Find the lines of a block that are not what the syntax takes the block for.

In: the lines of a paragraph or a speech, what is known of the script.      Out: what each odd line is.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from assets.fountain import heading_parts, spoken
from assets.fountain.heading import is_heading, split_number
from assets.fountain.names import CueLine, is_shouted, print_cue, read_cue
from assets.grammar import lexicon
from assets.sheets.screenplay import Element
from stages.breakdown.directions import Direction, direction, is_data, is_date, normal, shouted
from stages.breakdown.labels import LabelledScene, Speakers, entry, label, listed

Odd = Direction | Literal["label", "said", "cue", "name"]

_LONGEST_NAME = 6  # words
_ABBREVIATED = re.compile(r"(?:^|[\s.])\w{1,3}\.$")
_SHOUT = re.compile(r"[!?！？…]$|\.\.$")
_NO_NAME = re.compile(r"[,;:!?…。！？]|\.\.|[^.\s]{4,}\.$")
# The last word of a script; anywhere else it may be a name.
_SHORT_ENDINGS = frozenset(("fin", "end", "完", "了", "終"))
_STARTS = re.compile(r"(?:begin|start|end|act|back|intercut|montage|flashback)\b", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"\W*\d{1,4}[a-z]?\W*")
_PLACE_LABELS = ("location", "setting", "scene location", "場所")


@dataclass(frozen=True)
class Line:
    """One line of the script as it is written."""

    number: int
    text: str

    @cached_property
    def shown(self) -> str:
        return spoken(self.text).strip()

    @property
    def name(self) -> str:
        """The name, if it is a speaker's line."""
        return read_cue(self.shown).name


@dataclass
class State:
    """What is known of the script, and what the next lines may belong to.

    people     keys of names from the bible
    cues       how often each name speaks
    lead       the line of the first heading; 0 where there is none
    last       the last line that is not empty
    cue_lines  lines that Fountain takes for a speaker
    expected   what plain lines that follow are: words on the screen, a list of the cast
    listed     names on a list of the cast
    scene      a scene that labels describe
    joined     the line under which no empty line stands, after a heading or a transition
    """

    people: Collection[str]
    cues: Counter[str]
    speakers: Speakers
    lead: int
    last: int
    cue_lines: frozenset[int]
    expected: str = ""
    listed: set[str] = field(default_factory=set)
    scene: LabelledScene | None = None
    label_line: int = 0
    joined: int = 0

    def is_known(self, name: str) -> bool:
        return normal(name) in self.people or normal(name) in self.cues

    def is_entry(self, line: Line) -> bool:
        """A line of a list of the cast; whoever is listed already speaks."""
        found = entry(line.text)
        return found is not None and normal(found[0]) not in self.listed and direction(line.text) is None

    def is_person(self, cue: Element) -> bool:
        """Whether a speaker's line names a person."""
        if cue.forced or normal(cue.text) in self.people:
            return True
        text = cue_text(cue)
        found = direction(text)
        if found and found.kind == "ending" and normal(text) in _SHORT_ENDINGS:
            return cue.last_line < self.last - 1
        return found is None and not _is_sentence(text) and not is_date(text)

    def odd_lines(self, lines: Sequence[Line], *, talking: bool) -> dict[int, Odd]:
        """Which lines, by their place in ``lines``, are not what the block around them is."""
        found: dict[int, Odd] = {}
        listing = self.expected == "cast"
        for index, line in enumerate(lines):
            if (talking and index == 0) or (listing and self.is_entry(line)):
                continue
            odd = self._odd_in_speech(line) if talking else self._odd(line, index)
            if odd is not None:
                found[index] = odd
                listing = isinstance(odd, Direction) and odd.kind == "cast"
        _add_page_numbers(lines, found)
        return found

    def cues_in(
        self, lines: Sequence[Line], found: dict[int, Odd], *, talking: bool
    ) -> tuple[list[int], bool]:
        """Lines that look like a speaker's with no empty line before them, and whether they are sure to be."""
        may_be = [
            index
            for index, after in enumerate(lines[1:])
            if index not in found and after.shown and self._may_be_cue(lines, index, found)
        ]
        own = normal(lines[0].name) if talking and lines else ""
        sure = [
            index for index in may_be if self.is_known(lines[index].name) or normal(lines[index].name) == own
        ]
        headed = any(isinstance(item, Direction) and item.kind == "heading" for item in found.values())
        return (may_be if talking else sure), bool(sure) or headed

    def is_small_name(self, lines: Sequence[Line]) -> bool:
        """``Rin`` by itself in small letters, with words under it: RIN speaks elsewhere."""
        first = lines[0].shown if lines else ""
        return len(lines) > 1 and not is_shouted(first) and self.is_known(read_cue(first).name)

    def _odd(self, line: Line, index: int) -> Odd | None:
        """In a paragraph of action."""
        shown = line.shown
        if not shown or shown[0] in "!@~>":
            return None
        if heading := _heading(line):
            return heading
        if found := direction(line.text):
            if found.kind == "scene":
                self.label_line = line.number
            return found if self._counts(found, line, index) else None
        if line.number < self.lead and is_data(line.text):
            return Direction("data")
        if self._is_label(line):
            return "label"
        return "said" if self.speakers.of(line.text) else None

    def _odd_in_speech(self, line: Line) -> Direction | None:
        """In a speech: only what nobody says."""
        shown = line.shown
        if not shown or shown[0] in "!@~>":
            return None
        if heading := _heading(line):
            return heading
        found = direction(line.text)
        if found is None:
            return None
        if found.kind == "ending":
            is_odd = line.number == self.last and shouted(shown)
        elif found.kind == "furniture":
            is_odd = not _BARE_NUMBER.fullmatch(shown)
        elif found.kind in ("words", "sound"):
            is_odd = ":" in shown and shouted(shown.partition(":")[0])
        elif found.kind in ("structure", "montage"):
            is_odd = shouted(shown) and bool(_STARTS.match(shown))
        else:
            is_odd = found.kind == "heading" or (found.kind in ("transition", "scene") and shouted(shown))
        return found if is_odd else None

    def _counts(self, found: Direction, line: Line, index: int) -> bool:
        """Whether a direction in a paragraph of action is one: shots and sounds are read as what happens."""
        if found.kind in ("shot", "sound"):
            return index == 0 and line.number in self.cue_lines
        if found.kind == "ending" and normal(line.text) in _SHORT_ENDINGS:
            return line.number >= self.last - 1
        if found.kind == "episode" and line.number > self.lead:
            return shouted(line.shown)
        if found.kind == "montage":
            return line.number in self.cue_lines or not content(line.shown)
        return True

    def _is_label(self, line: Line) -> bool:
        found = label(line.text)
        if found is None:
            return False
        what, word, rest = found
        if (
            self.scene is not None
            or self.label_line in (line.number - 1, line.number)
            or (what == "place" and word.casefold() in _PLACE_LABELS)
        ):
            self.label_line = line.number
            return True
        return what == "people" and word.casefold() != "who" and len(listed(rest)) > 1

    def _may_be_cue(self, lines: Sequence[Line], index: int, found: dict[int, Odd]) -> bool:
        """A name by itself, in capitals, with words before and under it."""
        line, after = lines[index], lines[index + 1]
        if not is_shouted(line.name) or len(line.name.split()) > 3 or _NO_NAME.search(line.name):
            return False
        if index + 1 in found or is_shouted(after.name):
            return False
        if index == 0:
            return self.joined == line.number
        before = lines[index - 1]
        return index - 1 in found or not is_shouted(before.shown) or self.is_known(before.name)


def cue_text(cue: Element) -> str:
    return print_cue(CueLine(cue.text, cue.extension))


def content(shown: str) -> str:
    """What a montage is about, behind its dash or colon."""
    found = re.match(r"[\w\s'’]+?\s*(?:[:：–—]|\s-+\s)\s*(\S.*)", shown)
    return found[1].strip(" .") if found and not found[1].casefold().startswith(("cont", "end")) else ""


def _heading(line: Line) -> Direction | None:
    shown = line.shown
    if is_heading(shown) and (shouted(shown) or heading_parts(shown).time in lexicon("hours")):
        text, number = split_number(line.text.strip())
        return Direction("heading", text, number or "")
    return None


def _add_page_numbers(lines: Sequence[Line], found: dict[int, Odd]) -> None:
    """A bare number beside other page furniture is a page's number."""
    for index, line in enumerate(lines):
        near = (found.get(index - 1), found.get(index + 1))
        beside = any(isinstance(item, Direction) and item.kind == "furniture" for item in near)
        if beside and _BARE_NUMBER.fullmatch(line.shown):
            found[index] = Direction("furniture")


def _is_sentence(cue: str) -> bool:
    """BANG! and THE DOOR FALLS SHUT AND ALL THE LIGHTS GO OUT are no names."""
    name = read_cue(cue).name.strip(" *_")
    if _SHOUT.search(name) or len(name.split()) > _LONGEST_NAME:
        return True
    return name.endswith(".") and not _ABBREVIATED.search(name) and len(name.split()) > 2
