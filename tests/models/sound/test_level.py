from pathlib import Path

import numpy as np
import pytest

from assets.matter import Sound
from assets.media.sound import measure, write
from models.sound import level

RATE = level.RATE


def murmur(seconds: float = 3.0, *, gain: float = 0.05) -> np.ndarray:
    noise = np.random.default_rng(5).standard_normal(round(seconds * RATE))
    envelope = 0.2 + np.abs(np.sin(np.arange(len(noise)) / RATE * 7))
    return np.clip(gain * noise * envelope, -1, 1).astype(np.float32)


def test_a_line_in_memory_reads_as_ffmpeg_reads_it_from_a_file(tmp_path: Path):
    write(tmp_path / "a.wav", Sound(murmur(), RATE))

    assert level.loudness(murmur()) == pytest.approx(measure(tmp_path / "a.wav").integrated_lufs, abs=0.15)


@pytest.mark.parametrize("gain", [0.002, 0.02, 0.1])
def test_loud_and_quiet_lines_come_out_equally_loud(gain: float):
    levelled = level.level(murmur(gain=gain))

    assert level.loudness(levelled) == pytest.approx(level.LINE_LUFS, abs=0.1)


def test_a_peak_is_never_raised_over_full_scale():
    click = np.zeros(RATE, np.float32)
    click[::12_000] = 0.1

    assert np.abs(level.level(click)).max() <= level.PEAK + 1e-6


def test_silence_stays_silence():
    silent = np.zeros(RATE, np.float32)

    assert level.level(silent) is silent
    assert level.loudness(np.zeros(0, np.float32)) == level.SILENT
