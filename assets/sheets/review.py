"""What a gate shows to a person, and what the person decides: one document for every way to review.

In: panels and takes in their current state.      Out: a Board to look at; a Decision about it.
Knows nothing about who decides, or how a waiting run is resumed.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from assets.hashing import digest
from assets.sheets.base import Part, Typed
from assets.sheets.cutsheet import CutNumber
from assets.sheets.production import Digest, Panel, Ref
from assets.timing import MAX_FRAMES, Span

GateKind = Literal["script", "storyboard", "takes", "final"]
"""The points where an episode may wait for a person, in pipeline order."""

Verdict = Literal["approve", "retake", "stop"]

Door = Literal["prefect", "rushes", "terminal", "auto"]
"""How a decision came; ``auto``: an unattended run approved itself, without a person."""


class Reason(StrEnum):
    """Reasons to redo a cut. The list may grow; a code that was ever stored is never removed."""

    OFF_MODEL = "off_model"
    EXPRESSION = "expression"
    TIMING = "timing"
    CAMERA = "camera"
    LAYOUT = "layout"
    COLOR = "color"
    CONTINUITY = "continuity"
    MOTION = "motion"
    LINE_SYNC = "line_sync"
    SOUND = "sound"
    TEXT = "text"
    OTHER = "other"


class Pin(Part):
    """A remark at one place of one frame."""

    frame: int = Field(ge=0, le=MAX_FRAMES, description="Frame of the cut, from 0")
    x: float = Field(ge=0, le=1, description="0 is the left edge, 1 the right one")
    y: float = Field(ge=0, le=1, description="0 is the top edge, 1 the bottom one")
    text: Typed = Field(min_length=1, max_length=500)


Edge = Annotated[float, Field(ge=0, le=1)]
"""A place in the picture: 0 is the left or top edge, 1 the right or bottom one."""


class Stroke(Part):
    """A line that a reviewer drew on one frame."""

    frame: int = Field(ge=0, le=MAX_FRAMES, description="Frame of the cut, from 0")
    points: tuple[tuple[Edge, Edge], ...] = Field(min_length=2, max_length=200, description="x and y")


class CutRemark(Part):
    """A reviewer's remarks on one cut."""

    cut: CutNumber
    reasons: tuple[Reason, ...] = Field(default=(), description="Codes: off_model, timing, continuity...")
    note: Typed = Field(default="", max_length=2000)
    frames: Span | None = Field(default=None, description="The only frames meant; none: all of the cut")
    pins: tuple[Pin, ...] = ()
    strokes: tuple[Stroke, ...] = Field(
        default=(), max_length=40, exclude_if=lambda drawn: drawn == (), description="Drawn on frames"
    )

    def describe(self) -> str:
        """The remark in one line, as the reason of a retake: "off model, timing: look up sooner (frame 12: here)"."""
        codes = ", ".join(reason.replace("_", " ") for reason in self.reasons)
        said = ": ".join(part for part in (codes, self.note.strip()) if part)
        drawn = [f"frame {frame}: drawn on" for frame in dict.fromkeys(line.frame for line in self.strokes)]
        pinned = "; ".join([*(f"frame {pin.frame}: {pin.text}" for pin in self.pins), *drawn])
        return f"{said} ({pinned})" if pinned and said else said or pinned


class Choice(Part):
    """Show this take of the cut."""

    cut: CutNumber
    take: int = Field(ge=1, le=1_000_000)


class Lock(Part):
    """Lock or unlock the take that a cut shows."""

    cut: CutNumber
    locked: bool = True


class Decision(Part):
    """All decisions of a person at a gate, together."""

    verdict: Verdict
    remarks: tuple[CutRemark, ...] = ()
    choices: tuple[Choice, ...] = ()
    locks: tuple[Lock, ...] = ()
    note: Typed = Field(default="", max_length=4000)


class ShownTake(Part):
    """One take that can be chosen."""

    number: int = Field(ge=1)
    clip: Ref
    frames: int = Field(ge=1)
    reason: str = Field(default="", description="Why a retake had been ordered")
    measures: dict[str, float] = Field(default_factory=dict)


class Shown(Part):
    """One cut as it is shown at a gate."""

    cut: CutNumber
    frames: int = Field(ge=1)
    basis: Digest = Field(description="What the cut depicts now, its words included")
    panel: Panel | None = None
    painter: str = Field(default="", description="Name of the model that painted the panel")
    size: tuple[int, int] | None = Field(default=None, description="Of the panel: width, height in pixels")
    takes: tuple[ShownTake, ...] = ()
    selected: int | None = None
    locked: bool = False
    stale: bool = False
    why: str = Field(default="", description="Why it is stale")
    news: str = Field(default="", description="What is new about it since the last round")
    changed: str = Field(default="", description="What the last retake changed in the cut sheet")

    @property
    def shown(self) -> ShownTake | None:
        """The take that is selected."""
        return next((take for take in self.takes if take.number == self.selected), None)


class Board(Part):
    """What a gate shows; ``seen`` is its hash."""

    kind: GateKind
    sheet: Ref = Field(description="The cut sheet as JSON, in the vault: words, places and people")
    cuts: tuple[Shown, ...]
    episode: Ref | None = Field(default=None, description="The assembled episode, at the final gate")
    reads: bool = Field(default=True, description="Whether the model that does a cut again reads notes")

    @property
    def seen(self) -> str:
        """SHA-256 of what this gate asks about, and nothing else.

        Takes made after a storyboard was approved do not change the storyboard, and marks and measures may change
        without a change of the picture.
        """
        return digest({"kind": self.kind, "shown": self._asked_about()})

    def _asked_about(self) -> Any:
        if self.kind == "script":
            return self.sheet.sha256
        if self.kind == "final":
            return self.episode.sha256 if self.episode else None
        if self.kind == "storyboard":
            return [
                [cut.cut, cut.frames, cut.basis, cut.panel.image.sha256 if cut.panel else None]
                for cut in self.cuts
            ]
        return [
            [cut.cut, cut.frames, cut.basis, cut.shown.clip.sha256 if cut.shown else None]
            for cut in self.cuts
        ]

    def with_choices(self, choices: Iterable[Choice]) -> Self:
        """The same board after these takes were chosen."""
        chosen = {choice.cut: choice.take for choice in choices}
        cuts = (cut.model_copy(update={"selected": chosen.get(cut.cut, cut.selected)}) for cut in self.cuts)
        return self.model_copy(update={"cuts": tuple(cuts)})

    def cut(self, number: str) -> Shown | None:
        return next((cut for cut in self.cuts if cut.cut == number), None)
