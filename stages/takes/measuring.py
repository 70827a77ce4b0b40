"""Measure a take: once per clip, voice and judge, whichever model made the clip.

In: a clip in the vault, its cut, the sound of its lines, a judge.      Out: its measures.
Separate from making, so that a better judge can measure paid takes again without making them again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.hashing import recipe_key
from assets.media.picture import from_png
from assets.media.sound import from_bytes
from assets.media.video import clip_of
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Ref, Voiced
from models.lease import Leased
from models.ports import Judge
from stages.continuity import pictured
from stages.shots.shot import compared, sheets_of, shot
from stages.sound.record import mouths
from stages.work_cache import WorkCache

DIGITS = 6  # motion of a quiet cut is a few ten-thousandths


@dataclass(frozen=True)
class Meant:
    """What a clip is measured against: its panel, the lines that are heard in it, its cut, its size."""

    panel: Panel
    voiced: Mapping[int, Voiced]
    cutsheet: Cutsheet
    size: tuple[int, int]


def measure(clip: Ref, meant: Meant, *, judge: Leased[Judge] | None, cache: WorkCache) -> dict[str, float]:
    """The measures of ``clip`` by ``judge``, from the vault or measured now; empty without a judge."""
    if judge is None:
        return {}
    panel, voiced, cutsheet = meant.panel, meant.voiced, meant.cutsheet
    cut = cutsheet.cut(panel.cut)
    what = shot(cutsheet, cut, meant.size)
    inputs: dict[str, Any] = {
        "clip": clip.sha256,
        "panel": panel.image.sha256,
        "depicts": pictured(cutsheet, cut),
        "frames": cut.frames,
        "voices": heard(cut, voiced),
    }
    if sheets := sheets_of(what):  # without one the recipes of earlier releases stay
        inputs["sheets"] = [[id, picture.sha256] for id, picture in sheets]
    recipe = recipe_key("judge", machine=judge.identity(), inputs=inputs)
    found = cache.vault.recall(recipe)
    if found is None and not cache.measures:
        return {}
    if found is None:
        moving = clip_of(cache.vault.local(clip))
        with cache.machine_time():
            measures = judge.model.judge(
                compared(what, cache.vault),
                moving,
                panel=from_png(cache.vault.get(panel.image)),
                mouths=mouths_of(cut, voiced, cutsheet.rate, cache),
            )
        found = {"measures": {key: round(float(value), DIGITS) for key, value in measures.items()}}
        cache.vault.commit(recipe, found)
    return dict(found["measures"])


def heard(cut: Cut, voiced: Mapping[int, Voiced]) -> list[list[str | int] | None]:
    """The sound of every line whose speaker is visible, and its start; mouths follow these."""
    return [
        [line.character, line.at, voiced[index].sound.sha256] if line.heard == "on" else None
        for index, line in enumerate(cut.lines)
    ]


def mouths_of(
    cut: Cut, voiced: Mapping[int, Voiced], rate: Fraction, cache: WorkCache
) -> dict[str, NDArray[np.float32]]:
    """The loudness of each speaker in every frame."""
    opening: dict[str, NDArray[np.float32]] = {}
    for index, line in enumerate(cut.lines):
        if line.heard != "on":
            continue
        sound = from_bytes(cache.vault.get(voiced[index].sound))
        loud = mouths(sound, at=line.at, frames=cut.frames, rate=rate)
        before = opening.get(line.character)
        opening[line.character] = loud if before is None else np.maximum(before, loud)
    return opening
