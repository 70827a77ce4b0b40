"""Stand-ins for work that is not recorded here: a dry run, and work in another process, which the run records.

Knows nothing about what the work is.
"""

from assets.sheets.production import Done, Step


class NoCalls:
    """Calls that are not recorded."""

    run = 0

    def begin(self, recipe: str, step: str, name: str) -> None: ...
    def finish(self, recipe: str, seconds: float) -> None: ...


class NoWatch:
    """Progress that is not shown."""

    def began(self, step: Step, total: int) -> None: ...
    def moved(self, step: Step, name: str, part: float) -> None: ...
    def done(self, done: Done) -> None: ...
