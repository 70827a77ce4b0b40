"""What the work cache reports, and to whom: progress, the record of calls, and an orchestrator's tasks.

Knows nothing about screens, the store or Prefect; flows implements these protocols.
"""

from collections.abc import Callable
from typing import Protocol

from assets.sheets.production import Done, Step
from stages.work import Found, Result, Work


class Watch(Protocol):
    """Receives progress events: a progress bar, a Prefect artifact, or nothing.

    began   ``total`` more pieces of a step are announced; -1: one of them is counted already, and no ``done`` follows
    """

    def began(self, step: Step, total: int) -> None: ...
    def moved(self, step: Step, name: str, part: float) -> None: ...
    def done(self, done: Done) -> None: ...


class Calls(Protocol):
    """Records work before it is waited for (the run in the production store)."""

    run: int

    def begin(self, recipe: str, step: str, name: str) -> None: ...
    def finish(self, recipe: str, seconds: float) -> None: ...


class Tracker(Protocol):
    """Carries out every piece of work and sees the ones that are found, to show each as a task of an orchestrator."""

    def carry_out(self, work: Work, recipe: str, make: Callable[[], Result], *, tries: int = 1) -> Result:
        """The result of ``make``, which may be called again after a temporary error: ``tries`` times, or more."""
        ...

    def found(self, done: Done, found: Found) -> None:
        """A result that was made earlier is used: ``done`` says which and why."""
        ...
