"""The procedural composer: a mood in, that many seconds of music out, no weights.

In:  a Mood, seconds, a seed.
Out: stereo at 48 kHz, exactly ``seconds`` long; the last chord is the tonic and rings out.
Knows nothing about dialogue, ducking or the timeline.
"""

import hashlib
import math
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from assets.errors import InputRefused, ShapeRefused
from assets.matter import Sound
from assets.sheets.look import Mood
from models.card import Card

if TYPE_CHECKING:
    from models.composer.score import Score

RATE = 48_000
LIMIT = 1800.0  # seconds; half an hour of one cue is 690 MB of samples


class ProceduralComposer:
    """Composed by rules and seed and played on our own instruments, so every note is our own."""

    card: ClassVar[Card] = Card(
        name="procedural",
        port="composer",
        adapter_version=1,
        gpu_share=0,
        summary="Mood music by rule: progressions, voice leading, synthesised soft instruments",
        licence="Apache-2.0",
        concurrent=True,
    )

    @classmethod
    def load(cls, device: str) -> Self:
        """Always runs on the CPU."""
        from models.composer import play, score  # noqa: F401  (scipy is imported here, once)

        return cls()

    def unload(self) -> None:
        """Free the cached notes."""
        from models.composer.instruments import pad, ringing

        ringing.cache_clear()
        pad.cache_clear()

    def compose(self, mood: Mood, *, seconds: float, seed: int) -> Sound:
        """The mood 'none' is silence. A piece of at least 2 s has a cadence; a shorter one is one chord."""
        from models.composer.play import play

        check(mood, seconds)
        if mood == "none":
            return Sound(np.zeros((round(seconds * RATE), 2), dtype=np.float32), RATE)
        return Sound(play(self.score(mood, seconds=seconds, seed=seed)), RATE)

    def score(self, mood: Mood, *, seconds: float, seed: int) -> "Score":
        """The notes alone, which is cheap. ``score.body`` seconds of it, from 0, may be looped."""
        from models.composer.score import write
        from models.composer.styles import STYLES

        check(mood, seconds)
        if mood == "none":
            raise InputRefused("The mood 'none' has no notes; ask for one of: " + ", ".join(STYLES) + ".")
        dice = hashlib.sha256(f"{mood}\0{seed}".encode()).digest()
        return write(STYLES[mood], seconds, np.random.default_rng(int.from_bytes(dice[:16], "big")))


def check(mood: str, seconds: float, limit: float = LIMIT) -> None:
    """Refuse a mood that nobody knows, and a length beyond ``limit`` seconds."""
    from models.composer.styles import STYLES

    if mood != "none" and mood not in STYLES:
        raise InputRefused(f"No mood is called {mood!r}. There are: {', '.join(STYLES)}, none.")
    if not math.isfinite(seconds) or not 0 < seconds <= limit:
        raise ShapeRefused(f"Music of {seconds} s was asked for. Give more than 0 and up to {limit:.0f} s.")
