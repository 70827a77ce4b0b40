"""Read an MP4 file's index from its boxes, without decoding a frame.

In: a path.      Out: its tracks: size, exact rate, frame count, codec and decoder set-up.
Reads ISO/IEC 14496-12 (boxes) as far as our own files need it: checks a thousand segments in the time ffmpeg
needs to open three.  Knows nothing about pixels.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO

from assets.errors import InputRefused

MAX_INDEX_BYTES = 256_000_000  # the index of a day of frames is far smaller
_FOLDERS = (b"trak", b"mdia", b"minf", b"stbl", b"edts")


@dataclass(frozen=True)
class Track:
    """One track, as its boxes describe it."""

    kind: str  # 'vide', 'soun', ...
    codec: str  # four characters: 'avc1', 'mp4a'
    size: tuple[int, int]  # width, height in pixels; (0, 0) for sound
    samples: int  # frames, or packets of sound
    step: Fraction | None  # seconds per sample when all are equal, else None
    seconds: Fraction  # the presented length: priming hidden by an edit list is subtracted
    setup: bytes  # decoder set-up (avcC body); tracks can be joined by copy only if it is equal


def tracks(path: Path) -> tuple[Track, ...]:
    """Every track of the file at ``path``; InputRefused when it is not a whole MP4."""
    try:
        with path.open("rb") as file:
            index = _index(file, path)
        return tuple(_track(dict(_flat(body))) for name, body in _boxes(index) if name == b"trak")
    except OSError as error:
        raise InputRefused(f"{path}: cannot be read ({error.strerror}).") from error
    except (struct.error, KeyError, IndexError, ZeroDivisionError) as error:
        raise InputRefused(f"{path}: its index is damaged ({error!r}). Render it again.") from error


def _index(file: IO[bytes], path: Path) -> bytes:
    """The body of the ``moov`` box, anywhere in the file."""
    whole = file.seek(0, 2)
    at = 0
    while at + 8 <= whole:
        file.seek(at)
        size, name = struct.unpack(">I4s", file.read(8))
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", file.read(8))[0], 16
        size = size or whole - at
        if size < header or at + size > whole:
            break
        if name == b"moov" and size <= MAX_INDEX_BYTES:
            return file.read(size - header)
        at += size
    raise InputRefused(f"{path}: is not a whole MP4 file (no index in it). Render it again, or convert it.")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if size < 8:
            return
        yield name, data[at + 8 : at + size]
        at += size


def _flat(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The leaf boxes below a track, each of which occurs once."""
    for name, body in _boxes(data):
        if name in _FOLDERS:
            yield from _flat(body)
        else:
            yield name, body


def _track(leaves: dict[bytes, bytes]) -> Track:
    timescale = _timescale(leaves[b"mdhd"])
    counts = _run_lengths(leaves[b"stts"])
    codec, size, setup = _description(leaves[b"stsd"])
    steps = {delta for _, delta in counts}
    ticks = sum(count * delta for count, delta in counts) - _hidden(leaves.get(b"elst"))
    return Track(
        kind=leaves[b"hdlr"][8:12].decode("latin-1"),
        codec=codec,
        size=size,
        samples=sum(count for count, _ in counts),
        step=Fraction(steps.pop(), timescale) if len(steps) == 1 else None,
        seconds=Fraction(ticks, timescale),
        setup=setup,
    )


def _timescale(mdhd: bytes) -> int:
    offset = 20 if mdhd[0] == 1 else 12
    return int(struct.unpack_from(">I", mdhd, offset)[0])


def _run_lengths(stts: bytes) -> list[tuple[int, int]]:
    entries = struct.unpack_from(">I", stts, 4)[0]
    return [struct.unpack_from(">II", stts, 8 + 8 * index) for index in range(entries)]


def _hidden(elst: bytes | None) -> int:
    """Ticks at the start that are decoded but not presented (AAC priming)."""
    if elst is None or struct.unpack_from(">I", elst, 4)[0] == 0:
        return 0
    start = struct.unpack_from(">q" if elst[0] == 1 else ">i", elst, 16 if elst[0] == 1 else 12)[0]
    return max(0, int(start))


def _description(stsd: bytes) -> tuple[str, tuple[int, int], bytes]:
    """Codec, picture size and set-up from the first sample entry."""
    codec, entry = next(_boxes(stsd[8:]), (b"", b""))
    if codec not in (b"avc1", b"avc3"):
        return codec.decode("latin-1"), (0, 0), b""
    width, height = struct.unpack_from(">HH", entry, 24)
    setup = dict(_boxes(entry[78:])).get(b"avcC", b"")
    return codec.decode("latin-1"), (int(width), int(height)), setup
