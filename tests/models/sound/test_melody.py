import numpy as np
import pytest

from models.sound import melody

RATE = 24_000


def buzz(hertz: np.ndarray | float, seconds: float = 0.6) -> np.ndarray:
    """A pulse-like voice: twelve harmonics falling by 1/k."""
    count = round(seconds * RATE)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hertz, count)) / RATE
    return (0.1 * sum(np.sin(k * phase) / k for k in range(1, 13))).astype(np.float32)


@pytest.mark.parametrize("hertz", [80.0, 110.0, 196.0, 261.6, 440.0])
def test_a_steady_buzz_has_its_own_pitch(hertz: float):
    assert melody.median_hz(buzz(hertz), RATE) == pytest.approx(hertz, rel=0.01)


def test_a_glide_is_followed_within_three_per_cent():
    hertz = np.linspace(150, 300, RATE)

    curve = melody.track(buzz(hertz, 1.0), RATE)

    middle = hertz[60::120][: len(curve)]
    inner = slice(10, -10)
    assert np.abs(curve[inner] / middle[inner] - 1).max() < 0.03


def test_a_voice_without_its_fundamental_still_has_it():
    time = np.arange(RATE // 2) / RATE
    wave = sum(np.sin(2 * np.pi * 200 * k * time) for k in (2, 3, 4, 5)).astype(np.float32) * 0.1

    assert melody.median_hz(wave, RATE) == pytest.approx(200, rel=0.02)


def test_noise_and_silence_have_no_pitch():
    noise = np.random.default_rng(1).standard_normal(RATE).astype(np.float32) * 0.1

    assert (melody.track(noise, RATE) > 0).mean() < 0.1
    assert melody.median_hz(np.zeros(RATE, np.float32), RATE) == 0
    assert len(melody.track(np.zeros(0, np.float32), RATE)) == 0
