"""Keys, scales, chords from roman numerals, and voice leading with the smallest movement.

Pitches are MIDI numbers (60 is middle C); pitch classes 0..11 count from C.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
_DEGREES = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "VII": 11}
_SHAPES = {
    "": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10), "maj7": (0, 4, 7, 11),
    "add9": (0, 4, 7, 14), "madd9": (0, 3, 7, 14), "sus4": (0, 5, 7),
}  # fmt: skip


@dataclass(frozen=True)
class Chord:
    """``root`` and ``tones`` as pitch classes; the first tone is the root."""

    root: int
    tones: tuple[int, ...]


def chord(symbol: str, tonic: int) -> Chord:
    """'IV', 'vi', 'bVII', 'V7', 'IVmaj7', 'iiim7', 'Iadd9' over a tonic; small letters are minor."""
    found = re.fullmatch(r"(b?)([ivIV]+)(.*)", symbol)
    if found is None:
        raise ValueError(f"{symbol!r} is not a chord symbol")
    flat, numeral, suffix = found.groups()
    root = (tonic + _DEGREES[numeral.upper()] - len(flat)) % 12
    shape = _SHAPES[suffix if numeral.isupper() or suffix.startswith("m") else "m" + suffix]
    return Chord(root, tuple((root + step) % 12 for step in shape))


def voicing(found: Chord, before: tuple[int, ...] | None, low: int, high: int) -> tuple[int, ...]:
    """The chord's tones between ``low`` and ``high``, ascending, as near to ``before`` as possible."""
    places = [[pitch for pitch in range(low, high + 1) if pitch % 12 == tone] for tone in found.tones]
    middle = (low + high) / 2

    def cost(voices: Iterable[int]) -> float:
        ordered = sorted(voices)
        crowd = sum(4.0 for a, b in pairwise(ordered) if b - a < 2)
        spread = 0.2 * abs(sum(ordered) / len(ordered) - middle) + 0.3 * max(0, ordered[-1] - ordered[0] - 14)
        moved = sum(min(abs(voice - old) for old in before) for voice in ordered) if before else 0.0
        return moved + crowd + spread

    return tuple(sorted(min(product(*places), key=cost)))


def ladder(tonic: int, scale: str, low: int, high: int) -> tuple[int, ...]:
    """Every pitch of the key in a range, ascending."""
    tones = {(tonic + step) % 12 for step in SCALES[scale]}
    return tuple(pitch for pitch in range(low, high + 1) if pitch % 12 in tones)


def nearest(pitches: tuple[int, ...], wanted: float) -> int:
    return min(pitches, key=lambda pitch: (abs(pitch - wanted), pitch))
