from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import BlobDamaged, InputRefused, ShapeRefused
from assets.matter import Sound
from assets.media import sound as files

RATE = 48_000


def tone(seconds: float, *, level_db: float = -20.0, hertz: float = 997.0, stereo: bool = True) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    wave = (10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * time)).astype(np.float32)
    return Sound(np.stack([wave, wave], axis=1) if stereo else wave, RATE)


@pytest.mark.parametrize("name", ["a.flac", "a.wav"])
@pytest.mark.parametrize("stereo", [True, False])
def test_what_is_written_is_read_within_24_bits(tmp_path: Path, name: str, stereo: bool):
    sound = tone(0.3, stereo=stereo)

    files.write(tmp_path / name, sound)
    back = files.read(tmp_path / name)

    assert back.samples.shape == sound.samples.shape
    assert np.abs(back.samples - sound.samples).max() <= 2**-23


def test_flac_bytes_come_back_and_are_the_same_each_time():
    sound = tone(0.2)

    data = files.to_flac_bytes(sound)

    assert data == files.to_flac_bytes(sound)
    assert np.abs(files.from_bytes(data).samples - sound.samples).max() <= 2**-23


def test_a_float_wav_keeps_every_bit(tmp_path: Path):
    sound = tone(0.2)

    files.write(tmp_path / "a.wav", sound, subtype="FLOAT")

    assert (files.read(tmp_path / "a.wav").samples == sound.samples).all()


def test_blocks_put_together_are_the_file(tmp_path: Path):
    sound = tone(0.5)
    files.write(tmp_path / "a.flac", sound)

    pieces = list(files.blocks(tmp_path / "a.flac", frames=1000))

    assert max(map(len, pieces)) == 1000
    assert np.concatenate(pieces).shape == sound.samples.shape


@pytest.mark.parametrize(
    "samples",
    [np.full(10, 1.5), np.full(10, np.nan), np.zeros((10, 3)), np.zeros((2, 10))],
    ids=["too loud", "not a number", "three channels", "channels first"],
)
def test_samples_that_are_no_sound_are_refused(samples: np.ndarray):
    with pytest.raises(ShapeRefused):
        files.to_flac_bytes(Sound(samples.astype(np.float32), RATE))


def test_an_unknown_suffix_and_float_flac_are_refused(tmp_path: Path):
    with pytest.raises(InputRefused, match="suffix"):
        files.write(tmp_path / "a.mp3", tone(0.1))
    with pytest.raises(InputRefused, match="FLOAT"):
        files.write(tmp_path / "a.flac", tone(0.1), subtype="FLOAT")


@pytest.mark.parametrize("read", [files.read, lambda path: list(files.blocks(path))], ids=["whole", "blocks"])
@given(at=st.floats(0.05, 0.95), hole=st.binary(min_size=8, max_size=300))
def test_a_sound_that_is_damaged_in_the_middle_is_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, read: Callable[[Path], object], at: float, hole: bytes
):
    """The header was sound, so the file opened; decoding the damaged part ended in LibsndfileError."""
    path = tmp_path_factory.mktemp("damaged") / "a.flac"
    data = bytearray(files.to_flac_bytes(tone(0.3)))
    first = int(at * len(data))
    data[first : first + len(hole)] = hole
    path.write_bytes(data)

    with suppress(InputRefused):
        found = read(path)
        assert found is not None and len(getattr(found, "samples", found)) <= 0.3 * RATE


def test_a_flac_that_promises_more_than_it_holds_is_refused(tmp_path: Path):
    """36 bits of its header say how many samples follow; memory was reserved for all of them."""
    data = bytearray(files.to_flac_bytes(tone(0.1)))
    data[21] |= 0x0F
    data[22:26] = b"\xff" * 4
    (tmp_path / "a.flac").write_bytes(data)

    with pytest.raises(InputRefused, match="more"):
        files.read(tmp_path / "a.flac")
    with pytest.raises(BlobDamaged):
        files.from_bytes(bytes(data))


def test_bytes_and_files_that_are_no_sound_say_so(tmp_path: Path):
    (tmp_path / "a.flac").write_bytes(b"not a sound")

    with pytest.raises(BlobDamaged):
        files.from_bytes(b"not a sound")
    with pytest.raises(InputRefused, match=r"a\.flac"):
        files.read(tmp_path / "a.flac")


def test_a_997_hertz_tone_at_minus_20_reads_minus_20_lufs(tmp_path: Path):
    """EBU Tech 3341, case 1, at another level: stereo 997 Hz reads its own level."""
    files.write(tmp_path / "a.wav", tone(5))

    heard = files.measure(tmp_path / "a.wav")

    assert heard.integrated_lufs == pytest.approx(-20.0, abs=0.1)
    assert heard.true_peak_dbtp == pytest.approx(-20.0, abs=0.2)
    assert heard.range_lu == pytest.approx(0.0, abs=0.1)


def test_silence_has_a_loudness_that_json_can_write(tmp_path: Path):
    files.write(tmp_path / "a.wav", Sound(np.zeros((RATE, 2), np.float32), RATE))

    heard = files.measure(tmp_path / "a.wav")

    assert (heard.integrated_lufs, heard.true_peak_dbtp) == (files.SILENCE_LUFS, files.SILENCE_DBTP)


def test_decoded_samples_counts_what_is_heard(tmp_path: Path):
    files.write(tmp_path / "a.flac", tone(float(Fraction(1001, 24000) * 7)))

    assert files.decoded_samples(tmp_path / "a.flac") == round(7 * RATE * Fraction(1001, 24000))
