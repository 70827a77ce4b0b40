"""Encode clips to H.264 files and decode them, frame for frame.

In: stills as they are drawn.      Out: one MP4 that can be joined with similar ones without encoding again.
BT.709, limited range, 4:2:0, no B-frames, closed groups; the same stills give the same bytes.
Knows nothing about cuts, captions or sound.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assets import files
from assets.errors import InputRefused, ModelFailed, ShapeRefused
from assets.matter import Box, Clip, Still
from assets.media import bt709, ffmpeg, mp4
from assets.media.bt709 import Planes
from assets.media.ffmpeg import Pipe
from assets.media.overlay import TAGS_709, Overlay, graph, inputs
from assets.sheets.base import Part
from assets.timing import runs

# Pictures waiting for the encoder: enough to cover a keyframe, 11 MB at 1280x720.
_WAITING = 8
_PIPE_BYTES = 1 << 20  # with a 64 KiB pipe the encoder is woken 42 times per frame

# Decoding takes a quarter of the time of encoding or drawing; more threads only cost more to start.
_ONE_THREAD = ["-threads", "1"]
# Pixels that the conversion to RGB may look at outside the part that is wanted: its chroma filter reaches 4.
_AROUND = 16
# accurate_rnd and full_chroma_int: without them solid colours come back up to 3 steps off.
_FROM_709 = "scale=out_range=pc:flags=bicubic+accurate_rnd+full_chroma_int"

ENCODER = 2
"""Raised when ``encode`` gives other bytes for the same pictures and quality."""
BITEXACT = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"]


class VideoQuality(Part):
    """Encoder effort. Segments that are joined by copy share preset and threads."""

    crf: int = Field(
        default=18, ge=0, le=40, description="Lower is better quality; 18 looks like the drawing"
    )
    # 192 cel frames at 1280x720 on two busy cores: veryfast 224 fps and 197 KiB, superfast 284 and 375, medium 88
    # and 208: on flat colour the slower presets bring nothing.
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = "veryfast"
    # The same frames with superfast and 10: 5.5 ms a frame instead of 8.7 with veryfast, the same SSIM and PSNR within
    # 0.0003 and 0.1 dB, 11 % more bytes; superfast alone 6.6 ms and twice the bytes.
    lookahead: int | None = Field(
        default=None,
        ge=1,
        le=60,
        exclude_if=lambda frames: frames is None,  # so that earlier recipes do not change
        description="Frames ahead over which the encoder spreads its bits; none: as the preset does",
    )
    threads: int = Field(default=2, ge=1, le=32, description="Fixed, because it changes the bytes")
    keyframe_seconds: float = Field(default=2.0, ge=0.2, le=20, description="At most this far apart")


@dataclass(frozen=True)
class VideoInfo:
    """The contents of a finished file."""

    size: tuple[int, int]
    rate: Fraction
    frames: int
    codec: str
    has_audio: bool
    seconds: float
    sound_seconds: float
    setup: bytes  # segments with equal set-ups can be joined without encoding


def encode(
    clip: Clip | Iterable[Still], path: Path, *, size: tuple[int, int], rate: Fraction, quality: VideoQuality
) -> int:
    """Write ``clip`` to ``path`` and return how many frames it had.

    A still must not be changed after it was passed on: where the next one is the same array, it counts as unchanged.
    The file gets its name only when it is complete.
    """
    return _encoded(clip, path, _rgb(size), rate, quality)


def encode_planes(
    pictures: Iterable[Planes],
    path: Path,
    *,
    size: tuple[int, int],
    rate: Fraction,
    quality: VideoQuality,
    overlays: Sequence[Overlay] = (),
) -> int:
    """Like ``encode``, for pictures that are in the file's own colours already; ``overlays`` are laid on them."""
    return _encoded(pictures, path, _planar(size), rate, quality, overlays)


def encode_over(
    source: Path, path: Path, *, rate: Fraction, quality: VideoQuality, overlays: Sequence[Overlay]
) -> int:
    """Encode ``source`` again with ``overlays`` laid on it, in one process; returns how many frames it had."""
    with files.scratch() as folder, files.replacing(path, durable=False) as draft:
        taken = ["-y", *_ONE_THREAD, *ffmpeg.source(source), *inputs(overlays, folder)]
        ffmpeg.run(
            [*taken, *_filtered(overlays), *_h264(rate, quality), *BITEXACT, "-f", "mp4", f"file:{draft}"]
        )
        wanted, found = frames_of(source), frames_of(draft)
        if found != wanted:
            raise ModelFailed(f"{source.name} has {wanted} frames and only {found} could be decoded.")
    return found


