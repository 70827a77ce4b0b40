"""The people of a script, found by name, by role and by noun.

In: the bible, speakers' names, texts.      Out: a roster that resolves names, nouns and pronouns to ids.
Knows nothing about cuts.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from assets.grammar import Hit, blanked, lexicon
from assets.sheets.bible import Bible, Character, Words
from assets.sheets.look import Look
from stages import casting
from stages.breakdown.cues import Cue, plain
from stages.breakdown.naming import taken_apart
from stages.breakdown.phrases import Names, Phrases
from stages.ids import slug

_TOGETHER = re.compile(r"\s*(?:&|＆|\band\b|/|、)\s*", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:a|an|another|some)\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE)
_SUBJECT_AFTER = re.compile(r"\s*(?:が|は|も|たちが|たちは|[、,])")
_SUBJECT_BEFORE = re.compile(
    r"(?:^|[.,;:!?\-—]|\b(?:and|as|while|but|then|when|where))\s*(?:(?:a|an|the|another)\s+)?(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_NOT_SUBJECT_AFTER = re.compile(r"\s*(?:を|に|へ|の|から|と)")
_BEFORE_A_PART = ("the", "his", "her", "their", "its", "another")
_APPOSITION = re.compile(
    r"[\s,(]*(?:(?:early|mid|late)[\s-]*)?(?:\d+\S*)?(?:\s*years old)?[\s,)]*", re.IGNORECASE
)
_NARRATOR: Words = {"en": "Narrator", "ja": "ナレーション"}
_NOUN_USED = re.compile(r"が|は|に|を|と|も")


@dataclass(frozen=True)
class Mention:
    """A person named in a text."""

    character: str
    start: int
    stop: int
    subject: bool


class Roster:
    """The cast of one episode, in order of appearance."""

    def __init__(self, bible: Bible | None) -> None:
        self._known: dict[str, Character] = {}
        self._names: dict[str, str] = {}
        self._nouns: dict[str, str] = {}
        self._gender: dict[str, str] = {}
        self._written = Names()
        self._owners: dict[str, set[str]] = {}  # one word of a name -> everyone who has it
        self._hair: dict[tuple[str, str], Look] = {}  # one look per hairstyle is enough to compare with
        self._noun_owners: dict[str, str] = {}
        self._copies: dict[str, int] = {}
        self._masked: tuple[int, str, str] = (-1, "", "")
        self._meant: dict[tuple[str, str], tuple[str, ...]] = {}  # name and age of a speaker's line -> who
        self.unseen: set[str] = set()  # voices without a body: the narrator, a radio
        self.invented: list[str] = []
        self.used: dict[str, None] = {}
        known = bible.characters if bible else ()
        self._ranks = {character.id: index for index, character in enumerate(known)}
        for character in known:
            self._add(character)

    def character(self, id: str) -> Character:
        return self._known[id]

    @property
    def cast(self) -> tuple[Character, ...]:
        """Everyone the episode uses, in order of appearance."""
        return tuple(self._known[id] for id in self.used)

    def use(self, ids: Iterable[str]) -> None:
        self.used.update(dict.fromkeys(ids))

    def gender(self, id: str) -> str:
        return self._gender[id]

    def rank(self, id: str) -> int:
        """The order from left to right: the order of the bible, then a number computed from the name."""
        return self._ranks.get(id, len(self._ranks) + crc32(id.encode()))

    def speakers(self, cue: str) -> tuple[str, ...]:
        """The people whom a speaker's line names; ``BRICK & STEEL`` are two, if both are known."""
        name = plain(cue)
        whole = self._resolve(name)
        if whole:
            return (whole,)
        parts = [self._resolve(part) for part in _TOGETHER.split(name)]
        return tuple(part for part in parts if part)

    def voices(self, cue: Cue) -> tuple[str, ...]:
        """Everyone whom a speaker's line names; empty for a group, which means the people who are present."""
        found = self._meant.get((key_of(cue.name), cue.age)) or self._meant.get((key_of(cue.name), ""))
        return found or (() if cue.role == "group" else self.speakers(cue.name))

    @property
    def speaking(self) -> tuple[str, ...]:
        """Everyone whom a speaker's line names, in the order of the script."""
        return tuple(dict.fromkeys(id for ids in self._meant.values() for id in ids))

    def mean(self, cue: Cue, ids: Iterable[str]) -> None:
        """Remember whom a speaker's line means."""
        self._meant[key_of(cue.name), cue.age] = tuple(dict.fromkeys(ids))

    def meet(self, cue: str, hints: str, also: Sequence[str] = ()) -> str:
        """Cast a speaker who is not known yet; ``also``: other names that the script uses."""
        names = (cue, *(name for name in also if name != cue))
        found = next((who for name in names if (who := self._own(plain(name)))), None)
        if found is None:
            found = self._invent(plain(cue), hints, also=[plain(name) for name in names[1:]])
        for name in names:
            self._learn(key_of(plain(name)), found)
        return found

    def _own(self, name: str) -> str | None:
        """The owner of a whole name; a part of a name counts only if it is in the bible."""
        known = self._resolve(name)
        return known if known and (key_of(name) in self._names or known in self._ranks) else None

    def meet_narrator(self, name: str) -> str:
        """The narrator, the same one under every name that the script uses."""
        names = ("Narrator", "ナレーション", name)
        return self._known_of(names) or self._add_unseen("narrator", names[:2], "adult", _NARRATOR)

    def meet_unseen(self, name: str) -> str:
        """Cast a voice without a visible person, such as a radio."""
        known = self._known_of((name,))
        return known or self._add_unseen(slug(name, self._known, "voice", self._copies), (name,), name, {})

    def _known_of(self, names: Iterable[str]) -> str | None:
        return next((found for name in names if (found := self._names.get(key_of(name)))), None)

    def _add_unseen(self, id: str, names: tuple[str, ...], hints: str, title: Words) -> str:
        id = id if id not in self._known else slug(names[0], self._known, "voice", self._copies)
        self._known[id] = casting.character(id, names, hints=hints).model_copy(update={"title": title})
        self._gender[id] = casting.gender_of(hints)
        self.unseen.add(id)
        self.invented.append(id)
        # Not among the names that are looked for in the action: 'her voice' is not the cast's VOICE.
        self._names.update({key_of(name): id for name in names if key_of(name) not in self._names})
        return id

    def alias(self, cues: Iterable[str], told: str) -> None:
        """Let the action call a role by its noun: THIEF is 'the thief' there, unless Thief is written."""
        names = [plain(cue) for cue in cues]
        parts = [name for name in names if name.isascii()]
        named = _found_in(told, (name.title() for name in parts))
        called = _found_in(told.casefold(), (words for name in parts for words in _called(name)))
        for name in parts:
            found = self.speakers(name)
            for words in _called(name) if len(found) == 1 and name.title() not in named else ():
                if words in called:
                    self._learn(words, found[0])

    def meet_noun(self, hit: Hit, phrase: str) -> str:
        """The person whom a noun like 'old man' means; the same one in the whole script."""
        if hit.value not in self._nouns:
            known = self._noun_owners.get(hit.value)
            self._nouns[hit.value] = known or self._invent(hit.text, phrase, id=hit.value)
        return self._nouns[hit.value]

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Everyone mentioned by name, in order."""
        return tuple(self._find(text))

    def masked(self, text: str) -> str:
        """``text`` with all names blanked out, so that Mr Rain is not read as weather."""
        known = len(self._names)
        if self._masked[:2] != (known, text):  # a long speech is asked about piece by piece
            self._masked = (
                known,
                text,
                blanked(text, ((start, stop) for start, stop, _ in self._written.found(text))),
            )
        return self._masked[2]

    def matching(self, ids: Sequence[str], gender: str) -> str | None:
        """The last of ``ids`` that ``gender`` may mean."""
        return next((id for id in reversed(ids) if self._gender[id] in ("", gender) or not gender), None)

    def _find(self, text: str) -> Iterator[Mention]:
        for start, stop, key in self._written.found(text):
            yield Mention(self._names[key], start, stop, is_subject(text, start, stop))

    def _resolve(self, name: str) -> str | None:
        if key_of(name) in self._names:
            return self._names[key_of(name)]
        owners = self._owners.get(key_of(name), ())
        owner = next(iter(owners)) if len(owners) == 1 else None
        return owner if owner and (owner in self._ranks or self._may_shorten(name, owner)) else None

    def _may_shorten(self, name: str, owner: str) -> bool:
        """HOLT may be DETECTIVE HOLT; RIN is not YOUNG RIN, and GUARD is not GUARD 1."""
        called = taken_apart(name)
        return not called.is_role and any(
            taken_apart(known).variant == called.variant for known in self._known[owner].names
        )

    def _invent(self, name: str, hints: str, id: str = "", also: Sequence[str] = ()) -> str:
        noun = next((hit for hit in lexicon("people").hits(name) if hit.text == name), None)
        id = id or (noun.value if noun else "")
        id = id if id and id not in self._known else slug(name, self._known, "cast", self._copies)
        made = casting.character(id, (name,), hints=hints, taken=self._hair.values())
        self._add(made.model_copy(update={"names": (name, *also)}) if also else made, hints)
        self.invented.append(id)
        return id

    def shorten(self) -> None:
        """Add short names when everybody is cast: DETECTIVE HOLT is also Holt, unless somebody else is called Holt."""
        for id in self.invented:
            if id not in self.unseen:
                self._shorten(self._known[id].names[0], id)

    def _shorten(self, name: str, id: str) -> None:
        """Add the short names of one person; 'Detective' alone and the RIN of YOUNG RIN are too ambiguous."""
        for part in name.split() if not taken_apart(name).variant else ():
            if len(part) > 2 and part.isalpha() and part.isascii() and part not in lexicon("people"):
                self._learn(key_of(part), id)

    def _add(self, character: Character, hints: str = "") -> None:
        self._known[character.id] = character
        self._hair.setdefault((character.look.hair, character.look.hair_color), character.look)
        for value in _noun_values(character):
            self._noun_owners.setdefault(value, character.id)
        for name in (*character.names, *character.title.values(), character.id):
            self._learn(key_of(name), character.id)
        told = " ".join((*character.names, character.about, hints))
        # Hair that was chosen at random says nothing about whom 'he' means; hair in the bible does.
        by_look = "" if hints else _gender_of_look(character)
        self._gender[character.id] = casting.gender_of(told) or by_look

    def _learn(self, key: str, id: str) -> None:
        """``key`` names ``id``, unless it already names somebody."""
        if key in self._names:
            return
        self._names[key] = id
        self._written.add(key)
        for word in key.split():
            self._owners.setdefault(word, set()).add(id)


def nouns(text: str, roster: Roster) -> tuple[tuple[Hit, str, bool], ...]:
    """People whom ``text`` names only by a noun: the noun, its phrase, and whether it is someone new.

    Where a name stands in the same sentence the noun mostly describes it (AOI, a quiet girl), so
    only one that opens a clause of its own is taken for somebody else.
    """
    named = roster.mentions(text)
    found = []
    for hit in lexicon("people").hits(roster.masked(text)):
        before, after = text[: hit.start], text[hit.stop :]
        article = _ARTICLE.search(before)
        if (
            after[:2] in ("'s", "’s", "たち")
            or after[:1] in ("達", "ら")
            or (not hit.text.isascii() and named and not _NOUN_USED.match(after))
        ):
            continue
        if named and hit.text.isascii() and (article is None or _describes(text, named, article.start())):
            continue
        end = re.search(r"[.,;!?。、]|\b(?:and|who|as)\b", after)
        phrase = text[
            article.start() if article else hit.start : hit.stop + (end.start() if end else len(after))
        ]
        found.append((hit, phrase, article is not None))
    return tuple(found)


def is_subject(text: str, start: int, stop: int) -> bool:
    """Whether the word there is the subject of its clause: by its particle, or because it is first."""
    if _NOT_SUBJECT_AFTER.match(text, stop):
        return False
    return bool(_SUBJECT_AFTER.match(text, stop) or _SUBJECT_BEFORE.search(text[:start]))


def _describes(text: str, named: Sequence[Mention], at: int) -> bool:
    before = [mention for mention in named if mention.stop <= at]
    return (bool(before) and bool(_APPOSITION.fullmatch(text[before[-1].stop : at]))) or any(
        not text[at : mention.start].count(",") > 1 and mention.start - at < 40
        for mention in named
        if mention.start > at
    )


def _called(name: str) -> list[str]:
    return [f"{article} {key_of(name)}" for article in _BEFORE_A_PART]


def _found_in(text: str, wanted: Iterable[str]) -> set[str]:
    phrases = Phrases()
    for phrase in wanted:
        phrases.add(phrase)
    return {phrase for _, phrase in phrases.found(text)}


def key_of(name: str) -> str:
    """The key of a name: casefolded, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _noun_values(character: Character) -> set[str]:
    return {hit.value for name in character.names for hit in lexicon("people").hits(name)}


def _gender_of_look(character: Character) -> str:
    if character.look.hair in ("ponytail", "twintails", "braid", "bun", "hime"):
        return "f"
    return "m" if character.look.hair in ("buzz", "undercut", "bald") else ""
