"""The end of a run's process: nothing is left running, nothing outside this machine was asked."""

import os
import pty
import socket
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from flows.deployments.at_rest_event import send

ROOT = Path(__file__).parents[3]
MARK = "SAKUGA_TEST_MARK"

# Python imports `sitecustomize` at its start, also in the servers that Prefect starts.
GUARD = """
import os, sys

def note(event, given):
    if event == "socket.getaddrinfo":
        asked = given[0]
    elif event == "socket.connect" and isinstance(given[1], tuple):
        asked = given[1][0]
    else:
        return
    if asked not in (None, "localhost", "127.0.0.1", "::1", "0.0.0.0"):
        with open(os.environ["SAKUGA_TEST_ASKED"], "a") as file:
            file.write(f"{asked}\\n")

sys.addaudithook(note)
"""
RUN = """
from pathlib import Path
from flows.episode.brief import Brief
from flows.deployments.episodes import make_episode
from prefect.testing.utilities import prefect_test_harness

with prefect_test_harness(server_startup_timeout=120):
    make_episode(Brief(script=Path("kite.fountain"), profile="toy"))
"""
ALONE = RUN.replace("with prefect_test_harness(server_startup_timeout=120):", "if True:")
OURS = ("CI", "DO_NOT_TRACK", "HF_HUB_DISABLE_TELEMETRY", "GITHUB_ACTIONS")


def environment(folder: Path, mark: str) -> dict[str, str]:
    """A user's own: nothing in it switches telemetry off, and no server is configured."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    kept = {name: value for name, value in kept.items() if not name.startswith("PREFECT_")}
    (folder / "guard").mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(GUARD)
    return kept | {
        "PYTHONPATH": f"{folder / 'guard'}{os.pathsep}{ROOT}",
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "SAKUGA_TEST_ASKED": str(folder / "asked"),
        MARK: mark,
    }


def left(mark: str) -> list[str]:
    """The command lines of processes that were started with ``mark`` and still run."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        if (process.info["environ"] or {}).get(MARK) == mark:
            found.append(" ".join(process.info["cmdline"] or ()))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("code", [RUN, ALONE], ids=["under a test server", "without a server"])
def test_a_flow_leaves_no_process_no_traceback_and_asks_nobody_outside(script: Path, code: str):
    """The run's last word was said after the server's end: Prefect started another one that nothing ended,
    it logged to a closed file, and its telemetry asked for an outside address."""
    folder, mark = script.parent, uuid4().hex
    screen, terminal = pty.openpty()  # Prefect's client reports usage only where a person looks on

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment(folder, mark), text=True, timeout=280,
        stdout=terminal, stderr=subprocess.PIPE,
    )  # fmt: skip
    os.close(terminal)
    os.close(screen)

    assert done.returncode == 0, done.stderr
    assert left(mark) == []
    assert "Traceback" not in done.stderr and "Logging error" not in done.stderr, done.stderr
    assert not (folder / "asked").exists(), (folder / "asked").read_text()


def test_a_last_word_to_a_server_that_is_gone_starts_none():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    before = {child.pid for child in psutil.Process().children(recursive=True)}

    send(str(uuid4()), f"http://127.0.0.1:{port}/api")

    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


def test_whoever_imports_a_flow_sends_no_telemetry(tmp_path: Path):
    code = (
        "import flows\n"
        "from prefect.analytics import is_telemetry_enabled\n"
        "from prefect.settings import get_current_settings\n"
        "print(is_telemetry_enabled(), get_current_settings().server.analytics_enabled)\n"
        "from huggingface_hub import constants\n"
        "print(constants.HF_HUB_DISABLE_TELEMETRY)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(tmp_path, ""),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout.split() == ["False", "False", "True"], done.stderr
