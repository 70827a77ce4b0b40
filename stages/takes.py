"""Move panels: one attempt at one cut.

In: a cut, its panel, the sound of its lines, an animator.      Out: a Take in the vault, measured.
Knows nothing about other attempts, other cuts, which take is shown, or the store.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, ClassVar

from pydantic import Field

from assets import files
from assets.matter import Clip, Still
from assets.media.picture import from_png
from assets.media.video import VideoQuality, decode, encode
from assets.sheets.base import Part, Seed, Sheet
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Ref, Take, Voiced
from assets.timing import Span
from models.lease import Leased, Named
from models.ports import Shot
from stages.continuity import basis, earlier_basis
from stages.desk import Desk, Order, Result, Work
from stages.measuring import heard, measure, mouths_of
from stages.ranking import RankingOptions
from stages.shots import equipped, ingredients, shot
from stages.windows import WindowOptions, WindowPlan, plan
from stages.windows import animate as move

YEAR = 366 * 86_400  # seconds


class Budget(Part):
    """Seconds of machine time the takes of a cut may cost. The first is made whatever it costs."""

    cut: float | None = Field(
        default=None, gt=0, le=YEAR, description="For all takes of one cut; none: no limit"
    )
    episode: float | None = Field(
        default=None,
        gt=0,
        le=YEAR,
        description="For the whole episode, shared among its cuts by their length",
    )

    def of(self, frames: int, episode: int) -> float | None:
        """What a cut of ``frames`` may cost in an episode of so many; no cut waits for what others spend."""
        share = None if self.episode is None else self.episode * frames / max(1, episode)
        limits = [limit for limit in (self.cut, share) if limit is not None]
        return min(limits, default=None)


class TakeOptions(Part):
    """How cuts are moved, how often, and kept."""

    seed: Seed = Field(default=0, description="Changes every movement that has chance in it")
    count: int = Field(default=1, ge=1, le=16, description="Takes of each cut; the best one is shown")
    budget: Budget = Budget()
    ranking: RankingOptions = RankingOptions()
    windows: WindowOptions = WindowOptions()
    quality: VideoQuality = VideoQuality()


class Attempt(Part):
    """Which attempt at a cut this is.

    anew     ordered by a person: an earlier take will not do
    redone   only these frames are new, the others are those of the clip ``over``
    extra    beyond what is asked for: taken if it was made before, never made
    """

    seed: int
    number: int = 1  # within its round: 1, 2, 3...
    anew: bool = False
    reason: str = ""
    order: int | None = None
    redone: Span | None = None
    over: Ref | None = None
    extra: bool = False


class TakePiece(Part):
    """One attempt at one cut, for another process."""

    panel: Panel
    voiced: dict[int, Voiced]
    attempt: Attempt


class TakeOrder(Sheet):
    """What all takes of one cut sheet share."""

    sheet: ClassVar[str] = "take-order"

    cutsheet: Cutsheet
    size: tuple[int, int]
    options: TakeOptions
    animator: Named
    judge: Named | None


def animate(
    cut: Cut,
    panel: Panel,
    voiced: Mapping[int, Voiced],
    cutsheet: Cutsheet,
    *,
    animator: Leased,
    judge: Leased | None,
    desk: Desk,
    size: tuple[int, int],
    options: TakeOptions,
    attempt: Attempt,
) -> Take:
    """The take of ``cut`` for this attempt, found in the vault or moved now."""
    calls = planned(cut, cutsheet, animator, options)
    what = shot(cutsheet, cut, size, animator.card, attempt.reason)
    seed = attempt.seed
    work = work_of(
        cut, panel, voiced, cutsheet, animator=animator, size=size, options=options, attempt=attempt
    )

    def measured(clip: Ref) -> dict[str, float]:
        return measure(clip, cut, panel, voiced, cutsheet, judge=judge, desk=desk, size=size)

    def make() -> Result:
        first = from_png(desk.vault.get(panel.image))
        opening = mouths_of(cut, voiced, what.rate, desk)
        given = equipped(what, cutsheet, animator.card, desk.vault)
        machine = animator.machine  # another lane may have it: waiting is not counted as work
        began = perf_counter()
        with files.scratch() as folder, desk.machine_time():
            redone, old = attempt.redone, _earlier(attempt, what, cut, desk)
            clip = move(machine, given, first, calls, seed=seed, mouths=opening, redone=redone, old=old)
            if redone is not None and old is not None:
                clip = _patched(clip, old, redone)
            path = folder / "take.mp4"
            encode(_told(clip, desk, cut), path, size=size, rate=cutsheet.rate, quality=options.quality)
            ref = desk.vault.put_file(path, "video/mp4", move=True)
        seconds = round(perf_counter() - began, 3)
        measured(ref)  # here, where the clip is: another process may be asking for it
        return {"clip": ref.model_dump(mode="json"), "seconds": seconds}

    def order() -> Order:
        common = TakeOrder(
            cutsheet=cutsheet,
            size=size,
            options=options,
            animator=animator.named(),
            judge=judge.named() if judge else None,
        )
        piece = TakePiece(panel=panel, voiced=dict(voiced), attempt=attempt)
        return Order(common, piece, cut.scene, cut.frames)

    found = desk.do(work, make, order)
    ref = Ref.model_validate(found["clip"])
    return Take(
        cut=cut.number,
        number=1,  # the store gives the real one
        clip=ref,
        frames=cut.frames,
        size=size,
        recipe=work.recipe,
        basis=work.basis,
        seed=seed,
        reason=attempt.reason,
        redone=attempt.redone,
        over=attempt.over,
        panel=panel.image.sha256,
        order=attempt.order,
        attempt=attempt.number,
        seconds=found.get("seconds", 0.0),
        measures=measured(ref),
    )


def check_lengths(cutsheet: Cutsheet, animator: Leased, options: TakeOptions) -> None:
    """Refuse a sheet with cuts that the animator cannot make, before anything is paid for.

    raises  ShapeRefused naming the first such cut
    """
    for cut in cutsheet.cuts:
        planned(cut, cutsheet, animator, options)


def planned(cut: Cut, cutsheet: Cutsheet, animator: Leased, options: TakeOptions) -> WindowPlan:
    """The model calls that make ``cut``; refused where it would need too many, before anything is loaded."""
    return plan(cut.frames, cutsheet.rate, animator.card, options.windows, cut=cut.number)


def work_of(
    cut: Cut,
    panel: Panel,
    voiced: Mapping[int, Voiced],
    cutsheet: Cutsheet,
    *,
    animator: Leased,
    size: tuple[int, int],
    options: TakeOptions,
    attempt: Attempt,
) -> Work:
    """The piece of work that ``attempt`` is."""
    inputs: dict[str, Any] = {"panel": panel.image.sha256, "seed": attempt.seed, "quality": options.quality}
    what = shot(cutsheet, cut, size, animator.card, attempt.reason)
    inputs |= ingredients(what, cutsheet, animator.card)
    calls = planned(cut, cutsheet, animator, options)
    if not calls.is_plain:  # a model of any length and rate keeps the recipes it had
        inputs["windows"] = calls
    if attempt.redone is not None and attempt.over is not None:
        inputs["redone"] = {"frames": attempt.redone, "over": attempt.over.sha256}
    return Work(
        step="take",
        name=cut.number if attempt.number == 1 else f"{cut.number}/{attempt.number}",
        model=animator,
        inputs=inputs,
        depicts=basis(cutsheet, cut),
        earlier=earlier_basis(cutsheet, cut),
        # A take begins with the panel that is shown, so a take of another picture is not kept.
        holds=frozenset({"panel"}),
        fits={
            "frames": cut.frames,
            "size": list(size),
            "rate": str(cutsheet.rate),
            "voices": heard(cut, voiced),
            # A take of a panel that was sent back does not stand in for one of the panel that came of it.
            **({"redrawn": panel.attempt} if panel.attempt > 1 else {}),
        },
        anew=attempt.anew,
    )


def _earlier(attempt: Attempt, of: Shot, cut: Cut, desk: Desk) -> Clip | None:
    """The take whose frames stand outside ``attempt.redone``; None when all of the cut is new."""
    if attempt.redone is None or attempt.over is None:
        return None
    path = desk.vault.local(attempt.over)
    return Clip(cut.frames, of.size, of.rate, lambda: decode(path))


def _patched(clip: Clip, old: Clip, span: Span) -> Clip:
    """The old take, with the frames of ``span`` from the new one."""

    def draw() -> Iterator[Still]:
        for frame, (was, now) in enumerate(zip(old, clip, strict=True)):
            yield now if span.start <= frame < span.stop else was

    return Clip(clip.frames, clip.size, clip.rate, draw)


def _told(clip: Clip, desk: Desk, cut: Cut) -> Clip:
    """The same clip, telling the desk how far it has come."""

    def draw() -> Iterator[Still]:
        for frame, picture in enumerate(clip):
            if frame % 12 == 0:
                desk.moved("take", cut.number, frame / clip.frames)
            yield picture

    return Clip(clip.frames, clip.size, clip.rate, draw)
