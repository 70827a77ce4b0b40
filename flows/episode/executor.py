"""Who carries out a list of equal pieces of work: this process, or Prefect tasks.

The pipeline is written against the protocol and does not know which.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from assets.sheets.production import Step

if TYPE_CHECKING:
    from flows.episode.workspace import EpisodeWorkspace
    from stages.work_cache import WorkCache

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")


class Executor(Protocol):
    """Does ``work`` for each of ``pieces`` and returns the outcomes in their order."""

    def at(self, workspace: "EpisodeWorkspace", cache: "WorkCache") -> "Executor":
        """The executor for this episode, which is open now."""
        ...

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
    ) -> list[Outcome]: ...


class InProcess:
    """One process, one after the other: drawing and encoding already overlap inside a take."""

    def at(self, workspace: "EpisodeWorkspace", cache: "WorkCache") -> Self:
        return self

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
    ) -> list[Outcome]:
        return [work(piece) for piece in pieces]
