"""Stop a studio in order: workers take no new runs, runs stop and go back to the queue, servers stop.

In: the studio's home and its server's API.      Out: no process of it is left.
The same for a stop by a person and for the watcher after `sakuga up` was killed.
"""

import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from psutil import Process

from flows.up import processes
from flows.up.prefect_api import Api, again

# A run stops its encoder and reports to the server in about a second; a model inside a step may take longer.
RUN_SECONDS = 15.0
PART_SECONDS = 10.0


def end(home: Path, api: Api, *, say: Callable[[str], None]) -> None:
    """Stop every process with the mark of ``home``."""
    began = time.monotonic()
    parts = {known.get(processes.PART, "") for known in processes.marked(home).values()}
    workers = [process for part in _workers(parts) for process in _own_processes(home, part)]
    # First stop the workers from taking new runs; they then wait for their current runs.
    processes.ask(workers)
    interrupted = _runs_stopped(home, say)
    for process in processes.gone(workers, PART_SECONDS):
        processes.ask([process], signal.SIGKILL)
    again(api, interrupted, say=say)
    # Ray renames its agents, and their mark is gone with the old name: asked in time, Ray ends them itself.
    for part in ("ray", "register", "notices", "waker", "rushes", "server"):
        heads = _own_processes(home, part)
        processes.ask(heads)
        processes.gone(heads, PART_SECONDS)
    left = processes.kill_all(home)
    killed = f", {left} of its processes had to be killed" if left else ""
    say(f"Stopped in {time.monotonic() - began:.1f} s{killed}.")


def _runs_stopped(home: Path, say: Callable[[str], None]) -> list[str]:
    """The ids of the runs that were working."""
    running = processes.runs(home)
    if running:
        say(f"Stopping {len(running)} run{'s' * (len(running) != 1)}; finished work is kept.")
    processes.ask(running)
    processes.ask(processes.gone(running, RUN_SECONDS), signal.SIGKILL)
    left = [process for process, known in processes.marked(home).items() if processes.RUN in known]
    processes.ask(left, signal.SIGKILL)
    return list(running.values())


def _workers(parts: Iterable[str]) -> list[str]:
    return sorted(part for part in parts if part.startswith("cpu-"))


def _own_processes(home: Path, part: str) -> list[Process]:
    """The part's own process, without the runs below it."""
    return [
        process
        for process, known in processes.marked(home).items()
        if known.get(processes.PART) == part and processes.RUN not in known
    ]
