"""A model that takes the time of a GPU without one: for testing how workers share an episode.

Loading takes LOAD_S, every panel and every cut takes CUT_S of waiting; the pictures are those of the toy. So
measurements with it show the overhead of the studio: the time in which no GPU worked although it could.
"""

import time
from typing import ClassVar, Self

from assets.matter import Clip, Still
from models.card import Card
from models.ports import Mouths, Shot
from models.toy import NO_OPTIONS, ToyAnimator, ToyOptions, ToyPainter

LOAD_S = 0.5
CUT_S = 1.0


class SimulatedPainter(ToyPainter):
    """The toy painter with a second of waiting."""

    card: ClassVar[Card] = ToyPainter.card.model_copy(
        update={"name": "simulated", "summary": f"Waits {CUT_S:g} s for every panel, then paints blocks"}
    )

    @classmethod
    def load(cls, device: str, options: ToyOptions = NO_OPTIONS) -> Self:
        time.sleep(LOAD_S)
        return cls(options)

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        picture = super().paint(shot, seed=seed, layout=layout)
        time.sleep(CUT_S)
        return picture


class SimulatedAnimator(ToyAnimator):
    """The toy animator with a second of waiting."""

    card: ClassVar[Card] = ToyAnimator.card.model_copy(
        update={
            "name": "simulated",
            "summary": f"Waits {CUT_S:g} s for every cut, then moves a mark along it",
        }
    )

    @classmethod
    def load(cls, device: str, options: ToyOptions = NO_OPTIONS) -> Self:
        time.sleep(LOAD_S)
        return cls(options)

    def animate(
        self,
        shot: Shot,
        first: Still,
        *,
        frames: int,
        seed: int,
        last: Still | None = None,
        mouths: Mouths | None = None,
    ) -> Clip:
        clip = super().animate(shot, first, frames=frames, seed=seed, last=last, mouths=mouths)
        time.sleep(CUT_S)
        return clip
