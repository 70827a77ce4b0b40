"""Claims about a piece of work that never ends."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from assets.errors import InputRefused
from flows.deployments.hanging import EXIT, limited
from flows.settings import piece_hours

HANGS = """
import hashlib
from flows.deployments.hanging import end_process, limited

with limited("panel C001", 0.3, end_process):
    while True:
        hashlib.sha256(bytes(10_000_000))  # long calls into C, as a model makes them
"""


def test_a_process_whose_piece_hangs_ends_and_says_which_piece_it_was():
    """Prefect's task timeout only warned: work runs in threads, and nothing ended a hanging model."""
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", HANGS], env={"PYTHONPATH": root}, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == EXIT
    assert "panel C001 has taken more than" in done.stderr and "SAKUGA_PIECE_HOURS" in done.stderr


def test_a_piece_that_ends_in_time_is_not_given_up_later():
    told: list[str] = []
    with limited("panel C001", 0.05, told.append):
        pass
    time.sleep(0.2)

    assert told == []


@pytest.mark.parametrize("text", ["0", "-1", "nan", "six", "1e9"])
def test_a_limit_that_is_no_number_of_hours_is_refused(monkeypatch, text: str):
    monkeypatch.setenv("SAKUGA_PIECE_HOURS", text)
    with pytest.raises(InputRefused, match="SAKUGA_PIECE_HOURS"):
        piece_hours()
