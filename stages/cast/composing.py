"""Put all pictures of a candidate on one page: bodies above at one scale, faces below.

In: pictures by view.      Out: one picture, without words: a model that is shown it must not learn to write.
Empty paper around the bodies is cut away where the ground is even; a painter that paints a background keeps it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from assets.media.picture import resized
from assets.sheets.casting import BODIES, View

WIDEST = 1920  # reference models are shown less than that; people zoom in
_EVEN = 26  # difference to the ground's colour, of 255, that is paper and not drawing
_MARGIN = 0.04  # of the height, kept around a figure


def page(pictures: Mapping[View, Still]) -> Still:
    """``pictures`` in up to two rows of equal width."""
    bodies = _trimmed([pictures[view] for view in BODIES if view in pictures])
    faces = [picture for view, picture in pictures.items() if view not in BODIES]
    rows = [row for row in (bodies, faces) if row]
    # Nothing is enlarged: the wider row decides.
    wide = min(WIDEST, max(sum(picture.shape[1] for picture in row) for row in rows))
    return np.ascontiguousarray(np.concatenate([_row(row, wide) for row in rows], 0))


def _row(pictures: Sequence[Still], wide: int) -> Still:
    """Side by side and equally high, at most half as high as the page is wide."""
    ratios = [picture.shape[1] / picture.shape[0] for picture in pictures]
    high = int(min(wide / sum(ratios), wide / 2))
    cells = [
        resized(one, (max(1, int(high * ratio)), high)) for one, ratio in zip(pictures, ratios, strict=True)
    ]
    row: NDArray[np.uint8] = np.full((high, wide, 3), _ground(pictures[0]), np.uint8)
    left = (wide - sum(cell.shape[1] for cell in cells)) // 2
    for cell in cells:
        row[:, left : left + cell.shape[1]] = cell
        left += cell.shape[1]
    return row


def _trimmed(bodies: Sequence[Still]) -> list[Still]:
    """The same rows of every body, so that they stay at one scale; as wide as fills the page, if there is paper."""
    boxes = [box for body in bodies if (box := figure(body)) is not None]
    if not boxes or len(boxes) < len(bodies) or len({body.shape for body in bodies}) > 1:
        return list(bodies)
    high, wide = bodies[0].shape[:2]
    margin = round(_MARGIN * high)
    top = max(0, min(box[1] for box in boxes) - margin)
    bottom = min(high, max(box[3] for box in boxes) + margin)
    widest = max(box[2] - box[0] for box in boxes) + 2 * margin
    half = min(wide, max(widest, 2 * (bottom - top) // len(bodies))) // 2
    cut = []
    for body, box in zip(bodies, boxes, strict=True):
        middle = min(max((box[0] + box[2]) // 2, half), wide - half)
        cut.append(np.ascontiguousarray(body[top:bottom, middle - half : middle + half]))
    return cut


def figure(picture: Still) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of what is drawn on even paper; None where the ground is not even."""
    drawn = drawn_on(picture)
    border = np.concatenate([drawn[0], drawn[:, 0], drawn[:, -1]])
    if border.mean() > 0.02 or not drawn.any():
        return None
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def drawn_on(picture: Still) -> NDArray[np.bool_]:
    """Where ``picture`` differs from its ground; single pixels are noise."""
    import cv2

    apart = np.abs(picture.astype(np.int16) - _ground(picture).astype(np.int16)).max(-1) > _EVEN
    solid = cv2.morphologyEx(apart.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(solid, bool)


def _ground(picture: Still) -> NDArray[np.uint8]:
    """The colour of the paper: the median along the upper edge."""
    edge = np.concatenate([picture[:3].reshape(-1, 3), picture[:, :3].reshape(-1, 3)])
    return np.asarray(np.median(edge, axis=0), np.uint8)
