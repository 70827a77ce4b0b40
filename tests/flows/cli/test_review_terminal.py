"""The terminal's door, for real: one process makes an episode and waits, another one reviews it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.store import Store

ROOT = Path(__file__).parents[3]
SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

Wind moves the tall grass. MIKA holds a red kite.

INT. KITCHEN - NIGHT

Bou pours two cups of tea.
"""
MAKE = ("produce", "kite.fountain", "--profile", "toy", "--gates", "storyboard,takes")
ENV = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "160", "SAKUGA_USER": "aya"}

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kite.fountain").write_text(SCRIPT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def making(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with started(folder) as process:
        yield process
        process.kill()


def started(folder: Path, *more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *MAKE, *more],
        cwd=folder, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        # Where the tests run in the background, Ctrl-C is ignored, and children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def review(folder: Path, *args: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "review", *args],
        cwd=folder, env=ENV, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def waits(folder: Path, kind: str, round: int) -> None:
    """Until the episode has come to that gate."""
    file, until = folder / "episodes/.sakuga/store.sqlite", time.monotonic() + 180
    while time.monotonic() < until:
        if file.exists():
            with Store.open(f"sqlite:///{file}") as store:
                if any((gate.kind, gate.round) == (kind, round) for gate in store.open_gates()):
                    return
        time.sleep(0.5)
    raise AssertionError(f"it never came to the {kind} gate, round {round}")


def store_of(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder / 'episodes/.sakuga/store.sqlite'}")


def test_an_episode_is_sent_back_and_approved_from_another_terminal(folder, making):
    waits(folder, "storyboard", 1)
    listed, shown = review(folder), review(folder, "kite")
    review(folder, "kite", "--retake", "C002", code=2)
    review(folder, "kite", "--retake", "C002", "--reason", "layout", "--note", "closer")
    waits(folder, "storyboard", 2)
    review(folder, "kite", "--approve")
    waits(folder, "takes", 1)
    unheard = review(folder, "kite", "--retake", "C001@4-12:motion:sooner", code=2)
    assert "nothing in the reason or the note was understood" in unheard and "hold longer" in unheard
    review(folder, "kite", "--retake", "C001@4-12:motion:sooner", "--anyway")
    waits(folder, "takes", 2)
    review(folder, "kite", "--approve", "--unlock", "C002")
    output, _ = making.communicate(timeout=120)

    assert making.returncode == 0, output
    assert "sakuga review kite" in output and "Ctrl-C loses nothing" in output
    assert "storyboard" in listed and "2 d 23 h" in listed
    assert "C001" in shown and "Wind moves the tall grass" in shown
    assert (folder / "episodes/kite/review/C001-panel.png").read_bytes().startswith(b"\x89PNG")
    with store_of(folder) as store:
        key = store.episodes()[0].key
        said = [(item.gate, item.round, item.verdict, item.made_by) for item in store.reviews(key)]
        assert said == [
            ("storyboard", 1, "retake", "aya"),
            ("storyboard", 2, "approve", "aya"),
            ("takes", 1, "retake", "aya"),
            ("takes", 2, "approve", "aya"),
        ]
        assert [order.take for order in store.retakes(key, "storyboard")] == [2]
        assert [order.reason for order in store.retakes(key)] == ["motion: sooner"]
        assert {cut: held.locked for cut, held in store.selections(key).items()} == {
            "C001": True, "C002": False,
        }  # fmt: skip
        assert store.ledger.verify() is None


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_ends_while_it_waits_goes_on_with_the_same_command(folder, making, signal_number):
    waits(folder, "storyboard", 1)
    making.send_signal(signal_number)
    making.wait(60)
    review(folder, "kite", "--approve")

    with started(folder, "--review-hours", "0.002") as again:
        output, _ = again.communicate(timeout=180)

    # The storyboard was approved while nobody waited; the take gate stays shut for want of anybody.
    assert again.returncode == 7, output
    assert "Nobody decided at the take gate" in output
    with store_of(folder) as store:
        gates = [(gate.kind, gate.state) for gate in store.gates(store.episodes()[0].key)]
    assert gates == [("storyboard", "decided"), ("takes", "expired")]


def test_stop_ends_the_run_with_what_was_said(folder, making):
    waits(folder, "storyboard", 1)
    review(folder, "kite", "--stop", "--note", "wrong script")
    output, _ = making.communicate(timeout=60)

    assert making.returncode == 7, output
    assert "Stopped by aya at the storyboard gate: wrong script" in output
    assert "is not waiting" in review(folder, "kite")
