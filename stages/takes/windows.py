"""Plan the model calls of one take: windows on the model's own frame grid and rate.

In: a cut's length at the episode's rate, the animator's card.      Out: a WindowPlan.
The calls are made, and joined, in chaining.py.

A video model makes clips of k * frame_step + 1 frames, up to a longest one, at the rate it was trained
at. A cut has any length at the episode's rate. So the model's frames are split into windows; two
neighbours share one frame. Each drawing of the episode is one model frame, held for ``exposure`` episode
frames (on ones, twos or threes); frames are never blended. Surplus frames are trimmed.
"""

from fractions import Fraction
from typing import Literal

from pydantic import Field

from assets.errors import ShapeRefused
from assets.sheets.base import Part
from assets.timing import Rate
from models.card import Card

Chain = Literal["last_drawing", "keyframe", "first_and_last"]
"""How each window begins and ends.

last_drawing    each begins with the last drawing of the one before
keyframe        each begins with a fresh keyframe of the painter, made when the one before has ended
first_and_last  each begins and ends with fresh keyframes; for a model that accepts a last frame
"""


class WindowOptions(Part):
    """How a cut is fitted to a model with a frame grid, a maximum length or a rate of its own."""

    exposure: int = Field(
        default=2, ge=1, le=4, description="Episode frames each drawing is held, where the model has a rate"
    )
    chain: Chain = Field(
        default="last_drawing",
        description="What a window begins with: last_drawing of the one before; a fresh keyframe from the painter; "
        "first_and_last: keyframes at both ends, for a model that accepts a last frame",
    )
    most: int = Field(default=32, ge=1, le=1000, description="Most windows of a cut; longer cuts are refused")


class Window(Part):
    """One call of the model: ``frames`` model frames, the first of which is number ``start``."""

    start: int = Field(ge=0)
    frames: int = Field(ge=1)

    @property
    def last(self) -> int:
        return self.start + self.frames - 1


class WindowPlan(Part):
    """All calls of the model for one cut, and which model frame each episode frame shows."""

    frames: int = Field(ge=1, description="Of the cut, at the episode's rate")
    rate: Rate
    model_rate: Rate
    exposure: int = Field(ge=1)
    windows: tuple[Window, ...] = Field(min_length=1)
    chain: Chain = Field(
        default="last_drawing",
        exclude_if=lambda chain: chain == "last_drawing",  # so that earlier recipes do not change
        description="How the windows follow one another; last_drawing where there is one window",
    )

    @property
    def is_plain(self) -> bool:
        """Whether one call gives the cut frame by frame, as with a model of any length and rate."""
        return self.exposure == 1 and self.rate == self.model_rate and self.windows[0].frames == self.frames

    @property
    def model_frames(self) -> int:
        """How many model frames the cut shows at most; the rest of the last window is trimmed."""
        return self.shown(self.frames - 1) + 1

    def shown(self, frame: int) -> int:
        """The number of the model frame shown in episode frame ``frame``."""
        drawing = frame - frame % self.exposure
        return drawing * self.model_rate // self.rate

    def episode_frame(self, model_frame: int) -> int:
        """The episode frame at the moment of ``model_frame``, within the cut."""
        return min(self.frames - 1, model_frame * self.rate // self.model_rate)

    def first_showing(self, model_frame: int) -> int:
        """The first episode frame that shows ``model_frame`` or, if it is skipped, the next model frame shown."""
        frame = self.episode_frame(model_frame)
        while frame < self.frames - 1 and self.shown(frame) < model_frame:
            frame += 1
        return frame

    def seams(self) -> tuple[int, ...]:
        """Episode frames that are the first to show a frame of a later window.

        The frame that two windows share is the earlier one's last drawing, or the keyframe of the later one.
        """
        shared = 1 if self.chain == "last_drawing" else 0
        found = []
        for window in self.windows[1:]:
            first = next((f for f in range(self.frames) if self.shown(f) >= window.start + shared), None)
            if first is not None:
                found.append(first)
        return tuple(found)


def plan(
    frames: int, rate: Fraction, card: Card, options: WindowOptions, *, cut: str = "the cut"
) -> WindowPlan:
    """The windows for a cut of ``frames`` at ``rate``.

    raises  ShapeRefused when it needs more windows than ``options.most``, or a last frame that the model does
            not accept
    """
    if options.chain == "first_and_last" and "last_frame" not in card.accepts:
        raise ShapeRefused(
            f"takes.windows.chain is first_and_last, and {card.name} accepts no last frame. Set it to last_drawing or "
            "keyframe in the profile, or choose an animator whose card accepts last_frame."
        )
    model_rate = _model_rate(rate, card, options.exposure)
    exposure = options.exposure if card.rates else 1
    draft = WindowPlan(
        frames=frames,
        rate=rate,
        model_rate=model_rate,
        exposure=exposure,
        windows=(Window(start=0, frames=1),),
    )
    windows = _windows(draft.model_frames, card)
    if len(windows) > options.most:
        seconds = float(frames / rate)
        raise ShapeRefused(
            f"{cut} is {seconds:.1f} s long and needs {len(windows)} calls of {card.name}, which makes at most "
            f"{card.max_frames} frames at {model_rate} a second. Allowed are {options.most}: split the cut in the cut "
            "sheet, or raise takes.windows.most in the profile."
        )
    chain = options.chain if len(windows) > 1 else "last_drawing"
    return draft.model_copy(update={"windows": windows, "chain": chain})


def _model_rate(rate: Fraction, card: Card, exposure: int) -> Fraction:
    """The slowest of the model's rates that gives every drawing its own frame, else the fastest."""
    if not card.rates:
        return rate
    enough = [known for known in card.rates if known * exposure >= rate]
    return min(enough, default=max(card.rates))


def _windows(count: int, card: Card) -> tuple[Window, ...]:
    """The fewest windows with ``count`` model frames, as equal in length as the grid allows."""
    step = card.frame_step
    # Never ask a model with a grid for a single frame: it makes movement, not stills.
    steps = max(-(-(count - 1) // step), 1 if step > 1 else 0)
    longest = max(1, (card.max_frames - 1) // step) if card.max_frames else max(1, steps)
    calls = max(1, -(-steps // longest))
    windows, start = [], 0
    for call in range(calls):
        of_this = steps // calls + (call < steps % calls)
        windows.append(Window(start=start, frames=of_this * step + 1))
        start += of_this * step
    return tuple(windows)
