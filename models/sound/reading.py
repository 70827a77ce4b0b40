"""Prepare text for a voice: phrases with pauses, scripts separated, numbers written out.

In: the text of a line.      Out: phrases, runs of one script, or text with kanji numbers.
Knows no phonemes; those belong to each adapter.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Script = Literal["ja", "en"]

TRAILING_PAUSE, SENTENCE_PAUSE, LINE_PAUSE = 0.45, 0.30, 0.35  # seconds

# a phrase ends at an ellipsis, at Japanese sentence ends, at a run of ! and ?, or at a new line
_ENDER = re.compile(r"(?P<dots>(?:…|‥|\.{3,}|。{2,}|・{2,})+)|(?P<end>[。．！？!?]+)|(?P<line>\s*\n\s*)")
_CLOSERS = "」』）)】］\"”’'"
_KANA_OR_KANJI = re.compile(
    r"[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f]"
)
_RUNS = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*(?:\s+[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*)*")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?!\d)")
# NFKC would make dots of these, or take the pause of a full stop from them.
_KEPT = re.compile(r"[…‥、。！？（）・ー〜～™®゛゜\u2018-\u201f]+")
_HALVES = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅞])")
_CIRCLED = re.compile(r"(?<=[①-⑳])(?=[①-⑳])")  # ①②③ are three numbers
_STOPS = (re.compile(r"(?<=\d)．(?=\d)"), re.compile(r"(?<=\d)，(?=\d)"))
_BEFORE = {"$": "ドル", "¥": "円", "€": "ユーロ", "£": "ポンド"}
_AFTER = str.maketrans({"%": "パーセント", "&": "アンド", "℃": "度"})
_DIGITS = "〇一二三四五六七八九"
DIGIT_NAMES = ("ゼロ", "イチ", "ニー", "サン", "ヨン", "ゴー", "ロク", "ナナ", "ハチ", "キュー")
_GROUPS = ("", "万", "億", "兆")


@dataclass(frozen=True)
class Phrase:
    """Words spoken in one breath; ``trailing`` when they end in an ellipsis."""

    text: str
    pause: float
    trailing: bool = False


def is_wordless(text: str) -> bool:
    """True for ……, !?, ♪ and empty text: no letter and no digit."""
    return not any(unicodedata.category(mark)[0] in "LN" for mark in text)


def plain(text: str) -> str:
    """``text`` with full-width letters, digits and signs, and signs made of several (℃, ①, ㎏), as plain ones.

    Dots of suspense, Japanese marks and quotes stay; digits of any script become 0 to 9.
    """
    text = _CIRCLED.sub("、", text)
    text = _STOPS[1].sub(",", _STOPS[0].sub(".", _HALVES.sub(" ", text)))
    text = text.replace("．", "。").replace("，", "、")
    parts, at = [], 0
    for kept in _KEPT.finditer(text):
        parts += [unicodedata.normalize("NFKC", text[at : kept.start()]), kept.group()]
        at = kept.end()
    whole = "".join((*parts, unicodedata.normalize("NFKC", text[at:]))).replace("\u2044", "/")
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in whole)


def phrases(text: str) -> tuple[Phrase, ...]:
    """The phrases of a line in order; marks without words only lengthen the pause before them."""
    text = plain(text)
    found: list[Phrase] = []
    start = 0
    for ender in [*_ENDER.finditer(text), None]:
        stop = ender.end() if ender else len(text)
        while ender and stop < len(text) and text[stop] in _CLOSERS:
            stop += 1
        if stop <= start:
            continue
        words = text[start : ender.start() if ender and not ender.group("end") else stop].strip()
        pause, trailing = _pause(ender)
        if not is_wordless(words):
            found.append(Phrase(words, pause, trailing))
        elif found:
            found[-1] = Phrase(found[-1].text, max(found[-1].pause, pause), found[-1].trailing or trailing)
        start = stop
    return tuple(found)


def runs(text: str) -> tuple[tuple[Script, str], ...]:
    """``text`` split where Latin words meet Japanese; without Japanese it is one English run."""
    if not _KANA_OR_KANJI.search(text):
        return (("en", text),)
    out: list[tuple[Script, str]] = []
    start = 0
    for latin in _RUNS.finditer(text):
        if text[start : latin.start()].strip():
            out.append(("ja", text[start : latin.start()]))
        out.append(("en", latin.group()))
        start = latin.end()
    if text[start:].strip():
        out.append(("ja", text[start:]))
    return tuple(out)


def has_japanese(text: str) -> bool:
    return bool(_KANA_OR_KANJI.search(text))


def has_latin(text: str) -> bool:
    return bool(_RUNS.search(text) or _NUMBER.search(text))


def with_kanji_numbers(text: str) -> str:
    """Write numbers in kanji, which a Japanese dictionary reads with their counters: 3つ -> 三つ, みっつ."""
    text = unicodedata.normalize("NFKC", text)
    text = _CLOCK.sub(
        lambda clock: f"{int(clock[1])}時{int(clock[2])}分" if int(clock[2]) else f"{clock[1]}時", text
    )
    text = re.sub(rf"([{''.join(_BEFORE)}])\s*({_NUMBER.pattern})", lambda m: m[2] + _BEFORE[m[1]], text)
    return _NUMBER.sub(lambda number: _kanji(number.group()), text).translate(_AFTER)


def _pause(ender: re.Match[str] | None) -> tuple[float, bool]:
    if ender is None:
        return SENTENCE_PAUSE, False
    if ender.group("dots"):
        return TRAILING_PAUSE, True
    return (LINE_PAUSE if ender.group("line") else SENTENCE_PAUSE), False


def _kanji(number: str) -> str:
    whole, _, part = number.replace(",", "").partition(".")
    if len(whole) > 16 or (len(whole) > 1 and whole[0] == "0"):
        words = "".join(DIGIT_NAMES[int(digit)] for digit in whole)  # a code, read digit by digit
    else:
        words = _whole(int(whole))
    return words + ("点" + "".join(_DIGITS[int(digit)] for digit in part).replace("〇", "零") if part else "")


def _whole(value: int) -> str:
    if value == 0:
        return "〇"
    out = ""
    for group in range(3, -1, -1):
        four = value // 10_000**group % 10_000
        if four:
            out += _thousands(four, bare=group == 0) + _GROUPS[group]
    return out


def _thousands(value: int, *, bare: bool) -> str:
    out = ""
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十")):
        digit = value // unit % 10
        if digit:
            # 1000 is 千 alone, but 10,000,000 is 一千万
            out += ("" if digit == 1 and (bare or unit < 1000) else _DIGITS[digit]) + sign
    return out + (_DIGITS[value % 10] if value % 10 else "")
