"""Time of a step, and the most memory, of ours and of others in the same way."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np

from assets.matter import Still
from tests.gpu.part import Finding, Findings, Place

GIB = 2**30


class Marks:
    """When each call of the denoisers began: an event in the GPU's own queue, or the clock of a CPU.

    Nothing is synchronized inside a step, so what is measured does not wait for the measurement.
    """

    def __init__(self, place: Place, parts: Sequence[Any]) -> None:
        self._cuda, self._parts = place.device.startswith("cuda"), parts
        self._marks: list[Any] = []

    def __enter__(self) -> "Marks":
        distinct = {id(part): part for part in self._parts}
        self._hooks = [part.register_forward_pre_hook(self._mark) for part in distinct.values()]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _mark(self, *_: object) -> None:
        if not self._cuda:
            self._marks.append(time.perf_counter())
            return
        import torch

        event = torch.cuda.Event(enable_timing=True)
        event.record()
        self._marks.append(event)

    @property
    def calls(self) -> int:
        return len(self._marks)

    def steps(self, calls: int = 1, skip: int = 0) -> list[float]:
        """Seconds between the beginnings of steps of ``calls`` calls each, without the first ``skip`` steps."""
        finish(self._cuda)
        marks = self._marks[::calls][skip:]
        if self._cuda:
            return [one.elapsed_time(other) / 1000 for one, other in pairwise(marks)]
        return [other - one for one, other in pairwise(marks)]


def finish(cuda: bool) -> None:
    if cuda:
        import torch

        torch.cuda.synchronize()


class Peak:
    """The most memory while a block ran: on the card, or, with tiny models on a CPU, of this process."""

    def __init__(self, place: Place) -> None:
        self._cuda = place.device.startswith("cuda")
        self.gib = 0.0

    def __enter__(self) -> "Peak":
        if self._cuda:
            import torch

            torch.cuda.synchronize()
            torch.cuda.reset_peak_memory_stats()
        return self

    def __exit__(self, *_: object) -> None:
        if self._cuda:
            import torch

            torch.cuda.synchronize()
            self.gib = torch.cuda.max_memory_allocated() / GIB
        else:
            import psutil

            self.gib = psutil.Process().memory_info().rss / GIB


@contextmanager
def timed(place: Place) -> Iterator[list[float]]:
    """Seconds of the block, as the only item of the list."""
    took: list[float] = []
    finish(place.device.startswith("cuda"))
    began = time.perf_counter()
    yield took
    finish(place.device.startswith("cuda"))
    took.append(time.perf_counter() - began)


def difference(one: Sequence[Still] | Still, other: Sequence[Still] | Still) -> float:
    """The largest difference of two pictures, or of two clips, in levels of 255."""
    first, second = np.asarray(one, np.int16), np.asarray(other, np.int16)
    return float(np.abs(first - second).max()) if first.shape == second.shape else float("inf")


def compared(
    place: Place,
    named: str,
    calls: int,
    parts: Sequence[Any],
    ours: Callable[[], object],
    plain: Callable[[], object],
    *,
    most: float,
) -> Findings:
    """Time per step of ours over that of a plain loop, in turns while half of the part's time is left.

    Both run once before, so that neither pays for the first use of a kernel. Medians: a shared machine disturbs single
    steps.
    """
    kinds: dict[str, Callable[[], object]] = {"ours": ours, "plain": plain}
    for run in kinds.values():
        run()
    steps: dict[str, list[float]] = {"ours": [], "plain": []}
    whole: dict[str, list[float]] = {"ours": [], "plain": []}
    until = place.left() / 2
    rounds = 0
    while rounds < 2 or (place.left() > until and rounds < 8):
        for kind, run in kinds.items() if rounds % 2 else reversed(kinds.items()):
            with Marks(place, parts) as marks, timed(place) as took:
                run()
            steps[kind] += marks.steps(calls)
            whole[kind] += took
        rounds += 1
        if place.tiny:
            break
    middle = {kind: statistics.median(each) for kind, each in steps.items()}
    yield Finding(f"{named}: a step of ours", middle["ours"] * 1000, "ms")
    yield Finding(f"{named}: a step of the plain loop", middle["plain"] * 1000, "ms")
    yield Finding(f"{named}: ours / plain, a step", middle["ours"] / middle["plain"], most=most, timed=True)
    calls_ = {kind: statistics.median(each) for kind, each in whole.items()}
    yield Finding(f"{named}: ours / plain, a whole call", calls_["ours"] / calls_["plain"])
