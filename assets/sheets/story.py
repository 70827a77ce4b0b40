"""The results of the story room: the story with every choice, and a show's memory."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from assets.sheets.base import Part, Sheet
from assets.sheets.bible import Id, Language, Words
from assets.sheets.look import Expression, TimeOfDay, Weather
from assets.sheets.production import Digest

Structure = Literal["kishotenketsu", "three-acts", "own"]


class Role(Part):
    """Somebody in the story."""

    role: str = Field(pattern=r"^[A-Z]$")
    id: str = Field(default="", description="Of the bible; empty: invented for this story")
    name: str
    style: str = Field(default="girl", description="Way of talking in Japanese")
    about: str = Field(default="", description="Who they are, and what they want")


class Beat(Part):
    """One beat: what happens, and where."""

    part: str = Field(description="ki, sho, ten, ketsu or trial; or what a large writer calls it")
    summary: str
    place: str = Field(description="As the heading says it")
    hour: TimeOfDay
    weather: Weather = "clear"
    purpose: str = Field(default="", description="What it changes")


class Arc(Part):
    """A thread that runs over several episodes."""

    name: str
    now: str = Field(description="Where it stands after the episode")
    closed: bool = False


class Outline(Part):
    """The story before its scenes are written."""

    premise: str
    language: Language
    structure: Structure = "kishotenketsu"
    show: Id | None = None
    title: str
    logline: str
    theme: str = ""
    plot: str = Field(description="Which plot of the library it follows; free: one of the writer's own")
    thing: Words = Field(default_factory=dict, description="What it is about, in a noun")
    cast: tuple[Role, ...] = ()
    beats: tuple[Beat, ...] = ()
    facts: tuple[Words, ...] = Field(default=(), description="What will have happened when it is over")
    arcs: tuple[Arc, ...] = ()


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


class Fault(Part):
    """One thing that is wrong with a draft, and where."""

    scene: int = Field(ge=0, description="From 1; 0: the whole script")
    line: int = Field(default=0, ge=0, description="Of the scene, from 1; 0: the whole scene")
    by: Literal["rule", "reader"]
    what: str


class StoryDraft(Part):
    """One version of a script that a large writer wrote, with what was found wrong with it."""

    draft: int = Field(ge=1, description="Drafts compete; each has revisions of its own")
    revision: int = Field(ge=0, description="0: as first written")
    scenes: tuple[SceneDraft, ...]
    seconds: float = Field(ge=0, description="Estimated length on screen")
    faults: tuple[Fault, ...] = ()
    grade: int = Field(default=0, ge=0, le=10, description="The reader's; 0: not read")
    rewritten: tuple[int, ...] = Field(default=(), description="Scenes that this revision changed")


class Asked(Part):
    """One call of the writer, and what it cost."""

    name: str
    prompt: Digest
    tokens_in: int = Field(ge=0)
    tokens_out: int = Field(ge=0)
    cost_usd: str = "0"
    seconds: float = Field(default=0, ge=0)
    notes: tuple[str, ...] = ()


class Story(Sheet):
    """One finished piece of writing: FILE.story.json beside FILE.fountain.

    Version 2 holds what a large writer wrote freely: every draft with its faults, every call, and why one was chosen.
    """

    sheet: ClassVar[str] = "story"
    version: ClassVar[int] = 2

    @classmethod
    def upgraded(cls, raw: dict[str, Any], version: int) -> dict[str, Any]:
        return raw if version == 1 else super().upgraded(raw, version)

    outline: Outline
    scenes: tuple[SceneDraft, ...]
    slots: tuple[Slot, ...] = ()
    seconds: float = Field(ge=0, description="Estimated length on screen")
    writer: str = Field(description="The writer model, as the profile names it")
    library: Digest = Field(description="SHA-256 of the story library it was written with")
    script: Digest = Field(description="SHA-256 of the Fountain file as it was written")
    notes: tuple[str, ...] = ()
    drafts: tuple[StoryDraft, ...] = ()
    chosen: int = Field(default=0, ge=0, description="Which of the drafts, from 0")
    why: str = Field(default="", description="Why that draft was chosen")
    asked: tuple[Asked, ...] = ()


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
    arcs: tuple[Arc, ...] = Field(default=(), description="Threads over several episodes, as it leaves them")


class StoryMemory(Sheet):
    """What happened in a show so far: memory.yaml. Version 2 keeps threads over several episodes."""

    sheet: ClassVar[str] = "story-memory"
    version: ClassVar[int] = 2

    @classmethod
    def upgraded(cls, raw: dict[str, Any], version: int) -> dict[str, Any]:
        return raw if version == 1 else super().upgraded(raw, version)

    show: Id
    episodes: tuple[Remembered, ...] = ()
