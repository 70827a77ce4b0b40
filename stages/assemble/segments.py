"""Turn one cut's take into a finished segment of the episode.

In: a cut's take (and the one before it, where they are joined softly).      Out: a file to join.
A take that nothing is done to is its own segment: the same bytes, not encoded again.
Changes keep every length, so a timeline that was laid out before stays correct.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import Field

from assets.errors import ShapeRefused
from assets.media.bt709 import Planes
from assets.media.video import VideoQuality, decode_planes, encode_over, encode_planes, frames_of
from assets.sheets.base import Part
from assets.sheets.bible import Language
from assets.sheets.cutsheet import Cut
from assets.sheets.look import TimeOfDay
from assets.sheets.production import Caption
from assets.timing import Span, nearest_frames
from stages.assemble.captions import MARK_SECONDS, MARKS, mark_ink, written
from stages.assemble.grade import GRADES, graded
from stages.assemble.planes import black
from stages.assemble.transitions import darkened, mixed, wiped

# Raised when the same plan gives other pictures; the second is that of segments with words in them.
_VERSION, _WORDS_VERSION = 1, 2


class AssembleOptions(Part):
    """What is done to the takes on their way into the episode."""

    join_seconds: float = Field(default=0.5, ge=0, le=3, description="Length of a dissolve, wipe or fade")
    burn_in: bool = Field(default=False, description="Draw the subtitles into the picture")
    mark: bool = Field(
        default=False,
        description="Say at the start that it is AI generated; a policy for EU or CN does so with its own words",
    )
    mark_text: str = Field(default="", max_length=40, description="Empty: the usual words of the language")
    grade: bool = Field(default=False, description="Grade every cut by the hour it plays at")


@dataclass(frozen=True)
class SegmentPlan:
    """Everything that is done to one take. Frames are counted from the cut's start."""

    name: str
    frames: int
    enter: str = "cut"  # cut, dissolve, wipe, fade_in
    leave: str = "cut"  # cut, fade_out
    join_frames: int = 0
    time: TimeOfDay | None = None  # graded by this hour
    before_time: TimeOfDay | None = None
    before_black: bool = False  # the cut before has faded out: what is left of it is black
    captions: tuple[Caption, ...] = ()
    mark: str = ""
    mark_frames: int = 0

    @property
    def untouched(self) -> bool:
        """Whether the take's own file is the segment."""
        return (self.enter, self.leave, self.time, self.captions, self.mark) == ("cut", "cut", None, (), "")

    @property
    def only_words(self) -> bool:
        """Whether the pictures stay as they are, below the words."""
        return (self.enter, self.leave, self.time) == ("cut", "cut", None)

    @property
    def needs_before(self) -> bool:
        """Whether the last frame of the take before is drawn into this one."""
        return self.enter in ("dissolve", "wipe") and not self.before_black

    def ingredients(self) -> dict[str, Any]:
        """What decides the bytes besides the takes, the size and the quality: for a recipe key."""
        captions = [[caption.span.start, caption.span.stop, caption.text] for caption in self.captions]
        return {
            "version": _WORDS_VERSION if self.captions or self.mark else _VERSION,
            "join": [self.enter, self.leave, self.join_frames, self.before_black],
            "grade": [self.time, self.before_time],
            "captions": captions,
            "mark": [self.mark, self.mark_frames],
        }


@dataclass(frozen=True)
class EpisodeWords:
    """The captions on the episode's timeline, the language of its marks, and its rate."""

    captions: Sequence[Caption]
    language: Language
    rate: Fraction


@dataclass(frozen=True)
class Encoding:
    """How a segment is encoded; ``size`` is width and height in pixels."""

    size: tuple[int, int]
    rate: Fraction
    quality: VideoQuality


