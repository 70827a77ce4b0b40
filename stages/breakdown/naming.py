"""Who is who: which names of a script belong to one person.

In: names as speakers' lines have them.      Out: groups of names, and remarks where it is not certain.
Titles and honorifics are not part of a name; a full name holds its first name and its surname. YOUNG RIN and
RIN are two people, as are GUARD 1 and GUARD 2, and MR. and MRS. HARGREAVE.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from assets.grammar import lexicon
from stages import casting
from stages.breakdown.directions import normal
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


@dataclass(frozen=True)
class Called:
    """A name taken apart."""

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
        """RIN/MIKA/JO: signs in it part several names, or two of one person."""
        return any(sign in self.whole for sign in "/,&+＆、・")

    @cached_property
    def is_role(self) -> bool:
        """Guard, old man, student: a part, not a name."""
        return any(word in lexicon("people") for word in self.words)


@lru_cache(maxsize=4096)
def taken_apart(name: str) -> Called:
    """Titles, honorifics and what tells one of the same name from another apart from the name itself."""
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


@dataclass
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
        """Whether nothing speaks against its being the same person."""
        return all(_agree(own, called) for own in self.names)

    def is_same(self, called: Called) -> bool:
        return any(own.words == called.words for own in self.names) and self.fits(called)

    def holds(self, called: Called) -> bool:
        """A first name or a surname of a full name, or the other way round."""
        return any(_within(own.words, called.words) or _within(called.words, own.words) for own in self.names)


def people(
    names: Iterable[Called], own: Collection[str], remarks: Remarks, lines: dict[str, int]
) -> list[Person]:
    """The people behind ``names``; ``own``: names that are told apart elsewhere, such as those of the bible."""
    ordered = list(dict.fromkeys(names))
    found: list[Person] = []
    # The fullest names first: JOHN and MR. HARGREAVE meet in JOHN HARGREAVE, whichever is said first.
    for called in sorted(ordered, key=lambda called: -len(called.words)):
        _placed(called, found, own, remarks, lines)
    for person in found:
        person.names.sort(key=ordered.index)
        _tell(person, remarks, lines)
    return sorted(found, key=lambda person: ordered.index(person.names[0]))


def _placed(
    called: Called, found: list[Person], own: Collection[str], remarks: Remarks, lines: dict[str, int]
) -> None:
    same = [person for person in found if person.is_same(called)]
    if not same and not called.is_role and not called.is_list and normal(called.whole) not in own:
        same = [
            person
            for person in found
            if person.holds(called)
            and person.fits(called)
            and not any(one.is_role or one.is_list for one in person.names)
        ]
    if len(same) == 1:
        same[0].names.append(called)
        return
    if len(same) > 1:
        others = " or ".join(person.shown for person in same[:3])
        remarks.add(
            lines.get(called.whole, 1),
            called.whole,
            f'"{{about}}" may be {others}; a person of that name was cast. Write the full name if it is one of them.',
        )
    found.append(Person([called]))


def _tell(person: Person, remarks: Remarks, lines: dict[str, int]) -> None:
    """Say which names were taken for one person, where they differ by more than a polite title."""
    words, ranks = ({getattr(called, part) for called in person.names} for part in ("words", "ranks"))
    if len(words) > 1 or len(ranks) > 1:
        names = ", ".join(called.whole for called in person.names)
        remarks.add(
            lines.get(person.names[0].whole, 1),
            names,
            '"{about}" are read as one person. Give them names of their own in the bible if they are several.',
        )


def _agree(one: Called, other: Called) -> bool:
    if one.variant != other.variant or (one.ranks and other.ranks and one.ranks != other.ranks):
        return False
    return not (one.sex and other.sex and one.sex != other.sex)


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    """The first or the last words of a longer name; an initial alone is neither."""
    short, long = tuple(part), tuple(whole)
    if not 0 < len(short) < len(long) or any(len(word) < 2 for word in short):
        return False
    return long[: len(short)] == short or long[-len(short) :] == short


def _is_japanese(name: str) -> bool:
    return not name.isascii()
