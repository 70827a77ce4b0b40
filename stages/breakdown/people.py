"""Who is who: find the people of a script in its cues and its action.

In: the bible, the scenes.      Out: a roster that resolves names, nouns and pronouns to cast ids.
Knows nothing about cuts.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from assets.fountain import spoken
from assets.grammar import Hit, lexicon
from assets.sheets.bible import Bible, Character
from stages import casting
from stages.breakdown.pieces import sentences
from stages.breakdown.scenes import Action, Scene, Speech

_TOGETHER = re.compile(r"\s*(?:&|＆|\band\b|/|、)\s*", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:a|an|another|some)\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE)
_SUBJECT_AFTER = re.compile(r"\s*(?:が|は|も|たちが|たちは|[、,])")
_SUBJECT_BEFORE = re.compile(
    r"(?:^|[.,;:!?\-—]|\b(?:and|as|while|but|then|when|where))\s*(?:(?:a|an|the|another)\s+)?(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_NOT_SUBJECT_AFTER = re.compile(r"\s*(?:を|に|へ|の|から|と)")
_CLAUSE = re.compile(r"[,;:、；。]|[がはをに](?=[^がはをに]*$)")
_BEFORE_A_PART = ("the", "his", "her", "their", "its", "another")
_APPOSITION = re.compile(
    r"[\s,(]*(?:(?:early|mid|late)[\s-]*)?(?:\d+\S*)?(?:\s*years old)?[\s,)]*", re.IGNORECASE
)
# What follows a name in Japanese is about it where it stands in brackets, or as its topic.
_SAID_AFTER = re.compile(r"\s*(?:[(（]([^()（）]*)[)）])?(は[^。]*)?")
_PRONOUN = re.compile(r"(?:She|He|Her|His|彼女|彼)\b")
# Whoever has been mentioned this often without a description will not get one.
_DESCRIBED_WITHIN = 3
_NOUN_USED = re.compile(r"が|は|に|を|と|も")


@dataclass(frozen=True)
class Mention:
    """Somebody named in a text."""

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
        self._pattern: re.Pattern[str] = re.compile("(?!)")
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
        """Who stands left of whom: in the order of the bible, then by a number of the name's own."""
        return self._ranks.get(id, len(self._ranks) + crc32(id.encode()))

    def speakers(self, cue: str) -> tuple[str, ...]:
        """Whoever a speaker's line names; ``BRICK & STEEL`` are two, if both are known."""
        name = _plain(cue)
        whole = self._resolve(name)
        if whole:
            return (whole,)
        parts = [self._resolve(part) for part in _TOGETHER.split(name)]
        return tuple(part for part in parts if part)

    def meet(self, cue: str, hints: str) -> None:
        """Cast a speaker nobody knows yet."""
        found = self.speakers(cue)
        if not found:
            self._invent(_plain(cue), hints)
        elif len(found) == 1:
            self._names.setdefault(_key(_plain(cue)), found[0])
            self._learn_names()

    def alias(self, cue: str, told: str) -> None:
        """A part without a name (THIEF) is 'the thief' in the action, unless Thief is written there."""
        name, found = _plain(cue), self.speakers(cue)
        if (
            not name.isascii()
            or len(found) != 1
            or len(name) < 3
            or re.search(rf"\b{re.escape(name.title())}\b", told)
        ):
            return
        for article in _BEFORE_A_PART:
            self._names.setdefault(_key(f"{article} {name}"), found[0])
        self._learn_names()

    def meet_noun(self, hit: Hit, phrase: str) -> str:
        """The person a noun like 'old man' stands for; the same one all through the script."""
        if hit.value not in self._nouns:
            known = next((id for id, who in self._known.items() if hit.value in _noun_values(who)), None)
            self._nouns[hit.value] = known or self._invent(hit.text, phrase, id=hit.value)
        return self._nouns[hit.value]

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Everyone mentioned by name, in order."""
        return tuple(self._find(text))

    def masked(self, text: str) -> str:
        """``text`` with all names blanked out, so that Mr Rain is no weather."""
        return self._pattern.sub(lambda found: " " * len(found.group()), text)

    def matching(self, ids: Sequence[str], gender: str) -> str | None:
        """The last of ``ids`` that ``gender`` may mean."""
        return next((id for id in reversed(ids) if self._gender[id] in ("", gender) or not gender), None)

    def _find(self, text: str) -> Iterator[Mention]:
        for found in self._pattern.finditer(text):
            yield Mention(
                self._names[_key(found.group())], found.start(), found.end(), is_subject(text, *found.span())
            )

    def _resolve(self, name: str) -> str | None:
        if _key(name) in self._names:
            return self._names[_key(name)]
        owners = {id for known, id in self._names.items() if _key(name) in known.split()}
        return owners.pop() if len(owners) == 1 else None

    def _invent(self, name: str, hints: str, id: str = "") -> str:
        known = self._known.values()
        noun = next((hit for hit in lexicon("people").hits(name) if hit.text == name), None)
        id = id or (noun.value if noun else "")
        id = id if id and id not in self._known else casting.slug(name, self._known, "cast")
        made = casting.character(id, (name,), hints=hints, taken=[who.look for who in known])
        self._add(made, hints)
        self._shorten(name, id)
        self.invented.append(id)
        return id

    def _shorten(self, name: str, id: str) -> None:
        """DETECTIVE HOLT is also Holt; 'detective' may be anybody."""
        for part in name.split():
            if len(part) > 2 and part.isalpha() and part.isascii() and part not in lexicon("people"):
                self._names.setdefault(_key(part), id)
        self._learn_names()

    def _add(self, character: Character, hints: str = "") -> None:
        self._known[character.id] = character
        for name in (*character.names, *character.title.values(), character.id):
            self._names.setdefault(_key(name), character.id)
        told = " ".join((*character.names, character.about, hints))
        # The hair that chance gave a stranger says nothing about who 'he' is; a bible's hair does.
        by_look = "" if hints else _gender_of_look(character)
        self._gender[character.id] = casting.gender_of(told) or by_look
        self._learn_names()

    def _learn_names(self) -> None:
        names = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile("|".join(_written(name) for name in names) or "(?!)")


def gather(bible: Bible | None, scenes: Sequence[Scene]) -> Roster:
    """Everyone who speaks, with the looks that the action gives them."""
    roster = Roster(bible)
    beats = [beat for scene in scenes for beat in scene.beats]
    told = [
        sentence for beat in beats if isinstance(beat, Action) for sentence in sentences(spoken(beat.text))
    ]
    cues = dict.fromkeys(_plain(beat.name) for beat in beats if isinstance(beat, Speech))
    at_school = _at_school(scenes)
    for cue in cues:
        hints = _hints(cue, told, [other for other in cues if other != cue])
        roster.meet(cue, f"{hints}; {'student' if cue in at_school else ''}")
    for cue in cues:
        roster.alias(cue, " ".join(told))
    return roster


def _at_school(scenes: Sequence[Scene]) -> set[str]:
    """Who speaks in a classroom: students, unless something else is said of them."""
    found = set()
    for scene in scenes:
        heading = scene.heading.text if scene.heading else ""
        if lexicon("places").last(heading) in ("classroom", "schoolyard"):
            found |= {_plain(beat.name) for beat in scene.beats if isinstance(beat, Speech)}
    return found


def nouns(text: str, roster: Roster) -> tuple[tuple[Hit, str, bool], ...]:
    """People without a name in ``text``: the noun, its phrase, and whether it is someone new.

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
    """Whether the word there leads its clause: by its particle, or by standing first."""
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


