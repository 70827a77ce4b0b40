"""A machine that takes the time of a GPU and no GPU: for rehearsing how workers share an episode.

Loading takes LOAD_S, every panel and every cut CUT_S of waiting; the pictures are the toys'. So what is
measured with it is the studio's own share: how much of the time no GPU was at work, though it could.
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
    """The toy painter after a second of waiting."""

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
    """The toy animator after a second of waiting."""

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
