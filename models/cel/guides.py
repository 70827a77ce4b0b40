"""What the rig knows exactly about its layout of a shot: outlines, skeletons, nearness, who is where.

In: a Shot and its seed.      Out: guide pictures in the form that ControlNets were trained on, and a mask per person.
Other painters use them: nothing is estimated from a picture that the rig has drawn itself.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from models.cel import cels
from models.cel.figure import draw
from models.cel.figure.drawing import STANDARD, resolve
from models.cel.light import Light
from models.cel.shooting import Shooting, Standing
from models.ports import Shot

Guide = Literal["line", "pose", "depth"]
Mask = NDArray[np.bool_]
Point = tuple[float, float]

# The skeleton of OpenPose: 18 joints, 17 bones, and the colours that ControlNets have learnt for them.
BONES = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13),
    (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
COLORS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255),
    (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
_FAR, _NEAR = 0.0, 1.6  # depths that are drawn black and white
_PERSON = 1.0
_ANY_LIGHT = Light((1, 1, 1), (1, 1, 1), 1)  # an outline has no light


class Guides:
    """The guides of one shot's first frame."""

    def __init__(self, shot: Shot, *, seed: int) -> None:
        self._size = shot.size
        self._shooting = Shooting(shot, seed=seed, frames=shot.cut.frames)

    @cached_property
    def layout(self) -> Still:
        """The rig's own picture."""
        return self._shooting.still(0)

    @cached_property
    def standing(self) -> list[Standing]:
        return self._shooting.standing(0)

    def picture(self, guide: Guide) -> Still:
        """(H, W, 3): white lines on black, a coloured skeleton on black, or near white and far black."""
        if guide == "line":
            return lines(self.layout)
        return self._depth() if guide == "depth" else skeletons(self.standing, self._size)

    def masks(self) -> dict[str, Mask]:
        """(H, W) per character: where they are seen. No two overlap: who stands in front hides who is behind."""
        seen: dict[str, Mask] = {}
        for person in self.standing:
            covered = self._silhouette(person)
            seen = {name: mask & ~covered for name, mask in seen.items()}
            seen[person.character] = seen.get(person.character, np.zeros_like(covered)) | covered
        return seen

    def _silhouette(self, person: Standing) -> Mask:
        pixels = np.zeros((self._size[1], self._size[0], 4), np.uint8)
        canvas = cels.surface(pixels).getCanvas()
        canvas.rotate(person.roll, *person.feet)
        draw(canvas, person.state, feet=person.feet, height=person.height, light=_ANY_LIGHT)
        return np.asarray(pixels[:, :, 3] > 127)

    def _depth(self) -> Still:
        depth = np.zeros((self._size[1], self._size[0]), np.float32)
        planes = self._shooting.nearness()
        before = [plane for plane in planes if plane[0] > _PERSON]
        for near, pixels in planes:
            if near <= _PERSON:
                depth[pixels[:, :, 3] > 127] = near
        # people at one depth stand one behind the other: each in front of the next by a little
        for number, person in enumerate(self.standing):
            depth[self._silhouette(person)] = _PERSON + 0.1 + 0.05 * number
        for near, pixels in before:
            depth[pixels[:, :, 3] > 127] = near
        grey = np.clip((depth - _FAR) / (_NEAR - _FAR), 0, 1) * 255
        return np.asarray(np.repeat(np.rint(grey).astype(np.uint8)[:, :, None], 3, axis=2))


def lines(picture: Still) -> Still:
    """White lines on black where colours meet, as the line guides of ControlNets have them."""
    smooth = cv2.bilateralFilter(np.ascontiguousarray(picture), 5, 30, 3)
    found = np.zeros(picture.shape[:2], np.uint8)
    for channel in cv2.split(smooth):
        found = np.maximum(found, np.asarray(cv2.Canny(channel, 40, 110), np.uint8))
    return np.asarray(cv2.cvtColor(found, cv2.COLOR_GRAY2RGB), np.uint8)


def skeletons(standing: Sequence[Standing], size: tuple[int, int]) -> Still:
    """Every person's bones; thickness grows with the picture, as in the training pictures."""
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    thick = max(2, round(min(size) / 128))
    for person in standing:
        points = joints(person)
        for number, (a, b) in enumerate(BONES):
            start, end = points[a], points[b]
            if start is not None and end is not None:
                shade = tuple(int(value * 0.6) for value in COLORS[number])
                cv2.line(canvas, _whole(start), _whole(end), shade, thick, cv2.LINE_AA)
        for number, point in enumerate(points):
            if point is not None:
                cv2.circle(canvas, _whole(point), thick, COLORS[number], -1, cv2.LINE_AA)
    return canvas


def joints(person: Standing) -> list[Point | None]:
    """The 18 joints of OpenPose in picture pixels; None for one that is not seen, such as the nose from behind."""
    figure = resolve(person.state)
    body, scale = figure.joints, person.height / STANDARD
    right, left = sorted(body.arms, key=lambda arm: arm.out)
    right_leg, left_leg = sorted(body.legs, key=lambda leg: leg.out)
    head, radius = body.head, body.body.head / 2
    view = figure.portrait.view
    turn = view.t * (1 if view.signed(1) >= 0 else -1)

    def face(x: float, y: float) -> Point | None:
        return None if view.away else (head[0] + x * radius, head[1] + y * radius)

    nose, eyes = face(0.55 * turn, 0.35), (face(0.45 * turn - 0.32, 0.1), face(0.45 * turn + 0.32, 0.1))
    ears = tuple(
        (head[0] + side * radius * 0.9 - 0.3 * turn * radius, head[1] + 0.15 * radius) for side in (-1, 1)
    )
    flat: list[Point | None] = [
        nose, body.neck, *right.points, *left.points, *right_leg.points, *left_leg.points, *eyes, *ears,
    ]  # fmt: skip
    lean = np.deg2rad(person.roll)
    cos, sin = np.cos(lean), np.sin(lean)

    def placed(point: Point | None) -> Point | None:
        if point is None:
            return None
        x, y = point[0] * scale, point[1] * scale
        return float(person.feet[0] + cos * x - sin * y), float(person.feet[1] + sin * x + cos * y)

    return [placed(point) for point in flat]


def _whole(point: Point) -> tuple[int, int]:
    return round(point[0]), round(point[1])
