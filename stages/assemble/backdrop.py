"""The background of title and credits: a picture of the show, toned, or a drawn horizon.

In: a palette, a size, perhaps a picture.      Out: stills, and a slow move over them.
Knows nothing about letters.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from assets.media.picture import fitted
from stages.assemble.lettering import Color
from stages.assemble.palette import Palette, blend

_MARGIN = 1.08  # drawn larger than the frame, so that a move never shows an edge


def horizon(size: tuple[int, int], palette: Palette, seed: int = 7) -> Still:
    """Draw a low sun over three ridges, for a show without a picture."""
    import cv2

    width, height = size[0] * 2, size[1] * 2  # drawn at double size and reduced: smooth edges
    sky = _ramp(height, width, palette.ground, blend(palette.ground, palette.accent, 0.75))
    rng = np.random.default_rng(seed)
    for x, y, radius in zip(
        rng.integers(0, width, 90), rng.integers(0, height // 2, 90), rng.integers(1, 4, 90), strict=True
    ):
        cv2.circle(
            sky, (int(x), int(y)), int(radius), blend(palette.ground, palette.light, 0.55), -1, cv2.LINE_AA
        )
    middle, radius = (round(width * 0.5), round(height * 0.62)), round(height * 0.34)
    for ring, share in ((1.32, 0.18), (1.15, 0.34)):
        glow = sky.copy()
        cv2.circle(glow, middle, round(radius * ring), palette.accent, -1, cv2.LINE_AA)
        sky = cast(Still, cv2.addWeighted(glow, share, sky, 1 - share, 0))
    cv2.circle(sky, middle, radius, blend(palette.accent, palette.light, 0.62), -1, cv2.LINE_AA)
    for depth in range(3):
        color = blend(
            blend(palette.ground, palette.accent, 0.42), blend(palette.ground, (0, 0, 0), 0.35), depth / 2
        )
        cv2.fillPoly(sky, [_ridge(width, height, depth, rng)], color, cv2.LINE_AA)
    return np.asarray(cv2.resize(sky, size, interpolation=cv2.INTER_AREA), np.uint8)


def toned(picture: Still | None, size: tuple[int, int], palette: Palette, *, depth: float) -> Still:
    """Blend the picture (or the horizon) with the ground colour by ``depth``, with a margin for moves."""
    import cv2

    large = (round(size[0] * _MARGIN), round(size[1] * _MARGIN))
    soft = horizon(large, palette)
    if picture is not None:
        soft = np.asarray(cv2.GaussianBlur(fitted(picture, large), (0, 0), large[1] / 240), np.uint8)
    ground = np.empty_like(soft)
    ground[:] = palette.ground
    band = np.clip(1 - np.abs(np.linspace(-1, 1, large[1])) * 0.75, 0, 1)  # darkest behind the letters
    share = (depth * (0.7 + 0.3 * band)).astype(np.float32)[:, None].repeat(large[0], axis=1)
    return np.asarray(cv2.blendLinear(ground, soft, share, 1 - share), np.uint8)


def moved(large: Still, size: tuple[int, int], part: float) -> Still:
    """One frame of a slow pull-out over ``large``; ``part`` runs from 0 to 1."""
    import cv2

    # At this scale the edges of the picture meet those of the frame.
    whole = max(size[0] / large.shape[1], size[1] / large.shape[0])
    scale = whole * 1.004 + (1 - whole) * (1 - part)
    left = (size[0] - large.shape[1] * scale) / 2
    top = (size[1] - large.shape[0] * scale) / 2
    matrix = np.array([[scale, 0, left], [0, scale, top]], np.float32)
    return np.asarray(
        cv2.warpAffine(large, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _ramp(height: int, width: int, top: Color, bottom: Color) -> Still:
    down = np.linspace(0, 1, height)[:, None, None] ** 1.4
    rows = np.array(top) * (1 - down) + np.array(bottom) * down
    return np.ascontiguousarray(np.broadcast_to(rows, (height, width, 3)).round().astype(np.uint8))


def _ridge(width: int, height: int, depth: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """One line of hills as a polygon down to the bottom edge."""
    x = np.linspace(0, width, 160)
    waves = sum(
        np.sin(x / width * 2 * np.pi * turns + rng.uniform(0, 6.3)) * height * 0.055 / turns
        for turns in (1.3, 2.7, 5.1, 9.7)
    )
    y = height * (0.70 + 0.10 * depth) + waves
    points = np.stack([np.append(x, [width, 0]), np.append(y, [height, height])], axis=1)
    return points.round().astype(np.int32)
