"""Letters, numbers and signs inside Japanese, written so that a Japanese dictionary reads them.

In: the text of a line.      Out: the same text with letters, units and signs in kana, numbers in kanji.
The dictionary of the voice reads kanji and kana, and most English words that Japanese uses. A single letter or a
unit it takes for a symbol and leaves out, so none is left to it here.
"""

import re
import unicodedata

from models.sound import reading
from models.sound.tables import finder, table

_LATIN_BESIDE = (r"(?<![A-Za-z0-9])", r"(?:(?<=\.)|(?![A-Za-z0-9]))")
_DOTTED = re.compile(r"(?<![A-Za-z.])(?:[A-Za-z]\.){2,}(?![a-z])")
_CLOCK = re.compile(
    r"(?<![\dA-Za-z])([AaPp]\.?[Mm]\.?)?\s?([01]?\d|2[0-4]):([0-5]\d)(?![\d:])\s?([AaPp]\.?[Mm]\b\.?)?"
)
_HALF_DAY = {"a": "午前", "p": "午後"}
_NUMERAL = re.compile(r"[Ⅰ-Ⅻⅰ-ⅻ]+|(?<![A-Za-z])[IVX]+(?=世)")
_NUMERALS = {"I": 1, "V": 5, "X": 10}
_WEB = re.compile(r"(?<![A-Za-z])www\.", re.IGNORECASE)
_AGAINST = re.compile(r"(?<=\d)\s?(?:vs\.?|VS\.?|:)\s?(?=\d)")
_MINUTES = re.compile(r"(\d+)['′](\d+)(?:[\"″]|'')")
_JOINED = re.compile(r"(?<=\d)-(?=\d)")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)(?![A-Za-z])")
_DECADE = re.compile(r"(?<!\d)(\d{2}|\d{4})'?s(?![A-Za-z])")
_AND_PART = re.compile(r"(?<![\d/])(\d+) (\d+)/(\d+)(?![\d/])")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,4})/(\d{1,4})(?![\d/])")
_DATE = re.compile(r"(?<![\d/.-])(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?![\d/.-])")
_CODE = re.compile(r"(?<![\dA-Za-z-])(\d{2,})((?:-\d{2,}){1,4})(?![\d-])")
_RANGE = re.compile(r"(?<=[\d時分日月年%円個人歳])\s?[~〜～]\s?(?=\d)")
_TIMES = re.compile(r"(?<=\d)\s?[×xX]\s?(?=\d)")
_MINUS = re.compile(r"(?<![\dA-Za-z])[-−](?=\d)")
_LESS = re.compile(r"(?<=\d)\s?[−]\s?(?=\d)")
_HASH = re.compile(r"#\s?(?=(\d)?)")
_LAUGH = re.compile(r"(?<![A-Za-z])[wW]+(?![A-Za-z])")
_SPEED = re.compile(r"(時速|秒速|分速)(\s?\d[\d,.]*\s?)km/[hs]")
_ZERO = re.compile(r"(?<![〇一二三四五六七八九十百千万億点\d])〇(?![〇一二三四五六七八九十百千万億点\d])")
# は by itself is a cry and is said ha; the dictionary takes it for the particle, which is said wa.
_HA = re.compile(r"(?<![^\s、。!?！？…「『（(])は(?=[ー〜~…!?！？]|$)")
_HA_RUN = re.compile(r"(?:は){3,}")


