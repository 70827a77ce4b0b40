"""Which works a step shows, and with which captions: a function of the step alone, so that a run resumes exactly.

In: a Manifest, a batch size, a step.      Out: Showings.
"""

import random
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from assets.sheets.dataset import Manifest
from models.training.buckets import Batch, batches
from models.training.captions import shown


@dataclass(frozen=True)
class Showing:
    """One picture of a batch. ``work`` is its number in the manifest."""

    work: int
    caption: str
    mirrored: bool


class Order:
    """The order of a dataset, epoch after epoch."""

    def __init__(self, manifest: Manifest, batch: int) -> None:
        self._manifest, self._batch = manifest, batch
        self._epoch = lru_cache(maxsize=2)(self._ordered)
        self.steps_per_epoch = len(self._epoch(0))

    def at(self, step: int) -> tuple[Showing, ...]:
        """The pictures of a step, from 0."""
        epoch, place = divmod(step, self.steps_per_epoch)
        made = self._epoch(epoch)
        before = Counter(work for batch in made[:place] for work in batch.works)
        found = []
        for work in made[place].works:
            found.append(self._showing(work, epoch, before[work]))
            before[work] += 1
        return tuple(found)

    def until(self, steps: int) -> frozenset[Showing]:
        """Everything that the first ``steps`` steps show."""
        return frozenset(each for step in range(steps) for each in self.at(step))

    def longest_caption(self, work: int) -> str:
        """The caption of a work as it is longest: nothing is dropped."""
        rules, each = self._manifest.showing, self._manifest.works[work].work
        return ", ".join(part for part in ("" if each.prior else rules.trigger, each.caption) if part)

    def _ordered(self, epoch: int) -> tuple[Batch, ...]:
        return batches(self._manifest, self._batch, epoch)

    def _showing(self, work: int, epoch: int, number: int) -> Showing:
        mirrored = (
            self._manifest.showing.flip
            and random.Random(f"flip {self._manifest.seed} {epoch} {work} {number}").random() < 0.5
        )
        return Showing(work, shown(self._manifest, work, epoch, number), mirrored)
