"""Nothing of a studio hides from its end."""

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from flows.up import processes

SLEEP = "import time; time.sleep(60)"
# A grandchild in a session of its own whose parents are gone: what a killed run leaves of its encoder.
LOST = (
    "import subprocess, sys, os;"
    f"subprocess.Popen([sys.executable, '-c', {SLEEP!r}], start_new_session=True); os._exit(0)"
)
PARENT = (
    "import subprocess, sys;"
    f"subprocess.Popen([sys.executable, '-c', {SLEEP!r}], start_new_session=True).wait()"
)


def started(home: Path, code: str, **told: str) -> psutil.Popen:
    environment = {**os.environ, processes.MARK: str(home), **told}
    return processes.start([sys.executable, "-c", code], environment, home / "a.log", home)


@pytest.fixture
def home(tmp_path: Path):
    yield tmp_path
    processes.kill_all(tmp_path)


def until(true, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def test_a_process_whose_parents_are_gone_is_found_and_killed(home: Path):
    parent = started(home, LOST)
    parent.wait(60)
    until(lambda: processes.marked(home))
    lost = next(iter(processes.marked(home)))

    killed = processes.kill_all(home)

    assert killed == 1
    assert not processes.alive(lost)


def test_another_studio_s_processes_are_left_alone(home: Path, tmp_path_factory: pytest.TempPathFactory):
    other = tmp_path_factory.mktemp("other")
    theirs = started(other, SLEEP)
    until(lambda: processes.marked(other))

    killed = processes.kill_all(home)

    assert killed == 0
    assert processes.alive(theirs)
    assert processes.kill_all(other) == 1


def test_a_run_is_the_process_that_plays_it_and_not_its_encoder(home: Path):
    run = started(home, PARENT, **{processes.RUN: "run-1", processes.PART: "cpu-1"})
    until(lambda: len(processes.marked(home)) == 2)

    assert {process.pid: name for process, name in processes.runs(home).items()} == {run.pid: "run-1"}


def test_the_watcher_does_not_count_as_a_part(home: Path):
    watcher = started(home, SLEEP, **{processes.PART: processes.WATCH})
    until(lambda: watcher.environ().get(processes.PART) == processes.WATCH)

    assert processes.marked(home) == {}
    watcher.send_signal(signal.SIGKILL)
    watcher.wait(60)


def test_a_log_keeps_the_last_of_what_was_written_and_goes_on(tmp_path: Path):
    log = tmp_path / "server.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"early\n" * 30)
        processes.bounded(log, most=100)
        writer.write(b"late\n")

    assert log.read_bytes() == b"late\n"
    assert log.with_suffix(".log.1").read_bytes() == b"early\n" * 30
    assert processes.tail(log) == "late"
