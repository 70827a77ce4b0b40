"""Processes of a studio: started separately, found by their mark, stopped with all descendants.

In: services.      Out: running processes, and none of them afterwards.
The mark is an environment variable, which every descendant inherits: a run, its ffmpeg, even a process whose
parents are gone. So every process is found at the end, whatever was killed before. Imports little, because the
watcher uses it too and must be small.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

MARK, PART, RUN = "SAKUGA_STUDIO", "SAKUGA_PART", "PREFECT__FLOW_RUN_ID"
WATCH = "watch"
# A larger log is copied and emptied, so that logs do not fill the disk.
LOG_BYTES = 8_000_000


def start(argv: Iterable[str], environment: Mapping[str, str], log: Path, folder: Path) -> psutil.Popen:
    """Start a process in its own session, so that only this process gets Ctrl-C from the terminal."""
    log.parent.mkdir(parents=True, exist_ok=True)
    bounded(log)
    with log.open("ab") as out:
        return psutil.Popen(
            list(argv), env=dict(environment), cwd=folder, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip


def bounded(log: Path, most: int = LOG_BYTES) -> None:
    """Keep at most two times ``most`` bytes: the current log and the previous one."""
    if log.exists() and log.stat().st_size > most:
        log.with_suffix(".log.1").write_bytes(log.read_bytes())
        # Its writers hold the file open for appending, so it is emptied and not replaced.
        os.truncate(log, 0)


def marked(home: Path) -> dict[psutil.Process, dict[str, str]]:
    """Every process of the studio in ``home`` except this one and the watcher, with its environment."""
    found = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            known = process.environ()
            if known.get(MARK) == str(home) and known.get(PART) != WATCH and process.pid != os.getpid():
                found[process] = known
    return found


def runs(home: Path) -> dict[psutil.Process, str]:
    """The processes that run a flow run, without their children such as ffmpeg."""
    every = {process: known[RUN] for process, known in marked(home).items() if RUN in known}
    pids = {process.pid for process in every}
    found = {}
    for process, run in every.items():
        with suppress(psutil.Error):
            if process.ppid() not in pids:
                found[process] = run
    return found


def ask(processes: Iterable[psutil.Process], number: int = signal.SIGTERM) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def gone(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for them to end; return those that still run."""
    left, until = list(processes), time.monotonic() + seconds
    while (left := [process for process in left if alive(process)]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def alive(process: psutil.Process) -> bool:
    """Whether it still runs: a zombie does not."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def kill_all(home: Path, seconds: float = 5) -> int:
    """Kill all that is left, repeatedly until nothing is; return how many there were."""
    killed: set[int] = set()
    until = time.monotonic() + seconds
    while (left := list(marked(home))) and time.monotonic() < until:
        killed.update(process.pid for process in left)
        ask(left, signal.SIGKILL)
        gone(left, 0.5)
    return len(killed)


def memory(processes: Iterable[psutil.Process]) -> int:
    """Bytes they use together; shared memory is counted once if the system reports it."""
    total = 0
    for process in processes:
        with suppress(psutil.Error):
            full = process.memory_full_info()
            total += getattr(full, "pss", 0) or full.rss
    return total


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    if not log.exists():
        return "(it wrote nothing)"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_000))
        text = file.read().decode("utf-8", "replace")
    return "\n".join(text.strip().splitlines()[-lines:]) or "(it wrote nothing)"
