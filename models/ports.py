"""The ports: what each kind of model must do. One contract test suite per port runs over every adapter.

All models are deterministic: same inputs and seed on the same device give the same bytes. All raise
ShapeRefused before any weight is touched, and ModelFailed when a call fails.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from assets.matter import Clip, Sound, Still
from assets.sheets.bible import Character, Expert, Language, Place, VoiceSpec
from assets.sheets.cutsheet import Cut
from assets.sheets.look import Mood
from models.card import Card, Port


@dataclass(frozen=True)
class Prompt:
    """The exact text that is sent to a model that reads prompts."""

    text: str = ""
    negative: str = ""


@dataclass(frozen=True)
class ReferencePicture:
    """A picture of the show's own art. ``role`` says of what kind; ``subject`` is the id of whom, or empty."""

    role: Literal["character", "place", "style"]
    subject: str
    picture: Still
    sha256: str
    view: str = ""  # of an approved sheet: sheet, front, face


@dataclass(frozen=True)
class LoraWeights:
    """A LoRA on the local disk, checked against its SHA-256.

    expert  which half of a model with two experts it is for; empty: all of the model
    """

    path: Path
    sha256: str
    strength: float
    trigger: str
    expert: Expert = ""
    subject: str = ""  # the character it draws; empty: of a place or of the whole show


@dataclass(frozen=True)
class Shot:
    """One cut with everything it depicts resolved: the input of a painter or animator.

    prompt      in the dialect the card names; empty for a model that reads no prompt
    note        why a person ordered it again; also in the prompt
    references  only for a model whose card accepts them
    loras       only those of the card's family
    """

    cut: Cut
    cast: tuple[Character, ...]  # those staged in the cut, in its order
    place: Place
    size: tuple[int, int]  # width, height in pixels
    rate: Fraction
    prompt: Prompt = Prompt()
    note: str = ""
    references: tuple[ReferencePicture, ...] = ()
    loras: tuple[LoraWeights, ...] = ()


Mouths = Mapping[str, NDArray[np.float32]]
"""Per character id: (frames,) float32 in 0..1, how loud their voice is in each frame."""


@dataclass(frozen=True)
class Draft:
    """A writer's answer: data that fits the schema it was given, and what it cost."""

    data: dict[str, Any]
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: str = "0"
    notes: tuple[str, ...] = field(default=())
    likelihood: float | None = None  # mean log-probability per token the model chose; None: not known
    seconds: float = 0


@runtime_checkable
class Writer(Protocol):
    card: Card

    def write(self, prompt: str, *, schema: Mapping[str, Any], seed: int) -> Draft:
        """Answer ``prompt`` with data valid under the JSON ``schema`` (draft 2020-12)."""
        ...


@runtime_checkable
class Ranker(Protocol):
    """The additional port of a writer that can compute how likely a text is."""

    def score(self, before: str, candidate: str) -> float:
        """Mean log-likelihood per token of ``candidate`` after the text ``before``; nearer 0 is likelier."""
        ...


@runtime_checkable
class Streaming(Protocol):
    """The additional port of a writer that shows how far an answer is."""

    told: Callable[[int], None]
    """Called with the letters of the answer so far."""


@runtime_checkable
class Painter(Protocol):
    card: Card

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        """Draw the panel of ``shot``: (H, W, 3) uint8 sRGB of ``shot.size``.

        layout  optional composition guide of the same shape
        """
        ...


@runtime_checkable
class Animator(Protocol):
    card: Card

    def animate(
        self,
        shot: Shot,
        first: Still,
        *,
        frames: int,
        seed: int,
        last: Still | None = None,
        mouths: Mouths | None = None,
    ) -> Clip:
        """Move ``first`` for ``frames`` frames: a Clip of ``shot.size`` at ``shot.rate``.

        first    (H, W, 3) uint8 of ``shot.size``; frame 0 of the clip is ``first``
        frames   k * card.frame_step + 1, at most card.max_frames
        last     optional picture to arrive at
        mouths   how loud each speaker is, frame by frame
        raises   ShapeRefused, before any weight is touched
        """
        ...


