"""A Prefect server and a worker in processes of their own, with our deployments: stopped and started at will."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.sqlite_url import url_of
from assets.store import Gate, Store

ROOT = Path(__file__).parents[3]
PATIENCE_S = 240
SCRIPT = """\
Title: The Kite
Language: en

EXT. HILLTOP - DAY

MIKA looks at the kite.
"""
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass
class RealServer:
    """One project folder, its server and its CPU worker."""

    folder: Path
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            # A schedule that was just switched on is found by this loop only: once a minute by default.
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
            "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
            "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
        }

    def start(self, name: str, *argv: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *argv], cwd=self.folder, env=self.environment, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def open(self) -> None:
        """The server alone; the same one again after ``stop("server")``."""
        self.start(
            "server", "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port)
        )
        until(self._answers, "the server answers")

    def worker(self) -> None:
        """One that plays two runs at a time."""
        argv = ("-m", "flows.up.worker", "worker", "start", "--pool", "cpu-pool", "--type", "process")
        self.start("worker", *argv, "--name", "cpu", "--limit", "2")

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)

    def close(self) -> None:
        for name in reversed(list(self.processes)):
            self.stop(name)

    def sakuga(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli", *argv], cwd=self.folder, capture_output=True, text=True,
            timeout=PATIENCE_S, env={**self.environment, "COLUMNS": "200"},
        )  # fmt: skip
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done

    def ask(self, path: str, body: object = None, method: str = "") -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.api}/{path}", data, headers, method=method or None)
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as error:
                if error.code != 503:  # its database was busy: a client asks again
                    raise
                time.sleep(1)

    def order(self, flow: str, parameters: dict[str, Any]) -> str:
        """Start a deployment as its form does; the run's id."""
        deployment = self.ask(f"deployments/name/{flow}/{flow}")["id"]
        return str(self.ask(f"deployments/{deployment}/create_flow_run", {"parameters": parameters})["id"])

    def brief(self, name: str, **more: Any) -> dict[str, Any]:
        """Of a small episode of its own."""
        (self.folder / f"{name}.fountain").write_text(SCRIPT, encoding="utf-8")
        return {"script": f"{name}.fountain", "profile": "toy", **more}

    def run(self, id: str) -> dict[str, Any]:
        return dict(self.ask(f"flow_runs/{id}"))

    def state(self, id: str) -> dict[str, Any]:
        return dict(self.run(id)["state"])

    def came_to(self, id: str, *types: str) -> dict[str, Any]:
        """Wait until the run is in one of these states."""

        def there() -> dict[str, Any] | None:
            state = self.state(id)
            assert state["type"] not in ENDED or state["type"] in types, state
            return state if state["type"] in types else None

        return dict(until(there, f"run {id} is {types}"))

    def store(self) -> Store:
        return Store.open(url_of(self.folder / "episodes" / ".sakuga" / "store.sqlite"))

    def gate(self, episode: str) -> Gate:
        with self.store() as store:
            return store.gates(f"_/{episode}")[-1]

    def _answers(self) -> bool:
        try:
            return bool(self.ask("health"))
        except OSError:
            return False


def until(true: Callable[[], Any], what: str) -> Any:
    ends = time.monotonic() + PATIENCE_S
    while not (found := true()):
        assert time.monotonic() < ends, f"it never came about that {what}"
        time.sleep(0.5)
    return found


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
