"""A model that takes the time of a GPU and no GPU: for rehearsing how workers share an episode, and how they fail.

Loading takes LOAD_S, every panel and every cut ``seconds`` of waiting; the pictures are the toys'. So what is
measured with it is the studio's own share: how much of the time no GPU was at work, though it could.
"""

import logging
import os
import signal
import time
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field

from assets.errors import ModelFailed
from assets.matter import Clip, Still
from models.card import Card
from models.ports import Mouths, Shot
from models.toy import ToyAnimator, ToyOptions, ToyPainter

LOAD_S = 0.5
CUT_S = 1.0


class SimulatedOptions(ToyOptions):
    """How long a call takes, and at which cut it fails. None of it changes the picture."""

    aside = ToyOptions.aside | {"seconds", "fault", "at", "once"}

    seconds: float = Field(default=CUT_S, ge=0, le=3600, description="That one call takes")
    fault: Literal["none", "kill", "fail", "memory", "warn"] = Field(
        default="none",
        description="kill: its process dies; fail: the call does; memory: it has none; warn: it logs",
    )
    at: str = Field(default="", description="The cut at which that happens; empty: at each")
    once: str = Field(
        default="", description="A file that is made when it happens; not again while it is there"
    )

    def work(self, cut: str) -> None:
        """Wait, or fail."""
        if self.fault != "none" and self.at in ("", cut) and not (self.once and Path(self.once).exists()):
            if self.once:
                Path(self.once).touch()
            self._fail(cut)
        time.sleep(self.seconds)

    def _fail(self, cut: str) -> None:
        if self.fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fault == "fail":
            raise ModelFailed("the simulated GPU stumbled")
        if self.fault == "memory":
            raise MemoryError
        logging.getLogger(__name__).warning("the simulated GPU is hot at %s", cut)


SIMULATED = SimulatedOptions()


class SimulatedPainter(ToyPainter):
    """The toy painter with a second of waiting."""

    card: ClassVar[Card] = ToyPainter.card.model_copy(
        update={"name": "simulated", "summary": f"Waits {CUT_S:g} s for every panel, then paints blocks"}
    )
    Options = SimulatedOptions

    def __init__(self, options: SimulatedOptions = SIMULATED) -> None:
        super().__init__(options)
        self._work = options.work

    @classmethod
    def load(cls, device: str, options: ToyOptions = SIMULATED) -> Self:
        time.sleep(LOAD_S)
        return cls(SimulatedOptions.model_validate(options.model_dump()))

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        picture = super().paint(shot, seed=seed, layout=layout)
        self._work(shot.cut.number)
        return picture


class SimulatedAnimator(ToyAnimator):
    """The toy animator with a second of waiting."""

    card: ClassVar[Card] = ToyAnimator.card.model_copy(
        update={
            "name": "simulated",
            "summary": f"Waits {CUT_S:g} s for every cut, then moves a mark along it",
        }
    )
    Options = SimulatedOptions

    def __init__(self, options: SimulatedOptions = SIMULATED) -> None:
        super().__init__(options)
        self._work = options.work

    @classmethod
    def load(cls, device: str, options: ToyOptions = SIMULATED) -> Self:
        time.sleep(LOAD_S)
        return cls(SimulatedOptions.model_validate(options.model_dump()))

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
        self._work(shot.cut.number)
        return clip
