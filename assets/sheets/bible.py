"""The show's bible: who is in it, where it plays, how it sounds and feels."""

import re
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from assets.sheets.base import Part, Seed, Sheet
from assets.sheets.look import Look, Mood, PlaceKind
from assets.timing import Rate

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Language = Literal["ja", "en"]
Words = dict[Language, str]
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class VoiceSpec(Part):
    """How a character sounds in one language; ``voice`` names one of the adapter's own voices."""

    voice: str = Field(
        default="", description="Empty: the adapter picks one that is stable for the character"
    )
    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    pitch: float = Field(default=0.0, ge=-12, le=12, description="Semitones up (+) or down (-)")


class Character(Part):
    """One person (or creature) of the show."""

    id: Id
    names: tuple[str, ...] = Field(min_length=1, description="Every way a script may call them")
    title: Words = Field(default_factory=dict, description="The name to show, by language")
    about: str = ""
    look: Look = Look()
    voices: dict[Language, VoiceSpec] = Field(default_factory=dict)

    def voice(self, language: Language) -> VoiceSpec:
        return self.voices.get(language, VoiceSpec())

    def shown(self, language: Language) -> str:
        return self.title.get(language) or self.names[0]


class Place(Part):
    """One location; ``kind`` says which set the cel rig draws."""

    id: Id
    names: tuple[str, ...] = Field(min_length=1)
    kind: PlaceKind = "void"
    about: str = ""
    variant: Seed = Field(default=0, description="Seed of the set's details, stable per place")

    def shown(self, language: Language) -> str:
        """The first of its names that is written in ``language``; the very first when none is."""
        fitting = (name for name in self.names if bool(_JAPANESE.search(name)) == (language == "ja"))
        return next(fitting, self.names[0])


class Relation(Part):
    """What two characters are to each other."""

    between: tuple[Id, Id]
    what: str = Field(description="In a sentence: 'Old friends who never say so.'")


class Bible(Sheet):
    """One show."""

    sheet: ClassVar[str] = "bible"

    id: Id
    title: Words
    about: str = ""
    tone: str = ""
    mood: Mood = "calm"
    rate: Rate = Fraction(24)
    characters: tuple[Character, ...] = ()
    places: tuple[Place, ...] = ()
    relations: tuple[Relation, ...] = ()
    limits: tuple[str, ...] = Field(default=(), description="Words kept out of the stories written for it")
    licence: str = "NOASSERTION"
    credits: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_are_distinct(self) -> "Bible":
        for what, items in (("character", self.characters), ("place", self.places)):
            seen: dict[str, str] = {}
            for item in items:
                for name in (item.id, *item.names):
                    owner = seen.setdefault(name.casefold(), item.id)
                    if owner != item.id:
                        raise ValueError(f"the name {name!r} belongs to two {what}s: {owner} and {item.id}")
        return self

    @model_validator(mode="after")
    def _relations_are_between_its_own(self) -> "Bible":
        known = {character.id for character in self.characters}
        for relation in self.relations:
            if set(relation.between) - known:
                raise ValueError(
                    f"a relation names {', '.join(set(relation.between) - known)}, not a character"
                )
        return self

    def related(self, id: str) -> tuple[str, ...]:
        """Whom ``id`` has a relation to, in the order they are told."""
        pairs = (relation.between for relation in self.relations if id in relation.between)
        return tuple(one if other == id else other for one, other in pairs)
