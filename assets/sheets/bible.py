"""The show's bible: its characters and places, and how it looks, sounds and feels."""

import re
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from assets.hashing import digest
from assets.sheets.base import Part, Seed, Sheet
from assets.sheets.look import Look, Mood, PlaceKind
from assets.timing import Rate

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Language = Literal["ja", "en"]
Words = dict[Language, str]
Expert = Literal["", "high", "low"]
Sha256 = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class VoiceSpec(Part):
    """How a character sounds in one language; ``voice`` names one of the adapter's own voices."""

    voice: str = Field(
        default="", description="Empty: the adapter picks one that is stable for the character"
    )
    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    pitch: float = Field(default=0.0, ge=-12, le=12, description="Semitones up (+) or down (-)")


class Approval(Part):
    """How an approved reference was drawn, and who approved it. Such a reference is locked: its hash is checked."""

    view: Literal["sheet", "front", "face"] = Field(
        description="sheet: all views on one page; front: for measuring only, painters see it on the sheet"
    )
    painter: str = Field(
        min_length=1, max_length=64, description="The model that drew it, as a profile names it"
    )
    weights: str = Field(default="", max_length=500, description="Where its weights come from")
    revision: str = Field(default="", max_length=500)
    licence: str = Field(default="", max_length=500)
    recipe: Sha256 = Field(description="Of everything that decided the picture")
    seed: Seed
    basis: Sha256 = Field(description="Of the description it was drawn from: another one makes it stale")
    by: str = Field(min_length=1, max_length=200, description="Who approved it")
    at: str = Field(max_length=40, description="When: UTC, ISO 8601")


class Reference(Part):
    """A picture of the show's own art, shown to models that accept references."""

    media_type: ClassVar[str] = "image/png"

    file: str = Field(min_length=1, max_length=200, description="PNG, beside the bible")
    sha256: Sha256 = Field(default="", description="Of the file; empty: it is computed when the show is read")
    bytes: int = Field(default=0, ge=0, lt=2**40, description="Of the file; computed with the hash")
    origin: str = Field(default="", max_length=500, description="Who drew it, and who granted its use")
    approved: Approval | None = Field(
        default=None,
        exclude_if=lambda approved: approved is None,  # so that earlier sheets do not change
        description="Written by `sakuga cast`",
    )


class Lora(Part):
    """Weights that teach one model family a character, a place or a style."""

    # In the vault its suffix is .safetensors: with another suffix, libraries may run code from the file.
    media_type: ClassVar[str] = "application/x-safetensors"

    file: str = Field(min_length=1, max_length=200, description="A .safetensors file beside the bible")
    base: str = Field(
        pattern=r"^[a-z0-9.-]{1,64}$", description="The model family it belongs to, such as sdxl"
    )
    sha256: Sha256 = Field(default="", description="Of the file; empty: it is computed when the show is read")
    bytes: int = Field(default=0, ge=0, lt=2**40, description="Of the file; computed with the hash")
    strength: float = Field(default=1.0, ge=-2, le=2)
    trigger: str = Field(default="", max_length=200, description="Words that call it up in a prompt")
    expert: Expert = Field(
        default="",
        exclude_if=lambda expert: not expert,  # so that earlier sheets do not change
        description="For a model with two experts, such as Wan 2.2: the one for high or for low noise",
    )
    origin: str = Field(default="", max_length=500, description="Who trained it, and on what")


class Art(Part):
    """What models other than the cel rig get about a character, a place or a style."""

    tags: str = Field(default="", max_length=1000, description="For painters that read comma-separated tags")
    prose: str = Field(default="", max_length=2000, description="For painters that read sentences")
    references: tuple[Reference, ...] = Field(default=(), max_length=8)
    loras: tuple[Lora, ...] = Field(default=(), max_length=8)


class Style(Art):
    """How the whole show looks."""

    negative: str = Field(default="", max_length=1000, description="What must not be in a picture")


def _untold(value: object) -> bool:
    return value in (Art(), Style())


class Character(Part):
    """One person (or creature) of the show."""

    id: Id
    names: tuple[str, ...] = Field(min_length=1, description="Every way a script may call them")
    title: Words = Field(default_factory=dict, description="The name to show, by language")
    about: str = ""
    look: Look = Look()
    art: Art = Field(default=Art(), exclude_if=_untold)
    voices: dict[Language, VoiceSpec] = Field(default_factory=dict)

    @property
    def basis(self) -> str:
        """The digest of how they are described; a sheet that was drawn from another description is stale."""
        art = [self.art.tags, self.art.prose]
        return digest({"look": self.look, "about": self.about, "art": art})

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
    art: Art = Field(default=Art(), exclude_if=_untold)

    def shown(self, language: Language) -> str:
        """The first of its names that is written in ``language``; the very first when none is."""
        fitting = (name for name in self.names if bool(_JAPANESE.search(name)) == (language == "ja"))
        return next(fitting, self.names[0])


class Relation(Part):
    """What two characters are to each other."""

    between: tuple[Id, Id]
    what: str = Field(description="In a sentence: 'Old friends who never say so.'")


class Bible(Sheet):
    """One show. Version 2 may hold art and a style for models that read and look."""

    sheet: ClassVar[str] = "bible"
    version: ClassVar[int] = 2

    @classmethod
    def upgraded(cls, raw: dict[str, Any], version: int) -> dict[str, Any]:
        return raw if version == 1 else super().upgraded(raw, version)

    id: Id
    title: Words
    about: str = ""
    tone: str = ""
    mood: Mood = "calm"
    style: Style = Field(default=Style(), exclude_if=_untold)
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
        """The characters that ``id`` has a relation to, in the order of the bible."""
        pairs = (relation.between for relation in self.relations if id in relation.between)
        return tuple(one if other == id else other for one, other in pairs)
