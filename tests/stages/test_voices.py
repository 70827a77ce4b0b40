"""Claims about the lines of a cut sheet before any of them is recorded."""

import pytest

from assets.errors import InputRefused
from assets.fountain import parse
from assets.sheets.cutsheet import Cutsheet
from models.lease import lease
from models.ports import Voice
from stages.breakdown import BreakdownOptions, break_down
from stages.sound.voices import notices, refuse, unsayable


def sheet_of(*said: str) -> Cutsheet:
    text = "INT. ROOM - DAY\n\n" + "\n\n".join(f"MIO\n{line}" for line in said)
    return break_down(parse(text), None, episode="ep", language="en", options=BreakdownOptions())


def test_every_line_that_the_voice_cannot_say_is_named_with_its_cut_at_once():
    """The first was refused after the lines before it were recorded, the next one a run later."""
    sheet = sheet_of("Hello.", "สวัสดี", "Hello?", "Привет")
    with lease(Voice, "hibari") as speaker, pytest.raises(InputRefused) as refusal:
        refuse(unsayable(sheet, speaker))

    thai, russian = (cut.number for cut in sheet.cuts for line in cut.lines if not line.text.isascii())
    assert f"{thai}, line 1 (MIO, script line 7): hibari reads Latin and Japanese letters" in str(
        refusal.value
    )
    assert f"{russian}, line 1 (MIO, script line 13)" in str(refusal.value)
    assert "Thai (สวด)" in str(refusal.value) and "Cyrillic (Привет)" in str(refusal.value)
    assert "Hello" not in str(refusal.value)
    assert speaker.loads == 0


def test_two_hundred_thousand_dots_in_a_speech_are_refused_before_the_voice_is_asked():
    """They cost no time by the estimate, so they stayed one line; the toy voice made hours of sound of it."""
    with (
        lease(Voice, "toy") as speaker,
        pytest.raises(InputRefused, match="200,000 letters; toy speaks at most"),
    ):
        refuse(unsayable(sheet_of("." * 200_000), speaker))


def test_of_many_lines_that_nobody_can_say_a_few_are_named():
    with lease(Voice, "hibari") as speaker, pytest.raises(InputRefused, match="and 22 more") as refusal:
        refuse(unsayable(sheet_of(*["สวัสดี"] * 30), speaker))

    assert len(str(refusal.value)) < 2000


def test_lines_that_can_be_said_pass():
    with lease(Voice, "hibari") as speaker:
        assert unsayable(sheet_of("Hello.", "……", "こんにちは", "ＯＫ！", "5 ℃"), speaker) == {}


def test_whoever_reads_the_notices_knows_what_is_shown_and_not_said():
    sheet = sheet_of("OK 👍🏽", "Wait (turning away) for me.", "안녕", "Hello.")
    with lease(Voice, "hibari") as speaker:
        told = notices(sheet, speaker)

    assert [notice.split(": ", 1)[0].split(", ", 1)[1] for notice in told] == [
        "line 1 (MIO, script line 10)", "line 1 (MIO, script line 4)", "line 1 (MIO, script line 7)",
    ]  # fmt: skip
    assert "Hangul (안녕)" in told[0] and "cannot be spoken yet" in told[0]
    assert "👍🏽 is shown in the captions and not spoken" in told[1]
    assert "(turning away) is taken for a direction" in told[2]


def test_a_chinese_script_is_not_read_as_english():
    """Every line was said by the English voice, as if its characters were Japanese."""
    lines = ("早上好，今天天气真好。", "请安静，我们开始上课。", "三年后，她终于明白了母亲的苦心。")
    script = "INT. 教室 - 早晨\n\n小雨推开窗户。\n\n" + "\n\n".join(f"@小雨\n{line}" for line in lines)
    assert (
        break_down(parse(script), None, episode="ep", language=None, options=BreakdownOptions()).language
        == "ja"
    )
    with lease(Voice, "hibari") as english, lease(Voice, "kokoro") as japanese:
        for speaker, language in ((english, "en"), (japanese, "ja")):
            sheet = sheet_of(*lines).model_copy(update={"language": language})
            assert len(unsayable(sheet, speaker)) == 3
