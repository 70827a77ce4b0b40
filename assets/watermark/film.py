"""Mark a finished film, and read the mark of any film or picture.

In: a file.      Out: a marked copy; what a file says.
The sound and the keys of the file are copied as they are; the picture is encoded once more.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets import files
from assets.errors import InputRefused, ModelFailed
from assets.media import ffmpeg
from assets.media.bt709 import Planes
from assets.media.picture import MAX_PIXELS, from_art
from assets.media.video import BITEXACT, VideoQuality, decode_planes, encode_planes, probe, timescale
from assets.watermark.luma import Luma, Marker
from assets.watermark.reading import Detail, Found, fine_detail, look, search

STILLS = (".png", ".jpg", ".jpeg", ".webp")
LOOKED_AT = 24
"""Pictures of a film that are read: one frame is often enough, and a strongly compressed film needs some."""
_FIRST = 4  # after so many the usual place is looked at, before more are decoded
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def mark_film(source: Path, to: Path, id: str, quality: VideoQuality) -> None:
    """Write ``source`` with the watermark of ``id`` to ``to``."""
    info = probe(source)
    width, height = info.size
    marker, pixels = Marker(id, info.size), width * height

    def marked() -> Iterator[Planes]:
        before, after = None, None
        for planes in decode_planes(source):
            luma = planes[:pixels].reshape(height, width)
            # Held drawings are frequent: a frame like the one before is not marked anew.
            if before is None or after is None or not np.array_equal(before, luma):
                before, after = luma, marker.mark(luma)
            yield np.concatenate([after.ravel(), planes[pixels:]])

    with files.scratch() as folder, files.replacing(to, durable=False) as draft:
        picture = folder / "picture.mp4"
        encode_planes(marked(), picture, size=info.size, rate=info.rate, quality=quality)
        args = ["-y", *ffmpeg.source(picture), *ffmpeg.source(source), "-map", "0:v:0", "-map", "1:a?"]
        args += ["-c", "copy", "-video_track_timescale", str(timescale(info.rate)), *BITEXACT]
        args += [
            "-map_metadata",
            "1",
            "-movflags",
            "+faststart+use_metadata_tags",
            "-f",
            "mp4",
            f"file:{draft}",
        ]
        ffmpeg.run(args)
        if probe(draft).frames != info.frames:
            raise ModelFailed(
                f"{source.name} has {info.frames} frames and its marked copy {probe(draft).frames}. It was not kept."
            )


def read_file(path: Path) -> Found:
    """Read the watermark of a picture or film.

    raises  InputRefused for a file in which there is no picture
    """
    if path.suffix.lower() in STILLS:
        return _read([_luma(from_art(path))])
    pictures = list(_some(path, keyframes=True))
    return _read(pictures if len(pictures) >= _FIRST else list(_some(path, keyframes=False)))


def _read(pictures: list[Luma]) -> Found:
    total: Detail = np.zeros(pictures[0].shape, np.float32)
    for count, luma in enumerate(pictures, 1):
        total += fine_detail(luma)
        if count in (1, _FIRST, len(pictures)) and (found := look(total)).id:
            return found
    return search(total)


def _luma(rgb: NDArray[np.uint8]) -> Luma:
    return np.asarray(rgb.astype(np.float32) @ _LUMA * (219 / 255) + 16, np.uint8)


def _some(path: Path, *, keyframes: bool) -> Iterator[Luma]:
    """Some pictures of a film in any format that ffmpeg reads, as PGM: that says its size itself."""
    skip = ["-skip_frame", "nokey"] if keyframes else []
    spaced = "select='isnan(prev_selected_t)+gte(t-prev_selected_t,0.4)'"
    args = [
        "-threads",
        "1",
        *skip,
        "-max_pixels",
        str(MAX_PIXELS),
        *ffmpeg.source(path),
        "-map",
        "0:v:0",
        "-an",
    ]
    args += ["-vf", spaced, "-fps_mode", "passthrough", "-frames:v", str(LOOKED_AT), "-pix_fmt", "gray"]
    try:
        with ffmpeg.reading([*args, "-c:v", "pgm", "-f", "image2pipe", "pipe:1"]) as pipe:
            first = None
            while (picture := _pgm(pipe)) is not None:
                first = first or picture.shape
                if picture.shape == first:
                    yield picture
            if first is None:
                raise InputRefused(f"{path} has no picture that can be read.")
    except ModelFailed as error:
        raise InputRefused(f"{path} cannot be read as a picture or film: {error}") from error


def _pgm(pipe: ffmpeg.Pipe) -> Luma | None:
    """The next picture; None at the end. The header is "P5", width and height, 255, each on a line."""
    head = b""
    while head.count(b"\n") < 3:
        part = pipe.read(1)
        if not part:
            return None
        head += part
    width, height = map(int, head.split()[1:3])
    data = bytearray(width * height)
    if pipe.readinto(data) != len(data):
        raise EOFError("a picture ended before its size")
    # ffmpeg widens limited range to 0..255 for PGM.
    return np.asarray(np.frombuffer(data, np.uint8).reshape(height, width))
