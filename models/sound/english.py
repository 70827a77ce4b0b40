"""English words that a reader says otherwise than their letters, written so that the voice says them.

In: the text of a line, the lexicon of the front end.      Out: the same text, respelled.
The front end of the English voice reads numbers, money, dates, titles and most units well; here is only what it
spells out, drops or takes for the end of a sentence. ``[word](/phonemes/)`` is its own way to be told a sound.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any, Protocol

from models.sound.tables import finder, table

_SHORT_LISTS = ("en_short", "en_closing", "en_before_names", "en_months", "en_after_numbers")
_PLAIN = str.maketrans("！？（）、。", "!?(),.")
# What the front end would name: stars, bars, brackets of tags, lone underscores and tildes.
_MARKS = re.compile(r"[*^|<>{}\\]|(?<!\w)_|_(?!\w)|~(?!\d)")
_SIGNS = {
    "→": ", ", "⇒": ", ", "×": " times ", "÷": " divided by ", "±": " plus or minus ", "≈": " about ",
    "≠": " is not ", "≤": " at most ", "≥": " at least ", "√": " the root of ", "∞": " infinity ",
}  # fmt: skip
_COINS = {"₩": "won", "₱": "pesos", "฿": "baht", "₽": "rubles"}
_LENGTHS = {
    "km": "kilometers", "cm": "centimeters", "mm": "millimeters", "m": "meters", "ft": "feet", "in": "inches",
}  # fmt: skip
# In this order: what a rule writes, the next ones see.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\w)www\.(?=\w)", re.IGNORECASE), "W W W dot "),
    (re.compile(r"(?<=\d) ?\* ?(?=\d)"), " times "),
    (re.compile(r"(?<=[A-Za-z]{2})/(?=[A-Za-z]{2})"), " "),  # he/she
    (re.compile(r"(?<=\d) ?\^ ?(?=\d)"), " to the power of "),
    (re.compile(r"(?<=\d) ?> ?(?=\d)"), " is greater than "),
    (re.compile(r"(?<=\d) ?< ?(?=\d)"), " is less than "),
    (re.compile(r"(?<!\d)<3(?!\d)"), " heart "),
    (_MARKS, " "),
    (re.compile(r"(\d)\s*°\s*C(?![A-Za-z])"), r"\1 degrees Celsius"),
    (re.compile(r"(\d)\s*°\s*F(?![A-Za-z])"), r"\1 degrees Fahrenheit"),
    (re.compile(r"(\d)\s*°(?![A-Za-z])"), r"\1 degrees"),
    (re.compile(r"(?<![\w'])(\d+)['′](\d+)(?:[\"″”]|'')?(?!\w)"), r"\1 foot \2"),
    (re.compile(r"(?:(?<=^)|(?<=[\s(]))[-−](?=\d)"), "minus "),
    (re.compile(r"(?<!\w)~(?=\d)"), "about "),
    (re.compile(r"\b(\d+)/\1\b"), r"\1 \1"),  # fifty fifty
    (re.compile(r"(?<=\d) (?=\d+/\d+\b)"), " and "),
)
_CODE = re.compile(r"(?<![\w.,:/-])0\d+(?![\w-]|[.,:/]\d)")  # 007: each digit is said
_DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_WON = re.compile(r"([₩₱฿₽])\s*(\d[\d,.]*)")
_POWER = re.compile(r"(?<=[\d\s])(km|cm|mm|m|ft|in)([23])\b")
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,}(?=\s+[A-Za-z])|\b[A-Z]\.(?=\s+[A-Z][a-z])")
_STUTTER = re.compile(r"\b((?:[A-Za-z]{1,2}-)+)(?=([A-Za-z]{2,}))")
_WORD = re.compile(r"(?<![\w/(\[@.])[A-Za-z]+(?:['’][A-Za-z]+)*(?:-[Hh]?[Mm]+)?(?![\w\])/@]|\.\w)")
_DRAWN = re.compile(r"([A-Za-z])\1{2,}")
# In the lexicon, but with the sounds of its letters.
_MISREAD = frozenset(("hmm", "pfft", "psst", "mm", "mmm", "tsk", "shh"))


class Lexicon(Protocol):
    """The words that the front end knows; ``golds`` are the surer ones."""

    golds: Any
    silvers: Any


def knows(word: str, lexicon: Lexicon) -> bool:
    """Whether ``word``, in any case, is in the lexicon."""
    return word.lower() in lexicon.golds or word.lower() in lexicon.silvers


def is_cry(word: str) -> bool:
    """Whether ``word`` is a noise that is no word: AAAH, Shh, Brr."""
    return _cry(word) is not None


def is_drawn(word: str) -> bool:
    """Whether a letter of ``word`` is drawn out: Nooo."""
    return _DRAWN.search(word) is not None


def readable(text: str, lexicon: Lexicon) -> str:
    """``text`` as the English front end says it right."""
    text = text.translate(_PLAIN)
    for pattern, words in _RULES:
        text = pattern.sub(words, text)
    text = _CODE.sub(lambda found: " ".join(_DIGITS[int(digit)] for digit in found[0]), text)
    text = finder(r"(?<=\d)\s?", ("en_units",), r"(?!\w)").sub(
        lambda found: f" {table('en_units')[found[1]]}", text
    )
    text = _WON.sub(lambda found: f"{found[2]} {_COINS[found[1]]}", text)
    text = _POWER.sub(lambda found: f"{'square' if found[2] == '2' else 'cubic'} {_LENGTHS[found[1]]}", text)
    greek = table("en_greek")
    named = {sign: f" {greek[sign.lower()]} " for sign in set(text) if sign.lower() in greek}
    text = "".join(named.get(sign, _SIGNS.get(sign, sign)) for sign in text)
    text = _shortened(text)
    text = _DOTTED.sub(lambda found: " ".join(found[0].replace(".", "")), text)
    text = _STUTTER.sub(_stutter, text)
    return _WORD.sub(lambda found: _word(found[0], lexicon), text)


def _shortened(text: str) -> str:
    """Short forms in full."""
    before_number = finder(r"\b", ("en_numbered",), r"\.\s*(?=\d)", re.IGNORECASE)
    text = before_number.sub(
        lambda found: f"{_cased(found[1], table('en_numbered')[found[1].lower()])} ", text
    )
    anywhere = finder(r"(?<![\w.])", _SHORT_LISTS, r"(?!\w)", re.IGNORECASE)
    return anywhere.sub(lambda found: _in_full(found, text), text)


def _in_full(found: re.Match[str], text: str) -> str:
    """The words of a short form, with the dot that ends the sentence where it does; itself where it is none."""
    key, after = found[0].lower(), text[found.end() : found.end() + 9].lstrip()
    before = text[max(0, found.start() - 9) : found.start()].rstrip()
    if (
        (key in table("en_before_names") and not (after[:1].isupper() and found[0][0].isupper()))
        or (key in table("en_months") and not (after[:1].isdigit() or before[-1:].isdigit()))
        or (key in table("en_after_numbers") and not before[-1:].isdigit())
        or (key == "co." and before[-1:] != "&" and not before[-1:].isalpha())
    ):
        return found[0]
    words = next(table(name)[key] for name in _SHORT_LISTS if key in table(name))
    ends = key.endswith(".") and (not after or (after[0].isupper() and key in table("en_closing")))
    return _cased(found[0], words) + ("." if ends else "")


def _cased(written: str, words: str) -> str:
    return words[0].upper() + words[1:] if written[0].isupper() else words


def _stutter(found: re.Match[str]) -> str:
    """``H-hello``: the first sound of the word, not the name of its letter."""
    tries, word, onsets = found[1].rstrip("-").split("-"), found[2].lower(), table("en_onsets")
    if "I" in tries or not all(word.startswith(part.lower()) and part.lower() in onsets for part in tries):
        return found[0]
    return "".join(f"[{part}](/{onsets[part.lower()]}/), " for part in tries)


def _word(word: str, lexicon: Lexicon) -> str:
    """A cry as its sound; a word drawn out (Nooooo, Whaaat) as the word."""
    known = knows(word, lexicon) and word.lower() not in _MISREAD
    if known and not is_drawn(word):
        return word
    sounds = _cry(word)
    if sounds is not None:
        return f"[{word}](/{sounds}/)"
    if not is_drawn(word):
        return word
    return next((plain for plain in _undrawn(word) if knows(plain, lexicon)), _DRAWN.sub(r"\1\1", word))


def _cry(word: str) -> str | None:
    return next((sounds for pattern, sounds in _cries() if pattern.fullmatch(word)), None)


@cache
def _cries() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(form, re.IGNORECASE), said) for form, said in table("en_cries").items())


def _undrawn(word: str) -> Iterator[str]:
    """``word`` with each letter that is drawn out written twice or once, the longer forms first."""
    runs = [found.span() for found in _DRAWN.finditer(word)][:6]
    for counts in product((2, 1), repeat=len(runs)):
        parts, at = [], 0
        for (start, stop), count in zip(runs, counts, strict=True):
            parts += [word[at:start], word[start] * count]
            at = stop
        yield "".join((*parts, word[at:]))
