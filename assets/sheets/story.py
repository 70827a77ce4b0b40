"""The results of the story room: the story with every choice, and a show's memory."""

from typing import ClassVar, Literal

from pydantic import Field

from assets.sheets.base import Part, Sheet
from assets.sheets.bible import Id, Language, Words
from assets.sheets.look import Expression, TimeOfDay, Weather
from assets.sheets.production import Digest

Structure = Literal["kishotenketsu", "three-acts"]


class Role(Part):
    """Somebody in the story."""

    role: Literal["A", "B", "C"]
    id: str = Field(default="", description="Of the bible; empty: invented for this story")
    name: str
    style: str = Field(default="girl", description="Way of talking in Japanese")


class Beat(Part):
    """One beat: what happens, and where."""

    part: str = Field(description="ki, sho, ten, ketsu or trial")
    summary: str
    place: str = Field(description="As the heading says it")
    hour: TimeOfDay
    weather: Weather = "clear"


class Outline(Part):
    """The story before its scenes are written."""

    premise: str
    language: Language
    structure: Structure = "kishotenketsu"
    show: Id | None = None
    title: str
    logline: str
    plot: str = Field(description="Which plot of the library it follows")
    thing: Words = Field(default_factory=dict, description="What it is about, in a noun")
    cast: tuple[Role, ...] = ()
    beats: tuple[Beat, ...] = ()
    facts: tuple[Words, ...] = Field(default=(), description="What will have happened when it is over")


class Candidate(Part):
    """One possible text of a slot."""

    text: str
    by: Literal["library", "model"]
    likelihood: float | None = Field(default=None, description="Mean log-likelihood per token, by the model")
    refused: str = Field(default="", description="Why it could not be used; empty: it could")


class Slot(Part):
    """One choice: all candidates, the chosen one, and why."""

    name: str = Field(description="Plot, beat and move: the same move keeps its name")
    candidates: tuple[Candidate, ...]
    chosen: int = Field(ge=0)
    why: str
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    seconds: float = Field(default=0, ge=0, description="Inside model calls")


class Said(Part):
    """One line of the script: an action, or somebody's words."""

    who: str = Field(default="", description="Name as the script gives it; empty: an action")
    text: str
    manner: str = ""
    feel: Expression | Literal[""] = ""


class SceneDraft(Part):
    """One scene, ready to be laid out."""

    heading: str
    synopsis: str = ""
    said: tuple[Said, ...] = ()


class Story(Sheet):
    """One finished piece of writing: FILE.story.json beside FILE.fountain."""

    sheet: ClassVar[str] = "story"

    outline: Outline
    scenes: tuple[SceneDraft, ...]
    slots: tuple[Slot, ...] = ()
    seconds: float = Field(ge=0, description="Estimated length on screen")
    writer: str = Field(description="The writer model, as the profile names it")
    library: Digest = Field(description="SHA-256 of the story library it was written with")
    script: Digest = Field(description="SHA-256 of the Fountain file as it was written")
    notes: tuple[str, ...] = ()


class Remembered(Part):
    """A summary of one earlier episode."""

    episode: str = Field(description="The script's file name without its ending")
    title: str
    premise: str
    plot: str
    thing: Words = Field(default_factory=dict)
    logline: str
    beats: tuple[str, ...] = ()
    facts: tuple[Words, ...] = ()
    lines: tuple[str, ...] = Field(default=(), description="What was said, so that it is not said again")


class StoryMemory(Sheet):
    """What happened in a show so far: memory.yaml."""

    sheet: ClassVar[str] = "story-memory"

    show: Id
    episodes: tuple[Remembered, ...] = ()
