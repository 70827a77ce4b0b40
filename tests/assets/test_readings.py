"""What is heard and what is read of a line: readings in brackets once, directions never."""

import time

import pytest

from assets.readings import aloud, directions, shown, taken_apart


@pytest.mark.parametrize(
    ("text", "heard", "seen"),
    [
        ("彼は憂鬱（ゆううつ）な気分だった。", "彼はゆううつな気分だった。", "彼は憂鬱な気分だった。"),
        ("彼は憂鬱(ゆううつ)だ。", "彼はゆううつだ。", "彼は憂鬱だ。"),
        ("憂鬱《ゆううつ》だ。", "ゆううつだ。", "憂鬱だ。"),
        ("｜Sakura《さくら》です。", "さくらです。", "Sakuraです。"),
        ("生き様（いきざま）だ。", "いきざまだ。", "生き様だ。"),
        ("食べる（たべる）よ。", "たべるよ。", "食べるよ。"),
        ("お願い（おねがい）します。", "おねがいします。", "お願いします。"),
        ("2人（ふたり）で行く。", "ふたりで行く。", "2人で行く。"),
        ("NERV（ネルフ）が来た。", "ネルフが来た。", "NERVが来た。"),
        ("明日（あした）、駅（えき）で。", "あした、えきで。", "明日、駅で。"),
    ],
)
def test_a_reading_is_said_in_place_of_its_word_and_not_shown(text: str, heard: str, seen: str) -> None:
    """The word and its reading were both spoken."""
    assert (aloud(text), shown(text)) == (heard, seen)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("（笑って）そうだね。", "そうだね。"),
        ("そうだね（笑）", "そうだね"),
        ("そう（間）だね。", "そうだね。"),
        ("［小声で］行こう。", "行こう。"),
        ("いい顔（にっこり）", "いい顔"),
        ("（…）うん。", "うん。"),
        ("*(quietly)*\nI almost did not.", "I almost did not."),
        ("_(beat)_ Fine.", "Fine."),
        ("[laughs] Fine.", "Fine."),
        ("I (beat) know.", "I know."),
        ("Fine. (sighs)", "Fine."),
        ("Wait (turning to Mio), stop.", "Wait, stop."),
    ],
)
def test_a_direction_in_a_line_is_neither_heard_nor_shown(text: str, words: str) -> None:
    """Marked with emphasis or in full-width brackets, it was spoken and captioned."""
    assert (aloud(text), shown(text)) == (words, words)
    assert len(directions(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "word(s) and f(x)",
        "(a) one, (b) two",
        "Call (03)1234-5678.",
        "It was (I think) red.",
        "It was red (was it?).",
        "（私はそう思う）でも。",
        "3 * 4 = 12",
        "[[kept]]".replace("[[", r"\[["),
    ],
)
def test_a_bracket_that_belongs_to_the_words_is_said_and_shown(text: str) -> None:
    assert aloud(text) == shown(text) == text.replace("\\", "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("*(quietly)*\nI almost did not.", [("(quietly)", "I almost did not.")]),
        ("（笑って）そうだね。", [("（笑って）", "そうだね。")]),
        ("I know. (beat) Go.", [("", "I know."), ("(beat)", "Go.")]),
        ("ええ。（間）そうね。", [("", "ええ。"), ("（間）", "そうね。")]),
        ("Fine. (beat)", [("", "Fine."), ("(beat)", "")]),
        ("I (beat) know.", [("", "I (beat) know.")]),
        ("Just words.", [("", "Just words.")]),
    ],
)
def test_a_direction_before_words_is_their_manner(text: str, parts: list[tuple[str, str]]) -> None:
    assert taken_apart(text) == parts


def test_emphasis_over_several_lines_leaves_no_mark() -> None:
    assert shown("*Some nights a girl\nwithout a friend.*") == "Some nights a girl\nwithout a friend."
    assert shown("**Thank you,\nGood night.**") == "Thank you,\nGood night."


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("I told you\nto wait.", "I told you to wait."),
        ("**Thank you,\ngood night.**", "Thank you, good night."),
        ("Wait.\nno", "Wait.\nno"),
        ("Roses\nViolets", "Roses\nViolets"),
        ("うん\nわかった", "うん\nわかった"),
    ],
)
def test_a_line_end_inside_a_sentence_is_no_pause(text: str, heard: str) -> None:
    assert aloud(text) == heard


@pytest.mark.parametrize("part", ["a(b)", "漢字（かんじ）", "(", "漢", "(beat) ", "《", "｜", "*"])
def test_a_line_of_very_many_brackets_takes_no_long_time(part: str) -> None:
    began = time.perf_counter()

    shown(part * 5_000)
    taken_apart(part * 5_000)

    assert time.perf_counter() - began < 5
