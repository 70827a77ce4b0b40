"""Find many names in a text in one pass, however many there are.

In: phrases or names, added one by one.      Out: where they stand in a text.
One regular expression over a large cast had to be compiled again for each new name, and every position of
the text tried each name: the time grew with the square of the cast.
"""

import re
from collections.abc import Iterator

_UNCASED = re.compile(r"[぀-ヿ㐀-䶿一-鿿々가-힣]")


class Phrases:
    """Fixed strings, filed by their first two letters and their lengths."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._firsts: set[str] = set()
        self._lengths: dict[str, list[int]] = {}

    def add(self, phrase: str) -> None:
        if not phrase or phrase in self._known:
            return
        self._known.add(phrase)
        self._firsts.add(phrase[0])
        lengths = self._lengths.setdefault(phrase[:2], [])
        if len(phrase) not in lengths:
            lengths.append(len(phrase))

    def at(self, text: str, start: int) -> Iterator[str]:
        """Every phrase that begins at ``start``, in no order."""
        pair = text[start : start + 2]
        for first in dict.fromkeys((pair[:1], pair)):
            for length in self._lengths.get(first, ()):
                phrase = text[start : start + length]
                if phrase in self._known:
                    yield phrase

    def found(self, text: str) -> Iterator[tuple[int, str]]:
        """Every phrase in ``text`` with its start; they may overlap."""
        for start, letter in enumerate(text):
            if letter in self._firsts:
                for phrase in self.at(text, start):
                    yield start, phrase


class Names:
    """Names as the action writes them, each known by its key: casefolded, with single spaces."""

    def __init__(self) -> None:
        self._phrases = Phrases()
        self._keys: dict[str, str] = {}

    def add(self, key: str) -> None:
        for form in written(key):
            self._phrases.add(form)
            self._keys[form] = key

    def every(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, stop and key of each name that stands in ``text``; they may overlap."""
        for start, form in self._phrases.found(text):
            if _stands(form, text, start):
                yield start, start + len(form), self._keys[form]

    def found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, stop and key, from left to right without overlaps; of two names the longer one."""
        best = (0, 0, "")
        for name in self.every(text):
            if name[0] == best[0]:
                best = max(best, name)
            elif name[0] >= best[1]:
                if best[2]:
                    yield best
                best = name
        if best[2]:
            yield best


def written(key: str) -> set[str]:
    """How a name may stand in the action: capitals or title case for one Latin word, any case for more."""
    if not is_cased(key):
        return {key}
    return {key.upper(), key.title(), key.capitalize()} | ({key} if " " in key else set())


def _stands(form: str, text: str, start: int) -> bool:
    """A Latin name is a word of its own; a Japanese one stands anywhere."""
    if not is_cased(form):
        return True
    stop = start + len(form)
    return not (start and _in_word(text[start - 1])) and not (stop < len(text) and _in_word(text[stop]))


def is_cased(text: str) -> bool:
    """Whether ``text`` is written in letters that have capitals, as ZOË is and 葵 is not."""
    return text.isascii() or (text.casefold() != text.upper() and not _UNCASED.search(text))


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
