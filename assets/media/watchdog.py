"""Kill a child process that does nothing while somebody waits for it.

In: a process with its own process group, how long to wait for it.      Out: the group, killed; and the reason.
Time counts only while somebody waits for the process: an encoder that waits for its next picture is healthy.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic


@dataclass(frozen=True)
class Patience:
    """How long one wait for a process may take."""

    idle_s: float = 60.0  # without any processor time: it was stopped, or it hangs
    busy_s: float = 1800.0  # in any case


class Watchdog:
    """Watches one process from its own thread, until ``end``."""

    def __init__(self, process: "subprocess.Popen[bytes]", patience: Patience) -> None:
        self.verdict = ""  # why the process was killed; empty: it was not
        self._process, self._patience = process, patience
        self._waiting_since: float | None = None
        self._moved_at, self._used = 0.0, -1.0
        self._over = Event()
        Thread(target=self._watch, daemon=True).start()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Mark the block as a wait for the process."""
        self._moved_at = self._waiting_since = monotonic()
        try:
            yield
        finally:
            self._waiting_since = None

    def end(self) -> None:
        """Stop watching."""
        self._over.set()

    def _watch(self) -> None:
        pause = min(1.0, self._patience.idle_s / 4)
        while not self._over.wait(pause):
            verdict = self._judged()
            if verdict:
                self.verdict = verdict
                end_group(self._process)
                return

    def _judged(self) -> str:
        since, now = self._waiting_since, monotonic()
        if since is None:
            return ""
        used = _processor_seconds(self._process.pid)
        if used != self._used:
            self._used, self._moved_at = used, now
        if now - self._moved_at > self._patience.idle_s:
            return f"it did nothing for {self._patience.idle_s:g} s (it was stopped, or it hangs)"
        if now - since > self._patience.busy_s:
            return f"it was not ready after {self._patience.busy_s:g} s"
        return ""


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill the process and all that it started; a stopped process is killed too."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _processor_seconds(pid: int) -> float:
    """The processor time of the process and its children; 0 when it has ended."""
    import psutil

    with suppress(psutil.Error):
        leader = psutil.Process(pid)
        family = [leader, *leader.children(recursive=True)]
        return sum(sum(member.cpu_times()[:2]) for member in family)
    return 0.0
