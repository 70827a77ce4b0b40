"""Identity: how well the people in a take keep the colours of their character sheets.

In: frames of a take, the shot, the rig's own drawing of its people.      Out: one number, 0..1.

Each person is drawn from their sheet by the cel rig, in the shot's light, pose and framing, with nothing
behind (models/cel/cutout.py). Where that drawing lies, the colours of the take are compared with its own,
apart for head (hair, skin) and body (clothes): the sliced Wasserstein distance between the two sets of
colours in CIELAB, lightness counting half (Rabin et al., SSVM 2011; Bonneel et al., JMIV 2015). It is
exp(-d / 14), averaged over parts, people and frames; d is in units of CIELAB, where 2.3 is a just
noticeable difference. A colour that moved by half its circle anywhere in a part shows; a figure that
moved by a few pixels does not, and neither does a camera that goes where the cut sheet says.

Says nothing about lines, faces or proportions, and is an offset, the same for all takes of a cut, where a
painter composed the picture in another way than the rig or lit it in another: compare takes of one cut.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from models.cel.cutout import Cutout, Figure
from models.ports import Shot

HIGH = 144  # lines: enough for colours, and a figure is drawn in some milliseconds
SOLID = 250
LEAST = 60  # pixels of a part; fewer are all outline
TAKEN = 400  # pixels compared per part
SCALE = 14.0
CHIN = 1.05  # head radii below the head's centre

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

    def see(self, frame: int, picture: Still) -> None:
        small = self._cv2.resize(picture, self._size, interpolation=self._cv2.INTER_AREA)
        colors = self._lab(small)
        figures = self._cutout.figures(frame)
        for index, figure in enumerate(figures):
            own = self._lab(np.ascontiguousarray(figure.pixels[:, :, :3]))
            self._found += [
                float(np.exp(-_distance(own[part], colors[part]) / SCALE))
                for part in _parts(figure, self._solid(figures, index))
            ]

    @property
    def identity(self) -> float | None:
        """None where nobody is large enough to be compared."""
        return float(np.mean(self._found)) if self._found else None

    def _lab(self, picture: Still) -> Colors:
        lab: Colors = self._cv2.cvtColor(picture.astype(np.float32) / 255, self._cv2.COLOR_RGB2LAB)
        lab[:, :, 0] *= 0.5
        return lab

    def _solid(self, figures: Sequence[Figure], index: int) -> Mask:
        """Where one figure is opaque and nobody drawn later stands before it; without its outline."""
        solid = (figures[index].pixels[:, :, 3] >= SOLID).astype(np.uint8)
        solid = self._cv2.erode(solid, np.ones((3, 3), np.uint8))
        for nearer in figures[index + 1 :]:
            solid[nearer.pixels[:, :, 3] > 0] = 0
        return np.asarray(solid, bool)


def _parts(figure: Figure, solid: Mask) -> Iterator[Mask]:
    """Head and body, where enough of them is in the picture."""
    chin = figure.at.head[1] + CHIN * figure.at.head_radius
    rows = np.arange(solid.shape[0])[:, None] < chin
    for part in (solid & rows, solid & ~rows):
        if part.sum() >= LEAST:
            yield part


def _distance(one: Colors, other: Colors) -> float:
    """Sliced Wasserstein-1 between two equally large sets of colours: sorted projections, compared."""
    step = max(1, len(one) // TAKEN)
    one, other = one[::step] @ _SLICES.T, other[::step] @ _SLICES.T
    return float(np.abs(np.sort(one, axis=0) - np.sort(other, axis=0)).mean())
