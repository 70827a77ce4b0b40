"""Meet the cast: everyone who speaks or is introduced, with what the action says of them.

In: the bible, the scenes.      Out: a Roster.
What is said of somebody stands where the action first speaks of them, up to the next name.
"""

import re
from collections.abc import Iterable, Sequence

from assets.fountain import spoken
from assets.grammar import lexicon
from assets.sheets.bible import Bible
from stages.breakdown.people import Roster, key_of, plain
from stages.breakdown.phrases import Names, written
from stages.breakdown.pieces import sentences
from stages.breakdown.scenes import Action, Scene, Speech

_CLAUSE = re.compile(r"[,;:、；。]|[がはをに](?=[^がはをに]*$)")
# What follows a name in Japanese is about it where it stands in brackets, or as its topic.
_SAID_AFTER = re.compile(r"\s*(?:[(（]([^()（）]*)[)）])?(は[^。]*)?")
_PRONOUN = re.compile(r"(?:She|He|Her|His|彼女|彼)\b")
_INTRODUCTION = re.compile(
    r"\b([A-Z][A-Z'.-]+(?: [A-Z][A-Z'.-]+){0,2})(?=\s*[,(]\s*(?:(?:early|mid|late)[\s-]+)?\d{1,2}(?:'?s\b|[,);]))"
    r"|([一-鿿々]{1,4}|[ァ-ヴー]{2,8}|[ぁ-ん]{2,5})(?=[(（]\d{1,2}(?:歳|才|代)?[、)）])"
)
# Whoever has been mentioned this often without a description will not get one.
_DESCRIBED_WITHIN = 3
# What is said of somebody stands within this many letters of the name.
_NEAR = 300


def gather(bible: Bible | None, scenes: Sequence[Scene]) -> Roster:
    """Everyone who speaks or is introduced, with the looks that the action gives them."""
    roster = Roster(bible)
    beats = [beat for scene in scenes for beat in scene.beats]
    told = [
        sentence for beat in beats if isinstance(beat, Action) for sentence in sentences(spoken(beat.text))
    ]
    cues = dict.fromkeys(plain(beat.name) for beat in beats if isinstance(beat, Speech))
    others = [name for text in told for name in _introduced(text)]
    named, students = _Named(told, [*cues, *others]), _at_school(scenes)
    for cue in [*cues, *others]:
        if cue in cues or not roster.mentions(cue):  # DETECTIVE MORI (50s) is the MORI who speaks
            roster.meet(cue, "; ".join([*_hints(cue, named), "student" if cue in students else ""]))
    roster.alias(cues, " ".join(told))
    return roster


class _Named:
    """Where the action names whom, read once for the whole cast."""

    def __init__(self, told: Sequence[str], people: Iterable[str]) -> None:
        self.told, self.anyone = told, Names()
        for name in people:
            self.anyone.add(key_of(name))
        self.first: dict[str, dict[int, tuple[int, int]]] = {}  # key -> sentence -> start and stop
        for index, sentence in enumerate(told):
            for start, stop, key in self.anyone.every(sentence):
                self.first.setdefault(key, {}).setdefault(index, (start, stop))

    def next_after(self, text: str, key: str) -> int | None:
        """Where somebody else is named."""
        own = written(key)
        found = (start for start, stop, _ in self.anyone.found(text) if text[start:stop] not in own)
        return next(found, None)


def _introduced(text: str) -> list[str]:
    """MIA (30s) and 遥(16) are people, whether or not they ever say a word."""
    return [found[1] or found[2] for found in _INTRODUCTION.finditer(text)]


def _at_school(scenes: Sequence[Scene]) -> set[str]:
    """Who speaks in a classroom: students, unless something else is said of them."""
    found: set[str] = set()
    for scene in scenes:
        heading = scene.heading.text if scene.heading else ""
        if lexicon("places").last(heading) in ("classroom", "schoolyard"):
            found |= {plain(beat.name) for beat in scene.beats if isinstance(beat, Speech)}
    return found


def _hints(cue: str, named: _Named) -> list[str]:
    """What stands around the first mentions of ``cue``."""
    key, told = key_of(cue), named.told
    found: list[str] = []
    for index, (start, stop) in named.first.get(key, {}).items():
        sentence = told[index]
        rest = sentence[stop : stop + _NEAR]
        before = _CLAUSE.split(sentence[max(0, start - _NEAR) : start])[-1]
        alone = named.next_after(sentence, key) is None
        following = told[index + 1] if index + 1 < len(told) and alone else ""
        found += [before, _after(cue, rest, named.next_after(rest, key))]
        found += [following] if _PRONOUN.match(following) else []
        if len(found) >= 2 * _DESCRIBED_WITHIN:
            break
    return found


def _after(cue: str, rest: str, next_name: int | None) -> str:
    """What is said of ``cue`` behind their name."""
    rest = re.split("[;；]", rest)[0]
    if not cue.isascii():
        own = _SAID_AFTER.match(rest)
        return " ".join(part for part in own.groups() if part) if own else ""
    if next_name is None or next_name > len(rest):
        return rest
    # 'MIA and old TOMAS': what stands after the 'and' is said of Tomas.
    return re.split(r"\band\b(?!.*\band\b)", rest[:next_name])[0]
