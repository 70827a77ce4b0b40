"""Claims about the lines of a cut sheet before any of them is recorded."""

import pytest

from assets.errors import InputRefused
from assets.fountain import parse
from assets.sheets.cutsheet import Cutsheet
from models.lease import lease
from models.ports import Voice
from stages.breakdown import BreakdownOptions, break_down
from stages.sound.voices import check_lines


def sheet_of(*said: str) -> Cutsheet:
    text = "INT. ROOM - DAY\n\n" + "\n\n".join(f"MIO\n{line}" for line in said)
    return break_down(parse(text), None, episode="ep", language="en", options=BreakdownOptions())


def test_every_line_that_the_voice_cannot_say_is_named_with_its_cut_at_once():
    """The first was refused after the lines before it were recorded, the next one a run later."""
    sheet = sheet_of("Hello.", "สวัสดี", "Hello?", "Привет")
    with lease(Voice, "hibari") as speaker, pytest.raises(InputRefused) as refusal:
        check_lines(sheet, speaker)

    thai, russian = (cut.number for cut in sheet.cuts for line in cut.lines if not line.text.isascii())
    assert f"{thai}, line 1 (mio): hibari reads Latin and Japanese letters" in str(refusal.value)
    assert f"{russian}, line 1 (mio)" in str(refusal.value)
    assert "Hello" not in str(refusal.value)
    assert speaker.loads == 0


def test_two_hundred_thousand_dots_in_a_speech_are_refused_before_the_voice_is_asked():
    """They cost no time by the estimate, so they stayed one line; the toy voice made hours of sound of it."""
    with (
        lease(Voice, "toy") as speaker,
        pytest.raises(InputRefused, match="200,000 letters; toy speaks at most"),
    ):
        check_lines(sheet_of("." * 200_000), speaker)


def test_of_many_lines_that_nobody_can_say_a_few_are_named():
    with lease(Voice, "hibari") as speaker, pytest.raises(InputRefused, match="and 22 more") as refusal:
        check_lines(sheet_of(*["สวัสดี"] * 30), speaker)

    assert len(str(refusal.value)) < 1500


def test_lines_that_can_be_said_pass():
    with lease(Voice, "hibari") as speaker:
        check_lines(sheet_of("Hello.", "……", "こんにちは"), speaker)
