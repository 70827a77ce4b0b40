"""The cut sheet (an econte in words): every cut of the episode, readable and editable by hand."""

from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from assets.sheets.base import Part, Sheet
from assets.sheets.bible import Character, Id, Language, Place, Style
from assets.sheets.look import (
    CameraAngle,
    CameraMove,
    Expression,
    Facing,
    Mood,
    Pose,
    Position,
    Prop,
    ShotSize,
    TimeOfDay,
    Weather,
)
from assets.timing import MAX_FRAMES, Rate


def _as_number(value: object) -> object:
    """Convert c004 to C004, because people type it too."""
    return value.strip().upper() if isinstance(value, str) and value.isascii() else value


CutNumber = Annotated[str, BeforeValidator(_as_number), Field(pattern=r"^C[0-9]{3,4}[A-Z]{0,2}$")]
MAX_LINE = 10_000_000
ScriptLine = Annotated[int, Field(ge=0, le=MAX_LINE)]


class Line(Part):
    """Words spoken in a cut. ``text`` is the writer's, verbatim (a long speech is split, not reworded)."""

    character: Id
    text: str
    manner: str = Field(default="", description="The parenthetical, verbatim")
    heard: Literal["on", "off", "voice_over"] = "on"
    part: str = Field(default="", description="'2/3' when a long speech runs over several cuts")
    at: int = Field(
        default=0, ge=0, le=MAX_FRAMES, description="First frame of the sound, from the cut's start"
    )
    frames: int = Field(
        default=0, ge=0, le=MAX_FRAMES, description="Measured length of the sound; 0 before it is recorded"
    )
    source_line: int = Field(default=0, ge=0, le=MAX_LINE, description="Line of the script it stands on")


class Staged(Part):
    """One character in the frame."""

    character: Id
    expression: Expression = "neutral"
    pose: Pose = "stand"
    position: Position = "center"
    facing: Facing = "front"
    turn: float | None = Field(
        default=None,
        ge=0,
        le=1,
        exclude_if=lambda turn: turn is None,  # so that earlier sheets do not change
        description="How far they turn to the side they face: 0 not at all .. 1 in profile; empty: as usual",
    )
    prop: Prop | None = None


class Camera(Part):
    """Move and angle; ``amount`` is how far, 1.0 being the usual."""

    move: CameraMove = "fix"
    angle: CameraAngle = "eye"
    amount: float = Field(default=1.0, ge=0, le=3)


class Cue(Part):
    """One sound effect; ``text`` is what the writer asked for, ``sound`` is the effect chosen for it."""

    sound: str = Field(description="A name the Foley model knows, such as 'door' or 'rain'")
    text: str = ""
    at: int = Field(default=0, ge=0, le=MAX_FRAMES, description="Frames from the cut's start")
    frames: int = Field(
        default=0, ge=0, le=MAX_FRAMES, description="0: as long as the sound is; ambiences fill the cut"
    )


class Cut(Part):
    """One camera set-up, the unit every later stage works on."""

    number: CutNumber
    scene: str = Field(description="Scene it belongs to: S01, S02...")
    place: Id
    time: TimeOfDay = "day"
    weather: Weather = "clear"
    size: ShotSize = "medium"
    camera: Camera = Camera()
    staged: tuple[Staged, ...] = Field(default=(), max_length=5)
    props: tuple[Prop, ...] = Field(default=(), max_length=4, description="Things in the set, held by nobody")
    action: str = Field(default="", description="What happens, verbatim from the script")
    lines: tuple[Line, ...] = Field(default=(), max_length=4)
    cues: tuple[Cue, ...] = Field(default=(), max_length=8)
    text: str = Field(default="", description="Words on screen (centred text, a title)")
    frames: int = Field(ge=1, le=MAX_FRAMES, description="Length at the sheet's rate")
    hold: int = Field(
        default=0, ge=0, le=MAX_FRAMES, description="Frames of silence kept after the last line"
    )
    join: Literal["cut", "dissolve", "fade_in", "fade_out", "wipe"] = Field(
        default="cut", description="How it follows the cut before it; fade_out: how it ends"
    )
    mood: Mood = "none"
    visual: str = Field(default="", description="What the picture should look like, for painters that read")
    prompt: str = Field(
        default="",
        exclude_if=lambda text: text == "",
        description="What a painter that reads is sent. Built from cut and bible; your own text is sent as it stands",
    )
    motion_prompt: str = Field(
        default="", exclude_if=lambda text: text == "", description="The same for an animator that reads"
    )
    source: tuple[ScriptLine, ScriptLine] = Field(
        default=(0, 0), description="Script lines, first and last, 1-based"
    )


class Cutsheet(Sheet):
    """One episode, cut by cut, with the cast and the sets it needs (bible or invented).

    Version 2 may hold the show's style, art of the cast and the sets, and prompts written by hand. Version 3
    holds the prompt of every cut, and an animator's apart from the painter's.
    """

    sheet: ClassVar[str] = "cutsheet"
    version: ClassVar[int] = 3

    @classmethod
    def upgraded(cls, raw: dict[str, Any], version: int) -> dict[str, Any]:
        if version == 1:
            return raw
        return _with_motion_prompts(raw) if version == 2 else super().upgraded(raw, version)

    episode: Id
    title: str = ""
    show: Id | None = None
    language: Language = "en"
    rate: Rate = Fraction(24)
    style: Style = Field(default=Style(), exclude_if=lambda style: style == Style())
    cast: tuple[Character, ...] = ()
    places: tuple[Place, ...] = ()
    cuts: tuple[Cut, ...] = ()
    missing: tuple[CutNumber, ...] = Field(default=(), description="Numbers once used, never used again")
    invented: tuple[str, ...] = Field(default=(), description="Characters and places the bible did not know")

    @model_validator(mode="after")
    def _refers_to_what_exists(self) -> "Cutsheet":
        cast = {character.id for character in self.cast}
        places = {place.id for place in self.places}
        numbers = [cut.number for cut in self.cuts]
        seen = set(self.missing)
        for number in numbers:
            if number in seen:
                raise ValueError(f"the cut number {number} is used twice")
            seen.add(number)
        for cut in self.cuts:
            unknown = {s.character for s in cut.staged} | {line.character for line in cut.lines}
            if unknown - cast:
                raise ValueError(f"{cut.number} uses {', '.join(sorted(unknown - cast))}, not in the cast")
            if cut.place not in places:
                raise ValueError(f"{cut.number} plays at {cut.place!r}, not among the places")
        return self

    @property
    def frames(self) -> int:
        return sum(cut.frames for cut in self.cuts)

    def cut(self, number: str) -> Cut:
        return next(cut for cut in self.cuts if cut.number == number)

    def character(self, id: str) -> Character:
        return next(item for item in self.cast if item.id == id)

    def place(self, id: str) -> Place:
        return next(item for item in self.places if item.id == id)


def _with_motion_prompts(raw: dict[str, Any]) -> dict[str, Any]:
    """Version 2 sent a prompt written by hand to the painter and to the animator."""
    cuts = raw.get("cuts")
    if not isinstance(cuts, list):
        return raw  # refused with a sentence when it is checked
    both = [
        {**cut, "motion_prompt": cut["prompt"]} if isinstance(cut, dict) and cut.get("prompt") else cut
        for cut in cuts
    ]
    return {**raw, "cuts": both}
