"""Where an episode may stop for a person, as the pipeline sees it.

The pipeline asks at every gate and goes on, or makes the ordered parts again. It knows neither who is asked
nor how.
"""

from typing import Protocol

from assets.sheets.review import Board, GateKind


class Gates(Protocol):
    """Asks for a review of what is shown, where one is wanted."""

    def wants(self, kind: GateKind) -> bool:
        """Whether anybody is to be asked at this gate: a board need not be composed otherwise."""
        ...

    def passes(self, board: Board) -> bool:
        """True: go on. False: something was ordered; see to it and show the board again.

        raises  GateShut: the episode does not go on now; nothing is lost
        """
        ...


class NoGates:
    """No gates: the episode runs through."""

    def wants(self, kind: GateKind) -> bool:
        return False

    def passes(self, board: Board) -> bool:
        return True