def segment_plan(
    cut: Cut, span: Span, *, before: Cut | None, words: EpisodeWords, options: AssembleOptions
) -> SegmentPlan:
    """What is to be done to the take of ``cut``, which lies at ``span`` in the episode.

    before  the cut shown right before it; None at the start and after a title
    words   the part of each caption that falls into ``span`` is drawn
    """
    enter = cut.join if cut.join in ("dissolve", "wipe", "fade_in") else "cut"
    if enter != "cut" and before is None:
        enter = "fade_in"
    leave = "fade_out" if cut.join == "fade_out" else "cut"
    join_frames = min(nearest_frames(options.join_seconds, words.rate), cut.frames // 2)
    if join_frames == 0:
        enter = leave = "cut"
    soft = enter in ("dissolve", "wipe")
    mark_frames = mark_left(span.start, words.rate) if options.mark else 0
    return SegmentPlan(
        name=cut.number,
        frames=cut.frames,
        enter=enter,
        leave=leave,
        join_frames=0 if (enter, leave) == ("cut", "cut") else join_frames,
        time=cut.time if options.grade else None,
        before_time=before.time if options.grade and soft and before else None,
        before_black=bool(soft and before and before.join == "fade_out"),
        captions=_inside(words.captions, span, cut.frames) if options.burn_in else (),
        mark=(options.mark_text or MARKS[words.language]) if mark_frames else "",
        mark_frames=min(mark_frames, cut.frames),
    )


def mark_left(start: int, rate: Fraction) -> int:
    """How many frames of the AI mark are still due at frame ``start`` of the episode."""
    return max(0, nearest_frames(MARK_SECONDS, rate) - start)


def render_segment(
    plan: SegmentPlan, take: Path, out: Path, *, before: Path | None, encoding: Encoding
) -> int:
    """Decode ``take``, change it as planned, encode it once to ``out``; returns its frames.

    before  the take of the cut before, wanted when ``plan.needs_before``
    raises  ShapeRefused when the take has another length than its cut, or ``before`` is missing
    """
    if frames_of(take) != plan.frames:
        raise ShapeRefused(
            f"The take of {plan.name} has {frames_of(take)} frames and its cut {plan.frames}. Order a retake."
        )
    if plan.needs_before and before is None:
        raise ShapeRefused(f"{plan.name} enters by {plan.enter}, so the take before it is needed too.")
    size, rate, quality = encoding.size, encoding.rate, encoding.quality
    words = written(plan.captions, size)
    if plan.mark:
        words.append(mark_ink(plan.mark, size, plan.mark_frames))
    if plan.only_words:
        return encode_over(take, out, rate=rate, quality=quality, overlays=words)
    last = _last_of(before) if before and plan.needs_before else None
    pictures = changed(decode_planes(take), plan, size, last)
    return encode_planes(pictures, out, size=size, rate=rate, quality=quality, overlays=words)


def changed(
    pictures: Iterable[Planes], plan: SegmentPlan, size: tuple[int, int], before: Planes | None = None
) -> Iterator[Planes]:
    """``pictures`` joined and graded as ``plan`` asks, without its words.

    before  the last picture of the cut before
    """
    last = black(size) if before is None else before
    if before is not None and plan.before_time:
        last = graded(before, GRADES[plan.before_time], size)
    for frame, planes in enumerate(pictures):
        now = graded(planes, GRADES[plan.time], size) if plan.time else planes
        yield _joined(now, frame, plan, last, size)


def _last_of(take: Path) -> Planes:
    """The cut before has been seen to its end, so its last picture is held: showing its last
    half second twice would jump back in time."""
    return next(decode_planes(take, start=frames_of(take) - 1))


def _joined(now: Planes, frame: int, plan: SegmentPlan, last: Planes, size: tuple[int, int]) -> Planes:
    left = plan.frames - 1 - frame
    if plan.enter == "fade_in" and frame < plan.join_frames:
        now = darkened(now, frame / plan.join_frames, size)
    if plan.enter == "dissolve" and frame < plan.join_frames:
        now = mixed(last, now, (frame + 1) / (plan.join_frames + 1))
    if plan.enter == "wipe" and frame < plan.join_frames:
        now = wiped(last, now, (frame + 1) / (plan.join_frames + 1), size)
    if plan.leave == "fade_out" and left < plan.join_frames:
        now = darkened(now, left / plan.join_frames, size)
    return now


def _inside(captions: Sequence[Caption], span: Span, frames: int) -> tuple[Caption, ...]:
    """The part of each caption that falls into ``span``, counted from its start."""
    kept = []
    for caption in captions:
        start, stop = max(0, caption.span.start - span.start), min(frames, caption.span.stop - span.start)
        if start < stop:
            kept.append(caption.model_copy(update={"span": Span(start=start, stop=stop)}))
    return tuple(kept)
