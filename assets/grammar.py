"""Word lists of the breakdown, read from the library as data.

In: ``assets/library/grammar/*.yaml``.      Out: word lists that can find their words in a text.
Knows nothing about scripts or cuts. The folder's README explains how words are matched.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import ClassVar

from assets.sheets.base import Sheet

FOLDER = Path(__file__).parent / "library" / "grammar"
# A list may give words this value: they are found and mean nothing ("night falls" is not a fall).
NOTHING = "none"
_KATAKANA = "ァ-ヴー"
# Where a word may begin: a Latin letter or digit not after another one, or any other visible character.
_STARTS = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z0-9_]|[^\sA-Za-z0-9_]")
_KATAKANA_ONLY = re.compile(f"[{_KATAKANA}]+")


class WordList(Sheet):
    """One list: a value of the closed grammar, and the words that select it."""

    sheet: ClassVar[str] = "word-list"

    words: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Hit:
    """One word that was found: its value, its position, and the word itself."""

    value: str
    start: int
    text: str

    @property
    def stop(self) -> int:
        return self.start + len(self.text)


class Lexicon:
    """A word list prepared for searching.

    Words are indexed by their first two letters, and compared only where these occur: one regular expression for a
    whole list took 4 ms per sentence, this takes a fiftieth.
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        filed: dict[str, list[tuple[str, str]]] = {}
        for value, word in entries:
            filed.setdefault(word.removesuffix("*")[:2].lower(), []).append((value, word))
        self._files = {start: _File(pairs) for start, pairs in filed.items()}

    def hits(self, text: str) -> tuple[Hit, ...]:
        """Every word found, in text order; longer words win over shorter ones."""
        return tuple(self._scan(text))

    def first(self, text: str) -> str | None:
        """The value of the first word, or None."""
        return next((hit.value for hit in self._scan(text)), None)

    def last(self, text: str) -> str | None:
        hits = self.hits(text)
        return hits[-1].value if hits else None

    def __contains__(self, text: str) -> bool:
        return self.first(text) is not None

    def masked(self, text: str) -> str:
        """``text`` with every word of this list blanked; everything else keeps its position."""
        return blanked(text, ((hit.start, hit.stop) for hit in self._scan(text)))

    def _scan(self, text: str) -> Iterator[Hit]:
        at = 0
        for found in _STARTS.finditer(text):
            start = found.start()
            if start < at:
                continue
            # A file of two letters holds the longer words, so it is searched first.
            for key in (text[start : start + 2].lower(), text[start].lower()):
                hit = self._files[key].hit(text, start) if key in self._files else None
                if hit is None:
                    continue
                at = hit.stop
                if hit.value != NOTHING:
                    yield hit
                break


class _File:
    """Words with the same first letters, longest first."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        ordered = sorted(pairs, key=lambda pair: -len(pair[1]))
        self._values = [value for value, _ in ordered]
        self._words = [word for _, word in ordered]

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        # Compile on demand: a script needs few of the two thousand files, and compiling all took half a second per run.
        return re.compile("|".join(f"({_pattern(word)})" for word in self._words), re.IGNORECASE)

    def hit(self, text: str, at: int) -> Hit | None:
        found = self._regex.match(text, at)
        if found is None or found.lastindex is None:
            return None
        return Hit(self._values[found.lastindex - 1], at, found.group())


def _pattern(word: str) -> str:
    """The regular expression for one word, without groups, because groups are counted."""
    if _KATAKANA_ONLY.fullmatch(word):
        return f"(?<![{_KATAKANA}])(?:{re.escape(word)})+[ッー]*(?![{_KATAKANA}])"
    if not word.isascii():
        return re.escape(word)
    stem = r"\s+".join(re.escape(piece) for piece in word.removesuffix("*").split())
    return rf"(?<![A-Za-z0-9_]){stem}" + (r"[A-Za-z]*" if word.endswith("*") else r"(?![A-Za-z0-9_])")


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with ``spans``, which are sorted, as blanks; everything else keeps its position."""
    kept, at = [], 0
    for start, stop in spans:
        kept += [text[at:start], " " * (stop - start)]
        at = stop
    return "".join((*kept, text[at:]))


@cache
def words(name: str) -> dict[str, tuple[str, ...]]:
    """The raw list ``name``: value -> words."""
    return WordList.read(FOLDER / f"{name}.yaml").words


@cache
def lexicon(name: str) -> Lexicon:
    """The list ``name``, prepared for searching."""
    return Lexicon((value, word) for value, found in words(name).items() for word in found)
