"""Make the model calls of a window plan, and join their frames into one clip.

In: a plan, the animator, the start of the cut.      Out: a Clip of exactly the cut's length at the episode's rate.
Knows nothing about cut sheets, prompts, the vault or how keyframes are painted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from assets.matter import Clip, Still
from assets.timing import Span
from models import progress
from models.ports import Animator, Mouths, Redrawer, Shot
from stages.takes.realism import watched
from stages.takes.tail import steady
from stages.takes.windows import Window, WindowPlan

Keyframe = Callable[[int, Still], Still]
"""Paints the first picture of window number n, given the picture that it replaces or continues."""


@dataclass(frozen=True)
class Start:
    """The inputs of an animator besides a length.

    last        the picture at the cut's end; None if none is required
    takes_last  whether the model accepts a last frame
    keyframe    for a plan whose windows begin with fresh keyframes
    """

    shot: Shot
    first: Still
    seed: int
    mouths: Mouths
    last: Still | None = None
    takes_last: bool = False
    keyframe: Keyframe | None = None


@dataclass(frozen=True)
class Redo:
    """Frames of an earlier take that are made again; the others are kept."""

    span: Span
    old: Clip


def animate(
    animator: Callable[[], Animator], start: Start, chosen: WindowPlan, redo: Redo | None = None
) -> Clip:
    """The cut as planned: ``chosen.frames`` pictures at the episode's rate; frame 0 is ``start.first``.

    animator  called before every window: the painter of the keyframes may have displaced the model
    redo      only windows that show frames of its span are made; the others are those of the old take
    """
    shot = start.shot
    if chosen.is_plain and len(chosen.windows) == 1:
        return animator().animate(
            shot, start.first, frames=chosen.frames, seed=start.seed, last=start.last, mouths=start.mouths
        )

    def draw() -> Iterator[Still]:
        made = _Calls(animator, start, chosen, redo).frames()
        number, picture = 0, next(made)
        for frame in range(chosen.frames):
            while number < chosen.shown(frame):
                number, picture = number + 1, next(made)
            yield picture

    return Clip(chosen.frames, shot.size, chosen.rate, draw)


def fresh(chosen: WindowPlan, redo: Redo | None = None) -> tuple[int, ...]:
    """Numbers of the windows that begin with a fresh keyframe.

    Beside a window that is kept, a new one begins and ends with the frames of the old take.
    """
    if chosen.chain == "last_drawing":
        return ()
    kept = [_kept(chosen, window, redo) for window in chosen.windows]
    return tuple(at for at in range(1, len(kept)) if not kept[at - 1] and not kept[at])


class _Calls:
    """The calls of one plan, one after the other."""

    def __init__(
        self, animator: Callable[[], Animator], start: Start, chosen: WindowPlan, redo: Redo | None
    ) -> None:
        self._animator, self._start, self._chosen, self._redo = animator, start, chosen, redo
        self._fresh = frozenset(fresh(chosen, redo))

    def frames(self) -> Iterator[Still]:
        """The model's frames in order, each number once, as far as the cut shows them."""
        chosen, begins, needed = self._chosen, self._start.first, self._chosen.model_frames
        goal: Still | None = None  # the keyframe that a window got as its last frame
        for number, window in enumerate(chosen.windows):
            if goal is not None:
                begins = goal
            elif number in self._fresh:
                begins = self._keyframe(number, begins)
            if self._redo is not None and _kept(chosen, window, self._redo):
                goal, made = None, _from_old(self._redo.old, chosen, window)
            else:
                goal = self._goal(number)
                redrawn = self._redrawn(number)
                made = redrawn or self._made(number, begins, goal if goal is not None else self._end(number))
            final = number + 1 == len(chosen.windows)
            for at, picture in enumerate(made, start=window.start):
                if at < needed and (final or at < window.last):  # the next window begins with its last frame
                    yield picture
                begins = picture

    def _made(self, number: int, begins: Still, last: Still | None) -> Iterator[Still]:
        """The frames of one window, from the model."""
        window, chosen = self._chosen.windows[number], self._chosen
        loud = {who: _at_model_rate(level, chosen, window) for who, level in self._start.mouths.items()}
        with progress.part(number, len(chosen.windows)):
            clip = self._animator().animate(
                replace(self._start.shot, rate=chosen.model_rate),
                begins,
                frames=window.frames,
                # A different seed per window: the same noise would repeat the same gesture.
                seed=(self._start.seed + number) & 0x7FFFFFFF,
                last=last,
                mouths=loud,
            )
        tail = min(window.frames // 2, round(chosen.model_rate))
        cut = self._start.shot.cut.number
        calm = steady(_matched(clip, last), window.frames, tail, cut=cut, last=last)
        return watched(calm, window.frames, cut=cut)

    def _redrawn(self, number: int) -> Iterator[Still] | None:
        """The window with only the ordered frames made again, by a model that sees those that are kept; else None."""
        window, chosen, redo = self._chosen.windows[number], self._chosen, self._redo
        if redo is None:
            return None
        numbers = range(window.start, window.last + 1)
        wanted = {chosen.shown(frame) for frame in range(redo.span.start, redo.span.stop)}
        again = [at in wanted for at in numbers]
        animator = self._animator()
        if again[0] or "mask" not in animator.card.accepts or not isinstance(animator, Redrawer):
            return None  # the first frame of a window is never made again by a model that needs one to begin with
        old = list(_from_old(redo.old, chosen, window))
        old += [old[-1]] * (window.frames - len(old))  # trimmed frames of the last window
        shot = replace(self._start.shot, rate=chosen.model_rate)
        with progress.part(number, len(chosen.windows)):
            return iter(animator.redraw(shot, old, again, seed=(self._start.seed + number) & 0x7FFFFFFF))

    def _goal(self, number: int) -> Still | None:
        """The keyframe at which window ``number`` ends and the next one begins."""
        if self._chosen.chain != "first_and_last" or number + 1 not in self._fresh:
            return None
        return self._keyframe(number + 1, self._start.first)

    def _end(self, number: int) -> Still | None:
        """The last frame of window ``number`` where no keyframe is: the cut's end, or a frame of the old take."""
        chosen, redo = self._chosen, self._redo
        if not self._start.takes_last:
            return None
        if number + 1 == len(chosen.windows):
            return self._start.last
        if redo is None or not _kept(chosen, chosen.windows[number + 1], redo):
            return None
        frame = chosen.first_showing(chosen.windows[number].last)
        return next(islice(redo.old, frame, None))

    def _keyframe(self, number: int, near: Still) -> Still:
        """The first picture of window ``number``, its colour matched to ``near``, which it replaces."""
        if self._start.keyframe is None:
            raise ValueError("a plan with keyframes needs a painter for them")
        painted = self._start.keyframe(number, near)
        return _shifted(painted, _offset(near, painted))


def _kept(chosen: WindowPlan, window: Window, redo: Redo | None) -> bool:
    return redo is not None and not _shows(chosen, window, redo.span)


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
    """The loudness of a voice in each frame of ``window``: (window.frames,) float32."""
    moments = [chosen.episode_frame(at) for at in range(window.start, window.last + 1)]
    return level[moments]


NOTICED, SHIFT = 1.0, 24.0
"""Levels of 255: a smaller step of the mean colour is not visible; a larger one is an intended flash."""


def _matched(clip: Clip, last: Still | None) -> Iterator[Still]:
    """The frames of one window, their colour matched to the pictures they begin with and arrive at.

    Video models shift colour between the keyframe and the first frame they make, and drift towards the last frame
    (ComfyUI PR 13101, WanVideoWrapper#1205). Movement between two neighbouring frames hardly changes the mean, so
    the step at each end is taken out, and what lies between goes evenly from one to the other.
    """
    made = iter(clip)
    keyframe = next(made)
    yield keyframe
    begins: NDArray[np.float64] | None = None
    ends = np.zeros(3)
    for frame, picture in enumerate(made, start=1):
        if begins is None:
            begins = _offset(keyframe, picture)
            ends = begins if last is None else _offset(last, next(clip.some([clip.frames - 1])))
        share = frame / max(1, clip.frames - 1)
        yield _shifted(picture, begins * (1 - share) + ends * share)


def _offset(near: Still, picture: Still) -> NDArray[np.float64]:
    """What to add to ``picture`` for the mean colour of ``near``; zero if the step is not a shift by the model."""
    offset: NDArray[np.float64] = near.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))
    return offset if NOTICED < float(np.abs(offset).max()) < SHIFT else np.zeros(3)


def _shifted(picture: Still, offset: NDArray[np.float64]) -> Still:
    return np.clip(np.rint(picture + offset), 0, 255).astype(np.uint8) if offset.any() else picture
