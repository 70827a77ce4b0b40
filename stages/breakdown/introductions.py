"""Collect the cast: everyone who speaks or is introduced, with the descriptions in the action.

In: the bible, the scenes.      Out: a Roster.
A description is expected where the action first mentions a person, up to the next name.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from assets.fountain import spoken
from assets.grammar import lexicon
from assets.sheets.bible import Bible
from stages.breakdown import cues as cuelines
from stages.breakdown.cues import Cue
from stages.breakdown.directions import normal
from stages.breakdown.interpretation import Interpretation
from stages.breakdown.naming import Person, people, taken_apart
from stages.breakdown.people import Roster, key_of
from stages.breakdown.phrases import Names, is_cased, written
from stages.breakdown.pieces import sentences
from stages.breakdown.scenes import Action, Scene, Speech

_CLAUSE = re.compile(r"[,;:、；。]|[がはをに](?=[^がはをに]*$)")
# What follows a name in Japanese is about it where it stands in brackets, or as its topic.
_SAID_AFTER = re.compile(r"\s*(?:[(（]([^()（）]*)[)）])?(は[^。]*)?")
_PRONOUN = re.compile(r"(?:She|He|Her|His|彼女|彼)\b")
_INTRODUCTION = re.compile(
    r"\b([A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'.-]+(?: [A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'.-]+){0,2})"
    r"(?=\s*[,(]\s*(?:(?:early|mid|late)[\s-]+)?\d{1,2}(?:'?s\b|[,);]))"
    r"|([一-鿿々]{1,4}|[ァ-ヴー]{2,8}|[ぁ-ん]{2,5})(?=[(（]\d{1,2}(?:歳|才|代)?[、)）])"
)
_AGED = re.compile(r"\(\d{1,2}\)")
# Whoever has been mentioned this often without a description will not get one.
_DESCRIBED_WITHIN = 3
# What is said of somebody stands within this many letters of the name.
_NEAR = 300


def gather(bible: Bible | None, scenes: Sequence[Scene], read: Interpretation) -> Roster:
    """Everyone who speaks or is introduced, with the looks that the action describes."""
    roster = Roster(bible)
    beats = [beat for scene in scenes for beat in scene.beats]
    told = [text for about in read.about for text in sentences(about)]
    told += [
        sentence for beat in beats if isinstance(beat, Action) for sentence in sentences(spoken(beat.text))
    ]
    others = [name for text in told for name in _introduced(text)]
    cast = _Cast([beat for beat in beats if isinstance(beat, Speech)], roster, others)
    named, students = _Named(told, [*cast.names, *others]), _at_school(scenes)
    for person in people(cast.called, cast.own, read.remarks, cast.lines):
        _meet(person, roster, named, students)
    roster.shorten()
    for name in others:
        if not roster.mentions(name):  # DETECTIVE MORI (50s) is the MORI who speaks
            roster.meet(name, "; ".join([*_hints(name, named), "student" if name in students else ""]))
    roster.shorten()
    cast.meet_unseen()
    cast.tell(roster)
    roster.alias(cast.names, " ".join(told))
    return roster


def _meet(person: Person, roster: Roster, named: "_Named", students: set[str]) -> None:
    names = [called.whole for called in person.names]
    ages = [found[0] for name in names if (found := _AGED.search(name))]
    hints = [hint for name in names for hint in _hints(name, named)]
    hints += ["student" if not students.isdisjoint(names) else "", *ages]
    roster.meet(person.shown, "; ".join(hints), also=names)


class _Cast:
    """The people whom the speakers' lines name, before anybody is cast."""

    def __init__(self, speeches: Sequence[Speech], roster: Roster, others: Sequence[str]) -> None:
        self._roster = roster
        self._cues: dict[Cue, int] = {}  # with the line it first stands on
        for beat in speeches:
            self._cues.setdefault(cuelines.read(beat.name, beat.extension), beat.first)
        persons = [cue for cue in self._cues if cue.role == "person"]
        ages: dict[str, set[str]] = {}
        for cue in persons:
            ages.setdefault(normal(cue.name), set()).update([cue.age] if cue.age else [])
        self._ages = {key for key, found in ages.items() if len(found) > 1}
        self._heads = {normal(name) for name in others}
        self._heads |= {normal(part) for cue in persons for part in cuelines.parts(cue.name, listed=False)}
        self.own = {normal(name) for cue in persons for name in (cue.name,) if roster.speakers(name)}
        self.lines: dict[str, int] = {}
        self._names: dict[Cue, tuple[str, ...]] = dict.fromkeys(persons, ())
        for cue in sorted(
            persons, key=lambda cue: "/" in cue.name
        ):  # those of RIN & MIKA are known to RIN/MIKA
            self._names[cue] = self._split(cue)
            self._heads |= set(map(normal, self._names[cue]))
        self.called = [
            taken_apart(self._aged(name, cue)) for cue, names in self._names.items() for name in names
        ]
        words = {word for called in self.called for word in called.words}
        # DR. RIN MORI (30s) tells that RIN and MORI are one, though nobody speaks under the full name.
        full = [called for called in map(taken_apart, others) if len(words.intersection(called.words)) > 1]
        self.called += full
        for cue, names in self._names.items():
            for name in names:
                self.lines.setdefault(self._aged(name, cue), self._cues[cue])

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(called.whole for called in self.called))

    def _aged(self, name: str, cue: Cue) -> str:
        """Separate one name with two ages: RIN (12) and RIN (40) are two people. One age alone only describes RIN."""
        return f"{name} ({cue.age})" if cue.age and normal(name) in self._ages else name

    def _split(self, cue: Cue) -> tuple[str, ...]:
        """RIN & MIKA are two; RIN/MIKA only where both are known, for one person may have two names."""
        if normal(cue.name) in self.own and len(self._roster.speakers(cue.name)) == 1:
            return (cue.name,)
        listed = cuelines.parts(cue.name, listed=True)
        known = [normal(part) in self._heads or bool(self._roster.speakers(part)) for part in listed]
        if all(known) or (any(known) and "," in cue.name):
            return listed
        return cuelines.parts(cue.name, listed=False)

    def meet_unseen(self) -> None:
        """Cast the narrator and voices from a device."""
        for cue in self._cues:
            if cue.role == "narrator":
                self._roster.mean(cue, [self._roster.meet_narrator(cue.name)])
            elif cue.role == "voice":
                self._roster.mean(cue, [self._roster.meet_unseen(cue.name)])

    def tell(self, roster: Roster) -> None:
        """Record whom each speaker's line means."""
        for cue, names in self._names.items():
            roster.mean(cue, [id for name in names for id in roster.speakers(self._aged(name, cue))])
        everyone = [id for cue in self._names for id in roster.voices(cue)]
        for cue in self._cues:
            if cue.role == "group" and not everyone:
                roster.mean(cue, [roster.meet_unseen(cue.name)])


