"""Clips to H.264 files and back, frame for frame.

In: stills as they are drawn.      Out: one MP4 that can be joined to its like without encoding again.
BT.709, limited range, 4:2:0, no B-frames, closed groups; the same stills give the same bytes.
Knows nothing about cuts, captions or sound.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from io import BufferedReader
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, Literal, cast

import numpy as np
from pydantic import Field

from assets.errors import InputRefused, MachineFailed, ShapeRefused
from assets.matter import Clip, Still
from assets.media import ffmpeg, mp4
from assets.sheets.base import Part

# Stills waiting for the encoder: enough to ride over a keyframe, 22 MB at 1280x720.
_WAITING = 8
_PIPE_BYTES = 1 << 20  # a 64 KiB pipe wakes the encoder 42 times a frame

# accurate_rnd and full_chroma_int: without them solid colours come back up to 3 steps off.
_TO_709 = "scale=in_range=pc:out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int"
_TAGS_709 = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
_FROM_709 = "scale=out_range=pc:flags=bicubic+accurate_rnd+full_chroma_int"
BITEXACT = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"]


class VideoQuality(Part):
    """How hard the encoder works. Segments that are joined by copy share preset and threads."""

    crf: int = Field(default=18, ge=0, le=40, description="Lower is finer; 18 looks like the drawing")
    # 192 cel frames at 1280x720, one busy pair of cores: veryfast 224 fps and 197 KiB, superfast 284
    # and 375, medium 88 and 208: on flat colour the slower presets buy nothing.
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = "veryfast"
    threads: int = Field(default=2, ge=1, le=32, description="Fixed, because it steers the bytes")
    keyframe_seconds: float = Field(default=2.0, ge=0.2, le=20, description="At most this far apart")


@dataclass(frozen=True)
class VideoInfo:
    """What a finished file holds."""

    size: tuple[int, int]
    rate: Fraction
    frames: int
    codec: str
    has_audio: bool
    seconds: float
    sound_seconds: float
    setup: bytes  # equal set-ups join without encoding


def encode(
    clip: Clip | Iterable[Still], path: Path, *, size: tuple[int, int], rate: Fraction, quality: VideoQuality
) -> int:
    """Write ``clip`` to ``path`` and return how many frames it had.

    Drawing and encoding overlap, so a still is not changed after it was handed over.
    The file appears under its name only when it is whole.
    """
    if size[0] % 2 or size[1] % 2 or min(size) < 16:
        raise ShapeRefused(f"A video of {size[0]}x{size[1]} cannot be made: sides are even and at least 16.")
    with finished_at(path) as draft:
        args = ["-y", *_raw_in(size, rate), *_h264(rate, quality), *BITEXACT, "-f", "mp4", str(draft)]
        with ffmpeg.writing(args) as pipe:
            frames = _feed(clip, pipe, size)
        _check_count(clip, frames, path)
    return frames


def probe(path: Path) -> VideoInfo:
    """What the MP4 at ``path`` holds, from its index: no frame is decoded."""
    tracks = mp4.tracks(path)
    picture = next((track for track in tracks if track.kind == "vide"), None)
    sound = next((track for track in tracks if track.kind == "soun"), None)
    if picture is None or picture.samples == 0:
        raise InputRefused(f"{path}: there is no picture in it.")
    if picture.step is None:
        raise InputRefused(f"{path}: its frames are not equally long. Convert it to a constant rate.")
    return VideoInfo(
        size=picture.size,
        rate=1 / picture.step,
        frames=picture.samples,
        codec=picture.codec,
        has_audio=sound is not None,
        seconds=float(picture.seconds),
        sound_seconds=float(sound.seconds) if sound else 0.0,
        setup=picture.setup,
    )


def frames_of(path: Path) -> int:
    return probe(path).frames


def decode(path: Path, *, start: int = 0, frames: int | None = None) -> Iterator[Still]:
    """The stills of ``path`` from frame ``start`` on; each is the reader's own to change."""
    info = probe(path)
    wanted = info.frames - start if frames is None else frames
    if start < 0 or wanted < 0 or start + wanted > info.frames:
        raise ShapeRefused(
            f"{path.name} has frames 0 to {info.frames - 1}; {start} to {start + wanted - 1} were asked."
        )
    if wanted:
        yield from _decoded(path, info, start, wanted)