def probe(path: Path) -> VideoInfo:
    """The contents of the MP4 at ``path``, from its index: no frame is decoded."""
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
    """The stills of ``path`` from frame ``start`` on; the caller may change each."""
    return _decoded(path, _rgb, start, frames)


def decode_planes(path: Path, *, start: int = 0, frames: int | None = None) -> Iterator[Planes]:
    """Like ``decode``, in the file's colour format: nothing is converted, so nothing is lost."""
    return _decoded(path, _planar, start, frames)


def clip_of(path: Path) -> Clip:
    """The file at ``path`` as a clip, decoded when it is read."""
    info = probe(path)
    return Clip(
        info.frames, info.size, info.rate,
        lambda: decode(path), lambda frames, box: decode_some(path, frames, box),
    )  # fmt: skip


def decode_some(path: Path, frames: Sequence[int], box: Box | None = None) -> Iterator[Still]:
    """The stills at ``frames`` (ascending), the same as ``decode`` gives; black outside ``box``.

    Decoding a frame costs 2 ms at 1280x720 and converting it to RGB 8, so only what is wanted is converted.
    """
    info = probe(path)
    if not frames:
        return
    if frames[0] < 0 or frames[-1] >= info.frames:
        raise ShapeRefused(f"{path.name} has frames 0 to {info.frames - 1}; {list(frames)} were asked.")
    wide, high = info.size
    left, top, right, bottom = (0, 0, wide, high) if box is None else _widened(box, info.size)
    raw = _rgb((right - left, bottom - top))
    cut = f"crop={right - left}:{bottom - top}:{left}:{top}:exact=1"
    # By time and not by count: were a damaged frame left out, the others would keep their places.
    half = Fraction(1, 2)
    when = "+".join(
        f"between(t,{float((run.start - half) / info.rate):.6f},{float((run.stop - half) / info.rate):.6f})"
        for run in runs(frames)
    )
    filters = f"select='{when}',{cut},{raw.out_of}"
    for part in _read(path, raw, [], len(frames), filters):
        if raw.size == info.size:
            yield part
            continue
        still = np.zeros((high, wide, 3), np.uint8)
        still[top:bottom, left:right] = part
        yield still


def timescale(rate: Fraction) -> int:
    """Ticks per second for which a frame is a whole number: 24000 for 24 and for 24000/1001."""
    return rate.numerator if rate.numerator >= 1000 else rate.numerator * 1000


@dataclass(frozen=True)
class _Raw:
    """The layout of one picture: as it is passed to ``encode``, and in the pipe of a decoder."""

    pixels: str
    size: tuple[int, int]
    shape: tuple[int, ...]
    to_planes: Callable[[NDArray[np.uint8]], Planes]  # for encoding
    out_of: str  # the filter for decoding


def _rgb(size: tuple[int, int]) -> _Raw:
    return _Raw("rgb24", size, (size[1], size[0], 3), bt709.to_planes, _FROM_709)


