"""Tell a drawing from the even paper it is on.

In: a picture.      Out: the paper's colour; where something is drawn; the box around it.
"""

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still

EVEN = 26  # difference to the paper's colour, of 255, that is paper and not drawing
BUSY = 0.02  # share of the border that may be drawn on; more is a painted background


def ground(picture: Still) -> NDArray[np.uint8]:
    """The colour of the paper: the median along the upper and the left edge."""
    edge = np.concatenate([picture[:3].reshape(-1, 3), picture[:, :3].reshape(-1, 3)])
    return np.asarray(np.median(edge, axis=0), np.uint8)


def drawn_on(picture: Still) -> NDArray[np.bool_]:
    """Where something is drawn: all that even paper does not reach from the border, so white clothes too.

    Single pixels are noise.
    """
    import cv2

    apart = (np.abs(picture.astype(np.int16) - ground(picture).astype(np.int16)).max(-1) > EVEN).astype(
        np.uint8
    )
    square = np.ones((3, 3), np.uint8)
    closed = cv2.dilate(apart, square)  # a thin outline has gaps, and paper would run in through them
    _, parts = cv2.connectedComponents(1 - closed, connectivity=4)
    border = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    figure = (~np.isin(parts, border[border > 0])).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(cv2.erode(figure, square), cv2.MORPH_OPEN, square), bool)


def figure(picture: Still) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of what is drawn on even paper; None where the ground is not even."""
    drawn = drawn_on(picture)
    border = np.concatenate([drawn[0], drawn[:, 0], drawn[:, -1]])
    if border.mean() > BUSY or not drawn.any():
        return None
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
