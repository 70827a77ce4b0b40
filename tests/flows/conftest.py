"""A small script and a way to run the command line for real, in a process of its own."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

Wind moves the tall grass. MIKA holds a red kite. WHOOSH.

MIKA
It will fly today.

BOU
(doubtful)
You said that yesterday.

Mika runs down the hill. The kite climbs.

MIKA
Look at it go!

INT. KITCHEN - NIGHT

Rain on the window. Bou pours two cups of tea.

BOU
All right. You win.
"""


ROOT = Path(__file__).parents[2]


def run_in(
    folder: Path, *args: object, check: bool = True, program: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run the command line in ``folder``; ``program`` is where its packages are."""
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *map(str, args)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "PYTHONPATH": str(program), "COLUMNS": "160"},
    )
    if check and done.returncode != 0:
        raise AssertionError(f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "kite.fountain"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


@pytest.fixture
def sakuga(tmp_path: Path):
    """Run ``sakuga ...`` in ``tmp_path``; returns the finished process."""
    return partial(run_in, tmp_path)


@pytest.fixture(scope="session")
def first_run(tmp_path_factory) -> Path:
    """One toy episode, produced once; tests work on copies of its folder."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "kite.fountain").write_text(SCRIPT, encoding="utf-8")
    run_in(folder, "produce", "kite.fountain", "--profile", "toy")
    return folder


@pytest.fixture(scope="session")
def prefect(tmp_path_factory):
    """A Prefect server of the tests' own. It takes seconds to start: only the flows' tests ask for it."""
    from prefect.settings import (
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_LOCAL_STORAGE_PATH,
        PREFECT_LOGGING_TO_API_ENABLED,
        PREFECT_SERVER_ANALYTICS_ENABLED,
        temporary_settings,
    )
    from prefect.testing.utilities import prefect_test_harness

    quiet = {
        PREFECT_LOCAL_STORAGE_PATH: tmp_path_factory.mktemp("results"),
        PREFECT_LOGGING_TO_API_ENABLED: False,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        PREFECT_SERVER_ANALYTICS_ENABLED: False,
    }
    with temporary_settings(quiet), prefect_test_harness(server_startup_timeout=60):
        yield
