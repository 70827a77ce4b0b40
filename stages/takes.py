"""Move panels: one or more takes per cut, one of them selected.

In: a cut, its panel, the sound of its lines, an animator.      Out: a Take in the vault.
A locked take is returned as it is. Knows nothing about other cuts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assets.errors import ShapeRefused
from assets.matter import Clip, Still
from assets.media.picture import from_png
from assets.media.sound import from_bytes
from assets.media.video import VideoQuality, decode, encode
from assets.sheets.base import Part, Sheet
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Ref, Take, Voiced
from assets.timing import Span
from models.lease import Leased, Named
from models.ports import Shot
from stages.continuity import basis
from stages.desk import Desk, Order, Result, Work
from stages.shots import shot
from stages.sound.record import mouths


class TakeOptions(Part):
    """How cuts are moved and kept."""

    seed: int = Field(default=0, ge=0, description="Changes every movement that has chance in it")
    quality: VideoQuality = VideoQuality()


@dataclass(frozen=True)
class Attempt:
    """Which attempt at a cut this is.

    anew     ordered by a person: an earlier take will not do
    redone   only these frames are new, the others are those of the clip ``over``
    """

    seed: int
    anew: bool = False
    reason: str = ""
    redone: Span | None = None
    over: Ref | None = None


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
    check_length(cut, animator)
    what = shot(cutsheet, cut, size)
    seed = attempt.seed
    work = _work(
        cut,
        panel,
        voiced,
        cutsheet,
        animator=animator,
        judge=judge,
        size=size,
        options=options,
        attempt=attempt,
    )

    def make() -> Result:
        first = from_png(desk.vault.get(panel.image))
        opening = _mouths(cut, voiced, what, desk)
        with TemporaryDirectory(prefix="sakuga-") as folder, desk.machine_time():
            clip = animator.machine.animate(what, first, frames=cut.frames, seed=seed, mouths=opening)
            if attempt.redone is not None and attempt.over is not None:
                clip = _patched(clip, desk.vault.local(attempt.over), attempt.redone)
            path = Path(folder) / "take.mp4"
            encode(_told(clip, desk, cut), path, size=size, rate=cutsheet.rate, quality=options.quality)
            measures = _judged(what, clip, path, first, judge)
            ref = desk.vault.put_file(path, "video/mp4", move=True)
        return {"clip": ref.model_dump(mode="json"), "measures": measures}

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
    return Take(
        cut=cut.number,
        number=1,  # the store gives the real one
        clip=Ref.model_validate(found["clip"]),
        frames=cut.frames,
        size=size,
        recipe=work.recipe,
        basis=work.basis,
        seed=seed,
        reason=attempt.reason,
        redone=attempt.redone,
        over=attempt.over,
        panel=panel.image.sha256,
        measures=found["measures"],
    )


def check_length(cut: Cut, animator: Leased) -> None:
    """Refuse a length the animator cannot make, before anything is loaded."""
    card, frames = animator.card, cut.frames
    step, most = card.frame_step, card.max_frames
    if (frames - 1) % step == 0 and (not most or frames <= most):
        return
    below = max(1, (min(frames, most or frames) - 1) // step * step + 1)
    raise ShapeRefused(
        f"{card.name} animates {step}k+1 frames{f', at most {most}' if most else ''}; "
        f"cut {cut.number} has {frames}. Nearest lengths: {below} and {below + step}."
    )


def _work(
    cut: Cut,
    panel: Panel,
    voiced: Mapping[int, Voiced],
    cutsheet: Cutsheet,
    *,
    animator: Leased,
    judge: Leased | None,
    size: tuple[int, int],
    options: TakeOptions,
    attempt: Attempt,
) -> Work:
    inputs: dict[str, Any] = {
        "panel": panel.image.sha256,
        "seed": attempt.seed,
        "quality": options.quality,
        "judge": judge.card.identity() if judge else None,
    }
    if attempt.redone is not None and attempt.over is not None:
        inputs["redone"] = {"frames": attempt.redone, "over": attempt.over.sha256}
    heard = [
        [line.character, line.at, voiced[index].sound.sha256] if line.heard == "on" else None
        for index, line in enumerate(cut.lines)
    ]
    return Work(
        step="take",
        name=cut.number,
        card=animator.card,
        inputs=inputs,
        depicts=basis(cutsheet, cut),
        fits={
            "frames": cut.frames,
            "size": list(size),
            "rate": str(cutsheet.rate),
            "voices": heard,
            # A take of a panel that was sent back does not stand in for one of the panel that came of it.
            **({"redrawn": panel.attempt} if panel.attempt > 1 else {}),
        },
        anew=attempt.anew,
    )


def _mouths(cut: Cut, voiced: Mapping[int, Voiced], what: Shot, desk: Desk) -> dict[str, NDArray[np.float32]]:
    opening: dict[str, NDArray[np.float32]] = {}
    for index, line in enumerate(cut.lines):
        if line.heard != "on":
            continue
        sound = from_bytes(desk.vault.get(voiced[index].sound))
        loud = mouths(sound, at=line.at, frames=cut.frames, rate=what.rate)
        before = opening.get(line.character)
        opening[line.character] = loud if before is None else np.maximum(before, loud)
    return opening


def _patched(clip: Clip, old: Path, span: Span) -> Clip:
    """The old take, with the frames of ``span`` from the new one."""

    def draw() -> Iterator[Still]:
        for frame, (was, now) in enumerate(zip(decode(old), clip, strict=True)):
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


def _judged(what: Shot, clip: Clip, path: Path, first: Still, judge: Leased | None) -> dict[str, float]:
    if judge is None:
        return {}
    delivered = Clip(clip.frames, clip.size, clip.rate, lambda: decode(path))
    measures: dict[str, float] = judge.machine.judge(what, delivered, panel=first)
    return {name: round(value, 4) for name, value in measures.items()}
