import numpy as np
import pytest

from models.sound import melody, pitch

RATE = 48_000


def vowel(hertz: float, formant: float, seconds: float = 0.6) -> np.ndarray:
    """Harmonics of ``hertz`` under one resonance at ``formant``."""
    time = np.arange(round(seconds * RATE)) / RATE
    harmonics = np.arange(1, int(6000 / hertz))
    weights = 1 / (1 + ((harmonics * hertz - formant) / 120) ** 2) + 0.02 / harmonics
    wave = sum(w * np.cos(2 * np.pi * h * hertz * time) for h, w in zip(harmonics, weights, strict=True))
    return (0.3 * wave / np.abs(wave).max()).astype(np.float32)


def loudest(samples: np.ndarray) -> float:
    """Frequency of the spectrum's smoothed maximum."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    width = int(400 * len(samples) / RATE)
    return float(hertz[np.convolve(power, np.hanning(width), mode="same").argmax()])


@pytest.mark.parametrize("semitones", [-8, -4, -1, 1, 4, 7])
def test_the_pitch_moves_by_the_semitones_asked_for(semitones: float):
    before = vowel(180, 900)

    after = pitch.shift(before, RATE, semitones=semitones)

    moved = 12 * np.log2(melody.median_hz(after, RATE) / melody.median_hz(before, RATE))
    assert moved == pytest.approx(semitones, abs=0.2)


@pytest.mark.parametrize("semitones", [-4, 4])
def test_the_length_does_not_move_at_all(semitones: float):
    before = vowel(180, 900)

    assert len(pitch.shift(before, RATE, semitones=semitones, formants=1)) == len(before)


def test_the_resonance_stays_when_only_the_pitch_moves():
    before = vowel(120, 1200)

    after = pitch.shift(before, RATE, semitones=4)

    assert loudest(after) == pytest.approx(loudest(before), rel=0.12)


def test_the_resonance_moves_when_it_is_asked_to():
    before = vowel(120, 1200)

    after = pitch.shift(before, RATE, semitones=0, formants=4)

    assert loudest(after) == pytest.approx(loudest(before) * 2 ** (4 / 12), rel=0.12)
    assert melody.median_hz(after, RATE) == pytest.approx(120, rel=0.02)


def test_a_shifted_voice_neither_bursts_nor_vanishes():
    before = vowel(200, 800)

    for semitones in (-6, 6):
        after = pitch.shift(before, RATE, semitones=semitones)
        assert np.abs(after).max() < 1.5 * np.abs(before).max()
        assert np.std(after) > 0.4 * np.std(before)


def test_no_shift_gives_the_very_same_samples():
    before = vowel(200, 800)

    assert pitch.shift(before, RATE, semitones=0) is before


def test_scraps_too_short_for_a_pitch_pass_unchanged():
    scrap = np.ones(100, np.float32)

    assert pitch.shift(scrap, RATE, semitones=3) is scrap
