"""Measure the seams of a take that was made in several windows: compare the steps across them with the other steps.

In: a take's clip in the vault, its window plan, the frames that were made again.      Out: two numbers, as data.

seam_difference    the largest mean difference of neighbouring drawings across a seam, 0..1 of full scale
median_difference  the median of the same between all other neighbouring drawings
"""

from itertools import pairwise
from statistics import median

import numpy as np

from assets.hashing import recipe_key
from assets.media.video import decode
from assets.sheets.production import Ref
from assets.timing import Span
from stages.takes.windows import WindowPlan
from stages.work_cache import WorkCache

DIGITS = 6


def seams(calls: WindowPlan, redone: Span | None) -> tuple[int, ...]:
    """Frames that come from another window, or another take, than the frame before."""
    if calls.is_plain:
        return ()
    edges = () if redone is None else (redone.start, redone.stop)
    return tuple(sorted({*calls.seams(), *(edge for edge in edges if 0 < edge < calls.frames)}))


def measure_seams(clip: Ref, calls: WindowPlan, redone: Span | None, cache: WorkCache) -> dict[str, float]:
    """The two numbers, found in the vault or measured now; nothing for a take without a seam."""
    across = seams(calls, redone)
    if not across:
        return {}
    drawings = [f for f in range(1, calls.frames) if calls.shown(f) != calls.shown(f - 1)]
    inputs = {"clip": clip.sha256, "seams": across, "drawings": drawings}
    recipe = recipe_key("seams", machine={"name": "sakuga", "version": 1}, inputs=inputs)
    found = cache.vault.recall(recipe)
    if found is None and not cache.measures:
        return {}
    if found is None:
        with cache.machine_time():
            steps = _steps(clip, cache)
        elsewhere = [steps[frame] for frame in drawings if frame not in across]
        measures = {
            "seam_difference": max(steps[frame] for frame in across),
            "median_difference": median(elsewhere) if elsewhere else 0.0,
        }
        found = {"measures": {name: round(value, DIGITS) for name, value in measures.items()}}
        cache.vault.commit(recipe, found)
    return dict(found["measures"])


def _steps(clip: Ref, cache: WorkCache) -> dict[int, float]:
    """The mean difference of every frame from the one before it, 0..1."""
    pictures = pairwise(decode(cache.vault.local(clip)))
    return {
        frame: float(np.abs(other.astype(np.int16) - one).mean() / 255)
        for frame, (one, other) in enumerate(pictures, start=1)
    }
