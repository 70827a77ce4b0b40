"""Who carries out a list of equal pieces of work: this process, or Prefect tasks.

The score is written against the protocol and does not know which.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from assets.sheets.production import Step

if TYPE_CHECKING:
    from flows.studio import Office
    from stages.desk import Desk

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")


class Crew(Protocol):
    """Does ``work`` for each of ``pieces`` and returns the outcomes in their order."""

    def at(self, office: "Office", desk: "Desk") -> "Crew":
        """The crew for this episode, which is open now."""
        ...

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
    ) -> list[Outcome]: ...


class Alone:
    """One process, one after the other: drawing and encoding already overlap inside a take."""

    def at(self, office: "Office", desk: "Desk") -> Self:
        return self

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
    ) -> list[Outcome]:
        return [work(piece) for piece in pieces]
