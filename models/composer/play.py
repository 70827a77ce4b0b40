"""Play a score: mix the notes, add reverb, EQ for speech, level, and the final fade.

In:  a Score.      Out: (n, 2) float32, exactly the score's seconds.
The music is mixed in blocks directly into the returned array, so no other memory grows with it.
"""

from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from models.composer.instruments import RATE, RELEASES, pad, ringing
from models.composer.score import Note, Score

Stereo = NDArray[np.float32]
BLOCK = 8.0  # seconds of notes mixed at once
TAIL = 5.0  # the longest note and the hall after it
LEVEL = 0.09  # RMS: about -21 dBFS, below a voice before any ducking
PEAK = 0.85


def play(score: Score) -> Stereo:
    """(n, 2) float32 at ``RATE``: the sound of the score, exactly ``score.seconds`` long."""
    out = np.zeros((round(score.seconds * RATE), 2), dtype=np.float32)
    for block, notes in groupby(score.notes, key=lambda note: int(note.at // BLOCK)):
        start = round(block * BLOCK * RATE)
        bus = _mix(list(notes), start)
        heard = _eq(_hall(bus))
        room = min(len(heard), len(out) - start)
        out[start : start + room] += heard[:room]
    _level(out)
    _fade(out, score.seconds - score.body)
    return out


def _mix(notes: list[Note], start: int) -> Stereo:
    longest = max(note.length for note in notes)
    bus = np.zeros((round((BLOCK + longest + TAIL) * RATE), 2), dtype=np.float32)
    for note in notes:
        wave = _sounded(note)
        at = round(note.at * RATE) - start
        angle = (note.pan * 0.7 + 1) * np.pi / 4
        for side, gain in enumerate((np.cos(angle), np.sin(angle))):
            bus[at : at + len(wave), side] += np.float32(gain * note.loud) * wave
    return bus


def _sounded(note: Note) -> NDArray[np.float32]:
    """The note at its length, damped by its release; drums are not damped."""
    if note.instrument == "pad":
        return pad(note.pitch, round((note.length + 0.6) * RATE))
    wave = ringing(note.instrument, note.pitch)
    if note.instrument not in RELEASES:
        return wave
    release = round(RELEASES[note.instrument] * RATE)
    end = min(len(wave), round(note.length * RATE) + release)
    cut = wave[:end].copy()
    ramp = min(release, end)
    cut[-ramp:] *= _ramp(ramp)
    return cut


@lru_cache(maxsize=64)
def _ramp(samples: int) -> NDArray[np.float32]:
    return (0.5 + 0.5 * np.cos(np.pi * np.arange(1, samples + 1) / samples)).astype(np.float32)


@lru_cache(maxsize=1)
def _answer() -> Stereo:
    """The impulse response of a small hall: noise that decays in 1.6 s, its treble faster, after 20 ms."""
    rng, samples = np.random.default_rng(1), round(1.5 * RATE)
    t = (np.arange(samples) / RATE)[:, None]
    noise = rng.standard_normal((samples, 2))
    dull = signal.sosfilt(signal.butter(1, 1800, fs=RATE, output="sos"), noise, axis=0)
    tail = np.concatenate(
        [np.zeros((round(0.02 * RATE), 2)), (dull + 0.3 * noise * np.exp(-t * 6)) * np.exp(-t * 4.3)]
    )
    tail = signal.sosfilt(signal.butter(1, 180, "high", fs=RATE, output="sos"), tail, axis=0)
    return np.asarray(tail / np.sqrt(np.sum(tail**2) / 2), dtype=np.float32)


def _hall(bus: Stereo) -> Stereo:
    wet = signal.oaconvolve(bus, _answer(), axes=0)[: len(bus)]
    return np.asarray(bus + 0.28 * wet, dtype=np.float32)


def _eq(bus: Stereo) -> Stereo:
    """A shallow dip of 3 dB around 2 kHz for speech intelligibility; nothing below 30 Hz."""
    turn, gain, q = 2 * np.pi * 2000 / RATE, 10 ** (-3 / 40), 0.6
    alpha, cos = np.sin(turn) / (2 * q), np.cos(turn)
    dip = [1 + alpha * gain, -2 * cos, 1 - alpha * gain, 1 + alpha / gain, -2 * cos, 1 - alpha / gain]
    sections = np.vstack([np.array(dip) / dip[3], signal.butter(2, 30, "high", fs=RATE, output="sos")])
    return np.asarray(signal.sosfilt(sections, bus, axis=0), dtype=np.float32)


def _level(out: Stereo) -> None:
    power = float(np.vdot(out, out)) / out.size
    peak = max(float(out.max()), -float(out.min()))
    if peak > 0:
        out *= np.float32(min(LEVEL / np.sqrt(power), PEAK / peak))


def _fade(out: Stereo, ring: float) -> None:
    """The last chord fades over the last two thirds of its ring; the first sample starts from zero."""
    samples = min(len(out), round(ring * RATE * 0.67))
    out[len(out) - samples :] *= _ramp(samples)[:, None]
    start = min(len(out), 96)
    out[:start] *= _ramp(start)[::-1, None]
