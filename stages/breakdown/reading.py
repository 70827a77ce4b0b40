"""Read one sentence of action as a moment: who is in it, doing what, with which face and thing.

In: a sentence, the roster, who is present.      Out: a Moment.
Knows nothing about cameras; what the text says about the camera is only recorded.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from assets.fountain import spoken
from assets.grammar import lexicon
from assets.sheets.look import CameraMove, Expression, Pose, Prop, ShotSize, Weather
from stages import casting
from stages.breakdown.people import Mention, Roster, is_subject, nouns

# Things that stand in the set; the others are held.
STANDING: frozenset[Prop] = frozenset(("car", "bicycle", "star", "robot", "bird", "dog", "cat"))
_STRENGTH: tuple[Weather, ...] = ("storm", "rain", "snow", "petals", "fog", "wind", "cloudy", "clear")
_JAPANESE = re.compile(r"[ぁ-ヿ一-鿿]")
_OWN_SUBJECT = re.compile(r"[がは]")
# A clause that stands before the noun it is about: 'the lantern-holding Haruka'.
_ABOUT_NEXT = re.compile(r"[^、。]*[たるうくぐすつぶむ]")
_COMPOUND = re.compile(r"\b\w+(?:-\w+){2,}\b")
_OUT_OF_SIGHT = re.compile(r"\boff-?\s?screen\b|画面外", re.IGNORECASE)
_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_OPENING = re.compile(r"^\W*(?:then |and |but )?(she|he)\b", re.IGNORECASE)
_OBJECT = re.compile(r"\b(?:him|her(?=\s*(?:[.,!?;]|$)))", re.IGNORECASE)


@dataclass
class Doing:
    """What one character does in a moment."""

    expression: Expression | None = None
    pose: Pose | None = None
    prop: Prop | None = None


@dataclass
class Moment:
    """One sentence, read."""

    text: str
    plain: str  # names blanked out, marks and notes removed
    doing: dict[str, Doing] = field(default_factory=dict)
    subject: str | None = None
    props: tuple[Prop, ...] = ()
    size: ShotSize | None = None
    move: CameraMove | None = None
    weather: Weather | None = None
    silent: bool = False
    leaves: bool = False
    elsewhere: bool = False  # it happens out of sight: the people who are here stay in the frame

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(self.doing)


def read(text: str, roster: Roster, present: dict[str, None], last: str | None) -> Moment:
    """``last`` is whom a pronoun, or a sentence without a subject, means."""
    shown = spoken(text)
    named = _everyone(shown, roster, present)
    moment = Moment(text=text, plain=_plain(shown, roster))
    _place_people(moment, named, roster, present, last)
    if moment.subject and _OUT_OF_SIGHT.search(moment.plain):
        del moment.doing[moment.subject]
        named = [mention for mention in named if mention.character != moment.subject]
        moment.subject, moment.elsewhere = None, True
    _read_doing(moment, named)
    _read_things(moment, named)
    moment.size = cast(ShotSize | None, lexicon("framing").first(moment.plain))
    moment.move = cast(CameraMove | None, lexicon("camera").first(moment.plain))
    moment.weather = _weather(moment.plain)
    pauses = {hit.value for hit in lexicon("pauses").hits(moment.plain)}
    moment.silent = (
        "silence" in {hit.value for hit in lexicon("cues").hits(moment.plain)} or "pause" in pauses
    )
    moment.leaves = "leave" in pauses and moment.subject is not None
    return moment


def _plain(shown: str, roster: Roster) -> str:
    """The text without names and without misleading words: a smash-and-grab is no crash."""
    masked = lexicon("not_meant").masked(roster.masked(shown))
    return _COMPOUND.sub(lambda found: " " * len(found.group()), masked)


def strongest(weathers: Sequence[Weather]) -> Weather | None:
    return next((weather for weather in _STRENGTH if weather in weathers), None)


def _weather(plain: str) -> Weather | None:
    if any(hit.value == "clearing" for hit in lexicon("pauses").hits(plain)):
        return "clear"
    return strongest([cast(Weather, hit.value) for hit in lexicon("weathers").hits(plain)])


def _everyone(shown: str, roster: Roster, present: dict[str, None]) -> list[Mention]:
    """Names and nouns in the order they stand."""
    found = list(roster.mentions(shown))
    for hit, phrase, new in nouns(shown, roster):
        known = None if new else _already_here(phrase, roster, present)
        who = known or roster.meet_noun(hit, phrase)
        found.append(Mention(who, hit.start, hit.stop, is_subject(shown, hit.start, hit.stop)))
    return sorted(found, key=lambda mention: mention.start)


def _already_here(phrase: str, roster: Roster, present: dict[str, None]) -> str | None:
    """The person who is meant by 'the girl' if one is in the scene already."""
    gender = casting.gender_of(phrase)
    if not gender:
        return None
    return next((id for id in reversed(present) if roster.gender(id) == gender), None)


def _place_people(
    moment: Moment, named: Sequence[Mention], roster: Roster, present: dict[str, None], last: str | None
) -> None:
    pointers = [hit.value for hit in lexicon("references").hits(moment.plain)]
    subject = next((mention.character for mention in named if mention.subject), None)
    opener = _OPENING.match(moment.plain)
    if opener or (not named and pointers and pointers[0] in ("she", "he")):
        gender = {"she": "f", "he": "m"}[opener.group(1).casefold() if opener else pointers[0]]
        taken = [mention.character for mention in named]
        others = [id for id in (*present, *([last] if last else [])) if id not in taken]
        subject = roster.matching(others, gender) or subject
    elif subject is None and "they" not in pointers and _leaves_out_subject(moment.plain):
        subject = last
    moment.subject = subject or (named[0].character if named else None)
    for id in [*([subject] if subject else []), *(mention.character for mention in named)]:
        moment.doing.setdefault(id, Doing())
    for id in present if "they" in pointers else ():
        moment.doing.setdefault(id, Doing())
    if named and (him := _OBJECT.search(moment.plain)):
        # The person who spoke or acted last is meant first.
        others = [id for id in present if id not in moment.doing and id != last]
        others += [last] if last and last not in moment.doing else []
        object_ = roster.matching(others, "m" if him.group().casefold() == "him" else "f")
        moment.doing.update({object_: Doing()} if object_ else {})
    if moment.subject:
        moment.doing.setdefault(moment.subject, Doing())


def _leaves_out_subject(plain: str) -> bool:
    """Whether a Japanese sentence leaves out its subject; が or は mark one that is named."""
    if not _JAPANESE.search(plain) or _OWN_SUBJECT.search(plain):
        return False
    return any(plain in lexicon(name) for name in ("poses", "expressions"))


def _read_doing(moment: Moment, named: Sequence[Mention]) -> None:
    """Assign every pose and expression to the subject before it."""
    for trait, name in (("pose", "poses"), ("expression", "expressions")):
        for hit in lexicon(name).hits(moment.plain):
            for who in _owners(moment, named, hit.start):
                doing: Any = moment.doing[who]
                if getattr(doing, trait) is None:
                    setattr(doing, trait, hit.value)


def _owners(moment: Moment, named: Sequence[Mention], at: int) -> tuple[str, ...]:
    subjects = [mention for mention in named if mention.subject]
    if named and at < named[0].start:
        between = moment.plain[at : named[0].start]
        if _JAPANESE.search(between) and _ABOUT_NEXT.fullmatch(between):
            return (named[0].character,)
        if ":" in between:  # 'Three riders approach: A, B and C'
            return tuple(dict.fromkeys(mention.character for mention in named))
    if named and not subjects and _is_anothers(moment.plain, named[0].start, at):
        return ()
    if not subjects and moment.subject:
        return (moment.subject,)
    before = [mention for mention in subjects if mention.start <= at]
    if before:
        return _joined(moment, named, before[-1])
    return (subjects[0].character,) if subjects else moment.people


def _is_anothers(plain: str, named: int, at: int) -> bool:
    """Whether somebody else acts, as in 'A white hand grabs Haruka's foot'."""
    own = _OWN_SUBJECT.search(plain) if _JAPANESE.search(plain) else None
    return own is not None and own.start() < min(named, at)


def _joined(moment: Moment, named: Sequence[Mention], owner: Mention) -> tuple[str, ...]:
    """Whether two names are joined, as in 'Brick and Steel run'."""
    index = list(named).index(owner)
    owners = [owner.character]
    while index and _and(moment.plain[named[index - 1].stop : named[index].start]):
        index -= 1
        owners.append(named[index].character)
    return tuple(dict.fromkeys(owners))


def _and(between: str) -> bool:
    bare = _BRACKETS.sub("", between).strip(" ,")
    return bare.casefold() in ("and", "&", "と", "、") or bool(re.match(r"と(?:、[^、。がは]*)?$", bare))


def _read_things(moment: Moment, named: Sequence[Mention]) -> None:
    standing: list[Prop] = []
    for hit in lexicon("props").hits(moment.plain):
        prop = cast(Prop, hit.value)
        owners = _owners(moment, named, hit.start) if moment.doing else ()
        if prop in STANDING or not owners or moment.doing[owners[0]].prop not in (None, prop):
            standing.append(prop)
        else:
            moment.doing[owners[0]].prop = prop
    moment.props = tuple(dict.fromkeys(standing))[:4]
