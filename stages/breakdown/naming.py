"""Decide which names of a script belong to one person.

In: names as speakers' lines have them.      Out: groups of names, and remarks where it is not certain.
Titles and honorifics are not part of a name; a full name holds its first name and its surname. YOUNG RIN and
RIN are two people, as are GUARD 1 and GUARD 2, and MR. and MRS. HARGREAVE.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from assets.grammar import lexicon
from stages import casting
from stages.breakdown.directions import normal
from stages.breakdown.misspelt import is_slip
from stages.breakdown.remarks import Remarks

_SEX = {
    **dict.fromkeys(("mr", "mister", "sir", "lord", "master"), "m"),
    **dict.fromkeys(("mrs", "ms", "miss", "missus", "madam", "madame", "lady", "mme", "mlle"), "f"),
}
_TITLES = frozenset(
    (*_SEX, "dr", "doctor", "prof", "professor", "rev", "reverend", "hon", "herr", "frau", "st")
)
_VARIANTS = frozenset(
    ("young", "younger", "little", "small", "old", "older", "elderly", "adult", "grown", "teen", "teenage", "teenaged",
     "baby", "infant", "kid", "child", "childhood", "past", "future", "present", "evil", "dark", "fake", "false",
     "real", "other", "another", "dream", "ghost", "undead", "zombie", "robot", "android", "clone", "alternate",
     "mirror", "possessed", "dead", "dying", "masked", "hooded")
)  # fmt: skip
_VARIANTS_JA = re.compile(
    r"(?:若い|若き|若かりし|幼い|幼き|小さい|小さな|老いた|年老いた|大人の|子供の|子どもの|幼少期の|少年時代の|少女時代の"
    r"|学生時代の|過去の|未来の|偽の?|偽物の|本物の|もう一人の|夢の中の|ロボットの)(?=.)"
    r"|^[幼老偽](?=[^年人師婆者女夫名父母])"
)
_NUMBER = re.compile(r"#?\d+|[a-h]|ii|iii|iv|one|two|three|four|five|six|jr|sr|junior|senior")
_HONORIFIC = re.compile(
    r"(?P<base>.+?)[-‐・\s]?(?P<title>さん|サン|くん|クン|君|ちゃん|チャン|ちゃま|さま|様|殿|どの|氏|嬢|たん|先生|せんせい"
    r"|先輩|せんぱい|後輩|教授|博士)"
)
_LATIN_HONORIFIC = re.compile(
    r"(?P<base>.+?)[-‐ ](?P<title>san|kun|chan|sama|sensei|senpai|sempai|dono|tan|shi)", re.IGNORECASE
)
_RANKS = {
    **dict.fromkeys(("先生", "せんせい", "sensei", "教授", "博士"), "teacher"),
    **dict.fromkeys(("くん", "クン", "君", "kun", "ちゃん", "チャン", "chan"), "pupil"),
}


_MOST_WORDS = 8  # a longer name is not shortened


@dataclass(frozen=True)
class Called:
    """A name in its parts."""

    whole: str
    words: tuple[str, ...]  # in small letters, without titles
    titles: frozenset[str] = frozenset()
    variant: str = ""

    @cached_property
    def sex(self) -> str:
        told = {_SEX[title] for title in self.titles if title in _SEX}
        named = casting.gender_of(self.words[0].title()) if self.words and self.words[0].isascii() else ""
        return next(iter(told)) if len(told) == 1 else named

    @cached_property
    def ranks(self) -> frozenset[str]:
        return frozenset(_RANKS[title] for title in self.titles if title in _RANKS)

    @property
    def is_list(self) -> bool:
        """Whether signs in it separate several names, as in RIN/MIKA/JO, or two names of one person."""
        return any(sign in self.whole for sign in "/,&+＆、・")

    @cached_property
    def is_role(self) -> bool:
        """Whether it is a role, such as guard, old man or student, and no name."""
        return any(word in lexicon("people") for word in self.words)


@lru_cache(maxsize=4096)
def taken_apart(name: str) -> Called:
    """Split a name into titles, honorifics, what distinguishes people of the same name, and the name itself."""
    found = _HONORIFIC.fullmatch(name) if not name.isascii() else _LATIN_HONORIFIC.fullmatch(name)
    titles: set[str] = set()
    body = name
    is_noun = any(hit.text == name for hit in lexicon("people").hits(name))
    if found and not is_noun and found["base"] not in ("お", "ご", "み", "皆", "お嬢"):
        body, titles = found["base"], {found["title"].casefold()}
    variant = []
    if before := _VARIANTS_JA.search(body):
        variant.append(before.group())
        body = body[: before.start()] + body[before.end() :]
    words = normal(body).split()
    while len(words) > 1 and words[0] in _TITLES:
        titles.add(words.pop(0))
    while len(words) > 1 and words[0] in _VARIANTS:
        variant.append(words.pop(0))
    while len(words) > 1 and words[0] in _TITLES:
        titles.add(words.pop(0))
    if len(words) > 1 and _NUMBER.fullmatch(words[-1]):
        variant.append(words.pop())
    if len(words) == 2 and words[0] in lexicon("people") and words[1] not in lexicon("people"):
        titles.add(words.pop(0))  # DETECTIVE HOLT, but not POLICE OFFICER
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return Called(name, tuple(words), frozenset(titles), " ".join(variant))


@dataclass(eq=False)
class Person:
    """All names of one person, in the order in which the script has them."""

    names: list[Called] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """The name without an honorific, if the script has it so; else the first."""
        bare = (called.whole for called in self.names if not called.titles and _is_japanese(called.whole))
        first = self.names[0]
        return next(bare, first.whole) if _is_japanese(first.whole) else first.whole

    def fits(self, called: Called) -> bool:
        """Whether it can be the same person."""
        return all(_agree(own, called) for own in self.names)


def people(
    names: Iterable[Called], own: Collection[str], remarks: Remarks, lines: dict[str, int]
) -> list[Person]:
    """The people behind ``names``; ``own``: names that are told apart elsewhere, such as those of the bible."""
    order = {called: index for index, called in enumerate(dict.fromkeys(names))}
    register = _Register(own)
    # The fullest names first: JOHN and MR. HARGREAVE are both JOHN HARGREAVE, whichever is said first.
    for called in sorted(order, key=lambda called: -len(called.words)):
        others = register.place(called)
        if len(others) > 1:
            told = " or ".join(person.shown for person in others[:3])
            remarks.add(
                lines.get(called.whole, 1),
                called.whole,
                f'"{{about}}" may be {told}; a person of that name was cast. Write the full name if it is one.',
            )
    for person in register.people:
        person.names.sort(key=order.__getitem__)
        _tell(person, remarks, lines)
    found = sorted(register.people, key=lambda person: order[person.names[0]])
    _tell_slips(found, own, remarks, lines)
    return found


_Key = tuple[tuple[str, ...], str]


class _Register:
    """People, filed by their whole names and by what a full name may be shortened to, each with its variant."""

    def __init__(self, own: Collection[str]) -> None:
        self.people: list[Person] = []
        self._own = own
        self._whole: dict[_Key, list[Person]] = {}
        self._short: dict[_Key, list[Person]] = {}

    def place(self, called: Called) -> list[Person]:
        """Give the name to the one person it fits, else to a new one; returns all whom it may mean."""
        may_be = [
            person for person in self._whole.get((called.words, called.variant), ()) if person.fits(called)
        ]
        if not may_be and self._is_name(called):
            may_be = [
                person
                for person in self._short.get((called.words, called.variant), ())
                if person.fits(called)
            ]
        if len(may_be) == 1:
            may_be[0].names.append(called)
        else:
            self.people.append(Person([called]))
        person = may_be[0] if len(may_be) == 1 else self.people[-1]
        self._file(called, person)
        return may_be

    def _file(self, called: Called, person: Person) -> None:
        whole = self._whole.setdefault((called.words, called.variant), [])
        if person not in whole:
            whole.append(person)
        for short in _shortened(called.words) if self._is_name(called) else ():
            people = self._short.setdefault((short, called.variant), [])
            if person not in people:
                people.append(person)

    def _is_name(self, called: Called) -> bool:
        """Whether it may be a part of a full name, or one."""
        return not (called.is_role or called.is_list or normal(called.whole) in self._own)


def _shortened(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The first or the last words of a full name; an initial alone is neither."""
    for count in range(1, len(words)) if len(words) <= _MOST_WORDS else ():
        for short in (words[:count], words[-count:]):
            if all(len(word) > 1 for word in short):
                yield short