@runtime_checkable
class Redrawer(Protocol):
    """The additional port of an animator whose card accepts a mask: it makes some frames again, seeing the others."""

    def redraw(
        self, shot: Shot, old: Sequence[Still], again: Sequence[bool], *, seed: int
    ) -> tuple[Still, ...]:
        """``old`` with new pictures where ``again`` is true; the others are the same arrays.

        old     as many frames as ``animate`` allows; frame 0 is never made again
        """
        ...


@runtime_checkable
class Voice(Protocol):
    card: Card

    def speak(self, text: str, *, language: Language, voice: VoiceSpec, character: str, seed: int) -> Sound:
        """Say ``text``: mono at 48 kHz, peak <= 1, trimmed to at most 0.1 s of silence at each end.

        character  id; an empty ``voice.voice`` is chosen from it, always the same one
        raises     ShapeRefused for a language the card does not list
        """
        ...


@runtime_checkable
class Foley(Protocol):
    card: Card

    def sounds(self) -> tuple[str, ...]:
        """Every name it knows; the cut sheet's cues use these."""
        ...

    def make(self, sound: str, *, seconds: float, seed: int) -> Sound:
        """Make one effect: stereo at 48 kHz, peak <= 1; 0 s means its natural length."""
        ...


@runtime_checkable
class Composer(Protocol):
    card: Card

    def compose(self, mood: Mood, *, seconds: float, seed: int) -> Sound:
        """Write ``seconds`` of music: stereo at 48 kHz, exactly that long, ending on the tonic."""
        ...


@runtime_checkable
class Upscaler(Protocol):
    card: Card

    def upscale(self, picture: Still, *, size: tuple[int, int]) -> Still:
        """Enlarge to ``size`` (width, height), each side at least the picture's own."""
        ...


@runtime_checkable
class Judge(Protocol):
    card: Card

    def judge(
        self, shot: Shot, clip: Clip, *, panel: Still, mouths: Mouths | None = None
    ) -> dict[str, float]:
        """Measure a take. Every value is finite; names end in their unit or are ratios 0..1.

        shot     with the approved sheets of its people as references, if the bible has any
        mouths   how loud each speaker is, frame by frame, as the animator was given it
        returns  only what could be measured: no ``line_sync`` without a visible speaking mouth, no
                           ``identity`` without a visible person. The same names for every clip of one shot and mouths.

        Names that several judges use mean the same: sharpness, flicker, warping_error, motion,
        first_frame_similarity, identity, line_sync (models/judge.py defines them).
        """
        ...


CaptionDialect = Literal["prose", "tags"]


@runtime_checkable
class Captioner(Protocol):
    card: Card

    def caption(self, picture: Still, *, dialect: CaptionDialect = "prose", hint: str = "") -> str:
        """Say in words what ``picture`` shows: one clean line, not empty, of at most 1000 characters.

        picture  (H, W, 3) uint8 sRGB
        dialect  prose: a sentence; tags: short tags, separated by commas
        hint     what a person knows about it, such as who is shown; may be empty
        raises   ShapeRefused for a dialect that the model cannot write; AnswerUnusable without words

        It is a proposal: a person reads it before anything is trained on it. No seed: the likeliest words.
        """
        ...


PORTS: dict[type, Port] = {
    Writer: "writer",
    Painter: "painter",
    Animator: "animator",
    Voice: "voice",
    Foley: "foley",
    Composer: "composer",
    Upscaler: "upscaler",
    Judge: "judge",
    Captioner: "captioner",
}
"""The name of each port, as profiles and cards write it."""

PROTOCOLS: dict[Port, type] = {name: protocol for protocol, name in PORTS.items()}
