"""kill -9 at any moment: the same command finishes the same episode and repeats no finished call."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from assets.store import Store

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "flows.cli", "produce", "kite.fountain", "--profile", "toy", "--quiet"]
KILLS = 20


def start(folder: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        COMMAND, cwd=folder, env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "episodes/kite/episode.mp4").read_bytes()).hexdigest()


def calls(folder: Path) -> Counter[str]:
    """How often each recipe was finished, over all runs."""
    with Store.open(f"sqlite:///{folder}/episodes/.sakuga/store.sqlite") as store:
        key = store.episodes()[0].key
        done = [call for run in store.runs(key) for call in store.calls(run.id) if call.ended_at is not None]
    return Counter(call.recipe for call in done)


@pytest.mark.slow
def test_twenty_kills_change_nothing_but_the_time_it_takes(first_run: Path, tmp_path: Path):
    (tmp_path / "kite.fountain").write_bytes((first_run / "kite.fountain").read_bytes())
    chance, killed, began = random.Random(20), 0, time.monotonic()
    whole = start(first_run)
    whole.wait(120)
    # Seconds a fresh run works after its imports: kills are spread over all of it, and past its end.
    while killed < KILLS:
        process = start(tmp_path)
        time.sleep(chance.uniform(0.8, 4.5))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        if process.returncode not in (0, -signal.SIGKILL):
            raise AssertionError(process.stderr.read().decode())
        if killed < KILLS and process.returncode == 0:
            # It got to the end: begin again from nothing, so that later kills meet unfinished work too.
            subprocess.run(["rm", "-rf", str(tmp_path / "episodes")], check=True)
        assert time.monotonic() - began < 600

    last = start(tmp_path)
    last.wait(120)

    assert last.returncode == 0, last.stderr.read().decode()
    assert digest(tmp_path) == digest(first_run)
    assert max(calls(tmp_path).values()) == 1
