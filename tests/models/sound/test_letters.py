"""Which letters no voice reads, and which signs are shown only."""

import pytest

from models.sound.letters import unreadable, without_reading


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Привет", "Cyrillic"),
        ("今日はПриветです", "Cyrillic"),
        ("안녕하세요", "Hangul"),
        ("สวัสดี", "Thai"),
        ("שלום", "Hebrew"),
        ("नमस्ते", "Devanagari"),
        ("早上好，今天天气真好。", "Chinese"),
        ("请安静，我们开始上课。", "Chinese"),
        ("三年后，她终于明白了母亲的苦心。", "Chinese"),
        ("我是學生。", "Chinese"),
        ("你好！", "Chinese"),
        ("谢谢です", "Chinese"),
        ("再見！", "Chinese"),
    ],
)
def test_a_script_that_nobody_reads_is_named(text: str, script: str) -> None:
    """In a mixed line such letters were left out without a word; Chinese was read as Japanese kanji."""
    assert list(unreadable(text)) == [script]


@pytest.mark.parametrize(
    "text",
    [
        "こんにちは", "Hello, café!", "ＯＫ！", "α線", "℃", "①", "絶対安静。", "全員突撃！", "緊急事態発生！",
        "無論。了解。",
        "東京大学文学部", "髙橋", "𠮷野！", "𠮟る", "ｶﾞﾝﾊﾞﾚ", "……", "♪", "1984", "我慢不要！", "々", "Ⅳ", "", "OK 👍🏽",
    ],
)  # fmt: skip
def test_japanese_and_latin_are_read(text: str) -> None:
    assert unreadable(text) == {}


def test_pictures_are_shown_and_not_said() -> None:
    assert without_reading("OK 👍🏽 👍🏽 🇯🇵 👨‍👩‍👧‍👦!") == "👍🏽🇯🇵👨‍👩‍👧‍👦"
    assert without_reading("♪ ☆ ★ 42 © 〜 →") == ""
