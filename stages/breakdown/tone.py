"""The face of a line: from its bracket, its marks and its words.

In: what is said, by whom, in which scene.      Out: an Expression.
"""

import re
from typing import cast

from assets.fountain import spoken
from assets.grammar import lexicon
from assets.sheets.look import Expression, Mood
from stages.breakdown.scenes import Said
from stages.breakdown.unit import Unit

_LOUD = re.compile(r"[!！]{1,}[\"'”」』*_)]*\s*$")
_STRESSED = re.compile(r"\b[A-Z]{3,}\b")
_ASTONISHED = re.compile(r"[!！][?？]|[?？][!！]")
_TRAILING = re.compile(r"(?:…|\.\.\.|──|--|—)[。.]?[\"'”」』*_)]*\s*$")
# What an exclamation sounds like when its words do not say.
_EXCLAIMED: dict[Mood, Expression] = {
    "tense": "determined", "action": "determined", "sad": "determined", "mysterious": "surprised",
}  # fmt: skip


def tone(said: Said, unit: Unit, who: str) -> Expression:
    """The face of a line: the bracket, then the marks, then the words, then the face of before."""
    manner, text = spoken(said.manner), spoken(said.text)
    # The verb decides: it stands first in English, last in Japanese.
    faces = lexicon("expressions")
    by_manner = faces.first(manner) if manner.isascii() else faces.last(manner)
    if by_manner:
        return cast(Expression, by_manner)
    if _ASTONISHED.search(text):
        return "surprised"
    if _LOUD.search(text) and _STRESSED.search(unit.roster.masked(text)):
        return "angry"
    if _LOUD.search(text) and _is_call(text, unit):
        return "surprised"
    by_words = lexicon("tones").last(text)
    before = unit.blocking.faces.get(who, "neutral")
    if by_words:
        return cast(Expression, by_words)
    if _TRAILING.search(text):
        return "sad" if before in ("sad", "crying") or unit.mood == "sad" else "thoughtful"
    if _LOUD.search(text):
        return _EXCLAIMED.get(unit.mood, "happy")
    if text.rstrip().endswith(("?", "？")):
        return "thoughtful"
    return before


def _is_call(text: str, unit: Unit) -> bool:
    """A name and nothing else: somebody is called, whatever the scene feels like."""
    return not re.search(r"\w", unit.roster.masked(text)) and bool(unit.roster.mentions(text))


def is_loud(text: str) -> bool:
    """Whether it ends in a shout."""
    return bool(_LOUD.search(spoken(text)))
