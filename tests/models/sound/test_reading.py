import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sound import reading


@pytest.mark.parametrize("text", ["", " ", "……", "...", "!?", "！？", "♪", "——", "「……」", "🙂"])
def test_marks_alone_are_wordless(text: str):
    assert reading.is_wordless(text)


@pytest.mark.parametrize("text", ["あ", "No", "3", "……え", "葵"])
def test_a_single_letter_or_digit_is_a_word(text: str):
    assert not reading.is_wordless(text)


def said(text: str) -> list[str]:
    return [phrase.text for phrase in reading.phrases(text)]


def test_phrases_end_at_enders_dots_and_new_lines():
    assert said("本当に……来るの？　走れ！\nStop now") == ["本当に", "来るの？", "走れ！", "Stop now"]


def test_dots_make_the_phrase_before_them_trail_off():
    first, second = reading.phrases("Wait… what")

    assert (first.trailing, second.trailing) == (True, False)
    assert first.pause > second.pause


def test_closing_brackets_stay_with_their_phrase():
    assert said("「行くぞ！」と言った。") == ["「行くぞ！」", "と言った。"]


def test_leading_dots_are_not_a_phrase():
    assert said("……来るの？") == ["来るの？"]


def test_an_english_full_stop_is_left_to_the_english_rules():
    assert said("Dr. Smith paid $4.50.") == ["Dr. Smith paid $4.50."]


@given(st.text(alphabet="あ本a B1…。!?\n「」.、", max_size=40))
def test_no_letter_is_lost_between_phrases(text: str):
    letters = [mark for mark in text if not reading.is_wordless(mark)]

    assert [mark for mark in "".join(said(text)) if not reading.is_wordless(mark)] == letters


def test_scripts_are_told_apart():
    assert reading.runs("NASAのロケットがfly high") == (
        ("en", "NASA"),
        ("ja", "のロケットが"),
        ("en", "fly high"),
    )
    assert reading.runs("only English, 3 times") == (("en", "only English, 3 times"),)


@pytest.mark.parametrize(
    ("text", "kanji"),
    [
        ("3つ", "三つ"),
        ("10本", "十本"),
        ("2026年", "二千二十六年"),
        ("1,250円", "千二百五十円"),
        ("4.50", "四点五零"),
        ("0", "〇"),
        ("007", "ゼロゼロナナ"),
        ("10000", "一万"),
        ("10000000", "一千万"),
        ("１１１", "百十一"),
        ("7:30", "七時三十分"),
        ("19:00", "十九時"),
        ("$5", "五ドル"),
        ("50%", "五十パーセント"),
    ],
)
def test_numbers_are_written_as_japanese_reads_them(text: str, kanji: str):
    assert reading.with_kanji_numbers(text) == kanji
