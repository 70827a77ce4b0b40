"""What holds for every text there is: nothing lost, the same sheet again, in time with its length."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import ScriptRefused
from assets.fountain import heading_parts, parse, render, runs, spoken
from assets.sheets.screenplay import Screenplay

LINES = [
    "INT. ROOM - DAY", "EXT. PARK--NIGHT #1-A#", ".校庭 - 夕方", ".(FLASHBACK)", "ANN", "ANN (V.O.) (CONT'D)",
    "BEN ^", "@葵（声）", "@葵 ^", "@", "(softly)", "（間）", "Hello *you*, _there_.", "こんにちは、世界。", "~la", "~",
    "CUT TO:", "> FADE", "> END <", "> <", ">", "[[note]]", "[[open", "close]]", "[[ (a ]] b)", "/* gone */",
    "/* open", "close */", "\\/* plain", "# Act", "#", "= what", "=", "===", "======", "!BANG", "!", "\tindent", "  ",
    "　　", "", "", "", "...", ".", "Title: x", "Key:", "    value", "a\u2028b", "\ufeff", "^", "@^", "ANN ()",
    "FADE IN:",
]  # fmt: skip
scripts = st.lists(st.sampled_from(LINES), max_size=30).map("\n".join)
marked_text = st.text(st.sampled_from("*_[]/\\()^@!>.~#=<-: \n\r\tAa葵（）"), max_size=120)
any_text = st.text(max_size=200)


def words(text: str) -> str:
    return "".join(text.removeprefix("\ufeff").split())


def read(text: str) -> Screenplay | None:
    """The script, or None where it is refused for the one reason a short text can be."""
    try:
        return parse(text)
    except ScriptRefused as error:
        assert "/*" in text and "never closed" in str(error)
        return None


@pytest.mark.parametrize("texts", [scripts, marked_text, any_text], ids=["scripts", "marks", "any"])
def test_no_text_is_lost_and_printing_gives_the_same_sheet_again(texts: st.SearchStrategy[str]) -> None:
    @settings(max_examples=300, deadline=1000)
    @given(texts)
    def check(text: str) -> None:
        screenplay = read(text)
        if screenplay is None:
            return

        printed = render(screenplay)

        assert words(printed) == words(text)
        assert parse(printed) == screenplay
        assert render(parse(printed)) == printed

    check()


@settings(max_examples=300, deadline=1000)
@given(scripts)
def test_every_line_stays_where_it_stood(text: str) -> None:
    screenplay = read(text)
    if screenplay is None or not screenplay.elements:
        return

    printed = render(screenplay).removesuffix("\n").split("\n")

    assert [words(line) for line in printed] == [words(line) for line in text.removesuffix("\n").split("\n")]


@settings(max_examples=300, deadline=1000)
@given(marked_text)
def test_speech_only_ever_takes_characters_away(text: str) -> None:
    left = iter(text)

    assert all(character in left for character in words(spoken(text)))


@pytest.mark.parametrize(
    "text",
    [
        "*" * 100_000,
        "*a " * 50_000,
        "***a " * 30_000 + "b* " * 30_000,
        "_" * 100_000,
        "[[" * 50_000,
        "[[\n" * 50_000,
        "[[a]] " * 30_000,
        "/**/" * 30_000,
        "(" * 100_000,
        "ANN " + "()" * 50_000 + "\nHi.",
        "@葵 " + "()" * 50_000,
        ">" * 100_000,
        ">\n" * 50_000,
        "#" * 100_000,
        "=" * 100_000,
        "\\" * 100_000,
        "a: " * 50_000,
        "Title: x\n" * 30_000,
        "INT. " + " - " * 50_000,
        "INT. A" + " " * 100_000 + "#1",
        "INT. a" + "（" * 50_000 + "朝" + "）" * 50_000,
        "ANN\nx\n" + "  \n" * 50_000 + "y",
        "\n" * 100_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_a_hostile_text_takes_no_longer_than_its_length_allows(text: str) -> None:
    """About 0.3 s here; what backtracks takes minutes, so ten seconds tell them apart on any machine."""
    start = time.process_time()

    screenplay = parse(text)
    render(screenplay)
    for element in screenplay.elements[:100]:
        runs(element.text)
        heading_parts(element.text)

    assert time.process_time() - start < 10


def test_a_hundred_thousand_openings_are_refused_at_once() -> None:
    start = time.process_time()

    with pytest.raises(ScriptRefused):
        parse("/*" * 100_000)

    assert time.process_time() - start < 2