def still_from(path: Path, frame: int) -> Still:
    return next(decode(path, start=frame, frames=1))


@contextmanager
def finished_at(path: Path) -> Iterator[Path]:
    """A draft beside ``path`` that takes its name when the block ends well, and is gone otherwise."""
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.stem}-", suffix=".part", delete=False
    ) as made:
        draft = Path(made.name)
    try:
        yield draft
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def timescale(rate: Fraction) -> int:
    """Ticks a second in which a frame is a whole number: 24000 for 24 and for 24000/1001."""
    return rate.numerator if rate.numerator >= 1000 else rate.numerator * 1000


def _raw_in(size: tuple[int, int], rate: Fraction) -> list[str]:
    shape = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size[0]}x{size[1]}"]
    return [
        *shape,
        "-framerate",
        str(rate),
        "-i",
        "pipe:0",
        "-filter_threads",
        "1",
        "-vf",
        f"{_TO_709},format=yuv420p,{_TAGS_709}",
    ]


def _h264(rate: Fraction, quality: VideoQuality) -> list[str]:
    group = max(1, round(quality.keyframe_seconds * rate))
    return [
        *["-fps_mode", "passthrough", "-an", "-c:v", "libx264", "-preset", quality.preset],
        *["-crf", str(quality.crf), "-threads", str(quality.threads), "-bf", "0", "-g", str(group)],
        # stitchable keeps the set-up free of the crf, so that a retake may be finer than its neighbours
        *["-x264-params", "stitchable=1:open-gop=0"],
        *["-video_track_timescale", str(timescale(rate))],
    ]


def _feed(stills: Iterable[Still], sink: IO[bytes], size: tuple[int, int]) -> int:
    """Write in a thread while the next still is drawn here; returns how many were drawn."""
    waiting: Queue[Still | None] = Queue(maxsize=_WAITING)
    writer = Thread(target=_write, args=(waiting, sink), daemon=True)
    writer.start()
    frames = 0
    try:
        for still in stills:
            waiting.put(_checked(still, size, frames))
            frames += 1
    finally:
        waiting.put(None)
        writer.join()
    return frames


def _write(waiting: "Queue[Still | None]", sink: IO[bytes]) -> None:
    _widen(sink)
    broken = False
    while (still := waiting.get()) is not None:
        if broken:
            continue  # the encoder has died and says why itself; only make room here
        try:
            sink.write(still.data)
        except OSError:
            broken = True


def _widen(pipe: IO[bytes]) -> None:
    """Ask for a larger pipe where the system lets us; a small one works too, only slower."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        return


def _checked(still: Still, size: tuple[int, int], frame: int) -> Still:
    if still.shape != (size[1], size[0], 3) or still.dtype != np.uint8:
        raise MachineFailed(
            f"Frame {frame} came as {still.dtype} {still.shape}; "
            f"uint8 ({size[1]}, {size[0]}, 3) is wanted: the machine drew outside its contract."
        )
    return np.ascontiguousarray(still)


def _check_count(clip: Clip | Iterable[Still], frames: int, path: Path) -> None:
    if isinstance(clip, Clip) and clip.frames != frames:
        raise MachineFailed(f"{path.name}: the clip promised {clip.frames} frames and drew {frames}.")
    if frames == 0:
        raise ShapeRefused(f"{path.name}: no frame was drawn; a clip has at least one.")


def _decoded(path: Path, info: VideoInfo, start: int, wanted: int) -> Iterator[Still]:
    # half a frame early, so that rounding never lands on the frame before
    seek = ["-ss", f"{float((start - Fraction(1, 2)) / info.rate):.6f}"] if start else []
    args = [*seek, *ffmpeg.source(path), "-map", "0:v:0", "-an", "-fps_mode", "passthrough"]
    args += ["-frames:v", str(wanted), "-vf", _FROM_709, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    with ffmpeg.reading(args) as pipe:
        _widen(pipe)
        for _ in range(wanted):
            yield _next_still(pipe, info.size, path)


def _next_still(pipe: IO[bytes], size: tuple[int, int], path: Path) -> Still:
    data = bytearray(size[0] * size[1] * 3)
    if cast(BufferedReader, pipe).readinto(data) != len(data):
        raise EOFError(f"{path} ended before its frame count")
    return np.frombuffer(data, np.uint8).reshape(size[1], size[0], 3)
