"""Choose the characters of a story: from the bible, or from lists of names if there is none.

In: a premise, perhaps a bible.      Out: two or three Persons, in the order of their roles.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assets.errors import InputRefused
from assets.grammar import lexicon
from assets.hashing import digest
from assets.plots import names, styles
from assets.sheets.bible import Bible, Character, Language
from assets.sheets.look import Age
from assets.sheets.story import Role
from stages import casting
from stages.story.premise import Premise

_ROLES = ("A", "B", "C")
_AGES: dict[str, tuple[str, Age]] = {
    "old_man": ("m", "elder"), "old_woman": ("f", "elder"), "girl": ("f", "teen"), "boy": ("m", "teen"),
    "child": ("", "child"), "woman": ("f", "adult"), "man": ("m", "adult"), "student": ("", "teen"),
    "knight": ("m", "adult"), "wizard": ("m", "elder"), "stationmaster": ("m", "elder"),
}  # fmt: skip
_SIBLINGS = {"f": re.compile(r"\bsisters\b|姉妹"), "m": re.compile(r"\bbrothers\b|兄弟")}
_POLITE = re.compile(
    r"\b(?:polite|formal|butler|maid|secretary|teacher)\b|丁寧|敬語|執事|先生", re.IGNORECASE
)
_ROUGH = re.compile(r"\b(?:rough|tough|wild|gang|pirate|fighter)\b|乱暴|不良|番長|海賊", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """A person as templates see them: ``{A}``, ``{A.he}``, ``{A.his}``."""

    role: str
    id: str
    name: str
    gender: str
    age: Age
    style: str
    about: str = ""
    introduced: str = ""  # how the script introduces somebody new

    def __str__(self) -> str:
        return self.name

    @property
    def he(self) -> str:
        return {"f": "she", "m": "he"}.get(self.gender, "they")

    @property
    def his(self) -> str:
        return {"f": "her", "m": "his"}.get(self.gender, "their")

    @property
    def him(self) -> str:
        return {"f": "her", "m": "him"}.get(self.gender, "them")

    @property
    def He(self) -> str:  # noqa: N802 - the name used in templates
        return self.he.capitalize()

    @property
    def His(self) -> str:  # noqa: N802
        return self.his.capitalize()

    @property
    def sheet(self) -> Role:
        return Role.model_validate({"role": self.role, "id": self.id, "name": self.name, "style": self.style})


def cast(
    premise: Premise, bible: Bible | None, language: Language, *, seed: int, new: bool
) -> tuple[Person, ...]:
    """The characters of the story. A show uses only its own people, unless ``new`` ones are allowed."""
    known = _known(premise, bible)
    third = len(known) > 2 and _mentioned(known[2], premise.text)
    chosen = [_person(_ROLES[index], who, language) for index, who in enumerate(known[: 3 if third else 2])]
    strangers = bible is None or not bible.characters or new
    if not strangers and len(chosen) < 2:
        raise InputRefused(
            f"A story needs two people who talk, and {bible.id if bible else 'the show'} has only one character. "
            "Add another to the bible, or allow --new-characters."
        )
    if strangers:
        chosen += _strangers(premise, chosen, language, seed)
    return tuple(chosen)


def first_named(premise: Premise, bible: Bible) -> Character | None:
    """The character of the bible whom the premise names first."""
    named = [who for who in bible.characters if _mentioned(who, premise.text)]
    return min(named, key=lambda who: _first(who, premise.text)) if named else None


def _known(premise: Premise, bible: Bible | None) -> list[Character]:
    """The bible's people: first those the premise names, then those close to them, then the others in order."""
    people = list(bible.characters) if bible else []
    named = sorted(
        (who for who in people if _mentioned(who, premise.text)), key=lambda who: _first(who, premise.text)
    )
    near = bible.related(named[0].id) if bible and named else ()
    close = sorted((who for who in people if who.id in near), key=lambda who: near.index(who.id))
    return list({who.id: who for who in (*named, *close, *people)}.values())


def _first(who: Character, text: str) -> int:
    return min(_where(name, text) for name in who.names)


def _mentioned(who: Character, text: str) -> bool:
    return _first(who, text) < len(text)


def _where(name: str, text: str) -> int:
    found = re.search(rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name), text, re.IGNORECASE)
    return found.start() if found else len(text)


def _person(role: str, who: Character, language: Language) -> Person:
    told = " ".join((*who.names, who.about))
    gender = casting.gender_of(told)
    return Person(
        role=role, id=who.id, name=_shown(who, language), gender=gender, age=who.look.age,
        style=_style(who.look.age, gender, told), about=who.about,
    )  # fmt: skip