def _planar(size: tuple[int, int]) -> _Raw:
    return _Raw("yuv420p", size, (size[0] * size[1] * 3 // 2,), np.ascontiguousarray, "null")


def _encoded(
    pictures: Iterable[NDArray[np.uint8]],
    path: Path,
    raw: _Raw,
    rate: Fraction,
    quality: VideoQuality,
    overlays: Sequence[Overlay] = (),
) -> int:
    width, height = raw.size
    if width % 2 or height % 2 or min(raw.size) < 16:
        raise ShapeRefused(f"A video of {width}x{height} cannot be made: sides are even and at least 16.")
    taken = ["-f", "rawvideo", "-pixel_format", "yuv420p", "-video_size", f"{width}x{height}"]
    taken += ["-framerate", str(rate), "-i", "pipe:0"]
    with files.scratch() as folder, files.replacing(path, durable=False) as draft:
        taken += inputs(overlays, folder)
        taken += _filtered(overlays) if overlays else ["-filter_threads", "1", "-vf", TAGS_709]
        args = ["-y", *taken, *_h264(rate, quality), *BITEXACT, "-f", "mp4", f"file:{draft}"]
        with ffmpeg.writing(args) as pipe:
            frames = _feed(pictures, pipe, raw)
        _check_count(pictures, frames, path)
    return frames


def _filtered(overlays: Sequence[Overlay]) -> list[str]:
    return ["-filter_complex_threads", "1", "-filter_complex", graph(overlays), "-map", "[laid]"]


def _h264(rate: Fraction, quality: VideoQuality) -> list[str]:
    group = max(1, round(quality.keyframe_seconds * rate))
    ahead = "" if quality.lookahead is None else f":mbtree=1:rc-lookahead={quality.lookahead}"
    return [
        *["-fps_mode", "passthrough", "-an", "-c:v", "libx264", "-preset", quality.preset],
        *["-crf", str(quality.crf), "-threads", str(quality.threads), "-bf", "0", "-g", str(group)],
        # stitchable keeps the set-up independent of the crf, so that a retake may have a better quality
        *["-x264-params", f"stitchable=1:open-gop=0{ahead}"],
        *["-video_track_timescale", str(timescale(rate))],
    ]


def _feed(pictures: Iterable[NDArray[np.uint8]], sink: Pipe, raw: _Raw) -> int:
    """Write in a thread while the next picture is drawn here; return how many were drawn."""
    waiting: Queue[Planes | None] = Queue(maxsize=_WAITING)
    writer = Thread(target=_write, args=(waiting, sink), daemon=True)
    writer.start()
    frames, before, planes = 0, None, None
    try:
        for picture in pictures:
            if planes is None or picture is not before:  # a held drawing is the same array again
                before, planes = picture, raw.to_planes(_checked(picture, raw, frames))
            waiting.put(planes)
            frames += 1
    except BaseException:
        sink.abort()  # otherwise a stopped encoder would block the writer, and with it Ctrl-C
        raise
    finally:
        waiting.put(None)
        writer.join()
    return frames


def _write(waiting: "Queue[Planes | None]", sink: Pipe) -> None:
    _widen(sink)
    broken = False
    while (planes := waiting.get()) is not None:
        if broken:
            continue  # the encoder has died and reports why itself; only empty the queue here
        try:
            sink.write(planes.data)
        except OSError:
            broken = True


def _widen(pipe: Pipe) -> None:
    """Ask for a larger pipe if the system allows it; a small one works too, but slower."""
    try:
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        return


def _checked(picture: NDArray[np.uint8], raw: _Raw, frame: int) -> NDArray[np.uint8]:
    if picture.shape != raw.shape or picture.dtype != np.uint8:
        raise ModelFailed(
            f"Frame {frame} came as {picture.dtype} {picture.shape}; uint8 {raw.shape} is required: "
            "the model broke its contract."
        )
    return picture


def _check_count(clip: Iterable[NDArray[np.uint8]], frames: int, path: Path) -> None:
    if isinstance(clip, Clip) and clip.frames != frames:
        raise ModelFailed(f"{path.name}: the clip promised {clip.frames} frames and drew {frames}.")
    if frames == 0:
        raise ShapeRefused(f"{path.name}: no frame was drawn; a clip has at least one.")


def _decoded(
    path: Path, way: Callable[[tuple[int, int]], _Raw], start: int, frames: int | None
) -> Iterator[NDArray[np.uint8]]:
    info = probe(path)
    wanted = info.frames - start if frames is None else frames
    if start < 0 or wanted < 0 or start + wanted > info.frames:
        raise ShapeRefused(
            f"{path.name} has frames 0 to {info.frames - 1}; {start} to {start + wanted - 1} were asked."
        )
    if wanted == 0:
        return
    # half a frame early, so that rounding never lands on the frame before
    seek = ["-ss", f"{float((start - Fraction(1, 2)) / info.rate):.6f}"] if start else []
    raw = way(info.size)
    yield from _read(path, raw, seek, wanted, raw.out_of)


def _read(path: Path, raw: _Raw, seek: list[str], wanted: int, filters: str) -> Iterator[NDArray[np.uint8]]:
    args = [*_ONE_THREAD, *seek, *ffmpeg.source(path), "-map", "0:v:0", "-an", "-fps_mode", "passthrough"]
    args += ["-frames:v", str(wanted), "-vf", filters, "-f", "rawvideo", "-pix_fmt", raw.pixels, "pipe:1"]
    with ffmpeg.reading(args) as pipe:
        _widen(pipe)
        for _ in range(wanted):
            yield _next_picture(pipe, raw, path)


def _widened(box: Box, size: tuple[int, int]) -> Box:
    """``box`` with room around it, on whole chroma samples, inside the picture."""
    left, top, right, bottom = box
    return (
        max(0, left - _AROUND) // 2 * 2,
        max(0, top - _AROUND) // 2 * 2,
        min(size[0], (right + _AROUND + 1) // 2 * 2),
        min(size[1], (bottom + _AROUND + 1) // 2 * 2),
    )


def _next_picture(pipe: Pipe, raw: _Raw, path: Path) -> NDArray[np.uint8]:
    data = bytearray(math.prod(raw.shape))
    if pipe.readinto(data) != len(data):
        raise EOFError(f"{path} ended before its frame count")
    return np.frombuffer(data, np.uint8).reshape(raw.shape)
