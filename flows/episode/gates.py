"""Gates: the places where an episode may stop for a review, as the pipeline sees them.

The pipeline asks at every gate. It then goes on, or redoes the ordered parts. It does not know who reviews,
or how.
"""

from typing import Protocol

from assets.sheets.review import Board, GateKind


class Gates(Protocol):
    """Ask for a review of what is shown, if one is required."""

    def wants(self, kind: GateKind) -> bool:
        """Whether this gate needs a review. If not, no board has to be composed."""
        ...

    def passes(self, board: Board) -> bool:
        """True: go on. False: parts were ordered; make them and show the board again.

        raises  GateShut: the episode stops here for now; all work is kept
        """
        ...


class NoGates:
    """No gates: the episode never stops."""

    def wants(self, kind: GateKind) -> bool:
        return False

    def passes(self, board: Board) -> bool:
        return True
