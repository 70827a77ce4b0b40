"""Put all pictures of a candidate on one page: bodies above at one scale, faces below.

In: pictures by view.      Out: one picture, without words: a model that is shown it must not learn to write.
Empty paper around the bodies is cut away where the ground is even; a painter that paints a background keeps it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from assets.media import paper
from assets.media.picture import resized
from assets.sheets.casting import BODIES, View

WIDEST = 1920  # reference models are shown less than that; people zoom in
_MARGIN = 0.04  # of the height, kept around a figure


def page(pictures: Mapping[View, Still]) -> Still:
    """``pictures`` in up to two rows of equal width."""
    bodies = _trimmed([pictures[view] for view in BODIES if view in pictures])
    faces = _nearer([picture for view, picture in pictures.items() if view not in BODIES])
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
    row: NDArray[np.uint8] = np.full((high, wide, 3), paper.ground(pictures[0]), np.uint8)
    left = (wide - sum(cell.shape[1] for cell in cells)) // 2
    for cell in cells:
        row[:, left : left + cell.shape[1]] = cell
        left += cell.shape[1]
    return row


def _trimmed(bodies: Sequence[Still]) -> list[Still]:
    """The same rows of every body, so that they stay at one scale; as wide as fills the page, if there is paper."""
    boxes = [box for body in bodies if (box := paper.figure(body)) is not None]
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


def _nearer(faces: Sequence[Still]) -> list[Still]:
    """Without the empty paper above the hair and as much at both sides: squares of one scale."""
    boxes = [box for face in faces if (box := paper.figure(face)) is not None]
    if not boxes or len(boxes) < len(faces) or len({face.shape for face in faces}) > 1:
        return list(faces)
    high, wide = faces[0].shape[:2]
    side = min(wide, high - max(0, min(box[1] for box in boxes) - round(_MARGIN * high)))
    left = (wide - side) // 2
    return [np.ascontiguousarray(face[high - side :, left : left + side]) for face in faces]
