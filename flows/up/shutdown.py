"""The end of a studio, in order: workers take no more, runs stop and go back to the queue, doors close.

In: the studio's home and its server's API.      Out: nothing of it runs any more.
The same end whether a person asked for it or `sakuga up` was killed and its watcher does it.
"""

import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from psutil import Process

from flows.up import processes
from flows.up.prefect_api import Api, again

# A run lets go of its encoder and tells the server in about a second; a model in mid-step may take longer.
RUN_SECONDS = 15.0
PART_SECONDS = 10.0


def end(home: Path, api: Api, *, say: Callable[[str], None]) -> None:
    """Stop everything that carries the mark of ``home``."""
    began = time.monotonic()
    parts = {known.get(processes.PART, "") for known in processes.marked(home).values()}
    workers = [process for part in _workers(parts) for process in _heads(home, part)]
    # First nobody takes new runs; a worker then waits for those it has.
    processes.ask(workers)
    interrupted = _runs_stopped(home, say)
    for process in processes.gone(workers, PART_SECONDS):
        processes.ask([process], signal.SIGKILL)
    again(api, interrupted, say=say)
    for part in ("register", "notices", "rushes", "server"):
        heads = _heads(home, part)
        processes.ask(heads)
        processes.gone(heads, PART_SECONDS)
    left = processes.kill_all(home)
    killed = f", {left} of its processes had to be killed" if left else ""
    say(f"Stopped in {time.monotonic() - began:.1f} s{killed}.")


def _runs_stopped(home: Path, say: Callable[[str], None]) -> list[str]:
    """The ids of the runs that were at work."""
    running = processes.runs(home)
    if running:
        say(f"Stopping {len(running)} run{'s' * (len(running) != 1)}; finished work is kept.")
    processes.ask(running)
    processes.ask(processes.gone(running, RUN_SECONDS), signal.SIGKILL)
    left = [process for process, known in processes.marked(home).items() if processes.RUN in known]
    processes.ask(left, signal.SIGKILL)
    return list(running.values())


def _workers(parts: Iterable[str]) -> list[str]:
    return sorted(part for part in parts if part.startswith(("cpu-", "gpu-")))


def _heads(home: Path, part: str) -> list[Process]:
    """The part's own process, not the runs below it."""
    return [
        process
        for process, known in processes.marked(home).items()
        if known.get(processes.PART) == part and processes.RUN not in known
    ]
