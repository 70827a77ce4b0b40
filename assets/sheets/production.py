"""The results of production: references into the vault, takes, and the episode's report."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from assets.sheets.base import Part, Sheet
from assets.sheets.bible import Id
from assets.sheets.cutsheet import CutNumber
from assets.timing import Rate, Span

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Ref(Part):
    """Bytes in the vault, by their SHA-256."""

    sha256: Digest
    bytes: int = Field(ge=0)
    media_type: str = Field(description="image/png, video/mp4, audio/flac, application/json")


class Panel(Part):
    """One storyboard drawing."""

    cut: CutNumber
    image: Ref
    recipe: Digest
    basis: Digest
    attempt: int = Field(default=1, ge=1, description="Drawn anew each time a person ordered it")
    prompt: str = Field(
        default="",
        exclude_if=lambda text: text == "",
        description="What the painter was sent; empty for one that does not read",
    )


class Voiced(Part):
    """One recorded line."""

    cut: CutNumber
    index: int = Field(ge=0, description="Position in the cut's lines")
    sound: Ref
    seconds: float = Field(ge=0)
    recipe: Digest


class Ending(Part):
    """The drawing that a take arrives at: the panel of the cut that continues its movement."""

    cut: CutNumber
    panel: Digest


class Take(Part):
    """One attempt at animating a cut."""

    cut: CutNumber
    number: int = Field(ge=1, description="1, 2, 3... within the cut")
    clip: Ref
    frames: int = Field(ge=1)
    size: tuple[int, int] = Field(description="width, height in pixels")
    recipe: Digest
    basis: Digest
    seed: int = Field(ge=0)
    reason: str = Field(default="", description="Why a retake was ordered")
    redone: Span | None = Field(default=None, description="The only frames that are new; the rest is `over`")
    over: Ref | None = Field(default=None, description="The clip whose frames stand outside `redone`")
    panel: Digest | None = Field(default=None, description="The drawing it began with; none: an old record")
    ends: Ending | None = Field(
        default=None,
        exclude_if=lambda ending: ending is None,
        description="What it arrives at; none: the next cut does not continue it, or an old record",
    )
    order: int | None = Field(default=None, description="The retake order it answers; none: the first round")
    attempt: int = Field(default=1, ge=1, description="1, 2, 3... within its round")
    seconds: float = Field(default=0, ge=0, description="Model time it took when it was made")
    measures: dict[str, float] = Field(default_factory=dict)
    prompt: str = Field(
        default="",
        exclude_if=lambda text: text == "",
        description="What the animator was sent; empty for one that does not read",
    )


class Segment(Part):
    """One finished stretch of picture, ready to be joined without encoding again."""

    name: str = Field(description="A cut number, 'opening' or 'credits'")
    clip: Ref
    span: Span = Field(description="Where it lies in the episode")
    recipe: Digest


class Placed(Part):
    """One sound on the timeline."""

    stem: Literal["voice", "effects", "music"]
    name: str
    sound: Ref
    at: int = Field(ge=0, description="First frame, from the episode's start")
    frames: int = Field(ge=1, description="Length used; the sound is cut or left shorter")
    gain_db: float = Field(default=0, ge=-60, le=24)
    pan: float = Field(default=0, ge=-1, le=1, description="-1 left, +1 right")
    fade_in: int = Field(default=0, ge=0)
    fade_out: int = Field(default=0, ge=0)
    loop: bool = Field(default=False, description="Repeat, cross-faded, to fill its frames")


class Caption(Part):
    """Words to read while they are spoken (or shown)."""

    span: Span
    text: str
    speaker: str = Field(default="", description="Character id; empty for words on screen")
    cut: CutNumber


class Timeline(Sheet):
    """The assembled episode as references: what plays when."""

    sheet: ClassVar[str] = "timeline"

    episode: Id
    title: str = ""
    rate: Rate
    size: tuple[int, int]
    frames: int = Field(ge=1)
    segments: tuple[Segment, ...]
    sounds: tuple[Placed, ...] = ()
    captions: tuple[Caption, ...] = ()


Step = Literal[
    "story", "direction", "voice", "panel", "take", "segment", "effect", "music", "mix", "join", "document",
    "sheet",
]  # fmt: skip


class Done(Part):
    """One piece of work of a run, for the report."""

    step: Step
    name: str
    outcome: Literal["made", "reused", "kept", "locked"] = Field(
        description="kept: by another recipe, but it still fits; locked: approved, never redone by itself"
    )
    seconds: float = Field(default=0, ge=0)
    why: str = Field(default="", description="Why it had to be made, or was kept; empty when reused")


class Picked(Part):
    """The take a cut shows, among all that were ever made of it."""

    cut: CutNumber
    take: int = Field(ge=1)
    of: int = Field(ge=1, description="How many takes the cut has, retakes and older scripts included")
    locked: bool = False
    by: str = Field(description="Who selected it: a person, or sakuga (the ranking)")
    why: str = Field(default="", description="What the ranking found, or the person said")
    seconds: float = Field(default=0, ge=0, description="Model time of all its takes")
    measures: dict[str, float] = Field(default_factory=dict, description="Of the take that is shown")
    prompt: str = Field(
        default="",
        exclude_if=lambda text: text == "",
        description="What the animator of the take that is shown was sent, exactly",
    )


class Labelled(Part):
    """What the episode was labelled with for one territory."""

    territory: str
    law: str
    text: str = Field(description="Burned into the picture, from its first frame")
    seconds: float = Field(description="How long it is shown")
    metadata: dict[str, str] = Field(default_factory=dict, description="Written into the file, by key")


class Clearance(Part):
    """Under which policy the episode was delivered, and what it rests on."""

    policy: str
    notes: tuple[str, ...] = Field(default=(), description="What an exception let pass; what nobody stated")
    disclosures: tuple[str, ...] = Field(default=(), description="What the policy wants to be stated")
    used: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="The terms of every model and work, by name and revision, or hash"
    )
    labels: tuple[Labelled, ...] = Field(
        default=(), description="What was done for each territory whose law asks for a label"
    )


class Report(Sheet):
    """What a run made, reused, measured and cost: report.json.

    Version 2 tells of the takes, 3 of what painters were sent, 4 of what animators were sent, 5 of rights,
    6 of labels.
    """

    sheet: ClassVar[str] = "report"
    version: ClassVar[int] = 6

    @classmethod
    def upgraded(cls, raw: dict[str, Any], version: int) -> dict[str, Any]:
        return raw if version in (1, 2, 3, 4, 5) else super().upgraded(raw, version)

    episode: Id
    profile: str
    size: tuple[int, int]
    rate: Rate
    frames: int = Field(ge=1)
    seconds: float
    wall_seconds: float
    machine_seconds: float = Field(description="Inside model calls and encoders")
    work: tuple[Done, ...] = ()
    takes: tuple[Picked, ...] = ()
    loudness: dict[str, float] = Field(default_factory=dict, description="LUFS, dBTP, LU as measured")
    models: tuple[dict[str, Any], ...] = Field(default=(), description="The card of every model used")
    prompts: dict[str, str] = Field(
        default_factory=dict,
        exclude_if=lambda prompts: not prompts,
        description="By cut: what its painter was sent, exactly; none for a painter that does not read",
    )
    warnings: tuple[str, ...] = ()
    rights: Clearance | None = Field(default=None, description="Empty: delivered before policies existed")
    files: dict[str, str] = Field(default_factory=dict)
