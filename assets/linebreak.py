"""Where a line of text may end, in Japanese and in English.

In: text, a way to measure it, a width.      Out: lines, evenly long, that read well.
Follows the kinsoku rules (JIS X 4051): no line opens with 、 or 」 and none closes with 「.
Knows nothing about pixels or fonts.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Measure = Callable[[str], float]

_NOT_FIRST = frozenset(
    "、。，．・：；？！‼⁉゛゜ヽヾゝゞ々ー～…‥―）〕］｝〉》」』】〟’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ♪%,.!?:;)]}"
)
_NOT_LAST = frozenset("（〔［｛〈《「『【〝‘“([{#$￥")
_WORD = re.compile(r"[A-Za-z0-9À-ɏ'’\-_/&@.,!?:;…%\"“”()\[\]#$+*=]+|\s+|.", re.DOTALL)

# How bad an end of line is, against a line half empty (0.25): a word of kanji or katakana is
# torn only when nothing else is left.
_TORN = {("kanji", "kanji"): 0.35, ("kata", "kata"): 0.8, ("kanji", "hira"): 0.5, ("hira", "hira"): 0.25}
_BREATHS = frozenset("、。，．！？」』）〉》】…―～♪,.!?:;)”")  # a reader pauses here anyway


@dataclass(frozen=True)
class _Piece:
    """Text that stays together; ``space`` says whether a blank followed it."""

    text: str
    space: bool


def broken(text: str, measure: Measure, width: float) -> list[str]:
    """``text`` in the fewest lines no wider than ``width``, as evenly long as they read well."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        pieces = _pieces(paragraph, measure, width)
        lines.extend(_even(pieces, measure, width) if pieces else [""])
    return lines


def _pieces(text: str, measure: Measure, width: float) -> list[_Piece]:
    """Cut ``text`` where a line may end; what is wider than a whole line is cut anywhere."""
    made: list[_Piece] = []
    for token in _WORD.findall(text):
        if token.isspace():
            if made:
                made[-1] = _Piece(made[-1].text, True)
        elif made and not made[-1].space and _sticks(made[-1].text, token):
            made[-1] = _Piece(made[-1].text + token, False)
        else:
            made.append(_Piece(token, False))
    fitting: list[_Piece] = []
    for piece in made:
        whole = measure(piece.text) <= width
        torn = [_Piece(letter, False) for letter in piece.text[:-1]]
        fitting.extend([piece] if whole else [*torn, _Piece(piece.text[-1], piece.space)])
    return fitting


def _sticks(before: str, after: str) -> bool:
    return after[0] in _NOT_FIRST or before[-1] in _NOT_LAST


def _even(pieces: Sequence[_Piece], measure: Measure, width: float) -> list[str]:
    """Least-cost breaks among those with the fewest lines."""
    blank = measure(" ")
    wide = [measure(piece.text) for piece in pieces]  # each once: measuring every stretch is quadratic
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
