"""The people of a shot alone, drawn from their sheets at the rig's positions, without a background.

In: a Shot, the length of its take.      Out: for any frame, the figures on a transparent ground, and their landmarks.
A judge compares takes with this. Random acting differs from take to take by a few pixels; the camera does not.
"""

from dataclasses import dataclass, replace

import numpy as np

from models.cel import cels
from models.cel.camera import Mark
from models.cel.cels import Pixels
from models.cel.figure import Anchors, draw
from models.cel.shooting import Shooting
from models.ports import Shot


@dataclass(frozen=True)
class Figure:
    """One person in one frame: (H, W, 4) premultiplied RGBA, and where the head is."""

    character: str
    pixels: Pixels
    at: Anchors
    away: bool  # seen from behind


class Cutout(Shooting):
    """The shot's people without the set."""

    def __init__(self, shot: Shot, *, frames: int, size: tuple[int, int]) -> None:
        super().__init__(replace(shot, size=size), seed=0, frames=frames)

    def figures(self, frame: int) -> list[Figure]:
        """Everyone in ``frame``, each on a separate transparent ground; a nearer person may cover another."""
        return [self._figure(mark, frame) for mark in self.framing.marks]

    def landmarks(self, character: str, frame: int) -> Anchors | None:
        """The landmarks of ``character`` in ``frame``, in pixels; None if not in it, or seen from behind."""
        for mark in self.framing.marks:
            if self.cut.staged[mark.index].character == character:
                state = self._state(mark, self._drawing(frame))
                return None if state.away else self._anchors(mark, frame)
        return None

    def _drawing(self, frame: int) -> int:
        return frame // self.step * self.step

    def _figure(self, mark: Mark, frame: int) -> Figure:
        drawing, person = self._drawing(frame), self.cut.staged[mark.index]
        pixels = np.zeros((self.size[1], self.size[0], 4), np.uint8)
        canvas = cels.surface(pixels).getCanvas()
        cels.aim(canvas, self._view(frame), self.size)
        state = self._state(mark, drawing)
        feet = (mark.x + self._travel(person, drawing), mark.y)
        draw(canvas, state, feet=feet, height=mark.height, light=self.light_on(mark))
        return Figure(person.character, pixels, self._anchors(mark, frame), state.away)

    def _anchors(self, mark: Mark, frame: int) -> Anchors:
        drawing = self._drawing(frame)
        return self._stands(mark, self._state(mark, drawing), self._view(frame), drawing).anchors()

    def _lay_out(self) -> None:
        """No planes."""

    def _veil(self) -> None:
        """No effects."""
