"""Which of a machine's voices a character speaks with, the same one every time.

In: a VoiceSpec and a character id.      Out: a Casting.
What the bible names is taken exactly. Where it names no voice, the id's SHA-256 chooses one and moves
its pitch and pace a little, so that two people of one show usually sound like two people.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from assets.errors import InputRefused
from assets.sheets.bible import VoiceSpec

PITCH_SPREAD = 1.2  # semitones either way
SPEED_SPREAD = 0.04
# a smaller person has a shorter throat: resonances follow the pitch, but only part of the way
SIZE_PER_SEMITONE = 0.3
SIZE_LIMIT = 3.0


@dataclass(frozen=True)
class Casting:
    """One character at the microphone."""

    voice: str
    speed: float  # 1.0 is the model's own pace
    pitch: float  # semitones
    size: float  # semitones of the resonances


def cast(spec: VoiceSpec, character: str, *, machine: str, voices: Sequence[str]) -> Casting:
    """``voices`` are the machine's names; the chosen one is among them, or an error lists them."""
    if spec.voice:
        if spec.voice not in voices:
            raise InputRefused(
                f"{machine} has no voice {spec.voice!r} for {character}. "
                f"It has: {', '.join(voices)}. Leave the voice empty to have one chosen."
            )
        return Casting(spec.voice, spec.speed, spec.pitch, _size(spec.pitch))
    drawn = hashlib.sha256(character.encode()).digest()
    pitch = spec.pitch + PITCH_SPREAD * _unit(drawn[8:12])
    speed = spec.speed * (1 + SPEED_SPREAD * _unit(drawn[12:16]))
    voice = voices[int.from_bytes(drawn[:8], "big") % len(voices)]
    return Casting(voice, min(2.0, max(0.5, speed)), pitch, _size(pitch))


def _size(pitch: float) -> float:
    return max(-SIZE_LIMIT, min(SIZE_LIMIT, pitch * SIZE_PER_SEMITONE))


def _unit(drawn: bytes) -> float:
    """-1..1 from some bytes."""
    return int.from_bytes(drawn, "big") / (1 << (8 * len(drawn) - 1)) - 1
