"""Break words into lines a reader can follow, in Japanese and in English.

In: text and a width.      Out: lines, or pages of at most two lines.
Width is counted in columns, a full-width character being two, unless a measure is given. A line
never begins with 、 or 。 or any other character that Japanese typesetting keeps off a line's start,
and never ends with an opening bracket. Between two Japanese letters it breaks at the end of a phrase; no line
breaks inside a grapheme cluster.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from math import ceil

from assets.phrasing import clusters, phrase_starts

COLUMNS = 42  # two lines of 42 is what broadcasters ask for; it is 21 full-width characters
LINES = 2
COLUMNS_PER_SECOND = 20  # 20 Latin letters or 10 full-width characters
LONGEST_WORD = 40  # a longer word (an address, a scream) is broken anywhere

NOT_FIRST = frozenset(
    "、。，．・：；？！…‥ー～〜々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
    "）〕］｝〉》」』】’”,.:;?!)]}%"
)
NOT_LAST = frozenset("（〔［｛〈《「『【‘“([{")
SENTENCE_END = re.compile(r"[。！？!?…]+[」』）)\"”’]*\s*\Z|\.[」』)\"”’]*\s*\Z")
CLAUSE_END = re.compile(r"[、，,;:—]\s*\Z|\s-+\s*\Z")
JAPANESE = re.compile(r"[ぁ-ゖァ-ヺー一-鿿㐀-䶿々]")
KANA = re.compile(r"[ぁ-ゖー]")


def columns(text: str) -> int:
    """Width of ``text``: two for a wide or full-width character or a picture of several signs, else one."""
    if text.isascii():
        return len(text)
    return sum(map(_cluster_columns, clusters(text)))


def _cluster_columns(cluster: str) -> int:
    if len(cluster) == 1:
        return 0 if unicodedata.combining(cluster) else 2 if _is_wide(cluster) else 1
    if any(_is_wide(sign) or "\U0001f1e6" <= sign <= "\U0001f1ff" or sign == "\ufe0f" for sign in cluster):
        return 2
    return sum(not unicodedata.combining(sign) for sign in cluster[:1])


def reading_seconds(text: str) -> float:
    """How long most people take to read ``text``."""
    return columns(text) / COLUMNS_PER_SECOND


def units(text: str, longest: int = LONGEST_WORD) -> list[str]:
    """``text`` in pieces that must stay whole: words with the space after them, phrases of Japanese."""
    pieces: list[str] = []
    starts = phrase_starts(text)
    at = wide = 0
    for cluster in clusters(text):
        stays = bool(pieces) and (
            _unbreakable(pieces[-1], cluster) or _goes_on(pieces[-1], cluster, starts, at)
        )
        if stays and wide < longest:
            pieces[-1] += cluster
            wide += columns(cluster)
        else:
            pieces.append(cluster)
            wide = columns(cluster)
        at += len(cluster)
    return pieces


def wrapped(text: str, width: float, measure: Callable[[str], float] = columns) -> list[str]:
    """Fill lines of ``width`` from the top; a piece wider than a line is cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _filled(units(paragraph), width, measure)
    return lines


def pages(text: str, width: int = COLUMNS) -> list[list[str]]:
    """``text`` as pages of at most two balanced lines, cut at the ends of sentences where possible."""
    own = [line.strip() for line in text.split("\n") if line.strip()]
    if len(own) <= LINES and all(columns(line) <= width for line in own):
        return [own] if own else []  # the writer's own line breaks
    pieces = units(_joined(own), width - 2)
    # Cumulative widths: measuring the rest again for each page took quadratic time.
    widths = [0, *accumulate(map(columns, pieces))]
    made: list[list[str]] = []
    at = 0
    while at < len(pieces):
        count = _page_length(pieces, at, widths, width)
        made.append(_balanced(pieces[at : at + count], width))
        at += count
    return [page for page in made if page]


