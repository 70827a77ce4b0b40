"""The measure ``identity``: how well the people in a take keep the colours of their character sheets.

In: frames of a take, the shot, the rig's own drawing of its people.      Out: one number, 0..1.

Each person is drawn from their sheet by the cel rig, in the shot's light, pose and framing, without a
background (models/cel/cutout.py). In the area of that drawing, the colours of the take are compared with the
drawing's, separately for head (hair, skin) and body (clothes): the sliced Wasserstein distance between the two sets of
colours in CIELAB, lightness counting half (Rabin et al., SSVM 2011; Bonneel et al., JMIV 2015). It is
exp(-d / 14), averaged over parts, people and frames; d is in units of CIELAB, where 2.3 is a just
noticeable difference. A hue that is opposite anywhere in a part changes the measure; a figure that moved by a
few pixels does not, and a camera move of the cut sheet does not.

Where a person has an approved sheet, the colours that are expected are the rig's, moved by how far the sheet is from
the rig's drawing of the same view (models/sheet_colors.py): so the sheet decides, in the light of the cut.

It does not measure lines, faces or proportions. It has an offset, the same for all takes of a cut, if the
painter used another composition or light than the rig: so compare takes of one cut only.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from models.cel.cutout import Cutout, Figure
from models.ports import Shot
from models.sheet_colors import CHIN, Part, moved, parts, shifts

HIGH = 144  # lines: enough for colours, and a figure is drawn in a few milliseconds
SOLID = 250
TAKEN = 400  # pixels compared per part
SCALE = 14.0

Colors = NDArray[np.float32]
Mask = NDArray[np.bool_]

# Directions in (L/2, a, b): the axes and the diagonals between them.
_SLICES = np.array(
    [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 1), (0, 1, -1), (1, 1, 0), (1, 0, 1), (1, -1, 0), (1, 0, -1)],
    np.float32,
)
_SLICES /= np.linalg.norm(_SLICES, axis=1, keepdims=True)


class Likeness:
    """Compares frames of one take with the people it should show."""

    def __init__(self, shot: Shot, frames: int, cv2: Any) -> None:
        self._cv2 = cv2
        wide = max(256, round(HIGH * shot.size[0] / shot.size[1] / 2) * 2)
        self._size = (wide, round(wide * shot.size[1] / shot.size[0] / 2) * 2)
        self._cutout = Cutout(shot, frames=frames, size=self._size)
        self._found: list[float] = []
        self._shifts = {
            one.subject: shifts(who, one.picture, _SLICES, self._lab)
            for one in shot.references
            if one.view == "front"
            for who in shot.cast
            if who.id == one.subject
        }

    def see(self, frame: int, picture: Still) -> None:
        small = self._cv2.resize(picture, self._size, interpolation=self._cv2.INTER_AREA)
        colors = self._lab(small)
        figures = self._cutout.figures(frame)
        for index, figure in enumerate(figures):
            own = self._lab(np.ascontiguousarray(figure.pixels[:, :, :3]))
            known = self._shifts.get(figure.character, {})
            self._found += [
                float(np.exp(-color_distance(own[mask], colors[mask], known.get(part)) / SCALE))
                for part, mask in _parts(figure, self._solid(figures, index))
            ]

    @property
    def identity(self) -> float | None:
        """The measure; None if nobody is large enough to compare."""
        return float(np.mean(self._found)) if self._found else None

    def _lab(self, picture: Still) -> Colors:
        lab: Colors = self._cv2.cvtColor(picture.astype(np.float32) / 255, self._cv2.COLOR_RGB2LAB)
        lab[:, :, 0] *= 0.5
        return lab

    def _solid(self, figures: Sequence[Figure], index: int) -> Mask:
        """Where one figure is opaque and not covered by a later one; without its outline."""
        solid = (figures[index].pixels[:, :, 3] >= SOLID).astype(np.uint8)
        solid = self._cv2.erode(solid, np.ones((3, 3), np.uint8))
        for nearer in figures[index + 1 :]:
            solid[nearer.pixels[:, :, 3] > 0] = 0
        return np.asarray(solid, bool)


def _parts(figure: Figure, solid: Mask) -> Iterator[tuple[Part, Mask]]:
    """Head and body, if enough of them is in the picture."""
    return parts(solid, figure.at.below(figure.at.head, CHIN)[1])


def color_distance(one: Colors, other: Colors, shift: Colors | None = None) -> float:
    """Sliced Wasserstein-1 distance between two sets of colours (n, 3), from sorted projections.

    shift  by how much the colours of ``one`` are expected to differ, as quantiles (models/sheet_colors.py)
    """
    one, other = _sampled(one) @ _SLICES.T, _sampled(other) @ _SLICES.T
    if len(one) != len(other):  # quantiles of the larger set, as many as the smaller has
        one, other = (_quantiles(found, min(len(one), len(other))) for found in (one, other))
    expected = np.sort(one, axis=0)
    if shift is not None:
        expected = moved(expected, shift)
    return float(np.abs(expected - np.sort(other, axis=0)).mean())


def _sampled(colors: Colors) -> Colors:
    return colors[:: max(1, len(colors) // TAKEN)]


def _quantiles(projected: Colors, count: int) -> Colors:
    at = (np.arange(count) + 0.5) / count
    return np.asarray(np.quantile(projected, at, axis=0), np.float32)
