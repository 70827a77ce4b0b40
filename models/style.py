"""Measure on pictures alone how far their style is from that of drawings, and a figure's colours from art of it.

In: pictures.      Out: distances; 0 is the same.
No weights and no latents, so any painter can be measured, and none can be favoured. Small patches are compared, not
whole pictures: a few pictures give hundreds of samples, and what is depicted counts less than how.

style     Frechet distance (Heusel et al., NeurIPS 2017) of what is measured in every patch: lightness and colour with
          their spread, how many pixels are lines and how dark these are, how much is flat tone, how soft edges are
colours   sliced Wasserstein distance of two sets of colours, as in models/likeness.py
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.errors import InputRefused
from assets.matter import Still
from models.house.measure import distance
from models.likeness import SCALE, Colors, Mask, color_distance

HIGH = 288  # lines: below about 200 thin lines disappear into the tones beside them
PATCH = 48
EDGE = 60.0  # Sobel gradient of 8-bit luma from which a pixel is an edge
FLAT = 6.0
LINE = 13  # pixels, in a picture of 288 lines: no drawn line is wider
DARK = 40  # of 255, below what is on both sides
MOST = 20_000  # colours kept of a set of art
GROUND = 8  # of 255: a pixel this near the border's colour is ground

_UNITS = {
    "lightness": 50, "green to red": 24, "blue to yellow": 24, "spread of lightness": 12, "chroma": 16,
    "spread of chroma": 8, "edges": 0.12, "lines": 0.06, "darkness of lines": 40, "soft rims": 0.15, "flat tone": 0.25,
    "log of the Laplacian's variance": 0.8,
}  # fmt: skip
"""What is measured in a patch, each with about half of its usual range, so that all of them count alike; but a whole
range for lightness and colour, in which what is depicted would otherwise count more than how: two sets of 6 drawings
by one hand were as far apart as two hands."""


def style_distance(pictures: Sequence[Still], art: Sequence[Still]) -> float:
    """Frechet distance between the patches of two sets.

    raises  InputRefused for a set that has fewer patches than a covariance needs
    """
    # At the size of the smallest: an enlarged picture has soft lines that nobody drew.
    high = min(HIGH, *(one.shape[0] for one in (*pictures, *art)))
    one, other = _patches(pictures, high), _patches(art, high)
    for found in (one, other):
        if len(found) <= len(_UNITS):
            raise InputRefused(
                f"Style is measured on patches, and {len(found)} are too few: give at least "
                f"{len(_UNITS) + 1}, which is one picture that is not much higher than wide."
            )
    return max(0.0, distance(one, other))


def floor_of(art: Sequence[Still]) -> float:
    """The distance between two halves of one artist's drawings."""
    return style_distance(art[::2], art[1::2])


class FigureColors:
    """The colours of a character in art of them."""

    def __init__(self, art: Sequence[Still]) -> None:
        found = [_lab(one)[_figure(one)] for one in art]
        colors = np.concatenate(found)
        self._colors = colors[:: max(1, len(colors) // MOST)]

    def likeness(self, picture: Still, figure: Mask | None) -> float:
        """How alike the colours are, 0..1.

        figure  where the character is in the picture; None: unknown, then all but a plain ground counts
        """
        where = _figure(picture) if figure is None else figure
        return float(np.exp(-color_distance(self._colors, _lab(picture)[where]) / SCALE))


def _patches(pictures: Sequence[Still], high: int) -> NDArray[np.float32]:
    """(n, 12) of every patch of every picture, in units of ``_UNITS``."""
    rows = [_measured(patch) for picture in pictures for patch in _cut_up(_scaled(picture, high))]
    units: NDArray[np.float32] = np.array(list(_UNITS.values()), np.float32)
    return np.asarray(rows, np.float32).reshape(-1, len(_UNITS)) / units


def _scaled(picture: Still, high: int) -> Still:
    from assets.media.picture import resized

    wide = round(picture.shape[1] * high / picture.shape[0])
    return resized(picture, (max(PATCH, wide), max(PATCH, high)))


def _cut_up(picture: Still) -> list[Still]:
    high, wide = picture.shape[:2]
    return [
        picture[top : top + PATCH, left : left + PATCH]
        for top in range(0, high - PATCH + 1, PATCH)
        for left in range(0, wide - PATCH + 1, PATCH)
    ]


def _measured(patch: Still) -> list[float]:
    import cv2

    patch = np.ascontiguousarray(patch)
    lab = _lab(patch)
    luma: NDArray[np.uint8] = np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY), np.uint8)
    across, down = (cv2.Sobel(luma, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1)))
    steep = np.hypot(across, down)
    edge = steep > EDGE
    # What a closing fills: dark and narrower than its kernel, so a line and no shadow.
    hollow = cv2.morphologyEx(luma, cv2.MORPH_BLACKHAT, np.ones((LINE, LINE), np.uint8))
    line = hollow > DARK
    dark = float(hollow[line].mean()) if line.any() else 0.0
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    # Soft edges have a wide rim of middling gradients; hard ones go from flat to steep at once.
    rim = float(((steep > FLAT) & ~edge).mean())
    sharp = float(np.log10(1 + cv2.Laplacian(luma, cv2.CV_32F).var()))
    return [
        2 * float(lab[..., 0].mean()),
        float(lab[..., 1].mean()),
        float(lab[..., 2].mean()),
        2 * float(lab[..., 0].std()),
        float(chroma.mean()),
        float(chroma.std()),
        float(edge.mean()),
        float(line.mean()),
        dark,
        rim,
        float((steep <= FLAT).mean()),
        sharp,
    ]


def _lab(picture: Still) -> Colors:
    """CIELAB with lightness halved, as ``models.likeness`` compares colours."""
    import cv2

    lab: Any = cv2.cvtColor(np.ascontiguousarray(picture).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab[:, :, 0] *= 0.5
    return np.asarray(lab, np.float32)


def _figure(picture: Still) -> Mask:
    """All but a plain ground: the pixels that a flood from the border does not reach; all if it reaches nearly all."""
    import cv2

    high, wide = picture.shape[:2]
    mask = np.zeros((high + 2, wide + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (1 << 8)
    for seed in ((0, 0), (wide - 1, 0), (0, high - 1), (wide - 1, high - 1)):
        if not mask[seed[1] + 1, seed[0] + 1]:
            cv2.floodFill(
                np.ascontiguousarray(picture), mask, seed, (0, 0, 0), (GROUND,) * 3, (GROUND,) * 3, flags
            )
    figure = np.asarray(mask[1:-1, 1:-1] == 0, bool)
    return figure if figure.mean() > 0.02 else np.ones((high, wide), bool)