def _shown(who: Character, language: Language) -> str:
    fitting = [name for name in who.names if name.isascii() == (language == "en") and not name.isupper()]
    # On one line: a line break in a name of the bible must not begin a scene.
    return " ".join((who.title.get(language) or next(iter(fitting), who.names[0])).split())


def _style(age: Age, gender: str, told: str) -> str:
    if age == "elder":
        return "elder"
    if _POLITE.search(told):
        return "polite"
    if _ROUGH.search(told):
        return "rough"
    return "boy" if gender == "m" else "girl"


def _strangers(premise: Premise, chosen: Sequence[Person], language: Language, seed: int) -> list[Person]:
    """Add people until there are two; a third if the premise names three."""
    called, names = _called(premise), _own_names(premise, language)
    wanted = max(2, min(3, max(len(called), len(names)))) - len(chosen)
    made: list[Person] = []
    for index in range(max(0, wanted)):
        spot = len(chosen) + index
        role, told = _ROLES[spot], _told(premise, spot)
        gender, age = (
            called[spot] if spot < len(called) else ("", _company_for(called[0][1] if called else "teen"))
        )
        if told and (hit := _age_of(told)):
            gender, age = hit
        own = names[spot] if spot < len(names) else ""
        gender = (
            gender or (casting.gender_of(own) if own else "") or "fm"[_number(premise.text, seed, role) % 2]
        )
        name = own or _free_name(premise, gender, language, [*chosen, *made], seed)
        style = _style(age, gender, "")
        made.append(
            Person(role, "", name, gender, age, style, introduced=_introduced(gender, age, told, language))
        )
    return made


def _called(premise: Premise) -> list[tuple[str, Age]]:
    """Gender and age of the people the premise speaks of."""
    kin = next((gender for gender, pattern in _SIBLINGS.items() if pattern.search(premise.text)), "")
    if kin:
        return [(kin, "teen"), (kin, "teen")]  # whoever else is named, the story is about these two
    if premise.deed:
        return []
    return [
        _AGES.get(hit.value, ("", "adult" if hit.value != "stranger" else "teen")) for hit in premise.people
    ]


def _own_names(premise: Premise, language: Language) -> tuple[str, ...]:
    if premise.language != language:
        return ()
    return (premise.deed.name,) if premise.deed and premise.deed.name else premise.names


def _told(premise: Premise, spot: int) -> str:
    """What the premise calls the person of this spot: a retired rocket engineer, a stray robot."""
    deed = premise.deed
    if deed is None or spot > 1:
        return ""
    if spot == 0:
        return f"{deed.subject}のひとり" if deed.language == "ja" and deed.many > 1 else deed.subject
    if deed.many > 1:
        return "the other of the two" if deed.language == "en" else "もうひとり"
    return deed.other


def _age_of(told: str) -> tuple[str, Age] | None:
    """Gender and age that a noun phrase tells; a trade or a robot is grown up unless it says otherwise."""
    if re.search(r"\b(?:old|elderly|retired|grand\w+)\b|老|引退|祖父|祖母|じいさん|ばあさん", told):
        return casting.gender_of(told), "elder"
    hits = [_AGES[hit.value] for hit in lexicon("people").hits(told) if hit.value in _AGES]
    if hits:
        return hits[-1]
    if re.search(r"\b(?:sisters?|brothers?|twins?)\b|姉妹|兄弟|双子", told):
        return None
    return casting.gender_of(told), "adult"


def _introduced(gender: str, age: Age, told: str, language: Language) -> str:
    """How the script introduces somebody new: in the premise's words, where it has some, and by their age."""
    usual = names().introduced[f"{gender}.{age}"][0 if language == "en" else 1]
    if not told:
        return usual
    if language == "ja":
        return f"{told}、"
    article = "" if re.match(r"(?:an?|the|one|his|her|their|someone)\b", told) else "a "
    return f"{article}{told}" + (" with white hair" if age == "elder" else "")


def _company_for(age: Age) -> Age:
    """The age of the other person: a child for an old person, else the same age."""
    return "child" if age == "elder" else age


def _free_name(premise: Premise, gender: str, language: Language, taken: Sequence[Person], seed: int) -> str:
    listed = [pair[0 if language == "en" else 1] for pair in names().names["f" if gender == "f" else "m"]]
    used = {person.name for person in taken} | set(premise.names)
    free = [name for name in listed if name not in used]
    return free[_number(premise.text, seed, gender, len(taken)) % len(free)]


def _number(*parts: object) -> int:
    return int(digest([str(part) for part in parts])[:8], 16)


def speaking(person: Person, listener: Person) -> dict[str, object]:
    """The words of ``person``'s own way of talking, for a template."""
    return {**styles().styles[person.style], "you": listener}
