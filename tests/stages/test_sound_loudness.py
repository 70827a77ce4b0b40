from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assets.matter import Sound
from assets.media import ffmpeg
from assets.media import sound as files
from stages.sound.loudness import encode, follow

RATE = 48_000


def talk(seconds: float = 3.0, *, gain: float = 0.05, crest: float = 0.0) -> Sound:
    """Noise that comes and goes like speech; ``crest`` adds rare sharp peaks."""
    random = np.random.default_rng(4)
    count = round(seconds * RATE)
    wave = (
        gain
        * random.standard_normal((count, 2))
        * (0.1 + np.abs(np.sin(np.arange(count) / RATE * 5)))[:, None]
    )
    wave[RATE // 2 :: RATE // 3] += crest
    return Sound(np.clip(wave, -1, 1).astype(np.float32), RATE)


def master(folder: Path, sound: Sound) -> Path:
    files.write(folder / "master.flac", sound)
    return folder / "master.flac"


@pytest.mark.parametrize("gain", [0.004, 0.05, 0.25])
@pytest.mark.parametrize("target", [-23.0, -24.0])
def test_the_encoded_file_has_the_loudness_asked_for(tmp_path: Path, gain: float, target: float):
    told = encode(master(tmp_path, talk(gain=gain)), tmp_path / "a.m4a", target_lufs=target)

    heard = files.measure(tmp_path / "a.m4a")
    assert heard.integrated_lufs == pytest.approx(target, abs=0.2)
    assert heard.true_peak_dbtp <= -1.0
    assert told.integrated_lufs == heard.integrated_lufs
    assert (told.limited, told.note) == (False, "")


def test_peaks_that_gain_alone_would_push_over_are_limited_and_said(tmp_path: Path):
    told = encode(master(tmp_path, talk(gain=0.02, crest=0.9)), tmp_path / "a.m4a", target_lufs=-16)

    heard = files.measure(tmp_path / "a.m4a")
    assert told.limited
    assert heard.integrated_lufs == pytest.approx(-16, abs=0.5)
    assert heard.true_peak_dbtp <= -1.0


def test_silence_is_left_alone_and_said(tmp_path: Path):
    silent = Sound(np.zeros((RATE, 2), np.float32), RATE)

    told = encode(master(tmp_path, silent), tmp_path / "a.m4a")

    assert told.gain_db == 0
    assert "silent" in told.note


def test_near_silence_is_not_raised_to_noise(tmp_path: Path):
    told = encode(master(tmp_path, talk(gain=0.0005)), tmp_path / "a.m4a")

    assert told.gain_db == 0
    assert "left as it is" in told.note


def test_a_target_that_cannot_be_met_is_delivered_with_a_note(tmp_path: Path):
    clicks = np.zeros((3 * RATE, 2), np.float32)
    clicks[::RATE] = 0.9

    told = encode(master(tmp_path, Sound(clicks, RATE)), tmp_path / "a.m4a", target_lufs=-14)

    assert "were asked for" in told.note
    assert files.measure(tmp_path / "a.m4a").true_peak_dbtp <= -1.0


@pytest.mark.parametrize("frames", [73, 145])
def test_sound_and_picture_end_within_a_frame_after_muxing(tmp_path: Path, frames: int):
    rate = Fraction(24000, 1001)
    sound = talk(float(frames / rate))
    encode(master(tmp_path, sound), tmp_path / "a.m4a")
    picture = ["-f", "lavfi", "-i", f"color=s=64x64:r={rate}", "-frames:v", str(frames), "-c:v", "libx264"]
    ffmpeg.run(["-y", *picture, f"file:{tmp_path / 'v.mp4'}"])

    both = [*ffmpeg.source(tmp_path / "v.mp4"), *ffmpeg.source(tmp_path / "a.m4a")]
    ffmpeg.run(["-y", *both, "-c", "copy", f"file:{tmp_path / 'out.mp4'}"])

    heard = files.decoded_samples(tmp_path / "out.mp4")
    assert abs(heard - len(sound.samples)) <= RATE / rate


def test_the_encoder_keeps_the_sound_where_it_was(tmp_path: Path):
    """AAC begins with a delay; a player that honours the edit list must not hear it."""
    quiet = talk(2.0, gain=0.001).samples.copy()
    quiet[RATE : RATE + 2400] = 0.5 * np.sin(np.arange(2400) / 8)[:, None]
    encode(master(tmp_path, Sound(quiet, RATE)), tmp_path / "a.m4a")
    ffmpeg.run(["-y", *ffmpeg.source(tmp_path / "a.m4a"), f"file:{tmp_path / 'b.wav'}"])

    back = files.read(tmp_path / "b.wav").samples[:, 0]

    assert abs(int(np.flatnonzero(np.abs(back) > 0.3 * np.abs(back).max())[0]) - RATE) < 300


def test_the_stems_follow_by_the_same_gain(tmp_path: Path):
    one, other = talk(1.0, gain=0.03), talk(1.0, gain=0.06)
    files.write(tmp_path / "dialogue.flac", one)
    files.write(tmp_path / "music.flac", other)
    (tmp_path / "out").mkdir()
    stems = {"dialogue": tmp_path / "dialogue.flac", "music": tmp_path / "music.flac"}

    raised = follow(stems, tmp_path / "out", gain_db=-6.0)

    total = sum(files.read(path).samples for path in raised.values())
    assert np.abs(total - 10 ** (-6 / 20) * (one.samples + other.samples)).max() < 1e-4


def test_a_stem_that_the_gain_would_clip_is_kept_whole_as_float(tmp_path: Path):
    files.write(tmp_path / "dialogue.flac", talk(1.0, crest=0.8))
    (tmp_path / "out").mkdir()

    (raised,) = follow({"dialogue": tmp_path / "dialogue.flac"}, tmp_path / "out", gain_db=12).values()

    assert raised.suffix == ".wav"
    loudest = max(float(np.abs(block).max()) for block in files.blocks(raised))
    assert loudest > 1.5
