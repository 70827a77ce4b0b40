"""How much of a premise reaches a script: its people, things, places and deeds, word by word.

In: a premise, the text of a script.      Out: what of the premise occurs in it, and what is missing.
Words are compared by their beginnings (learns, learnt; 描く, 描いた), so an inflection counts as the word.
"""

import re
from dataclasses import dataclass

from assets.plots import little_words
from assets.sheets.bible import Language

_LATIN = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
# Kanji with what they are inflected by, katakana words, and hiragana only where nothing else stands.
_JAPANESE = re.compile(r"[一-鿿々]+|[ァ-ヴー]{2,}|[A-Za-z]{2,}")
_STEM = 4


def content_words(text: str, language: Language) -> tuple[str, ...]:
    """The words of ``text`` that mean something, each once, in order."""
    if language == "ja":
        return tuple(dict.fromkeys(_JAPANESE.findall(text)))
    found = (word.lower().partition("'")[0] for word in _LATIN.findall(text))
    return tuple(
        dict.fromkeys(word for word in found if len(word) > 2 and word not in little_words("no_content"))
    )


def occurs(word: str, text: str, language: Language) -> bool:
    """Whether ``word``, perhaps inflected, stands in ``text``."""
    if language == "ja":
        return _stem_ja(word) in text
    return bool(re.search(rf"\b{re.escape(_stem(word.lower()))}", text, re.IGNORECASE))


def missing(phrase: str, text: str, language: Language) -> str:
    """The words of ``phrase`` that do not stand in ``text``; empty where at least half of them do."""
    wanted = content_words(phrase, language) or tuple(phrase.split())
    lost = [word for word in wanted if not occurs(word, text, language)]
    return ", ".join(lost) if 2 * len(lost) > len(wanted) else ""


@dataclass(frozen=True)
class Fidelity:
    """Of a premise's content words, how many reach the script."""

    found: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def share(self) -> float:
        return len(self.found) / max(1, len(self.found) + len(self.lost))


def measured(premise: str, text: str, language: Language) -> Fidelity:
    words = content_words(premise, language)
    found = tuple(word for word in words if occurs(word, text, language))
    return Fidelity(found, tuple(word for word in words if word not in found))


def _stem(word: str) -> str:
    return word if len(word) <= _STEM else word[:_STEM]


def _stem_ja(word: str) -> str:
    """Two kanji are a word; a katakana word is known by its first three letters."""
    return word[:3] if re.match(r"[ァ-ヴー]", word) else word[:2]
