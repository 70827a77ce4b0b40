"""The waveform of a sound: how loud it is, moment by moment.

In: any file with sound, a number of moments per second.      Out: one byte per moment, 0 to 255.
Decoded by ffmpeg in blocks, so an hour needs no more memory than a second.
"""

from fractions import Fraction
from pathlib import Path

import numpy as np

from assets.media import ffmpeg

RATE = 16_000  # Hz; enough for peaks a few pixels high
_MOMENTS = 4096  # read at a time
_BYTES = 2  # signed 16-bit samples


def peaks(path: Path, *, per_second: Fraction) -> bytes:
    """The highest sample of each moment, 255 being full scale."""
    pcm = ["-map", "0:a:0", "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"]
    found = bytearray()
    with ffmpeg.reading([*ffmpeg.source(path), *pcm]) as pipe:
        edge, rest = 0, np.empty(0, np.int16)
        while piece := pipe.read(_MOMENTS * _BYTES * 4):
            rest = np.concatenate((rest, np.frombuffer(piece, "<i2")))
            while True:
                # Edges at the exact rate: at 24000/1001 a fixed step would drift by a frame per minute.
                width = int((edge + 1) * RATE / per_second) - int(edge * RATE / per_second)
                if len(rest) < width:
                    break
                found.append(_loudest(rest[:width]))
                rest, edge = rest[width:], edge + 1
        if len(rest):
            found.append(_loudest(rest))
    return bytes(found)


def _loudest(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> int:
    return int(np.abs(samples.astype(np.int32)).max() * 255 // 32768)
