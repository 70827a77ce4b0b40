"""The whole head in the right order, from the hair behind it to the drop of sweat before it.

In: a HeadView and a FigureState.      Out: ink in head units.
Knows nothing about bodies.
"""

from contextlib import nullcontext
from dataclasses import dataclass

import skia

from models.cel.figure import accessories, eyes, hair, head, locks, mouth
from models.cel.figure.faces import Face
from models.cel.figure.hairstyles import STYLES
from models.cel.figure.headview import HeadView
from models.cel.figure.ink import Pen, shifted
from models.cel.figure.palette import SKIN
from models.cel.figure.state import FigureState


@dataclass(frozen=True)
class Portrait:
    """One head, ready to be drawn in layers around a body."""

    state: FigureState
    view: HeadView
    face: Face

    @property
    def air(self) -> locks.Air:
        return locks.Air(self.state.sway, self.state.drag)

    def behind(self, pen: Pen) -> None:
        """Hair behind the head; goes behind the body too unless we see the back."""
        if not self.view.away:
            hair.draw_back(pen, self.view, self.state.look, self.air)

    def before(self, pen: Pen) -> None:
        """Everything else."""
        look, view, state = self.state.look, self.view, self.state
        if view.away:
            hair.draw_back(pen, view, look, self.air)
        front = locks.front_path(view, STYLES[look.hair], self.air)
        with pen.space(0, 0, flip=view.flip):
            self._face(pen, front)
        hair.draw_front(pen, view, look, self.air, front)
        if not view.away:
            with pen.space(0, 0, flip=view.flip):
                eyes.draw_brows(pen, view, look, self.face, alpha=0.5)
        accessories.draw_on_hair(pen, view, look)
        hair.draw_over(pen, view, look, self.air)
        if not view.away:
            with pen.space(0, 0, flip=view.flip):
                head.draw_tears(pen, view, self.face, state.sway)

    def _face(self, pen: Pen, front: skia.Path) -> None:
        look, view, state = self.state.look, self.view, self.state
        path = head.face_path(view)
        head.draw_skull(pen, view, look, path, ears=not STYLES[look.hair].over_ears)
        if view.away:
            return
        head.draw_features(pen, view, look, self.face)
        self._hair_shadow(pen, path, front)
        gaze = (state.gaze[0] * (-1 if view.flip else 1) + self.face.look_x, state.gaze[1] + self.face.look_y)
        eyes.draw_eyes(pen, view, look, self.face, gaze=gaze, blink=state.blink)
        with pen.within(path) if view.t > 0.6 else nullcontext():  # in profile lips end where the face does
            mouth.draw_mouth(pen, view, self.face, SKIN[look.skin], loud=state.mouth, talking=state.talking)
        eyes.draw_brows(pen, view, look, self.face)
        accessories.draw_on_face(pen, view, look)

    def _hair_shadow(self, pen: Pen, path: skia.Path, front: skia.Path) -> None:
        """The fringe's shadow on the forehead; the skull's outline keeps it off the air."""
        if self.state.look.hair in ("bald", "buzz"):
            return
        fallen = shifted(front, 0, 0)
        if self.view.flip:
            fallen.transform(skia.Matrix.Scale(-1, 1))
        fallen.offset(-pen.side * 4, 8)
        with pen.within(path):
            pen.fill(fallen, pen.dark(SKIN[self.state.look.skin], skin=True))
