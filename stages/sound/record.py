"""Record one line of dialogue, and compute from its loudness when the mouth is open.

In: a Line, its Character, a Voice; or a Sound and a cut's frames.
Out: mono speech at the level of the line; or an opening between 0 and 1 for every frame.
Knows nothing about files, cuts around it, or how the mouth is drawn.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assets.errors import ModelFailed
from assets.matter import Sound
from assets.readings import aloud
from assets.sheets.base import Part
from assets.sheets.bible import Character, Language, VoiceSpec
from assets.sheets.cutsheet import Line
from models.ports import Voice

Openings = NDArray[np.float32]

RATE = 48_000


class Delivery(Part):
    """What a manner of speaking changes."""

    speed: float = Field(default=1.0, ge=0.5, le=2.0, description="Factor of the character's own pace")
    pitch: float = Field(default=0.0, ge=-4, le=4, description="Semitones added")
    gain_db: float = Field(default=0.0, ge=-12, le=6, description="Over or under the level of plain speech")


class RecordOptions(Part):
    """How parentheticals are acted; the first kind whose words match applies."""

    shouted: Delivery = Delivery(speed=1.05, pitch=1.2, gain_db=3.0)
    whispered: Delivery = Delivery(speed=0.94, pitch=-0.6, gain_db=-6.0)
    hurried: Delivery = Delivery(speed=1.15, pitch=0.4)
    slow: Delivery = Delivery(speed=0.88)


PLAIN = RecordOptions()

_WORDS = {
    "shouted": r"\b(shout|yell|scream|holler|call(s|ing)? out|roar)|叫|怒鳴|大声|絶叫|呼びかけ",
    "whispered": r"\b(whisper|murmur|mutter|under (his|her|their) breath|quiet|soft)"
    r"|ささや|囁|小声|つぶや|呟|ひそ",
    "hurried": r"\b(hurr|quick|fast|panic|rush|breathless|urgent)|早口|急い|慌て|焦",
    "slow": r"\b(slow|sleepy|drows|weary|tired|solemn)|ゆっくり|眠そう|疲れ|しみじみ",
}


@dataclass(frozen=True)
class RecordingSetup:
    """What all lines of an episode are recorded with."""

    voice: Voice
    language: Language
    seed: int
    options: RecordOptions = PLAIN


def record(line: Line, character: Character, setup: RecordingSetup, *, text: str = "") -> Sound:
    """``line`` as ``character`` says it: mono at 48 kHz, in the manner the script asks for.

    text  what is said where that is more than the line: the whole of a sentence that runs over several cuts
    """
    voice, language = setup.voice, setup.language
    how = delivery(line.manner, setup.options)
    said = voice.speak(
        aloud(text or line.text),
        language=language,
        voice=_directed(character.voice(language), how),
        character=character.id,
        seed=setup.seed,
    )
    if said.samples.ndim != 1 or said.rate != RATE or not np.isfinite(said.samples).all():
        raise ModelFailed(
            f"{voice.card.name} gave sound of shape {said.samples.shape} at {said.rate} Hz for a line of "
            f"{character.id}; a voice gives (n,) finite samples at {RATE} Hz."
        )
    return _louder(said, how.gain_db)


def delivery(manner: str, options: RecordOptions = PLAIN) -> Delivery:
    """What ``manner``, the parenthetical as written, changes in the voice."""
    for kind, words in _WORDS.items():
        if re.search(words, manner, re.IGNORECASE):
            found: Delivery = getattr(options, kind)
            return found
    return Delivery()


def _directed(spec: VoiceSpec, how: Delivery) -> VoiceSpec:
    return spec.model_copy(
        update={
            "speed": min(2.0, max(0.5, spec.speed * how.speed)),
            "pitch": min(12.0, max(-12.0, spec.pitch + how.pitch)),
        }
    )


def _louder(sound: Sound, gain_db: float) -> Sound:
    peak = float(np.abs(sound.samples).max(initial=0.0))
    if gain_db == 0 or peak == 0:
        return sound
    gain = np.float32(min(10 ** (gain_db / 20), 0.97 / peak))
    return Sound(sound.samples * gain, sound.rate)


# a mouth changes on twos, like everything else that moves
HELD = 2
GATE_DB = -26.0  # below the line's loud syllables: breaths and room noise keep the mouth closed
FLOOR_LEVEL = 0.02  # a line whose loudest moment is below -34 dBFS moves no mouth
FULL_QUANTILE = 0.9


def mouths(sound: Sound, *, at: int, frames: int, rate: Fraction) -> Openings:
    """How far the mouth is open in each of a cut's ``frames``: (frames,) float32, 0 closed, 1 wide.

    at       the frame in which the sound begins
    returns  held for two frames; 0 outside the sound and in its pauses
    """
    first, pairs = at // HELD, -(-frames // HELD)
    edges = [round((HELD * pair - at) * sound.rate / rate) for pair in range(first, pairs + 1)]
    openings = np.zeros(pairs * HELD, np.float32)
    openings[first * HELD :] = np.repeat(_opened(_levels(sound, edges)), HELD)
    return openings[:frames]


def _levels(sound: Sound, edges: Sequence[int]) -> Openings:
    """RMS of the sound between consecutive edges (in samples); 0 before and after it."""
    mono = sound.samples if sound.samples.ndim == 1 else sound.samples.mean(axis=1)
    parts = [mono[max(0, start) : max(0, stop)] for start, stop in pairwise(edges)]
    return np.array([np.sqrt(np.mean(part**2)) if len(part) else 0.0 for part in parts], np.float32)


def _opened(levels: Openings) -> Openings:
    """Convert loudness to openings: gated, scaled to the line, square root so that soft vowels show."""
    voiced = levels[levels > levels.max(initial=0.0) * 10 ** (GATE_DB / 20)]
    full = float(np.quantile(voiced, FULL_QUANTILE)) if len(voiced) else 0.0
    if full < FLOOR_LEVEL:
        return np.zeros_like(levels)
    gate = full * 10 ** (GATE_DB / 20)
    opened: Openings = np.clip((levels - gate) / (full - gate), 0.0, 1.0) ** 0.5
    # a mouth may open within one drawing, but takes two to close
    for index in range(1, len(opened)):
        if levels[index] > 0:
            opened[index] = max(opened[index], 0.35 * opened[index - 1])
    opened[opened < 0.12] = 0.0
    return opened
