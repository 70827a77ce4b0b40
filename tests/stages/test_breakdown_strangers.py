"""Whatever a stranger writes: every word is said, no cut is too long, and nobody waits for it."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import fountain
from assets.errors import SakugaError
from assets.sheets.cutsheet import Cutsheet, Line
from assets.sheets.screenplay import Screenplay
from stages.breakdown import BreakdownOptions, break_down

OPTIONS = BreakdownOptions()
NAMES = [
    "ANNA",
    "BEN",
    "MRS. O'NEILL",
    "ROBOT #3",
    "@葵",
    "@駅長の声",
    "MIA (V.O.)",
    "TOM (O.S.)",
    "A & B",
    "@x",
]
HEADINGS = [
    "INT. KITCHEN - DAY", "EXT. PARK--NIGHT", "INT./EXT. CAR - LATER #7#", ".校庭 - 夕方", ".", "INT.", "EXT. ",
    "EST. THE EDGE OF THE WORLD - CONTINUOUS", ".続き", "INT. " + "VERY " * 60 + "LONG ROOM", "I/E TRAIN",
]  # fmt: skip
PHRASES = [
    "Anna runs.", "BANG!", "She smiles, then cries.", "It rains.", "雨が降る。", "葵が走ってくる。ドサッ。",
    "They look at each other.", "A long silence.", "The ground SHAKES.", "CLOSE ON: a key.", "He leaves.",
    "誰もいない。", "An old man, 70s, hands her a letter.", "[[a note]]", "/* gone */", "...", "!?", "…", "*so*",
    "Mr. Smith, a smash-and-grab.", "They speed off.", "ふたりは笑う", "🎬", "—", "私は……", "w" * 300,
]  # fmt: skip
TRANSITIONS = ["CUT TO:", "> FADE OUT.", "FADE TO BLACK.", "DISSOLVE TO:", "> フェードアウト"]

phrases = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=6).map(" ".join)
paragraphs = st.one_of(phrases, phrases, st.sampled_from(PHRASES).map(lambda text: " ".join([text] * 40)))
asides = st.sampled_from(["", "(beat)\n", "(laughing)\n", "[[a note]]\n", "/* cut\nthis */\n", "  \n"])


@st.composite
def speeches(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(NAMES))
    said = [draw(asides) + draw(paragraphs) for _ in range(draw(st.integers(1, 3)))]
    return f"{name}{draw(st.sampled_from(['', '', ' ^']))}\n" + "\n".join(said)


pieces = st.one_of(
    st.sampled_from(HEADINGS),
    speeches(),
    speeches(),
    paragraphs,
    st.sampled_from(TRANSITIONS),
    st.sampled_from(["[[only a note]]", "/* boneyard */", "# Act", "= synopsis", "==="]),
    phrases.map(lambda text: f"> {text} <"),
    phrases.map(lambda text: f"~{text}"),
)
scripts = st.lists(pieces, min_size=1, max_size=9).map("\n\n".join)


def broken_down(screenplay: Screenplay) -> Cutsheet | None:
    """None where the script is refused by name."""
    try:
        return break_down(screenplay, None, episode="ep", language=None, options=OPTIONS)
    except SakugaError:
        return None


def _together(line: Line, other: Line) -> bool:
    return (line.source_line, line.part, line.at) == (other.source_line, other.part, other.at)


def bare(texts: list[str]) -> str:
    return "".join("".join(texts).split())


@settings(max_examples=200, deadline=None)
@given(scripts)
def test_every_word_of_a_strangers_dialogue_is_said_once_and_in_order(text):
    screenplay = fountain.parse(text)
    written = bare([element.text for element in screenplay.elements if element.kind == "dialogue"])

    sheet = broken_down(screenplay)

    # Those who speak together say the same words at once: these are counted once.
    lines = [
        line
        for cut in (sheet.cuts if sheet else ())
        for at, line in enumerate(cut.lines)
        if not any(_together(line, other) for other in cut.lines[:at])
    ]
    # Both speeches of a dual dialogue run side by side: each is read from where it stands.
    lines.sort(key=lambda line: line.source_line)
    assert bare([line.text for line in lines]) == written


@settings(max_examples=100, deadline=None)
@given(scripts)
def test_a_strangers_sheet_is_whole_and_comes_out_the_same_twice(text):
    screenplay = fountain.parse(text)

    sheet = broken_down(screenplay)

    assert sheet == broken_down(screenplay)
    if sheet:
        assert Cutsheet.from_raw(sheet.raw(), "again") == sheet
        assert len({cut.number for cut in sheet.cuts}) == len(sheet.cuts)
        assert all(OPTIONS.shortest <= cut.frames / sheet.rate <= OPTIONS.longest for cut in sheet.cuts)


@pytest.mark.parametrize(
    "text", ["[[a note]]", "/* gone */", "CUT TO:\n\n> FADE OUT.", "# Act\n\n= what happens", ""]
)
def test_a_script_of_nothing_one_can_see_is_refused_by_name(text):
    with pytest.raises(SakugaError):
        break_down(fountain.parse(text), None, episode="ep", language=None, options=OPTIONS)


@pytest.mark.parametrize("between", ["[[a note]]", "/* a\nboneyard */", "  "])
def test_what_is_said_after_an_aside_is_still_said(between):
    """A note inside a speech once ended it: its second half became action, and was not heard."""
    script = f"INT. ROOM - DAY\n\nMIA\nHello.\n{between}\nGoodbye.\n"

    sheet = broken_down(fountain.parse(script))

    assert bare([line.text for cut in sheet.cuts for line in cut.lines]) == "Hello.Goodbye."
    assert not any("Goodbye" in cut.action for cut in sheet.cuts)


def test_time_grows_with_the_script_and_not_with_its_square():
    def seconds(scenes: int) -> float:
        text = "".join(
            f"EXT. STREET {number} - DAY\n\nWALKER{number} runs. BANG!\n\nWALKER{number}\nWait for me, Anna!\n\n"
            "ANNA\nNever.\n\n"
            for number in range(scenes)
        )
        screenplay = fountain.parse(text)
        start = time.process_time()
        broken_down(screenplay)
        return time.process_time() - start

    seconds(10)
    measured = [min(seconds(scenes) for _ in range(2)) for scenes in (40, 160)]

    # Four times the script: 4 if linear, 16 if quadratic.
    assert measured[1] / measured[0] < 9
    assert all(earlier < later for earlier, later in pairwise(measured))