def _hints(cue: str, told: Sequence[str], others: Sequence[str]) -> str:
    """What the action says of ``cue`` where it first speaks of them, up to the next name."""
    pattern = re.compile(_written(_key(cue)))
    other = re.compile("|".join(_written(_key(name)) for name in others) or "(?!)")
    found: list[str] = []
    for index, sentence in enumerate(told):
        mention = pattern.search(sentence)
        if mention is None:
            continue
        before = _CLAUSE.split(sentence[: mention.start()])[-1]
        after = re.split("[;；]", sentence[mention.end() :])[0]
        if not cue.isascii() and (own := _SAID_AFTER.match(after)):
            after = " ".join(part for part in own.groups() if part)
        if next_name := other.search(after):
            # 'MIA and old TOMAS': what stands after the 'and' is said of Tomas.
            after = re.split(r"\band\b(?!.*\band\b)", after[: next_name.start()])[0]
        following = told[index + 1] if index + 1 < len(told) and not other.search(sentence) else ""
        found += [before, after, following if _PRONOUN.match(following) else ""]
        if len(found) >= 3 * _DESCRIBED_WITHIN:
            break
    return "; ".join(found)


def _written(name: str) -> str:
    """How a name may stand in the action: capitals or title case for one Latin word, any case for more."""
    if not name.isascii():
        return re.escape(name)
    forms = {name.upper(), name.title(), name.capitalize()} | ({name} if " " in name else set())
    return r"(?<![\w])(?:" + "|".join(sorted(map(re.escape, forms))) + r")(?![\w])"


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _plain(cue: str) -> str:
    return " ".join(spoken(cue).strip(" *_").split()) or cue.strip()


def _noun_values(character: Character) -> set[str]:
    return {hit.value for name in character.names for hit in lexicon("people").hits(name)}


def _gender_of_look(character: Character) -> str:
    if character.look.hair in ("ponytail", "twintails", "braid", "bun", "hime"):
        return "f"
    return "m" if character.look.hair in ("buzz", "undercut", "bald") else ""
