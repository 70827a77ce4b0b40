"""Lay still pictures on moving ones while they are encoded.

In: a picture with coverage, its place, the frames it is seen in.      Out: inputs and a filter graph for ffmpeg.
ffmpeg blends the covered rectangle alone, in the file's own colours. Knows nothing about words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.timing import Span

# Without them the blend would convert between what the tags of both inputs say.
TAGS_709 = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"


@dataclass(frozen=True, eq=False)
class Overlay:
    """One still: flat Y, U, V and coverage (yuva420p, BT.709, limited range), width and height even.

    at    left and top, even, so that chroma falls on whole samples; it may hang over the frame
    seen  frames in which it is there, ascending
    """

    planes: NDArray[np.uint8]
    size: tuple[int, int]
    at: tuple[int, int]
    seen: tuple[Span, ...]


def inputs(overlays: Sequence[Overlay], folder: Path) -> list[str]:
    """Arguments that open ``overlays`` after one other input; their pictures are written to ``folder``."""
    args: list[str] = []
    for number, overlay in enumerate(overlays):
        path = folder / f"overlay{number}.yuva"
        path.write_bytes(overlay.planes.tobytes())
        args += ["-f", "rawvideo", "-pixel_format", "yuva420p"]
        args += ["-video_size", f"{overlay.size[0]}x{overlay.size[1]}", "-i", f"file:{path}"]
    return args


def graph(overlays: Sequence[Overlay]) -> str:
    """The filters that lay the inputs 1, 2, 3... on input 0, in this order; the result is ``[laid]``."""
    parts = [f"[0:v]{TAGS_709}[v0]"]
    for number, overlay in enumerate(overlays, 1):
        left, top = overlay.at
        # The frames of a span end before its stop; ``between`` counts both ends.
        when = "+".join(f"between(n,{span.start},{span.stop - 1})" for span in overlay.seen)
        parts.append(f"[{number}:v]{TAGS_709}[o{number}]")
        parts.append(
            f"[v{number - 1}][o{number}]"
            f"overlay={left}:{top}:format=yuv420:eof_action=repeat:enable='{when}'[v{number}]"
        )
    return ";".join([*parts, f"[v{len(overlays)}]{TAGS_709}[laid]"])
