"""Plan and make the model calls of one take: windows on the model's own frame grid and rate.

In: a cut's length at the episode's rate, the animator's card; then the animator itself.
Out: a WindowPlan; a Clip of exactly the cut's length at the episode's rate.

A video model makes clips of k * frame_step + 1 frames, up to a longest one, at the rate it was trained
at. A cut has any length at the episode's rate. So the model's frames are split into windows, each of
which begins with the last frame of the one before. Each drawing of the episode is one model frame, held
for ``exposure`` episode frames (on ones, twos or threes); frames are never blended. What is too long is
trimmed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assets.errors import ShapeRefused
from assets.matter import Clip, Still
from assets.sheets.base import Part
from assets.timing import Rate, Span
from models.card import Card
from models.ports import Animator, Mouths, Shot


class WindowOptions(Part):
    """How a cut is fitted to a model that has a frame grid, a longest clip or a rate of its own."""

    exposure: int = Field(
        default=2, ge=1, le=4, description="Episode frames each drawing is held, where the model has a rate"
    )
    most: int = Field(
        default=32, ge=1, le=1000, description="Windows a cut may need; longer cuts are refused"
    )


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

    @property
    def is_plain(self) -> bool:
        """Whether one call gives the cut frame by frame, as with a model of any length and rate."""
        return self.exposure == 1 and self.rate == self.model_rate and self.windows[0].frames == self.frames

    @property
    def model_frames(self) -> int:
        """How many model frames the cut shows at most; the rest of the last window is trimmed."""
        return self.shown(self.frames - 1) + 1

    def shown(self, frame: int) -> int:
        """The number of the model frame that episode frame ``frame`` shows."""
        drawing = frame - frame % self.exposure
        return drawing * self.model_rate // self.rate

    def episode_frame(self, model_frame: int) -> int:
        """The episode frame at the moment of ``model_frame``, within the cut."""
        return min(self.frames - 1, model_frame * self.rate // self.model_rate)

    def first_showing(self, model_frame: int) -> int:
        """The first episode frame that shows ``model_frame`` or, where it is skipped, the next one shown."""
        frame = self.episode_frame(model_frame)
        while frame < self.frames - 1 and self.shown(frame) < model_frame:
            frame += 1
        return frame

    def seams(self) -> tuple[int, ...]:
        """Episode frames that are the first to show a frame of a later window."""
        found = []
        for window in self.windows[1:]:
            first = next((f for f in range(self.frames) if self.shown(f) > window.start), None)
            if first is not None:
                found.append(first)
        return tuple(found)


def plan(
    frames: int, rate: Fraction, card: Card, options: WindowOptions, *, cut: str = "the cut"
) -> WindowPlan:
    """The windows for a cut of ``frames`` at ``rate``.

    raises  ShapeRefused when it needs more windows than ``options.most``
    """
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
    return draft.model_copy(update={"windows": windows})


@dataclass(frozen=True)
class Start:
    """What an animator is given besides a length: the shot, its first frame, a seed, and how loud voices are."""

    shot: Shot
    first: Still
    seed: int
    mouths: Mouths


@dataclass(frozen=True)
class Redo:
    """Frames of an earlier take that are made again; the others are kept."""

    span: Span
    old: Clip


def animate(animator: Animator, start: Start, chosen: WindowPlan, redo: Redo | None = None) -> Clip:
    """The cut as planned: ``chosen.frames`` pictures at the episode's rate; frame 0 is ``start.first``.

    redo  only windows that show frames of its span are made; the others are those of the old take
    """
    shot = start.shot
    if chosen.is_plain and len(chosen.windows) == 1:
        return animator.animate(shot, start.first, frames=chosen.frames, seed=start.seed, mouths=start.mouths)

    def draw() -> Iterator[Still]:
        made = _model_frames(animator, start, chosen, redo)
        number, picture = 0, next(made)
        for frame in range(chosen.frames):
            while number < chosen.shown(frame):
                number, picture = number + 1, next(made)
            yield picture

    return Clip(chosen.frames, shot.size, chosen.rate, draw)


def _model_rate(rate: Fraction, card: Card, exposure: int) -> Fraction:
    """The slowest of the model's rates that gives every drawing a frame of its own, or else its fastest."""
    if not card.rates:
        return rate
    enough = [known for known in card.rates if known * exposure >= rate]
    return min(enough, default=max(card.rates))


