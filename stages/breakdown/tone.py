"""The expression of a line, from its parenthetical, its punctuation and its words.

In: what is said, by whom, in which scene.      Out: an Expression.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from assets.fountain import spoken
from assets.grammar import lexicon
from assets.sheets.look import Expression, Mood
from stages.breakdown.scenes import Said
from stages.breakdown.unit import Unit

_CLOSERS = "\"'”」』*_)"
_ENDING = 80  # letters
_STRESSED = re.compile(r"\b[A-Z]{3,}\b")
_ASTONISHED = re.compile(r"[!！][?？]|[?？][!！]")
_TRAILING = re.compile(r"(?:…|\.\.\.|──|--|—)[。.]?[\"'”」』*_)]*\s*$")
# The expression of an exclamation whose words do not decide.
_EXCLAIMED: dict[Mood, Expression] = {
    "tense": "determined", "action": "determined", "sad": "determined", "mysterious": "surprised",
}  # fmt: skip


@dataclass(frozen=True)
class _Text:
    """The tone of a line by its own words, without regard to the listener."""

    plain: str
    by_manner: str | None
    by_words: str | None
    astonished: bool
    loud: bool
    trailing: bool


def tone(said: Said, unit: Unit, who: str) -> Expression:
    """The expression of a line: by its parenthetical, its punctuation, its words, or the last expression."""
    text = _text_of(said)
    if text.by_manner:
        return cast(Expression, text.by_manner)
    if text.astonished:
        return "surprised"
    if text.loud and _STRESSED.search(unit.roster.masked(text.plain)):
        return "angry"
    if text.loud and _is_call(text.plain, unit):
        return "surprised"
    before = unit.blocking.faces.get(who, "neutral")
    if text.by_words:
        return cast(Expression, text.by_words)
    if text.trailing:
        return "sad" if before in ("sad", "crying") or unit.mood == "sad" else "thoughtful"
    if text.loud:
        return _EXCLAIMED.get(unit.mood, "happy")
    if text.plain.rstrip().endswith(("?", "？")):
        return "thoughtful"
    return before


# A long speech is asked for the face of each of its pieces; without this its time grew with the square.
@lru_cache(maxsize=8)
def _text_of(said: Said) -> _Text:
    manner, text = spoken(said.manner), spoken(said.text)
    # The verb decides: it stands first in English, last in Japanese.
    faces = lexicon("expressions")
    return _Text(
        plain=text,
        by_manner=faces.first(manner) if manner.isascii() else faces.last(manner),
        by_words=lexicon("tones").last(text),
        astonished=bool(_ASTONISHED.search(text)),
        loud=_shouts(text),
        trailing=bool(_TRAILING.search(_ending(text))),
    )


def _is_call(text: str, unit: Unit) -> bool:
    """Whether the line is only a name: somebody is called."""
    return not re.search(r"\w", unit.roster.masked(text)) and bool(unit.roster.mentions(text))


def is_loud(text: str) -> bool:
    """Whether the line ends in a shout."""
    return _shouts(spoken(text))


def _shouts(text: str) -> bool:
    return _ending(text).rstrip(_CLOSERS).endswith(("!", "！"))


def _ending(text: str) -> str:
    """The last letters of the text: patterns that end in ``$`` are slow on a long text."""
    return text.rstrip()[-_ENDING:]
