"""Planes as pixels: painted once per cut, then moved under the camera frame by frame.

In: a Plane, the views it will be seen in.      Out: a Cel, and its pixels in a frame.
Knows nothing about people, weather or time. Measured at 1280x720 on one core: skia moves a cel in 28 ms, OpenCV in
2, so OpenCV moves cels and skia composites them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, inf, pi, sin
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from models.cel.camera import HOME_HEIGHT, View

Pixels = NDArray[np.uint8]
Size = tuple[int, int]


def surface(pixels: Pixels) -> Any:
    """A skia surface that draws into ``pixels``: (H, W, 4) premultiplied RGBA."""
    high, wide = pixels.shape[:2]
    return skia.Surface.MakeRasterDirect(_info(wide, high), pixels, wide * 4)


def lay(canvas: Any, pixels: Pixels, left: int = 0, top: int = 0) -> None:
    """Composite ``pixels`` on an untransformed ``canvas``.

    As BGRA on BGRA: compositing treats all colours alike, so the order does not matter, and skia has its fast loop for
    this order alone (0.25 ms instead of 1.36 for 1280x720). Shapes are drawn faster in RGBA.
    """
    high, wide = pixels.shape[:2]
    under = skia.Pixmap()
    canvas.peekPixels(under)
    ground = skia.Surface.MakeRasterDirect(
        _info(under.width(), under.height(), skia.kBGRA_8888_ColorType), memoryview(under), under.rowBytes()
    )
    # The image shares the pixels: a raster canvas has drawn them when the call returns.
    above = skia.Pixmap(_info(wide, high, skia.kBGRA_8888_ColorType), pixels, wide * 4)
    ground.getCanvas().drawImage(skia.Image.MakeFromRaster(above), left, top)


def _info(wide: int, high: int, order: Any = skia.kRGBA_8888_ColorType) -> Any:
    return skia.ImageInfo.Make(wide, high, order, skia.kPremul_AlphaType)


def matrix(view: View, size: Size) -> NDArray[np.float64]:
    """From home units to pixels of a picture of ``size``, as 2 x 3."""
    wide, high = size
    scale, turn = view.zoom * high / HOME_HEIGHT, view.roll * pi / 180
    a, b = scale * cos(turn), scale * sin(turn)
    return np.array(
        [[a, -b, wide / 2 - a * view.x + b * view.y], [b, a, high / 2 - b * view.x - a * view.y]], np.float64
    )


def aim(canvas: Any, view: View, size: Size) -> None:
    """Set ``canvas`` to home units."""
    m = matrix(view, size)
    canvas.concat(skia.Matrix.MakeAll(m[0, 0], m[0, 1], m[0, 2], m[1, 0], m[1, 1], m[1, 2], 0, 0, 1))


@dataclass(frozen=True)
class Cel:
    """The pixels of one plane: home point ``origin`` is the upper left corner, ``scale`` pixels per unit."""

    pixels: Pixels
    origin: tuple[float, float]
    scale: float
    solid_from: float  # home y from which every row is opaque, or infinity

    def whole(self, view: View, size: Size, below: int) -> Pixels:
        """The frame under ``view``, opaque down to row ``below``; outside the cel its edge is repeated."""
        frame = np.zeros((size[1], size[0], 4), np.uint8)
        if below > 0:
            rows = (size[0], min(below, size[1]))
            frame[: rows[1]] = _slid(self.pixels, self._onto(view, size), rows, cv2.BORDER_REPLICATE)
        frame[:, :, 3] = 255
        return frame

    def lay(self, canvas: Any, view: View, size: Size, below: int | None = None) -> None:
        """Move under ``view`` and composite on ``canvas``: only the painted area inside the picture, and only above row
        ``below``, where nothing nearer covers it."""
        onto = self._onto(view, size)
        left, top, right, bottom = self._covers(
            onto, (size[0], size[1] if below is None else min(below, size[1]))
        )
        if right <= left or bottom <= top:
            return
        onto[:, 2] -= (left, top)
        slid = _slid(self.pixels, onto, (right - left, bottom - top), cv2.BORDER_CONSTANT)
        solid = min(max(self.solid_row(view, size), top), bottom) - top
        # Copying costs a tenth of blending. Below ``solid`` the cel has no hole, so where the corners of the
        # picture fall on paint all between them does.
        if solid < bottom - top and slid[[solid, -1]][:, [0, -1], 3].min() == 255:
            rest = slid[solid:]
            canvas.writePixels(_info(right - left, len(rest)), rest, (right - left) * 4, left, top + solid)
            slid = slid[:solid]
        if len(slid):
            lay(canvas, slid, left, top)

    def solid_row(self, view: View, size: Size) -> int:
        """The row of the picture from which this cel hides everything behind it."""
        if self.solid_from == inf or view.roll:
            return size[1]
        to_frame = matrix(view, size)
        # Two rows of margin: the edge itself is interpolated.
        return max(0, int(to_frame[1, 1] * self.solid_from + to_frame[1, 2]) + 2)

    def _onto(self, view: View, size: Size) -> NDArray[np.float64]:
        back = np.array([[1 / self.scale, 0, self.origin[0]], [0, 1 / self.scale, self.origin[1]], [0, 0, 1]])
        onto: NDArray[np.float64] = matrix(view, size) @ back
        return onto

    def _covers(self, onto: NDArray[np.float64], size: Size) -> tuple[int, int, int, int]:
        high, wide = self.pixels.shape[:2]
        corners = onto @ np.array([[0, wide, 0, wide], [0, 0, high, high], [1, 1, 1, 1]])
        left, top = np.floor(corners.min(axis=1)).astype(int)
        right, bottom = np.ceil(corners.max(axis=1)).astype(int)
        return max(0, int(left)), max(0, int(top)), min(size[0], int(right)), min(size[1], int(bottom))


def _slid(pixels: Pixels, onto: NDArray[np.float64], size: Size, border: int) -> Pixels:
    slid = cv2.warpAffine(pixels, onto, size, flags=cv2.INTER_LINEAR, borderMode=border)
    return np.asarray(slid, np.uint8)


def _trimmed(pixels: Pixels, origin: tuple[float, float], scale: float) -> Cel:
    """Crop empty margins, and note the row from which nothing shows through."""
    # One channel of its own: numpy's any along the axes of every fourth byte took four times as long.
    alpha = cv2.extractChannel(pixels, 3)
    left, top, wide, high = cv2.boundingRect(alpha)
    if not wide:
        return Cel(np.zeros((2, 2, 4), np.uint8), origin, scale, inf)
    right, bottom = left + wide, top + high
    clear = np.flatnonzero(alpha.min(axis=1) < 255)
    solid = (clear[-1] + 1 if clear.size else 0) / scale + origin[1]
    whole = bottom == pixels.shape[0] and left == 0 and right == pixels.shape[1]
    return Cel(
        np.ascontiguousarray(pixels[top:bottom, left:right]),
        (origin[0] + left / scale, origin[1] + top / scale), scale, solid if whole else inf,
    )  # fmt: skip


def held(
    paint: Callable[[Any], None], view: View, size: Size, *, blur: float = 0.0, grain: bool = True
) -> Pixels:
    """A plane for a camera that does not move: its pixels are those of the frame."""
    pixels = np.zeros((size[1], size[0], 4), np.uint8)
    canvas = surface(pixels).getCanvas()
    aim(canvas, view, size)
    paint(canvas)
    return finished(pixels, blur * size[1] / 720, grain)


def sliding(
    paint: Callable[[Any], None],
    views: Sequence[View],
    size: Size,
    *,
    blur: float = 0.0,
    grain: bool = True,
    margin: float = 1.01,
) -> Cel:
    """A plane for a camera that moves through ``views``: large enough for all of them."""
    left, top, right, bottom = _reach(views, size, margin)
    scale = max(view.zoom for view in views) * size[1] / HOME_HEIGHT
    wide, high = round((right - left) * scale), round((bottom - top) * scale)
    pixels = np.zeros((high, wide, 4), np.uint8)
    canvas = surface(pixels).getCanvas()
    canvas.scale(scale, scale)
    canvas.translate(-left, -top)
    paint(canvas)
    return _trimmed(finished(pixels, blur * size[1] / 720, grain), (left, top), scale)


def _reach(views: Sequence[View], size: Size, margin: float) -> tuple[float, float, float, float]:
    aspect = size[0] / size[1]
    boxes = []
    for view in views:
        high = HOME_HEIGHT / view.zoom / 2 * margin
        wide, turn = high * aspect, abs(view.roll) * pi / 180
        across, down = wide * cos(turn) + high * sin(turn), high * cos(turn) + wide * sin(turn)
        boxes.append((view.x - across, view.y - down, view.x + across, view.y + down))
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def finished(pixels: Pixels, blur: float, grain: bool) -> Pixels:
    """Blur by ``blur`` pixels, and add the texture of painted paper."""
    if blur >= 0.4:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), blur, borderType=cv2.BORDER_REPLICATE), np.uint8)
    if grain:
        high, wide = pixels.shape[:2]
        tile = paper(pixels.shape[0] > 900)
        for y in range(0, high, tile.shape[0]):
            for x in range(0, wide, tile.shape[1]):
                part = pixels[y : y + tile.shape[0], x : x + tile.shape[1]]
                part[...] = cv2.multiply(part, tile[: part.shape[0], : part.shape[1]], scale=1 / 255)
    return pixels


@cache
def paper(fine: bool) -> Pixels:
    """A tile of uneven brightness: broad washes and a fine grain, 94 to 100 %."""
    rng = np.random.default_rng(20)
    side = 512
    wash = np.zeros((side, side), np.float32)
    for cells, weight in ((5, 0.5), (17, 0.3), (61, 0.15), (256, 0.05 if fine else 0.04)):
        noise = rng.random((cells, cells), np.float32)
        wash += weight * cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)
    # Mirrored, so that tiles meet without a seam.
    wash = np.vstack([np.hstack([wash, wash[:, ::-1]]), np.hstack([wash[::-1], wash[::-1, ::-1]])])
    wash = (wash - wash.min()) / (wash.max() - wash.min())
    level = (240 + 15 * wash).round().astype(np.uint8)
    return np.dstack([level, level, level, np.full_like(level, 255)])