def readable(text: str) -> str:
    """``text`` with what a Japanese dictionary would leave out in kana; other Latin words stay."""
    words, numbered, units = table("ja_words"), table("ja_numbered"), table("ja_units")
    text = reading.plain(_NUMERAL.sub(lambda found: str(_roman(found[0])), text))
    text = _CLOCK.sub(_clock, _SPEED.sub(r"\1\2キロ", text))
    text = _WEB.sub("ダブリューダブリューダブリュードット", text)
    text = finder(_LATIN_BESIDE[0], ("ja_words",), _LATIN_BESIDE[1]).sub(lambda found: words[found[1]], text)
    text = finder(r"(?<![A-Za-z])", ("ja_numbered",), r"\.?\s?(?=\d)").sub(
        lambda found: numbered[found[1]], text
    )
    text = _DOTTED.sub(lambda found: found[0].replace(".", ""), text)
    text = _quantities(text)
    text = finder(r"(?<=\d)\s?", ("ja_units",), r"(?![A-Za-z0-9])").sub(lambda found: units[found[1]], text)
    text = _laughed(text)
    signs = table("ja_signs") | table("ja_greek")
    text = "".join(signs.get(sign.lower(), sign) for sign in text)
    text = _ZERO.sub("マル", text)
    text = _HA_RUN.sub(lambda found: "ハ" * len(found[0]), text)
    return _HA.sub("ハ", text)


def spelled(word: str) -> str:
    """The names of the letters of ``word``, one after the other; other signs stay."""
    return "".join(table("ja_letters").get(letter.upper(), letter) for letter in word)


def _quantities(text: str) -> str:
    """Dates, codes, parts and ranges: what a number alone does not say."""
    text = _DATE.sub(lambda d: f"{d[1]}年{int(d[2])}月{int(d[3])}日", text)
    text = _CODE.sub(lambda code: "の".join(map(_by_digit, code[0].split("-"))), text)
    text = _AND_PART.sub(r"\1と\3分の\2", text)
    text = _SLASHED.sub(_slashed, text)
    text = _ORDINAL.sub(r"\1番目", text)
    text = _DECADE.sub(r"\1年代", text)
    text = _RANGE.sub("から", text)
    text = _TIMES.sub("かける", text)
    text = _AGAINST.sub("対", _MINUTES.sub(r"\1分\2秒", text))
    text = _LESS.sub("マイナス", text)
    text = _JOINED.sub("の", _MINUS.sub("マイナス", text))
    text = re.sub(r"(?<=[A-Za-z])#", "シャープ", text)
    return _HASH.sub(lambda found: "ナンバー" if found[1] else "ハッシュタグ", text)


def _clock(found: re.Match[str]) -> str:
    """A time of day; five minutes are ゴフン, which the dictionary reads otherwise."""
    half = (found[1] or found[4] or "")[:1].lower()
    minutes = {0: "", 5: "ゴフン"}.get(int(found[3]), f"{int(found[3])}分")
    return f"{_HALF_DAY.get(half, '')}{int(found[2])}時{minutes}"


def _roman(numeral: str) -> int:
    """The value of a Roman numeral."""
    values = [_NUMERALS[letter] for letter in unicodedata.normalize("NFKC", numeral).upper()]
    following = [*values[1:], 0]
    return sum(-one if one < other else one for one, other in zip(values, following, strict=True))


def _by_digit(digits: str) -> str:
    return "".join(reading.DIGIT_NAMES[int(digit)] for digit in digits)


def _slashed(found: re.Match[str]) -> str:
    """A part (1/2), a day of the year (11/27), or both numbers (24/7)."""
    one, other = int(found[1]), int(found[2])
    if 0 < one < other <= 10:
        return f"{other}分の{one}"
    if 1 <= one <= 12 and 1 <= other <= 31:
        return f"{one}月{other}日"
    return f"{one}スラッシュ{other}"


def _laughed(text: str) -> str:
    """``w`` or ``www`` after Japanese words, or alone, is a laugh and is read so."""

    def said(found: re.Match[str]) -> str:
        before = text[: found.start()].rstrip()
        after = text[found.end() :].lstrip(" 。、!?！？…")
        alone = not before and (len(found[0]) > 1 or found[0] == "w")
        after_words = (bool(before) and reading.has_japanese(before[-1])) or before[-1:] in tuple(
            "。、!?！？…"
        )
        return "ワラ" if not after and (alone or (bool(before) and after_words)) else found[0]

    return _LAUGH.sub(said, text)
