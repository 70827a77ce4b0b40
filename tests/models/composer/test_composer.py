"""The procedural composer: every mood fills its seconds, ends in its key and leaves room for speech."""

import subprocess
import sys
import tracemalloc
from functools import cache
from typing import get_args

import numpy as np
import pytest

from assets.errors import InputRefused, ShapeRefused
from assets.sheets.look import Mood
from models.composer.adapter import ProceduralComposer
from models.composer.styles import STYLES
from models.composer.theory import SCALES, chord, voicing
from models.ports import Composer

COMPOSER = ProceduralComposer.load("cpu")
MOODS = tuple(mood for mood in get_args(Mood) if mood != "none")
RATE = 48_000


@cache
def composed(mood: Mood, seconds: float, seed: int = 5) -> np.ndarray:
    return COMPOSER.compose(mood, seconds=seconds, seed=seed).samples


def power(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mono = samples.mean(axis=1)
    return np.fft.rfftfreq(len(mono), 1 / RATE), np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2


def chroma(samples: np.ndarray) -> np.ndarray:
    hertz, strength = power(samples)
    heard = (hertz > 70) & (hertz < 1500)
    classes = np.round(69 + 12 * np.log2(hertz[heard] / 440)).astype(int) % 12
    return np.bincount(classes, strength[heard], 12) / strength[heard].sum()


def test_it_is_a_composer() -> None:
    assert isinstance(COMPOSER, Composer)


def test_importing_the_adapter_imports_no_scipy() -> None:
    code = "import sys, models.composer.adapter; sys.exit('scipy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_mood_has_a_style() -> None:
    assert set(STYLES) == set(MOODS)


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("seconds", [0.6, 4.0, 9.876])
def test_a_piece_is_exactly_as_long_as_asked_clean_and_ends_at_rest(mood: Mood, seconds: float) -> None:
    samples = composed(mood, seconds)

    assert samples.shape == (round(seconds * RATE), 2) and samples.dtype == np.float32
    assert np.isfinite(samples).all() and 0.1 < np.abs(samples).max() <= 0.9
    assert np.abs(samples[[0, -1]]).max() < 1e-3


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("seconds", [4.0, 9.876])
def test_the_last_second_is_in_the_key(mood: Mood, seconds: float) -> None:
    score = COMPOSER.score(mood, seconds=seconds, seed=5)

    heard = chroma(composed(mood, seconds)[-RATE:])
    key = [(score.tonic + step) % 12 for step in SCALES[score.scale]]
    last = chord(STYLES[mood].last, score.tonic).tones
    assert last[0] == score.tonic
    assert heard[key].sum() > 0.9
    assert heard[list(last)].sum() > 0.85


@pytest.mark.parametrize("mood", MOODS)
def test_music_leaves_the_band_of_consonants_to_the_voice(mood: Mood) -> None:
    hertz, strength = power(composed(mood, 9.876))

    share = strength[(hertz > 1000) & (hertz < 4000)].sum() / strength.sum()
    assert 10 * np.log10(share) < -9


def test_a_steady_beat_can_be_measured_at_the_written_tempo() -> None:
    score = COMPOSER.score("action", seconds=15.0, seed=5)
    hop = 480
    frames = composed("action", 15.0).mean(axis=1)[: round(score.body * 100) * hop].reshape(-1, hop)
    flux = np.maximum(0, np.diff(np.log(np.abs(np.fft.rfft(frames)) + 0.1), axis=0)).sum(axis=1)

    echo = np.correlate(flux - flux.mean(), flux - flux.mean(), "full")[len(flux) - 1 :]
    bar = 4 * 60 / score.tempo * 100  # hops
    lags = np.arange(round(0.8 * bar), round(1.2 * bar))
    assert abs(lags[np.argmax(echo[lags])] - bar) <= 2


def test_the_same_order_gives_the_same_bytes_and_another_seed_another_piece() -> None:
    first, other = composed("warm", 4.0), composed("warm", 4.0, seed=6)
    again = COMPOSER.compose("warm", seconds=4.0, seed=5).samples

    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_no_mood_is_silence() -> None:
    assert not composed("none", 3.0).any()


def test_the_body_is_whole_bars_so_that_it_loops_in_time() -> None:
    score = COMPOSER.score("calm", seconds=60.0, seed=1)

    bars = score.body * score.tempo / 60 / 4
    assert abs(bars - round(bars)) < 1e-6


@pytest.mark.parametrize("mood", MOODS)
def test_the_written_tempo_stays_near_the_mood_in_a_long_piece(mood: Mood) -> None:
    low, high = STYLES[mood].tempo

    assert 0.9 * low < COMPOSER.score(mood, seconds=45.0, seed=2).tempo < 1.1 * high


def test_voices_move_by_few_steps_when_the_chord_changes() -> None:
    first = voicing(chord("IV", 0), None, 53, 73)

    then = voicing(chord("V", 0), first, 53, 73)
    assert max(min(abs(a - b) for b in first) for a in then) <= 3


def test_memory_beyond_the_music_itself_does_not_grow_with_its_length() -> None:
    def extra(seconds: float) -> int:
        tracemalloc.start()
        size = COMPOSER.compose("calm", seconds=seconds, seed=5).samples.nbytes
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak - size

    extra(16.0)  # notes are cached
    assert extra(48.0) < 1.3 * extra(16.0)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), 1e9])
def test_an_impossible_length_is_refused(seconds: float) -> None:
    with pytest.raises(ShapeRefused, match="up to 1800 s"):
        composed("calm", seconds)


def test_an_unknown_mood_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputRefused, match="cheerful"):
        COMPOSER.compose("bouncy", seconds=3, seed=0)  # type: ignore[arg-type]
