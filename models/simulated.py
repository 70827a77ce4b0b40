"""A machine that takes the time of a GPU and no GPU: for rehearsing how workers share an episode.

Loading takes LOAD_S and every cut CUT_S of waiting; the picture is the toy's. So what is measured with it
is the studio's own share: how much of the time between a brief and an episode no GPU was at work.
"""

import time
from typing import ClassVar, Self

from assets.matter import Clip, Still
from models.card import Card
from models.ports import Mouths, Shot
from models.toy import ToyAnimator

LOAD_S = 2.0
CUT_S = 1.0


class SimulatedAnimator(ToyAnimator):
    """The toy animator after a second of waiting."""

    card: ClassVar[Card] = ToyAnimator.card.model_copy(
        update={
            "name": "simulated",
            "summary": f"Waits {CUT_S:g} s for every cut, then moves a mark along it",
        }
    )

    @classmethod
    def load(cls, device: str) -> Self:
        time.sleep(LOAD_S)
        return cls()

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
