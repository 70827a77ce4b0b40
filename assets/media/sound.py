"""Sound files: written and read through soundfile, measured through ffmpeg.

In: a Sound or blocks of samples, or a file with sound in it.      Out: FLAC or WAV, or its Loudness.
Long files are processed in blocks, so an hour needs no more memory than a second. Only FLAC and WAV are decoded
here; ``measure`` and ``decoded_samples`` take any file that ffmpeg can open (mp4, m4a).
"""

import io
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assets.errors import BlobDamaged, InputRefused, ShapeRefused, StorageFailed
from assets.matter import Sound
from assets.media import ffmpeg

Samples = NDArray[np.float32]
Subtype = Literal["PCM_16", "PCM_24", "FLOAT"]

SILENCE_LUFS = -70.0  # the absolute gate of BS.1770: nothing is measured below it
SILENCE_DBTP = -120.0  # stands for minus infinity, which JSON cannot express
BLOCK = 1 << 16
_UNKNOWN = 2**63 - 1  # libsndfile's value for a stream of unknown length
# 0 to 1; at 0 ten minutes of stereo are written in half the time of the default, 1 % larger
FLAC_EFFORT = 0.2


@dataclass(frozen=True)
class Loudness:
    """EBU R128 measures of a whole file; silence has -70 LUFS and -120 dBTP."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float


def write(path: Path, sound: Sound, *, subtype: Subtype = "PCM_24") -> None:
    """Write ``.flac`` or ``.wav``. Samples outside -1..1 are refused, not clipped."""
    samples = _checked(sound.samples)
    channels = 1 if samples.ndim == 1 else 2
    with writing(path, rate=sound.rate, channels=channels, subtype=subtype) as file:
        file.write(samples)


def read(path: Path) -> Sound:
    """A whole FLAC or WAV file: (n,) for mono, (n, 2) for stereo, float32."""
    with reading(path) as file:
        return Sound(_checked(_all_samples(file)), int(file.samplerate))


def to_flac_bytes(sound: Sound) -> bytes:
    """24-bit FLAC, the format of sounds in the vault; the same samples give the same bytes."""
    import soundfile

    memory = io.BytesIO()
    soundfile.write(memory, _checked(sound.samples), sound.rate, format="FLAC", subtype="PCM_24")
    return memory.getvalue()


def from_bytes(data: bytes) -> Sound:
    """A Sound from the bytes of a FLAC or WAV file."""
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            samples, rate = _all_samples(file), int(file.samplerate)
    except (soundfile.LibsndfileError, InputRefused) as error:
        raise BlobDamaged(f"{len(data):,} bytes that are not FLAC or WAV sound ({error}).") from error
    return Sound(_checked(samples), rate)


@contextmanager
def reading(path: Path) -> Iterator[Any]:
    """An open soundfile.SoundFile for ``next_samples``."""
    import soundfile

    try:
        file = soundfile.SoundFile(str(path))
    except (soundfile.LibsndfileError, OSError) as error:
        raise InputRefused(
            f"{path} cannot be read as FLAC or WAV ({error}). Sakuga reads these two; convert it first."
        ) from error
    with file:
        yield file


def next_samples(
    file: Any, frames: int = -1, *, start: int | None = None, always_2d: bool = False
) -> Samples:
    """The next ``frames`` samples (-1: the rest), or those from ``start`` on, of a file that ``reading`` opened.

    A file can have a valid header and damaged data; libsndfile notices this only while decoding.
    """
    import soundfile

    try:
        if start is not None and file.tell() != start:
            file.seek(start)
        samples: Samples = file.read(frames, dtype="float32", always_2d=always_2d)
    except soundfile.LibsndfileError as error:
        raise InputRefused(
            f"{_name(file)} is damaged: its sound cannot be decoded ({error}). Put an intact copy in its place."
        ) from error
    return samples


@contextmanager
def writing(path: Path, *, rate: int, channels: int = 2, subtype: Subtype = "PCM_24") -> Iterator[Any]:
    """An open soundfile.SoundFile that takes blocks of samples, in order."""
    import soundfile

    if path.suffix not in (".flac", ".wav"):
        raise InputRefused(f"{path.name}: sound is written as .flac or .wav, chosen by the suffix.")
    if path.suffix == ".flac" and subtype == "FLOAT":
        raise InputRefused(f"{path.name}: FLAC holds whole numbers; write PCM_24, or FLOAT to a .wav.")
    effort = {"compression_level": FLAC_EFFORT} if path.suffix == ".flac" else {}
    try:
        with soundfile.SoundFile(str(path), "w", rate, channels, subtype, **effort) as file:
            yield file
    except (soundfile.LibsndfileError, OSError) as error:
        # The library hides the system's reason behind "System error".
        raise StorageFailed(
            f"{path} could not be written ({error}). Check that the disk has room and that your user may "
            "write there (`sakuga doctor`), then run again."
        ) from error


def _all_samples(file: Any) -> Samples:
    """Read block by block: the header may promise more samples than fit into memory."""
    found = []
    while len(block := next_samples(file, BLOCK)):
        found.append(block)
    count = sum(map(len, found))
    if count < file.frames < _UNKNOWN:
        raise InputRefused(
            f"{_name(file)} ends after {count:,} of {file.frames:,} samples: more was written. "
            "Put an intact copy in its place."
        )
    return np.concatenate(found) if found else next_samples(file, 0)


def _name(file: Any) -> str:
    return file.name if isinstance(file.name, str) else "the sound"


def blocks(path: Path, *, frames: int = BLOCK) -> Iterator[Samples]:
    """A FLAC or WAV file as (n, channels) float32 blocks of at most ``frames`` samples."""
    with reading(path) as file:
        while len(block := next_samples(file, frames, always_2d=True)):
            yield block


def measure(path: Path) -> Loudness:
    """Integrated loudness, true peak and range by ffmpeg's ebur128, of any file with sound."""
    log = ffmpeg.run(
        [*ffmpeg.source(path), "-map", "0:a:0", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"],
        log="info",
    )
    summary = log[log.rfind("Summary:") :]
    return Loudness(
        integrated_lufs=max(SILENCE_LUFS, _reading(summary, r"I:\s+(\S+) LUFS", path)),
        true_peak_dbtp=max(SILENCE_DBTP, _reading(summary, r"Peak:\s+(\S+) dBFS", path)),
        range_lu=_reading(summary, r"LRA:\s+(\S+) LU", path),
    )


def decoded_samples(path: Path, *, rate: int = 48_000) -> int:
    """How many samples a player plays, after edit lists and encoder delay."""
    log = ffmpeg.run(
        [*ffmpeg.source(path), "-map", "0:a:0", "-af", f"aresample={rate},astats", "-f", "null", "-"],
        log="info",
    )
    return int(_reading(log[log.rfind("Overall") :], r"Number of samples:\s+(\S+)", path))


def _reading(summary: str, pattern: str, path: Path) -> float:
    found = re.search(pattern, summary)
    if found is None:
        raise InputRefused(f"{path} gave no reading; is there any sound in it?")
    value = float(found.group(1))
    return SILENCE_DBTP if math.isnan(value) else value


def _checked(samples: Samples) -> Samples:
    if samples.ndim not in (1, 2) or (samples.ndim == 2 and samples.shape[1] != 2):
        raise ShapeRefused(f"Sound has shape {samples.shape}; it must be (n,) mono or (n, 2) stereo.")
    if not np.isfinite(samples).all():
        raise ShapeRefused("Sound has samples that are not finite numbers; the model that made it failed.")
    # 24 bits put full scale at 1 - 2^-23; FLOAT files may reach it
    if samples.size and np.abs(samples).max() > 1.0:
        raise ShapeRefused(f"Sound peaks at {np.abs(samples).max():.3f}; samples stay within -1..1.")
    return samples.astype(np.float32, copy=False)
