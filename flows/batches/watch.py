"""What a GPU worker's run says of its work: a line per piece in its log."""

from prefect import get_run_logger

from assets.sheets.production import Done, Step


class LogWatch:
    """A Watch that writes to the run's log."""

    def __init__(self) -> None:
        self._log = get_run_logger()

    def began(self, step: Step, total: int) -> None:
        """A worker never knows how many there will be."""

    def moved(self, step: Step, name: str, part: float) -> None:
        """Too fine for a server."""

    def done(self, done: Done) -> None:
        self._log.info("%s %s %s in %.1f s", done.step, done.name, done.outcome, done.seconds)