def _unbreakable(piece: str, character: str) -> bool:
    """Whether a line must not end between ``piece`` and ``character``."""
    last = piece[-1]
    if character.isspace() or character[0] in NOT_FIRST or last in NOT_LAST:
        return True
    if last.isspace():
        return False
    if last.isascii() and last.isalnum() and JAPANESE.match(character):
        return True  # 5時, Tシャツ
    return not (_is_wide(last) or _is_wide(character))


def _goes_on(piece: str, character: str, starts: frozenset[int] | None, at: int) -> bool:
    """Whether a phrase of Japanese goes on from ``piece`` with the character at ``at``."""
    both = JAPANESE.match(piece[-1]) and JAPANESE.match(character)
    return bool(both) and starts is not None and at not in starts


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character[0]) in "WF"


def _joined(lines: Sequence[str]) -> str:
    """Join lines with a space, except where both sides are Japanese."""
    text = list(lines[:1])
    for before, line in pairwise(lines):
        close = _is_wide(before[-1]) and _is_wide(line[0])
        text.append(line if close else f" {line}")
    return "".join(text)


def _filled(pieces: Sequence[str], width: float, measure: Callable[[str], float]) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and measure((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        while measure(piece.rstrip()) > width and len(clusters(piece)) > 1:
            cut = _fitting(piece, width, measure)
            lines[-1:] = [piece[:cut], ""]
            piece = piece[cut:]
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _fitting(piece: str, width: float, measure: Callable[[str], float]) -> int:
    """Where to cut a piece that is wider than a line: between two characters, as late as possible."""
    edges = list(accumulate(map(len, clusters(piece))))
    low, high = 0, len(edges) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(piece[: edges[middle]]) <= width else (low, middle - 1)
    return edges[low]


def _page_length(pieces: Sequence[str], at: int, widths: Sequence[int], width: int) -> int:
    """How many pieces from ``at`` fill a page: all that fit, or fewer if a good break is near an even division."""
    fits = _fits(pieces, at, width)
    if at + fits == len(pieces):
        return fits
    total = widths[-1] - widths[at]
    share = total / ceil(total / max(1, widths[at + fits] - widths[at]))
    reach = range(fits, fits // 3, -1)
    return min(reach, key=lambda n: abs(widths[at + n] - widths[at] - share) - 2 * _ease(pieces, at + n))


def _fits(pieces: Sequence[str], at: int, width: int) -> int:
    """How many pieces from ``at`` go into the lines of a page, at least one; no piece is wider than a line."""
    lines, line = 1, ""
    for index in range(at, len(pieces)):
        if line and columns((line + pieces[index]).rstrip()) > width:
            lines, line = lines + 1, ""
        if lines > LINES:
            return max(1, index - at)
        line += pieces[index]
    return len(pieces) - at


def _ease(pieces: Sequence[str], count: int) -> int:
    """How good a break before piece ``count`` is: by how many columns a break may be moved to reach it."""
    before, after = pieces[count - 1], pieces[count] if count < len(pieces) else ""
    if SENTENCE_END.search(before):
        return 18
    if CLAUSE_END.search(before):
        return 12
    # In Japanese a new phrase mostly begins where kana change to kanji or katakana.
    return 6 if KANA.match(before[-1]) and after and not KANA.match(after[0]) else 0


def _balanced(pieces: Sequence[str], width: int) -> list[str]:
    """One line if it fits; else two of similar length, broken after a clause if one ends near the middle."""
    whole = "".join(pieces).strip()
    if columns(whole) <= width:
        return [whole] if whole else []
    best: tuple[float, list[str]] | None = None
    for index in range(1, len(pieces)):
        pair = ["".join(pieces[:index]).strip(), "".join(pieces[index:]).strip()]
        widths = [columns(line) for line in pair]
        if max(widths) > width:
            continue
        cost = abs(widths[0] - widths[1]) - _ease(pieces, index)
        if best is None or cost < best[0]:
            best = (cost, pair)
    return best[1] if best else _filled(pieces, width, columns)
