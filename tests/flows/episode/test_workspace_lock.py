"""Claims about the episode's lock: what a second process is told, and what happens when the lock is lost."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from threading import Timer

import psycopg
import pytest

from assets.errors import InputRefused, LockHeld
from assets.store import Store
from flows.episode.workspace import LockFile, open_episode
from flows.settings import Settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    return Settings(home, str(home / "vault"), f"sqlite:///{home}/store.sqlite", "cpu")


def test_a_second_process_is_refused_with_a_sentence(chosen, tmp_path):
    with (
        open_episode("kite", None, tmp_path, chosen),
        pytest.raises(InputRefused, match="kite is being worked on by another process"),
        open_episode("kite", None, tmp_path, chosen),
    ):
        pass


def test_a_lock_that_a_killed_process_leaves_for_a_moment_is_waited_for(chosen, tmp_path):
    """A program that a killed run was just starting held its lock for some milliseconds: the next run was refused."""
    (tmp_path / "home" / "episodes" / "kite").mkdir(parents=True)
    left = LockFile(tmp_path / "home" / "episodes" / "kite" / "lock")
    assert left.take()
    Timer(0.3, left.close).start()

    with open_episode("kite", None, tmp_path, chosen) as opened:
        assert opened.episode == "kite"


def test_a_lock_file_that_was_removed_is_made_and_locked_again(tmp_path):
    """Whoever removed the file let a second process lock a new one beside the first."""
    lock, second = LockFile(tmp_path / "lock"), None
    assert lock.take()
    (tmp_path / "lock").unlink()

    assert lock.keep() == ""
    second = LockFile(tmp_path / "lock")
    assert not second.take()
    lock.close()
    second.close()


def test_a_lock_file_that_somebody_else_made_anew_is_theirs(tmp_path):
    lock = LockFile(tmp_path / "lock")
    assert lock.take()
    (tmp_path / "lock").unlink()
    other = LockFile(tmp_path / "lock")
    assert other.take()

    assert lock.keep() == "another process of this machine"
    lock.close()
    other.close()


def test_who_lost_the_lock_file_to_another_process_commits_nothing_more(chosen, tmp_path):
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(open_episode("kite", None, tmp_path, chosen))
        (chosen.home / "episodes" / "kite" / "lock").unlink()
        second = stack.enter_context(open_episode("kite", None, tmp_path, chosen))

        with pytest.raises(LockHeld, match="was taken over by"):
            first.vault.commit("a" * 64, {"by": "first"})
        second.vault.commit("a" * 64, {"by": "second"})
        with pytest.raises(LockHeld, match="run the same command again"):
            first.store.upsert_episode(None, "kite", title="", script="0" * 64, by="first")


def started(folder: Path, url: str, home: str, *more: str) -> subprocess.Popen[str]:
    """`sakuga produce` of one machine: a home and an output folder of its own, one vault and store."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "SAKUGA_STORE": url, "SAKUGA_VAULT": str(folder / "vault"),
        "SAKUGA_HOME": str(folder / home), "SAKUGA_USER": home,
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "produce",
        "kite.fountain",
        "--profile",
        "toy",
        "--out",
        home,
    ]
    return subprocess.Popen(
        [*command, *more], cwd=folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def cut_off(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        )


def calls(url: str) -> Counter[str]:
    with Store.open(url) as store:
        [item] = store.episodes()
        found = [call for run in store.runs(item.key) for call in store.calls(run.id)]
    return Counter(f"{call.step} {call.name}" for call in found for _ in range(call.attempts))


def wait_for_calls(url: str, count: int, process: subprocess.Popen[str]) -> None:
    """Until so many pieces of work were begun."""
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        with contextlib.suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as asking:
            if asking.execute("SELECT count(*) FROM calls").fetchone()[0] >= count:
                return
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.02)
    raise AssertionError(f"{count} calls were not begun in two minutes")


@pytest.mark.slow
@pytest.mark.postgres
def test_of_two_machines_the_one_that_lost_its_connection_stops(postgres_url, tmp_path, script):
    """The lock went with its connection; both machines worked on, and 14 pieces were made twice."""
    first = started(tmp_path, postgres_url, "rin")
    wait_for_calls(postgres_url, 8, first)
    # Stopped, it cannot take its lock again: as on a machine that was cut off from the network.
    first.send_signal(signal.SIGSTOP)
    refused = started(tmp_path, postgres_url, "ken")
    said = refused.communicate(timeout=120)[0]
    cut_off(postgres_url)
    second = started(tmp_path, postgres_url, "ken")
    told = second.communicate(timeout=120)[0]
    first.send_signal(signal.SIGCONT)
    ended = first.communicate(timeout=120)[0]

    assert refused.returncode == 2 and "worked on by rin@" in said, said
    assert second.returncode == 0, told
    assert first.returncode == 6, ended
    assert "was taken over by ken@" in " ".join(ended.split())
    # At most the piece that was in hand when the first was cut off.
    assert sum(times - 1 for times in calls(postgres_url).values()) <= 1
    with Store.open(postgres_url) as store:
        assert [run.outcome for run in store.runs("_/kite")] == ["finished", "failed"]


@pytest.mark.slow
@pytest.mark.postgres
def test_a_run_whose_connection_is_cut_again_and_again_ends_with_the_same_calls(
    postgres_url, tmp_path, script
):
    run = started(tmp_path, postgres_url, "rin")
    while run.poll() is None:
        time.sleep(0.7)
        with contextlib.suppress(psycopg.Error):
            cut_off(postgres_url)
    said = run.communicate()[0]
    if run.returncode == 4:  # cut in the middle of a transaction: told, and the next run goes on
        assert "Traceback" not in said
        run = started(tmp_path, postgres_url, "rin")
        said = run.communicate(timeout=120)[0]

    assert run.returncode == 0, said