class _Named:
    """The places where the action names each person, read once for the whole cast."""

    def __init__(self, told: Sequence[str], people: Iterable[str]) -> None:
        self.told, self.anyone = told, Names()
        for name in people:
            self.anyone.add(key_of(name))
        self.first: dict[str, dict[int, tuple[int, int]]] = {}  # key -> sentence -> start and stop
        for index, sentence in enumerate(told):
            for start, stop, key in _own(list(self.anyone.every(sentence))):
                self.first.setdefault(key, {}).setdefault(index, (start, stop))

    def next_after(self, text: str, key: str) -> int | None:
        """Where somebody else is named."""
        own = written(key)
        found = (start for start, stop, _ in self.anyone.found(text) if text[start:stop] not in own)
        return next(found, None)


def _own(found: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """The mentions without those inside another person's name: what is said of YOUNG RIN is not about RIN."""
    for start, stop, key in found:
        longer = [other for first, last, other in found if first <= start and stop <= last and other != key]
        if all(taken_apart(other).variant == taken_apart(key).variant for other in longer):
            yield start, stop, key


def _introduced(text: str) -> list[str]:
    """People whom the action introduces with an age, such as MIA (30s) and 遥(16), even if they never speak."""
    return [found[1] or found[2] for found in _INTRODUCTION.finditer(text)]


def _at_school(scenes: Sequence[Scene]) -> set[str]:
    """People who speak in a classroom: they are students unless the script says otherwise."""
    found: set[str] = set()
    for scene in scenes:
        heading = scene.heading.text if scene.heading else ""
        if lexicon("places").last(heading) in ("classroom", "schoolyard"):
            speeches = (beat for beat in scene.beats if isinstance(beat, Speech))
            found |= {cuelines.read(beat.name, beat.extension).name for beat in speeches}
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
    if not is_cased(cue):
        own = _SAID_AFTER.match(rest)
        return " ".join(part for part in own.groups() if part) if own else ""
    if next_name is None or next_name > len(rest):
        return rest
    # 'MIA and old TOMAS': what stands after the 'and' is said of Tomas.
    return re.split(r"\band\b(?!.*\band\b)", rest[:next_name])[0]
