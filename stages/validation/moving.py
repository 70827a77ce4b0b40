"""Move held-out panels without a LoRA of the animator and with it, in one call of the model for each cut.

In: panels, the subject of the LoRA, an animator.      Out: a clip for each cut and column, in the vault; its strip.
As in stages/validation/columns.py, columns differ only in the LoRAs of the subject. Only the first two seconds of a cut
are made, in one call of the model, and nobody speaks: a LoRA shows in them, and a whole cut costs many times as much.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from assets.matter import Clip, Still
from assets.media.picture import resized
from assets.media.video import clip_of
from assets.sheets.bible import Lora
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Take
from assets.sheets.validation import Subject
from assets.vault import Vault
from stages.shots.shot import seed_of
from stages.takes.order import Attempt, TakeModels, TakeOptions, TakeOrder, TakePiece
from stages.takes.shooting import animate
from stages.takes.windows import plan
from stages.validation.columns import Uncounted, with_loras
from stages.work_cache import WorkCache
from stages.work_events import Watch

STRIP, WIDE = 4, 480  # frames of a strip, and the width of each
LONGEST = Fraction(2)  # seconds of a cut
PAUSE = Fraction(1, 4)  # seconds between two frames that are measured


@dataclass(frozen=True)
class Moving:
    """How held-out panels are moved: what all columns share."""

    cutsheet: Cutsheet
    panels: tuple[Panel, ...]
    size: tuple[int, int]
    models: TakeModels
    vault: Vault
    watch: Watch
    options: TakeOptions


def column(given: Moving, subject: Subject, loras: Sequence[Lora], base: str) -> tuple[Take, ...]:
    """The takes of every panel, with exactly ``loras`` of the family ``base`` for the subject."""
    sheet = with_loras(given.cutsheet, subject, loras, base)
    order = TakeOrder.of(sheet, given.size, given.options, given.models)
    cache = WorkCache(given.vault, None, calls=Uncounted(), watch=given.watch, refresh=True)
    return tuple(animate(_piece(panel, given), order, given.models, cache) for panel in given.panels)


def _piece(panel: Panel, given: Moving) -> TakePiece:
    attempt = Attempt(seed=seed_of(panel.cut, 1, given.options.seed))
    return TakePiece(panel=panel, voiced={}, attempt=attempt)


def shortened(cutsheet: Cutsheet, cuts: Sequence[Cut], models: TakeModels, options: TakeOptions) -> Cutsheet:
    """``cutsheet`` with only ``cuts``, each two seconds long at most, and no longer than one call of the animator."""
    return cutsheet.model_copy(update={"cuts": tuple(_short(cut, cutsheet, models, options) for cut in cuts)})


def _short(cut: Cut, cutsheet: Cutsheet, models: TakeModels, options: TakeOptions) -> Cut:
    frames = min(cut.frames, int(LONGEST * cutsheet.rate))
    while frames > 1 and len(_windows(frames, cutsheet, models, options)) > 1:
        frames -= 1
    return cut.model_copy(update={"frames": frames, "lines": (), "cues": (), "hold": 0})


def _windows(frames: int, cutsheet: Cutsheet, models: TakeModels, options: TakeOptions) -> Sequence[object]:
    # as many windows as it takes: they are counted here, not made
    generous = options.windows.model_copy(update={"most": 1000, "chain": "last_drawing"})
    return plan(frames, cutsheet.rate, models.animator.card, generous).windows


def spread(clip: Clip) -> list[int]:
    """Numbers of the frames of its strip, from the first to the last."""
    return sorted({round(at) for at in np.linspace(0, clip.frames - 1, STRIP)})


def strip(frames: Sequence[Still]) -> Still:
    """The frames below one another, in one width."""
    small = [resized(one, (WIDE, max(1, round(WIDE * one.shape[0] / one.shape[1])))) for one in frames]
    return np.ascontiguousarray(np.concatenate(small, 0))


def measured(clip: Clip) -> list[tuple[int, Still]]:
    """Frames at equal pauses, with their numbers. The first is the panel, the same in every column."""
    step = max(1, round(clip.rate * PAUSE))
    numbers = list(range(0, clip.frames, step))
    return list(zip(numbers, clip.some(numbers), strict=True))


def motion(clips: Sequence[Sequence[Still]]) -> float | None:
    """Mean change of lightness from frame to frame, of 255; None where no clip has two frames."""
    changes = [change for frames in clips for change in _changes(frames)]
    return float(np.mean(changes)) if changes else None


def _changes(frames: Sequence[Still]) -> Iterator[float]:
    luma = [one.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32) for one in frames]
    for before, now in pairwise(luma):
        yield float(np.abs(now - before).mean())


def clip(take: Take, vault: Vault) -> Clip:
    """The pictures of a take."""
    return clip_of(vault.local(take.clip))
