"""Film a panel from another painter: it is held, and the camera moves inside the picture.

In: a panel, a Shot.      Out: frames, the first of which is the panel itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import repeat

import cv2
import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from models.cel.camera import HOME_HEIGHT, HOME_WIDTH, View
from models.cel.camera_moves import moved
from models.cel.cels import matrix
from models.ports import Shot


def same_drawing(panel: Still, drawn: Still) -> bool:
    """Whether the panel is the rig's own, except for rounding differences of another processor."""
    return bool(np.mean(cv2.absdiff(panel, drawn)) < 0.6)


def film(shot: Shot, panel: Still, frames: int) -> Iterator[Still]:
    """A held panel under the moving camera."""
    return filmed(shot, repeat(panel, frames), frames)


def filmed(shot: Shot, pictures: Iterable[Still], frames: int) -> Iterator[Still]:
    """Pictures, one per frame, under the moving camera; the first frame is the first picture.

    The move starts at the whole picture and must stay inside it, so a slide also zooms in.
    """
    home = np.linalg.inv(np.vstack([matrix(View(), shot.size), [0, 0, 1]]))
    last: tuple[Still, View] | None = None
    shown: Still | None = None
    for frame, picture in enumerate(pictures):
        view = _inside(shot, frame, frames) if frame else View()
        if shown is None or last is None or last[0] is not picture or last[1] != view:
            shown, last = _slid(shot, picture, view, home), (picture, view)
        yield shown


def _slid(shot: Shot, picture: Still, view: View, home: NDArray[np.float64]) -> Still:
    if view == View():
        return picture
    onto = matrix(view, shot.size) @ home
    slid = cv2.warpAffine(picture, onto, shot.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(slid, np.uint8)


def _inside(shot: Shot, frame: int, frames: int) -> View:
    camera = shot.cut.camera
    start = moved(View(), camera, frame=0, frames=frames, rate=shot.rate)
    now = moved(View(), camera, frame=frame, frames=frames, rate=shot.rate)
    dx, dy, grow = now.x - start.x, now.y - start.y, max(1.0, now.zoom / start.zoom)
    wide = HOME_HEIGHT * shot.size[0] / shot.size[1]
    zoom = max(grow, 1 / max(0.5, 1 - 2 * abs(dx) / wide), 1 / max(0.5, 1 - 2 * abs(dy) / HOME_HEIGHT))
    return replace(View(HOME_WIDTH / 2, HOME_HEIGHT / 2, zoom), x=HOME_WIDTH / 2 + dx, y=HOME_HEIGHT / 2 + dy)
