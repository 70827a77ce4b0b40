"""Find where a line of text may break, in Japanese and in English.

In: text, a way to measure it, a width.      Out: lines of similar length with good breaks.
Follows the kinsoku rules (JIS X 4051): no line starts with 、 or 」 and none ends with 「. Japanese breaks between
phrases, and no line breaks inside a grapheme cluster.
Knows nothing about pixels or fonts.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from assets.phrasing import clusters, phrase_starts

Measure = Callable[[str], float]

_NOT_FIRST = frozenset(
    "、。，．・：；？！‼⁉゛゜ヽヾゝゞ々ー～…‥―）〕］｝〉》」』】〟’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ♪%,.!?:;)]}"
)
_NOT_LAST = frozenset("（〔［｛〈《「『【〝‘“([{#$￥")
_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺー一-鿿㐀-䶿々]")
_WORD = re.compile(r"[A-Za-z0-9À-ɏ'’\-_/&@.,!?:;…%\"“”()\[\]#$+*=]+|\s+|.", re.DOTALL)

# The cost of a line end, relative to a half-empty line (0.25): a word of kanji or katakana is split only as the
# last choice.
_TORN = {("kanji", "kanji"): 0.35, ("kata", "kata"): 0.8, ("kanji", "hira"): 0.5, ("hira", "hira"): 0.25}
_BREATHS = frozenset("、。，．！？」』）〉》】…―～♪,.!?:;)”")  # a reader pauses here anyway


@dataclass(frozen=True)
class _Piece:
    """Text that stays together; ``space``: whether a space followed it."""

    text: str
    space: bool


def broken(text: str, measure: Measure, width: float) -> list[str]:
    """Break ``text`` into the fewest lines no wider than ``width``, as even as possible with good breaks."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        pieces = _pieces(paragraph, measure, width)
        lines.extend(_even(pieces, measure, width) if pieces else [""])
    return lines


def _pieces(text: str, measure: Measure, width: float) -> list[_Piece]:
    """Cut ``text`` where a line may end; a phrase wider than a line between letters, anything else anywhere."""
    fitting: list[_Piece] = []
    for piece in _stuck(text, phrase_starts(text)):
        smaller = [piece] if measure(piece.text) <= width else _stuck(piece.text, None)
        for part in smaller:
            letters = [part.text] if measure(part.text) <= width else clusters(part.text)
            fitting += [_Piece(letter, False) for letter in letters[:-1]] + [_Piece(letters[-1], part.space)]
        fitting[-1] = _Piece(fitting[-1].text, piece.space)
    return fitting


def _stuck(text: str, starts: frozenset[int] | None) -> list[_Piece]:
    """``text`` in pieces that stay together; ``starts`` is where phrases begin, None for anywhere."""
    made: list[_Piece] = []
    at = 0
    for token in _tokens(text):
        at += len(token)
        if token.isspace():
            if made:
                made[-1] = _Piece(made[-1].text, True)
        elif made and not made[-1].space and _sticks(made[-1].text, token, starts, at - len(token)):
            made[-1] = _Piece(made[-1].text + token, False)
        else:
            made.append(_Piece(token, False))
    return made


def _tokens(text: str) -> Iterator[str]:
    """Words, spaces, and all other characters one by one; a grapheme cluster stays whole."""
    if text.isascii():
        yield from _WORD.findall(text)
        return
    whole = clusters(text)
    edges = set(accumulate(map(len, whole), initial=0))
    start = 0
    for found in _WORD.finditer(text):
        if found.end() in edges:
            yield text[start : found.end()]
            start = found.end()


def _sticks(before: str, after: str, starts: frozenset[int] | None, at: int) -> bool:
    """Whether ``after``, at position ``at``, belongs to the text before it."""
    if after[0] in _NOT_FIRST or before[-1] in _NOT_LAST:
        return True
    if not _JAPANESE.match(after):
        return False
    if before[-1].isascii() and before[-1].isalnum():
        return True  # 5時, Tシャツ
    return starts is not None and at not in starts and _JAPANESE.match(before[-1]) is not None


def _even(pieces: Sequence[_Piece], measure: Measure, width: float) -> list[str]:
    """The breaks of lowest cost with the fewest lines."""
    blank = measure(" ")
    wide = [
        measure(piece.text) for piece in pieces
    ]  # measure each piece once: measuring every range would be quadratic
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # lines, cost, where the last line starts
    for stop in range(1, len(pieces) + 1):
        torn = 0.0 if stop == len(pieces) else _tear(pieces[stop - 1], pieces[stop])
        choices: list[tuple[int, float, int]] = []
        long = 0.0
        for start in range(stop - 1, -1, -1):
            long += wide[start] + (blank if pieces[start].space and start < stop - 1 else 0.0)
            if long > width and start < stop - 1:
                break
            lines, cost, _ = best[start]
            choices.append((lines + 1, cost + max(0.0, 1 - long / width) ** 2 + torn, start))
        best.append(min(choices))
    ends, stop = [], len(pieces)
    while stop:
        ends.append((best[stop][2], stop))
        stop = best[stop][2]
    return [_text(pieces[start:stop]) for start, stop in reversed(ends)]


def _text(pieces: Sequence[_Piece]) -> str:
    inner = "".join(piece.text + (" " if piece.space else "") for piece in pieces[:-1])
    return inner + pieces[-1].text


def _tear(before: _Piece, after: _Piece) -> float:
    if before.text[-1] in _BREATHS:
        return 0.0
    if before.space:
        return 0.04
    return _TORN.get((_script(before.text[-1]), _script(after.text[0])), 0.05)


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    kinds = {"CJK": "kanji", "HIR": "hira", "KAT": "kata"}
    return kinds.get(name[:3], "kata" if letter == "ー" else "other")
