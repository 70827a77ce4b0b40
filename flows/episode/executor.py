"""Run a list of equal pieces of work in this process or as Prefect tasks.

The pipeline uses the protocol and does not know which one runs the work.
"""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from assets.sheets.production import Step
from flows.episode.threads import Threads

if TYPE_CHECKING:
    from flows.episode.workspace import EpisodeWorkspace
    from stages.work_cache import WorkCache

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")
First = TypeVar("First")
Second = TypeVar("Second")

MOST_LANES = 3
"""Drawing holds Python's interpreter half of the time, so a fourth lane would only wait, and cost memory."""


class Executor(Protocol):
    """Run ``work`` for each of ``pieces`` and return the outcomes in the order of the pieces."""

    def at(self, workspace: "EpisodeWorkspace", cache: "WorkCache") -> "Executor":
        """The executor for this episode, whose workspace is open."""
        ...

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
        *,
        parallel: bool = False,
    ) -> list[Outcome]:
        """``parallel``: the pieces may be in work at the same time."""
        ...

    def both(
        self, first: Callable[[], First], second: Callable[[], Second], *, parallel: bool = False
    ) -> tuple[First, Second]:
        """Two branches of the pipeline that need nothing of each other.

        parallel  their pieces may be in work at the same time
        """
        ...


class InProcess:
    """Do the work in this process: one piece after the other, or ``lanes`` at a time where the models allow it."""

    def __init__(self, lanes: int = 1) -> None:
        self._lanes = lanes

    def at(self, workspace: "EpisodeWorkspace", cache: "WorkCache") -> "Executor":
        return Threads(cache, self._lanes) if self._lanes > 1 else self

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
        *,
        parallel: bool = False,
    ) -> list[Outcome]:
        return [work(piece) for piece in pieces]

    def both(
        self, first: Callable[[], First], second: Callable[[], Second], *, parallel: bool = False
    ) -> tuple[First, Second]:
        return first(), second()


def useful_lanes() -> int:
    """How many pieces are worth having in work at once on this computer."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_LANES)
