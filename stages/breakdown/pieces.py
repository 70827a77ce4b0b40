"""Split a text where a reader would pause; the pieces joined again are the text, byte for byte.

In: a text.      Out: its sentences, or pieces that each cost no more than a limit.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby

from assets.fountain.hidden import Hidden, UnclosedBoneyard, spans

_SENTENCE = re.compile(r"(?:\n+|(?<=[。！？!?…])[」』”\"'）)*_]*\s*|(?<=[.])[\"'”)*_]*\s+(?=[^a-z\s]))")
_CLAUSE = re.compile(
    r"(?<=[、，,;；:：])\s*|(?<=[—–])\s*|(?<= --)\s+|\s+(?=(?:and|but|or|so|because|that|who|which)\b)"
)
_WORD = re.compile(r"\s+|(?<=[はがをにでともへのよねて])(?=[一-龯ァ-ヴ])")
_SYMBOL = re.compile(r"(?<=.)", re.DOTALL)
# A line of running text goes on in the next one: no mark ends it, and the next begins in small letters, or it
# ends in a word that cannot be the last.
_OPEN_ENDED = re.compile(
    r"[,、，;；]$|\b(?:a|an|the|of|to|in|on|at|by|for|from|with|into|onto|and|or|but|as|his|her|their|its|my|your|our"
    r"|is|are|was|were|than|that|through|over|under|near|behind|toward|towards|Mr\.|Mrs\.|Dr\.)$",
    re.IGNORECASE,
)
_OPEN_ENDED_JA = re.compile(r"[ぁ-んァ-ヴー一-鿿々]$")
_WRAPPED_JA = 18  # letters: a shorter line of Japanese was ended by its writer
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|vs|Nos?|Vol|Figs?|Ch|Ep|pp?|Lt|Sgt|Capt|Col|Gen|Gov|Sen|Rep|Rev|Mt|Ft|Maj|Cmdr"
    r"|Det|approx|e\.g|i\.e|[A-Z])\.$"
)
_LETTER = re.compile(r"\S")
_WINDOW = 40  # letters before a full stop; the longest abbreviation has six
_STUB = 0.2  # of the limit: a shorter piece joins its neighbour, which may be so much longer
_ENDS = "。！？!?…"


def sentences(text: str) -> list[str]:
    """Sentences with the white space that follows them; a run of marks (?!, ……) stays together."""
    return _cut(text, _SENTENCE)


def split(text: str, cost: Callable[[str], float], limit: float) -> list[str]:
    """Pieces of about ``limit`` at most, cut at sentences, then clauses, then words, then anywhere.

    A sentence that is longer than ``limit`` shares no piece with another one.
    """
    if cost(text) <= limit:
        return [text]
    pieces: list[str] = []
    for together in _grouped(sentences(text), cost, limit):
        total = cost(together)
        atoms = list(_atoms(together, cost, limit, (_SENTENCE, _CLAUSE, _WORD, _SYMBOL)))
        pieces += _packed(atoms, cost, limit, total) if total > limit else [together]
    return pieces


def _grouped(parts: Sequence[str], cost: Callable[[str], float], limit: float) -> Iterator[str]:
    """Sentences that are too long one by one; those between them together."""
    for long, same in groupby(parts, key=lambda part: cost(part) > limit):
        group = list(same)
        yield from group if long else ["".join(group)]


def _atoms(
    text: str, cost: Callable[[str], float], limit: float, cutters: tuple[re.Pattern[str], ...]
) -> Iterator[str]:
    if cost(text) <= limit or not cutters:
        yield text
        return
    for piece in _cut(text, cutters[0]):
        yield from _atoms(piece, cost, limit, cutters[1:])


def _packed(atoms: list[str], cost: Callable[[str], float], limit: float, total: float) -> list[str]:
    """Join atoms into pieces of about equal cost; none is so short that its cut would last half a second."""
    target, stub, most = total / -(-total // limit), limit * _STUB, limit * (1 + _STUB)
    pieces, sum_ = [atoms[0]], cost(atoms[0])
    for atom in atoms[1:]:
        # Not the sum of two costs: the pause between two sentences is in neither.
        joined = cost(pieces[-1] + atom)
        # A piece a little over the target is better than a very short one: the nearer edge decides.
        fits = joined <= limit and (sum_ + joined) / 2 <= target
        if fits or (sum_ < stub and joined <= most) or not atom.strip():
            pieces[-1], sum_ = pieces[-1] + atom, joined
        else:
            pieces.append(atom)
            sum_ = cost(atom)
    if len(pieces) > 1 and sum_ < stub and cost(pieces[-2] + pieces[-1]) <= most:
        pieces[-2:] = [pieces[-2] + pieces[-1]]
    return pieces


def _cut(text: str, cutter: re.Pattern[str]) -> list[str]:
    hidden = list(_hidden(text))
    starts = [span.start for span in hidden]
    pieces, start = [], 0
    for found in cutter.finditer(text):
        stop = found.end()
        if stop <= start or stop >= len(text) or not _may_end(text, found.start(), stop, start):
            continue
        inside = bisect_left(starts, stop) - 1  # the last that begins before
        if inside >= 0 and stop < hidden[inside].stop:
            continue
        pieces.append(text[start:stop])
        start = stop
    if start < len(text):
        pieces.append(text[start:])
    return pieces


def _hidden(text: str) -> Iterator[Hidden]:
    """Notes and boneyard; one that is never closed hides nothing."""
    with suppress(UnclosedBoneyard):
        yield from spans(text)


def _may_end(text: str, before: int, stop: int, start: int) -> bool:
    if text[stop] in _ENDS or not _LETTER.search(text, start, stop):
        return False  # the run of marks goes on, or nothing but space stands here
    if text[before:stop].strip(" \t") == "\n" and _goes_on(text, start, before, stop):
        return False
    return not _ABBREVIATION.search(text[max(start, before - _WINDOW) : before].rstrip())


def _goes_on(text: str, start: int, before: int, stop: int) -> bool:
    """Whether the line that ends at ``before`` was only wrapped: its sentence goes on in the next one."""
    line = text[max(start, text.rfind("\n", 0, before) + 1) : before].rstrip()
    following = text[stop]
    if not line or following in '-–—*•・○(（「『"“':
        return False
    if following.islower() and line[-1] not in ".!?…":
        return True
    if _OPEN_ENDED.search(line[-_WINDOW:]):
        return True
    return len(line) >= _WRAPPED_JA and bool(_OPEN_ENDED_JA.search(line)) and not following.isascii()