def _tell(person: Person, remarks: Remarks, lines: dict[str, int]) -> None:
    """Remark which names were taken for one person, where they differ by more than a title."""
    words = {called.words for called in person.names}
    teaches = {"teacher" in called.ranks for called in person.names}
    if len(words) > 1 or len(teaches) > 1:
        names = ", ".join(called.whole for called in person.names)
        remarks.add(
            lines.get(person.names[0].whole, 1),
            names,
            '"{about}" are read as one person. Give them names of their own in the bible if they are several.',
        )


def _tell_slips(
    people: Iterable[Person], own: Collection[str], remarks: Remarks, lines: dict[str, int]
) -> None:
    """Remark a new person whose name is another's but for one letter: probably a slip, and cast as somebody else."""
    known = [name for name in own if name not in lexicon("people")]
    for person in people:
        name = person.shown
        called = person.names[0]
        if normal(name) in own or called.is_role or called.is_list:
            continue
        like = next((other for other in known if is_slip(other, name)), None)
        if like is not None:
            remarks.add(
                lines.get(called.whole, 1),
                called.whole,
                f'"{{about}}" is cast as somebody else than {like.upper()}. Write {like.upper()} if it is a slip.',
            )
        known.append(name)


def _agree(one: Called, other: Called) -> bool:
    if one.variant != other.variant or (one.ranks and other.ranks and one.ranks != other.ranks):
        return False
    return not (one.sex and other.sex and one.sex != other.sex)


def _is_japanese(name: str) -> bool:
    return not name.isascii()
