"""A script of any shape is broken down in time with its length, and the same every time."""

import hashlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import ScriptRefused
from assets.fountain import parse
from assets.plain import clean
from assets.sheets.base import parse_yaml
from assets.sheets.cutsheet import Cutsheet
from stages.breakdown import BreakdownOptions, break_down

SCENE = "INT. CLASSROOM - DAY\n\n"
SPEECH = SCENE + "MIO\n"
BYTES = 100_000


def name(number: int, other: int = 0) -> str:
    """A name of six letters, another one for each number."""
    letters = hashlib.sha256(f"{number} {other}".encode()).digest()[:6]
    return "".join(chr(ord("A") + letter % 26) for letter in letters)


def marks(number: int) -> str:
    """``number`` in signs that no id has, so that all these names ask for the same one."""
    return f"{number:b}".translate({48: "?", 49: "!"})


NAMES = [name(number) for number in range(BYTES // 30)]
SPEAKERS = "".join(f"{name}\nHi.\n\n" for name in NAMES)
SHAPES = {
    "speech": SPEECH + "blah blah. " * (BYTES // 11),
    "speech without a space": SPEECH + "x" * BYTES,
    "speech in Japanese": SPEECH + "これは長い台詞です。" * (BYTES // 30),
    "speech of initials": SPEECH + "A. " * (BYTES // 3),
    "speech of shouts": SPEECH + "!" * BYTES + "x",
    "speech of lines": SPEECH + "blah\n" * (BYTES // 5),
    "speech of open notes": SPEECH + "[[ a " * (BYTES // 5),
    "speech of notes": SPEECH + "[[n]] a " * (BYTES // 16),
    "speech of stars": SPEECH + "*a " * (BYTES // 6),
    "emphasis": SPEECH + "*" + "word " * (BYTES // 5) + "end*",
    "action": SCENE + "Mio walks to the door. " * (BYTES // 23),
    "action without a space": SCENE + "x" * BYTES,
    "action of brackets": SCENE + "(" * BYTES,
    "action of hyphens": SCENE + "Mio a" + "-a" * (BYTES // 2),
    "title": "Title: " + "x" * BYTES + "\n\n" + SCENE + "Mio looks.",
    "name": SCENE + "@" + "x" * BYTES + "\nHello.",
    "name of many": SCENE + "MIO" + " AND BOU" * (BYTES // 8) + "\nHello.",
    "parenthetical": SPEECH + "(" + "softly " * (BYTES // 7) + ")\nHello.",
    "heading": "INT. " + "PLACE - " * (BYTES // 8) + "DAY\n\nMio looks.",
    "heading of brackets": ".校庭" + "（朝" * (BYTES // 6) + "\n\nMio looks.",
    "words on screen": SCENE + "> " + "word " * (BYTES // 5) + " <",
    "many speakers": SCENE + "".join(f"NAME {n}\nHello there.\n\n" for n in range(BYTES // 22)),
    "speakers of two words": SCENE + "".join(f"{name(n)} {name(n, 7)}\nHi.\n\n" for n in range(BYTES // 21)),
    "speakers seen before": SCENE + "".join(f"{name(n)} looks.\n\n{name(n)}\nHi.\n\n" for n in range(BYTES // 30)),
    "people introduced": SCENE + "".join(f"{name(n)} (30s) looks.\n\n" for n in range(BYTES // 22)),
    "speakers of one id": SCENE + "".join(f"@ANN{marks(n)}\nHi.\n\n" for n in range(BYTES // 20)),
    "people in one sentence": SCENE + SPEAKERS + " ".join(map(str.title, NAMES)) + " walk.",
    "paragraphs of one sign": SCENE + "😀\n\n" * (BYTES // 12),
    "places": "".join(f"INT. {name(n)} - DAY\n\nHi.\n\n" for n in range(BYTES // 30)),
    "songs": SCENE + "~la\n" * (BYTES // 4),
    "sounds": SCENE + "WHOOSH. " * (BYTES // 8),
    "sections": SCENE + "# a\n" * (BYTES // 4),
}  # fmt: skip


def broken(text: str) -> Cutsheet:
    return break_down(parse(clean(text)), None, episode="ep01", language=None, options=BreakdownOptions())


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_text_takes_no_more_than_twice_the_time(shape: str) -> None:
    """One speech of 200 kB took minutes: each of its pieces read all of it again."""
    start = time.process_time()

    broken(SHAPES[shape])

    # Below 8 s on a slow machine; what is quadratic takes more than a minute.
    assert time.process_time() - start < 25


LINES = [
    "INT. ROOM - DAY", "ANN", "@葵", "(softly)", "Hello *you*.", "She goes.", "> THE END <", "CUT TO:", "", "", "  ",
    "a\x85b", "a\u2028b", "\x0c", "\x1c", "a\x0bb", "\x1b[31mred", "\ufeff", "- a: b", "'", '"', "#", "null", "%", "\t",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=30)), max_size=12).map("\n".join))
def test_a_cut_sheet_is_the_same_after_the_disk_whatever_the_script_holds(text: str) -> None:
    """U+0085 in a dialogue came back from cutsheet.yaml as a line end: the second run made it all again."""
    try:
        sheet = broken(text)
    except ScriptRefused:
        return  # a boneyard that is never closed

    assert Cutsheet.from_raw(parse_yaml(sheet.to_yaml(), "sheet"), "sheet") == sheet


def test_a_script_with_a_foreign_line_end_is_the_same_twice(tmp_path: Path) -> None:
    assert broken("INT. A - DAY\n\nMIO\nWait\x85I remember.\n").cuts[-1].lines[0].text == "Wait I remember."
