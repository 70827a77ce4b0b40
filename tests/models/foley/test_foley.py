"""The procedural effects: every name makes a clean, level, recognisable sound, the same one each time."""

import subprocess
import sys
from functools import cache

import numpy as np
import pytest

from assets.errors import InputRefused, ShapeRefused
from models.foley.adapter import ProceduralFoley
from models.foley.catalogue import RECIPES
from models.foley.finish import loudness
from models.ports import Foley

FOLEY = ProceduralFoley.load("cpu")
NAMES = FOLEY.sounds()
AUDIBLE = tuple(name for name in NAMES if name != "silence")
STEADY = ("rain", "stream", "wind", "engine", "train_interior", "crowd", "cicadas", "fire")
RATE = 48_000


@cache
def made(sound: str, seconds: float = 0.0, seed: int = 1) -> np.ndarray:
    return FOLEY.make(sound, seconds=seconds, seed=seed).samples


def spectrum(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mono = samples.mean(axis=1)
    return np.fft.rfftfreq(len(mono), 1 / RATE), np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2


def centroid(samples: np.ndarray) -> float:
    hertz, power = spectrum(samples)
    return float((hertz * power).sum() / power.sum())


def loudest_hertz(samples: np.ndarray, low: float = 40, high: float = 16_000) -> float:
    hertz, power = spectrum(samples)
    return float(hertz[np.argmax(np.where((hertz > low) & (hertz < high), power, 0))])


def test_it_is_a_foley_machine() -> None:
    assert isinstance(FOLEY, Foley)


def test_importing_the_adapter_imports_no_scipy() -> None:
    code = "import sys, models.foley.adapter; sys.exit('scipy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("sound", AUDIBLE)
def test_every_effect_is_clean_and_at_its_level(sound: str) -> None:
    samples = made(sound, 2.5 if sound in FOLEY.ambiences() else 0.0)

    peak = np.abs(samples).max()
    assert samples.dtype == np.float32 and samples.ndim == 2 and samples.shape[1] == 2
    assert 0.02 < peak <= 0.9
    assert np.abs(samples.mean(axis=0)).max() < 0.002 * max(peak, 0.1)
    assert np.abs(samples[[0, -1]]).max() < 0.01 * peak
    assert abs(loudness(samples) - RECIPES[sound].level) < 1.5


@pytest.mark.parametrize("sound", NAMES)
def test_an_effect_has_exactly_the_length_asked_for_and_no_bad_sample(sound: str) -> None:
    samples = made(sound, 0.537, 3)

    assert len(samples) == round(0.537 * RATE) and np.isfinite(samples).all()


@pytest.mark.parametrize("sound", AUDIBLE)
def test_the_same_order_gives_the_same_bytes_and_another_seed_another_variant(sound: str) -> None:
    first, other = made(sound, 0.537, 3), made(sound, 0.537, 4)
    again = FOLEY.make(sound, seconds=0.537, seed=3).samples

    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_silence_is_silent() -> None:
    assert not made("silence", 2.0).any()


@pytest.mark.parametrize("sound", STEADY)
def test_a_looped_ambience_has_no_step_in_level_at_its_seam(sound: str) -> None:
    looped = np.tile(made(sound, 2.5), (2, 1))

    level = 10 * np.log10([np.mean(part**2) for part in np.array_split(looped, 60)])
    steps = np.abs(np.diff(level))
    assert steps[29] <= np.delete(steps, 29).max() + 0.5


def test_an_ambience_longer_than_a_minute_repeats_its_minute() -> None:
    long = made("clock_tick", 61.0)

    assert len(long) == 61 * RATE
    assert np.array_equal(long[60 * RATE :], long[:RATE])


def test_an_unknown_effect_is_refused_with_the_closest_names() -> None:
    with pytest.raises(InputRefused, match=r"footstep.*closest are: footsteps"):
        FOLEY.make("footstep", seconds=0, seed=0)


def test_an_unknown_manner_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputRefused, match="on gravel"):
        FOLEY.make("footsteps: on lava", seconds=0, seed=0)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), 1e9])
def test_an_impossible_length_is_refused(seconds: float) -> None:
    with pytest.raises(ShapeRefused, match="natural length"):
        FOLEY.make("rain", seconds=seconds, seed=0)


def test_every_manner_can_be_ordered_by_name_and_sounds_different() -> None:
    manners = [made(f"footsteps: {manner}", 1.0) for manner in FOLEY.manners("footsteps")]

    assert len({samples.tobytes() for samples in manners}) == len(manners) > 1


def test_the_school_bell_strikes_a_f_g_c() -> None:
    bell = made("school_bell")
    level = np.array([np.mean(part**2) for part in np.array_split(bell[: 3 * RATE], 300)])

    onsets = np.flatnonzero(level[1:] > 2 * level[:-1]) / 100
    strikes = onsets[np.diff(onsets, prepend=-1) > 0.3]
    tones = [
        loudest_hertz(bell[round((at + 0.3) * RATE) : round((at + 0.7) * RATE)], 240, 470) for at in strikes
    ]
    assert np.allclose(tones, [440, 349, 392, 262], rtol=0.02)


@pytest.mark.parametrize(
    ("dull", "bright"),
    [
        ("thud", "slap"),
        ("thunder", "rain"),
        ("heartbeat", "clock_tick"),
        ("whoosh", "swish"),
        ("dog: large", "dog: small"),
    ],
)
def test_the_dull_one_of_a_pair_is_duller(dull: str, bright: str) -> None:
    assert centroid(made(dull)) < centroid(made(bright))


@pytest.mark.parametrize(
    ("sound", "low", "high"), [("crickets", 3800, 5200), ("heartbeat", 35, 120), ("beep", 1500, 2300)]
)
def test_a_tone_is_where_nature_puts_it(sound: str, low: float, high: float) -> None:
    assert low < loudest_hertz(made(sound)) < high


@pytest.mark.parametrize(("sound", "rises"), [("pour", True), ("laser", False), ("magic", True)])
def test_a_sweep_goes_its_way(sound: str, rises: bool) -> None:
    samples = made(sound)
    part = len(samples) // 5

    early, late = (
        loudest_hertz(samples[at * part : (at + 1) * part]) for at in (0, 2 if sound == "laser" else 3)
    )
    assert (late > early) == rises


def test_a_car_passes_from_left_to_right() -> None:
    car = made("car_pass", 4.0)
    left, right = (
        np.array([np.mean(part[:, side] ** 2) for part in np.array_split(car, 4)]) for side in (0, 1)
    )

    assert left[0] > right[0] and right[3] > left[3]