def _windows(count: int, card: Card) -> tuple[Window, ...]:
    """The fewest windows that give ``count`` model frames, as equal in length as the grid allows."""
    step = card.frame_step
    # A model with a grid is never asked for a single frame: it makes movement, not stills.
    steps = max(-(-(count - 1) // step), 1 if step > 1 else 0)
    longest = max(1, (card.max_frames - 1) // step) if card.max_frames else max(1, steps)
    calls = max(1, -(-steps // longest))
    windows, start = [], 0
    for call in range(calls):
        of_this = steps // calls + (call < steps % calls)
        windows.append(Window(start=start, frames=of_this * step + 1))
        start += of_this * step
    return tuple(windows)


def _model_frames(animator: Animator, start: Start, chosen: WindowPlan, redo: Redo | None) -> Iterator[Still]:
    """The model's frames in order, each number once, as far as the cut shows them."""
    timed = replace(start.shot, rate=chosen.model_rate)
    needed, begins = chosen.model_frames, start.first
    for number, window in enumerate(chosen.windows):
        if redo is not None and not _shows(chosen, window, redo.span):
            made = _from_old(redo.old, chosen, window)
        else:
            loud = {who: _at_model_rate(level, chosen, window) for who, level in start.mouths.items()}
            # Another seed per window: the same noise twice makes the same gesture twice.
            of_window = (start.seed + number) & 0x7FFFFFFF
            clip = animator.animate(timed, begins, frames=window.frames, seed=of_window, mouths=loud)
            made = _matched(iter(clip))
        for at, picture in enumerate(made, start=window.start):
            if at < needed and (at > window.start or number == 0):
                yield picture
            begins = picture


def _shows(chosen: WindowPlan, window: Window, span: Span) -> bool:
    return any(window.start <= chosen.shown(frame) <= window.last for frame in range(span.start, span.stop))


def _from_old(old: Clip, chosen: WindowPlan, window: Window) -> Iterator[Still]:
    """The frames of ``window`` as an earlier take of the same length shows them."""
    last = min(window.last, chosen.model_frames - 1)
    wanted = [chosen.first_showing(at) for at in range(window.start, last + 1)]
    pictures = islice(old, wanted[0], wanted[-1] + 1)
    at, picture = wanted[0], next(pictures)
    for frame in wanted:
        while at < frame:
            at, picture = at + 1, next(pictures)
        yield picture


def _at_model_rate(level: NDArray[np.float32], chosen: WindowPlan, window: Window) -> NDArray[np.float32]:
    """How loud a voice is in each frame of ``window``: (window.frames,) float32."""
    moments = [chosen.episode_frame(at) for at in range(window.start, window.last + 1)]
    return level[moments]


NOTICED, SHIFT = 1.0, 24.0
"""Levels of 255: a smaller step of the mean colour is not seen; a larger one is a flash in the story."""


def _matched(made: Iterator[Still]) -> Iterator[Still]:
    """The frames of one window, their colour matched to the keyframe they begin with.

    Video models shift colour between the keyframe and the first frame they make. Movement between two
    neighbouring frames hardly changes the mean, so that step is taken out of the whole window; over
    several windows it would add up.
    """
    keyframe = next(made)
    yield keyframe
    offset: NDArray[np.float64] | None = None
    for picture in made:
        if offset is None:
            offset = keyframe.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))
            largest = float(np.abs(offset).max())
            offset = offset if NOTICED < largest < SHIFT else np.zeros(3)
        yield np.clip(np.rint(picture + offset), 0, 255).astype(np.uint8) if offset.any() else picture
