"""Who carries out a list of equal pieces of work: this process, or Prefect tasks.

The score is written against the protocol and does not know which.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from assets.sheets.production import Step

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")


class Crew(Protocol):
    """Does ``work`` for each of ``pieces`` and returns the outcomes in their order."""

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
    ) -> list[Outcome]: ...


class Alone:
    """One process, one after the other: drawing and encoding already overlap inside a take."""

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
    ) -> list[Outcome]:
        return [work(piece) for piece in pieces]
