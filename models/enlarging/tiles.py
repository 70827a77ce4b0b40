"""Run a network over a large picture in tiles, with the result of the whole.

In: a picture, a network that enlarges by a whole factor.      Out: the enlarged picture.
A tile is given to the network with a margin of its surroundings, which is cut off again. Where the margin is at least
the network's receptive field, no tile can be told from the whole; so nothing is blended. At the picture's edge the
margin is its mirror image, as the networks pad themselves.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
"""(H, W, 3) float32 in 0..1."""
Network = Callable[[Picture], Picture]
"""(H, W, 3) to (H * scale, W * scale, 3)."""


def tiled(picture: Picture, network: Network, *, scale: int, tile: int, margin: int) -> Picture:
    """``picture`` enlarged ``scale`` times.

    tile    pixels along a side of what is kept of each call
    margin  pixels around it that the network sees too
    """
    height, width = picture.shape[:2]
    padded = np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), mode=_mirror(picture, margin))
    out = np.empty((height * scale, width * scale, 3), np.float32)
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            rows, columns = min(tile, height - top), min(tile, width - left)
            seen = padded[top : top + rows + 2 * margin, left : left + columns + 2 * margin]
            made = network(np.ascontiguousarray(seen))
            cut = margin * scale
            kept = made[cut : cut + rows * scale, cut : cut + columns * scale]
            out[top * scale : (top + rows) * scale, left * scale : (left + columns) * scale] = kept
    return out


def _mirror(picture: Picture, margin: int) -> Literal["reflect", "edge"]:
    """A picture that is smaller than the margin cannot be mirrored so far; its edge is repeated."""
    return "reflect" if min(picture.shape[:2]) > margin else "edge"
