"""What the store gives back: frozen records of episodes, choices, reviews, retakes, runs and calls."""

from typing import Annotated, Literal

from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.bible import Id
from assets.sheets.cutsheet import CutNumber
from assets.sheets.production import Digest, Ref, Take
from assets.timing import Span

Time = str
"""UTC, ISO 8601 with milliseconds: ``2026-11-22T05:27:32.120Z``."""

NO_SHOW = "_"
"""The show of an episode that was made from a script alone."""

EpisodeKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}/[A-Za-z0-9_-]{1,64}$")]


class Episode(Part):
    """One episode; ``key`` (``show/id``) is what every other method asks for."""

    key: EpisodeKey
    show: Id
    id: Id
    title: str
    script: Digest = Field(description="Of the screenplay it was last made from")
    made_at: Time
    changed_at: Time
    changed_by: str


class SelectedTake(Part):
    """The take a cut shows now."""

    take: Take
    locked: bool = Field(description="Approved: nothing replaces it until a person unlocks it")
    stale: bool = Field(description="The cut depicts something else now than the take does")
    reason: str
    made_by: str
    made_at: Time


class Remark(Part):
    """What a reviewer said about one cut."""

    cut: CutNumber
    reasons: tuple[Id, ...] = Field(default=(), description="Codes: off_model, timing, continuity...")
    note: str = ""
    frames: Span | None = None


class Review(Part):
    """One decision at a gate."""

    id: int
    gate: Id
    verdict: Literal["approve", "retake", "stop"]
    remarks: tuple[Remark, ...] = ()
    note: str = ""
    seen: Digest = Field(description="Of what the reviewer looked at, so that a later change shows")
    made_by: str
    made_at: Time


class Retake(Part):
    """One ordered redo of a cut, or of some of its frames; open until a take answers it."""

    id: int
    cut: CutNumber
    reason: str
    frames: Span | None
    made_by: str
    made_at: Time
    take: int | None = Field(description="The take that answered it")
    closed_by: str | None
    closed_at: Time | None


class Run(Part):
    """One go at an episode; ``outcome`` is None while it runs, or when it was killed."""

    id: int
    episode: EpisodeKey
    profile: str
    made_by: str
    made_at: Time
    ended_at: Time | None
    outcome: str | None


class Call(Part):
    """One piece of work of a run; ``seconds`` is None when it began and never ended."""

    recipe: Digest
    step: str
    name: str
    attempts: int
    began_at: Time
    ended_at: Time | None
    seconds: float | None


class Paper(Part):
    """One version of something people wrote or read of an episode."""

    name: str
    version: int = Field(ge=1)
    ref: Ref
    made_by: str
    made_at: Time
