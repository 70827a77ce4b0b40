"""What is ordered of takes: options, attempts, inputs, and the models that make them.

Plain data that can be sent to another process; shooting.py makes the takes.
"""

from dataclasses import dataclass
from typing import Self

from pydantic import Field

from assets.media.video import VideoQuality
from assets.sheets.base import Part, Seed, Side
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Panel, Ref, Voiced
from assets.timing import Span
from models.lease import Leased, Named
from models.ports import Animator, Judge, Painter, Upscaler
from stages.takes.ranking import RankingOptions
from stages.takes.windows import WindowOptions

YEAR = 366 * 86_400  # seconds


class Budget(Part):
    """Seconds of model time that the takes of a cut may cost. The first take is always made."""

    cut: float | None = Field(
        default=None, gt=0, le=YEAR, description="For all takes of one cut; none: no limit"
    )
    episode: float | None = Field(
        default=None, gt=0, le=YEAR, description="For the whole episode, divided among its cuts by length"
    )

    def of(self, frames: int, episode: int) -> float | None:
        """The budget of a cut of ``frames`` in an episode of ``episode`` frames, whatever other cuts cost."""
        share = None if self.episode is None else self.episode * frames / max(1, episode)
        limits = [limit for limit in (self.cut, share) if limit is not None]
        return min(limits, default=None)


class TakeOptions(Part):
    """How cuts are animated and encoded, and how many takes are made."""

    seed: Seed = Field(default=0, description="Seed of every movement")
    count: int = Field(default=1, ge=1, le=16, description="Takes of each cut; the best one is shown")
    budget: Budget = Budget()
    ranking: RankingOptions = RankingOptions()
    windows: WindowOptions = WindowOptions()
    quality: VideoQuality = VideoQuality()
    size: tuple[Side, Side] | None = Field(
        default=None,
        description="Width and height the animator works at, below the profile's; needs an upscaler",
    )


class Attempt(Part):
    """Which attempt at a cut this is.

    anew     ordered by a person: an earlier take is not reused
    redone   only these frames are new; the others come from the clip ``over``
    extra    more than requested: used if it exists, never made
    """

    seed: int
    number: int = 1  # within its round: 1, 2, 3...
    anew: bool = False
    reason: str = ""
    order: int | None = None
    redone: Span | None = None
    over: Ref | None = None
    extra: bool = False


class TakeInputs(Part):
    """The inputs of all takes of one cut; the cut is in its panel.

    last   the next cut's panel, at which the take arrives; none where that cut does not continue this one
    """

    panel: Panel
    voiced: dict[int, Voiced]
    last: Panel | None = None


class TakePiece(TakeInputs):
    """One attempt at one cut."""

    attempt: Attempt

    @classmethod
    def of(cls, given: TakeInputs, attempt: Attempt) -> Self:
        return cls(panel=given.panel, voiced=given.voiced, last=given.last, attempt=attempt)


@dataclass(frozen=True)
class TakeModels:
    """The models that make takes.

    judge     measures them; None: they are not measured
    upscaler  enlarges takes that are moved smaller than the episode
    painter   paints fresh keyframes for long cuts, where the options ask for them
    """

    animator: Leased[Animator]
    judge: Leased[Judge] | None = None
    upscaler: Leased[Upscaler] | None = None
    painter: Leased[Painter] | None = None


class TakeOrder(Part):
    """What all takes of one cut sheet share, as data that can be sent to another process.

    painted_at  the size of fresh keyframes, where the painter works below the episode's
    """

    cutsheet: Cutsheet
    size: tuple[int, int]
    options: TakeOptions
    animator: Named
    judge: Named | None
    upscaler: Named | None = None
    painter: Named | None = None
    painted_at: tuple[int, int] | None = None

    @classmethod
    def of(
        cls,
        cutsheet: Cutsheet,
        size: tuple[int, int],
        options: TakeOptions,
        models: TakeModels,
        painted_at: tuple[int, int] | None = None,
    ) -> Self:
        return cls(
            cutsheet=cutsheet,
            size=size,
            options=options,
            animator=models.animator.named(),
            judge=models.judge.named() if models.judge else None,
            upscaler=models.upscaler.named() if models.upscaler else None,
            painter=models.painter.named() if models.painter else None,
            painted_at=painted_at if models.painter else None,
        )
