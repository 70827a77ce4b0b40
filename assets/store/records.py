"""The store's records: frozen data of episodes, choices, gates, reviews, retakes, runs and calls."""

import json
from typing import Annotated, Literal

from pydantic import Field

from assets.errors import StorageFailed
from assets.sheets.base import Part
from assets.sheets.bible import Id
from assets.sheets.casting import CastBoard, CastVerdict
from assets.sheets.cutsheet import CutNumber
from assets.sheets.production import Digest, Ref, Take
from assets.sheets.review import Board, Choice, CutRemark, Door, GateKind, Lock, Verdict
from assets.timing import Span

Time = str
"""UTC, ISO 8601 with milliseconds: ``2026-11-22T05:27:32.120Z``."""

NO_SHOW = "_"
"""The show key of an episode without a show."""

EpisodeKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}/[A-Za-z0-9_-]{1,64}$")]


class Episode(Part):
    """One episode; ``key`` (``show/id``) identifies it in all other methods."""

    key: EpisodeKey
    show: Id
    id: Id
    title: str
    script: Digest = Field(description="Of the screenplay it was last made from")
    made_at: Time
    changed_at: Time
    changed_by: str


class SelectedTake(Part):
    """The take that a cut shows now."""

    take: Take
    locked: bool = Field(description="Approved: nothing replaces it until a person unlocks it")
    stale: bool = Field(
        description="The cut depicts something else now than the take does, or shows another panel"
    )
    why_stale: str = ""
    reason: str
    made_by: str
    made_at: Time


class Chosen(Part):
    """One entry in the history of a cut: the take it showed from then on, and whether that was locked."""

    take: int
    locked: bool
    reason: str
    made_by: str
    made_at: Time


class Review(Part):
    """One decision at a gate."""

    id: int
    gate: Id = Field(description="Which gate: script, storyboard, takes, final")
    round: int = Field(default=1, ge=1)
    door: Door = "terminal"
    verdict: Verdict
    remarks: tuple[CutRemark, ...] = ()
    choices: tuple[Choice, ...] = ()
    locks: tuple[Lock, ...] = ()
    note: str = ""
    seen: Digest = Field(description="Of what the reviewer looked at, so that a later change shows")
    made_by: str
    made_at: Time


GateState = Literal["open", "decided", "expired", "withdrawn"]


class Refusal(Part):
    """A refused answer at a gate, kept so that nothing typed is lost."""

    by: str
    door: Door
    at: Time
    why: str = Field(description="The message that was shown")
    typed: str = Field(description="JSON text of the answer")


class Gate(Part):
    """One point where an episode waits, or waited, for a person."""

    id: int
    episode: EpisodeKey
    kind: GateKind
    round: int = Field(ge=1, description="1, 2, 3... each time it was asked again")
    seen: Digest = Field(description="Of what is shown: Board.seen")
    state: GateState
    run: str = Field(
        default="", description="Prefect's id of the run that waits; empty: another process does"
    )
    opened_at: Time
    until: Time = Field(description="When waiting ends")
    closed_at: Time | None = None
    review: int | None = Field(default=None, description="The review that decided it")
    board: str = Field(description="JSON text of the Board that is shown")
    refusals: tuple[Refusal, ...] = ()

    @property
    def shows(self) -> Board:
        try:
            return Board.model_validate(json.loads(self.board))
        except (ValueError, RecursionError) as error:
            raise StorageFailed(
                f"The board of gate {self.id} of {self.episode} (table gates) cannot be read "
                f"({type(error).__name__}). Put a backup of the database in its place; a new run of the episode "
                "asks again."
            ) from error


class Casting(Part):
    """One round of candidates for a character's sheet."""

    id: int
    show: Id
    character: Id
    round: int = Field(ge=1, description="1, 2, 3... each time candidates were drawn again")
    seen: Digest = Field(description="Of what is shown: CastBoard.seen")
    state: GateState
    run: str = Field(default="", description="Prefect's id of the run that waits; empty: none does")
    bible: str = Field(description="The bible's file, as seen from the episodes' folder")
    opened_at: Time
    until: Time = Field(description="When waiting ends")
    closed_at: Time | None = None
    board: str = Field(description="JSON text of the CastBoard that is shown")
    refusals: tuple[Refusal, ...] = ()
    verdict: CastVerdict | None = None
    candidate: int = Field(default=0, ge=0)
    note: str = ""
    door: Door | None = None
    made_by: str | None = None
    read_at: Time | None = Field(default=None, description="When the run that waits read the decision")

    @property
    def name(self) -> str:
        """For people: clear-skies/nagi."""
        return f"{self.show}/{self.character}"

    @property
    def shows(self) -> CastBoard:
        try:
            return CastBoard.model_validate(json.loads(self.board))
        except (ValueError, RecursionError) as error:
            raise StorageFailed(
                f"The candidates of casting {self.id} of {self.name} (table castings) cannot be read "
                f"({type(error).__name__}). Put a backup of the database in its place; or run `sakuga cast` again."
            ) from error


Stage = Literal["storyboard", "takes"]
"""What a retake redoes: a panel, or a take."""


class Retake(Part):
    """An order to redo a cut, or some of its frames; open until a take answers it."""

    id: int
    cut: CutNumber
    reason: str
    frames: Span | None
    made_by: str
    made_at: Time
    take: int | None = Field(description="The take (or the attempt at the panel) that answered it")
    closed_by: str | None
    closed_at: Time | None
    stage: Stage = "takes"


class Run(Part):
    """One run of an episode; ``outcome`` is None while it runs, or if it was killed."""

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
    """One version of a document of an episode."""

    name: str
    version: int = Field(ge=1)
    ref: Ref
    made_by: str
    made_at: Time
