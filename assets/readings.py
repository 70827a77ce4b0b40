"""What of a written line is heard, and what of it is read: directions and readings in brackets are neither.

In: the writer's text of a line.      Out: the words as a voice says them, or as a caption shows them.
A reading stands after its word: 憂鬱（ゆううつ）, 憂鬱《ゆううつ》, ｜憂鬱《ゆううつ》. The voice says it in place of
the word, the caption shows the word. Any other bracket is a direction, unless it belongs to a word or number
(word(s), (03) 1234) or is an aside that the speaker says: he speaks of himself in it, or asks.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from assets.fountain import spoken
from assets.grammar import Lexicon, lexicon

_KANA = "ぁ-ゖァ-ヺー"
_KANJI = "一-鿿㐀-䶿々〆ヶ0-9０-９"  # and digits: 二人 may be written 2人
_BAR = re.compile(r"[｜|](?P<base>[^｜|《》\n]{1,40})《(?P<reading>[^《》\n]{1,60})》")
_BRACKET = re.compile(
    r"(?P<marks>[*_]{0,3})(?:\((?P<a>[^()（）\n]*)\)|（(?P<b>[^()（）\n]*)）|《(?P<r>[^《》\n]*)》"
    r"|(?<!\[)\[(?P<c>[^\[\]\n]*)\](?!\])|［(?P<d>[^\[\]［］\n]*)］)(?P=marks)"
)
_READING = re.compile(rf"[{_KANA}・ 　]+")
_WORD_BEFORE = re.compile(rf"(?:[おご]?[{_KANJI}][{_KANJI}{_KANA}]*|[A-Za-z][A-Za-z0-9.&'-]*)\Z")
_WORD_STARTS = re.compile(rf"[おご](?=[{_KANJI}])|(?<![{_KANJI}])[{_KANJI}]|\A[A-Za-z]")
_PIECES = re.compile(rf"[{_KANJI}]+|[{_KANA}]+")
_MOST_KANA = 5  # of one kanji: 承 is うけたまわ
_WINDOW = 80  # letters looked at on either side of a bracket: a line may have thousands of them
_WRAP = re.compile(r"(?<=[a-z,;'’])\n(?=[a-z])")
_LETTER = re.compile(r"[^\W\d_]")
_SELF = re.compile(
    r"\b(?:I|I['’](?:m|ll|ve|d)|we|we['’](?:re|ll|ve)|my|our|me|you know|you see|right)\b"
    "|私|僕|俺|あたし|わたし|ぼく|おれ",
    re.IGNORECASE,
)
_SAID = re.compile(r"[?？!！]\Z|(?:です|ます|だよ|だね|かな|けど|でしょ|だろう?)[。…]?\Z")
_SENTENCE_END = re.compile(r"[。！？!?….~〜♪」』”\"]\s*\Z")


@dataclass(frozen=True)
class Bracket:
    """A bracket in a line: ``reading`` of the word before it, or a direction where that is empty."""

    start: int  # where what it belongs to begins: the word, or the bracket itself
    stop: int
    text: str  # with its brackets
    base: str = ""
    reading: str = ""


def aloud(text: str) -> str:
    """``text`` as a voice says it: marks and directions gone, words with a reading replaced by it.

    A line end inside a sentence is no pause; where Japanese ends a line without a mark, a sentence may end.
    """
    return _WRAP.sub(" ", _without(spoken(text), lambda item: item.reading))


def shown(text: str) -> str:
    """``text`` as a caption shows it: marks, directions and readings gone."""
    return _without(spoken(text), lambda item: item.base)


def directions(text: str) -> list[str]:
    """The directions inside the words of a line, with their brackets."""
    return [item.text for item in brackets(spoken(text)) if not item.reading]


def _without(text: str, kept: Callable[[Bracket], str]) -> str:
    parts, at = [], 0
    for item in brackets(text):
        before = text[at : item.start]
        close = (
            not item.reading
            and before[-1:].isspace()
            and text[item.stop : item.stop + 1] in (" ", ",", ".", "")
        )
        parts += [before.rstrip(" ") if close else before, kept(item)]
        at = item.stop
    lines = "".join((*parts, text[at:])).split("\n") if at else text.split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def brackets(text: str) -> Iterator[Bracket]:
    """The readings and directions of ``text``, in order and never overlapping."""
    at = 0
    for found in re.finditer(f"{_BAR.pattern}|{_BRACKET.pattern}", text):
        item = _read(found, text, at)
        if item is not None:
            at = item.stop
            yield item


def _read(found: re.Match[str], text: str, at: int) -> Bracket | None:
    if found["base"]:
        return Bracket(found.start(), found.end(), found[0], found["base"], found["reading"])
    inner = next(part for part in found.group("a", "b", "r", "c", "d") if part is not None).strip()
    base = _base(text[max(at, found.start() - _WINDOW) : found.start()], inner)
    if base:
        return Bracket(found.start() - len(base), found.end(), found[0], base, inner)
    if found["r"] is not None or not _is_direction(inner, found, text):
        return None
    return Bracket(found.start(), found.end(), found[0])


def _base(before: str, inner: str) -> str:
    """The word at the end of ``before`` that ``inner`` can be the reading of; the longest one."""
    run = _WORD_BEFORE.search(before)
    if run is None or not _READING.fullmatch(inner) or _is_manner(inner):
        return ""
    word = run[0]
    starts = [
        found.start()
        for found in re.finditer(rf"[おご](?=[{_KANJI}])|(?<![{_KANJI}])[{_KANJI}]|\A[A-Za-z]", word)
    ]
    return next((word[start:] for start in starts if _can_be_read(word[start:], inner)), "")


def _can_be_read(word: str, reading: str) -> bool:
    if word[0].isascii():
        return True
    pieces = _PIECES.findall(word)
    pattern = "".join(
        f"(.{{1,{_MOST_KANA * len(piece)}}})"
        if re.match(rf"[{_KANJI}]", piece)
        else re.escape(_hiragana(piece))
        for piece in pieces
    )
    return re.fullmatch(pattern, _hiragana(re.sub(r"[・\s]", "", reading))) is not None


def _hiragana(text: str) -> str:
    return "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in text)


def _is_direction(inner: str, found: re.Match[str], text: str) -> bool:
    """Whether a bracket is told to the actor and not said by him."""
    if not _LETTER.search(inner):
        return not inner.strip(" .…‥・") and bool(inner)  # (...) is a pause, (03) a number
    before = text[found.start() - 1 : found.start()]
    if found["a"] is not None and before.isascii() and before.isalnum():
        return False  # word(s), f(x)
    if inner.isascii() and len(inner) == 1:
        return False  # (a) and (b)
    return not (_SELF.search(inner) or _SAID.search(inner))


def _is_manner(inner: str) -> bool:
    return any(inner in known for known in _manners())


@cache
def _manners() -> tuple[Lexicon, ...]:
    return tuple(lexicon(name) for name in ("expressions", "poses", "pauses"))


def taken_apart(text: str) -> list[tuple[str, str]]:
    """A speech as directions and the words under each: (direction, words), either may be empty.

    A direction that stands before words, or after a sentence, opens a part of its own. One inside a sentence stays
    where it is written, as does one at the end unless it asks for a pause.
    """
    parts: list[tuple[str, str]] = []
    how, at = "", 0
    for item in brackets(text):
        before, after = _around(text, at, item)
        opens = not before.strip(" \n*_") or _SENTENCE_END.search(before) is not None or before.endswith("\n")
        if item.reading or not opens or not (after.strip(" \n*_.。") or _asks_pause(item.text)):
            continue
        if before.strip(" \n*_"):
            parts.append((how, text[at : item.start].strip()))
            how = ""
        how = f"{how} {item.text.strip('*_')}".strip()
        at = item.stop
    rest = text[at:].strip() if at else text
    return [*parts, (how, rest)] if rest.strip(" \n*_") or how or not parts else parts


def _around(text: str, at: int, item: Bracket) -> tuple[str, str]:
    """What stands before and after a bracket, as far as it matters."""
    before = text[max(at, item.start - _WINDOW) : item.start]
    return before, text[item.stop : item.stop + _WINDOW]


def _asks_pause(text: str) -> bool:
    return "pause" in {hit.value for hit in lexicon("pauses").hits(text)}
