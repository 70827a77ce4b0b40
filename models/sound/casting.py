"""Choose which of a model's voices a character speaks with, always the same one.

In: a VoiceSpec and a character id.      Out: a Casting.
A voice name in the bible is used exactly. For a kind of person (``man``, ``girl``) or an empty name, the id's
different.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.errors import InputRefused
from assets.sheets.bible import VoiceSpec

KINDS = ("woman", "man", "girl", "boy", "elder_woman", "elder_man")
"""Words that every voice model accepts instead of a name."""
ANYONE = ""

PITCH_SPREAD = 1.2  # semitones either way
SPEED_SPREAD = 0.04
# a smaller person has a shorter vocal tract: resonances follow the pitch, but only in part
SIZE_PER_SEMITONE = 0.3
SIZE_LIMIT = 3.5


@dataclass(frozen=True)
class Shape:
    """One of the model's voices, made higher (pitch) and smaller (size), both in semitones."""

    voice: str
    pitch: float = 0.0
    size: float = 0.0
    speed: float = 1.0


@dataclass(frozen=True)
class Casting:
    """The voice of one character."""

    voice: str
    speed: float  # 1.0 is the model's own pace
    pitch: float  # semitones
    size: float  # semitones of the resonances


def cast(spec: VoiceSpec, character: str, *, model: str, voices: Mapping[str, Sequence[Shape]]) -> Casting:
    """``voices`` maps every name, every kind and ``ANYONE`` to its shapes."""
    shapes = voices.get(spec.voice)
    if not shapes:
        names = ", ".join(name for name in voices if name not in (*KINDS, ANYONE))
        raise InputRefused(
            f"{model} has no voice {spec.voice!r} for {character}. It has: {names}; "
            f"or a kind: {', '.join(KINDS)}. Leave the voice empty to have one chosen."
        )
    if spec.voice not in (*KINDS, ANYONE):
        return _casting(spec, shapes[0], 0.0, 1.0)
    drawn = hashlib.sha256(character.encode()).digest()
    shape = shapes[int.from_bytes(drawn[:8], "big") % len(shapes)]
    return _casting(spec, shape, PITCH_SPREAD * _unit(drawn[8:12]), 1 + SPEED_SPREAD * _unit(drawn[12:16]))


def _casting(spec: VoiceSpec, shape: Shape, raised: float, hurried: float) -> Casting:
    asked = spec.pitch + raised
    size = shape.size + asked * SIZE_PER_SEMITONE
    return Casting(
        voice=shape.voice,
        speed=min(2.0, max(0.5, spec.speed * shape.speed * hurried)),
        pitch=shape.pitch + asked,
        size=max(-SIZE_LIMIT, min(SIZE_LIMIT, size)),
    )


def _unit(drawn: bytes) -> float:
    """A number in -1..1 from some bytes."""
    return int.from_bytes(drawn, "big") / (1 << (8 * len(drawn) - 1)) - 1
