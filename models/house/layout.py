"""The layout of a shot: the rig's rough drawing, from which the house models paint and animate.

In: a Shot.      Out: small pictures of frame 0 and of later drawings, without camera move.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from assets.sheets.cutsheet import Camera
from models.house import latents
from models.house.people import Spot, spots_of
from models.ports import Mouths, Shot


def still_camera(shot: Shot, size: tuple[int, int] = latents.SIZE) -> Shot:
    """The shot at layout size, without camera move and without text."""
    camera = Camera(move="fix", angle=shot.cut.camera.angle)
    cut = shot.cut.model_copy(update={"camera": camera, "text": ""})
    return replace(shot, cut=cut, size=size)


class Layouts:
    """The rough drawings of one shot."""

    def __init__(
        self,
        shot: Shot,
        *,
        seed: int,
        frames: int,
        mouths: Mouths | None = None,
        size: tuple[int, int] = latents.SIZE,
    ) -> None:
        from models.cel.shooting import Shooting

        self._size = size
        self._shooting = Shooting(still_camera(shot, size), seed=seed, frames=frames, mouths=mouths)
        self.step = self._shooting.step

    def rough(self, frame: int) -> Still:
        """(288, 512, 3), or of the size that was asked for: the drawing shown in ``frame``."""
        return self._shooting.still(frame)

    def heads(self, frame: int = 0) -> dict[str, Spot]:
        """Positions of the heads in the drawing shown in ``frame``, by the character's id."""
        return spots_of(self._shooting.people(frame), self._size[1])

    def folded(self, frames: Sequence[int]) -> NDArray[np.uint8]:
        """(n, 72, 128, 3): the layouts of several frames."""
        return np.stack([latents.layout_of(self.rough(frame)) for frame in frames])
