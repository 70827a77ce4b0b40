"""A studio of the tests' own on this machine: Prefect server, pool, deployment, a Ray cluster; all real."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil

from assets.store import Store
from assets.store.records import Call
from flows.settings import LOOPBACK_ONLY, WORKERS_IN_TIME

ROOT = Path(__file__).parents[3]
QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_WORKER_QUERY_SECONDS": "2",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}
DEPLOYMENTS = """\
name: sakuga
deployments:
  - {name: studio, entrypoint: flows.deployments.episodes.make_episode, work_pool: {name: cpu-pool}}
"""


@dataclass
class Studio:
    """Everything that runs, and what it has made."""

    folder: Path
    port: int
    ray_port: int
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    server: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **QUIET,
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
            "PREFECT_SERVER_API_PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
            "SAKUGA_HOME": str(self.folder / "home"),
            "SAKUGA_RAY": f"127.0.0.1:{self.ray_port}",
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": "for-tests-" + "0" * 32,
            **LOOPBACK_ONLY,
            **WORKERS_IN_TIME,
        }

    def start(self, name: str, *argv: str, module: str = "prefect") -> subprocess.Popen[bytes]:
        """A process with a group of its own and its output in a file."""
        out = (self.folder / f"{name}.log").open("wb")
        return subprocess.Popen(
            [sys.executable, "-m", module, *argv],
            cwd=self.folder, env=self.environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def call(self, *argv: str) -> None:
        argv = (sys.executable, "-m", "prefect", "--no-prompt", *argv)
        done = subprocess.run(
            argv, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def open(self) -> None:
        self.workers.append(
            self.start(
                "ray", "start", "--head", "--block", "--port", str(self.ray_port), "--num-cpus", "2",
                "--node-ip-address", "127.0.0.1", "--include-dashboard", "false", "--disable-usage-stats",
                "--object-store-memory", str(100 * 2**20),
                module="ray.scripts.scripts",
            )
        )  # fmt: skip
        self.server = self.start("server", "server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        until = time.monotonic() + 400
        while not self._answers():
            assert time.monotonic() < until, "the Prefect server did not start within five minutes"
            time.sleep(0.5)
        (self.folder / "prefect.yaml").write_text(DEPLOYMENTS)
        self.call("work-pool", "create", "--type", "process", "cpu-pool")
        self.call("deploy", "--all")
        self.add_worker("cpu-pool", "cpu")

    def add_worker(self, pool: str, name: str) -> None:
        """One worker that does one run at a time."""
        self.workers.append(
            self.start(name, "worker", "start", "--pool", pool, "--name", name, "--limit", "1")
        )

    def close(self) -> None:
        for process in (*self.workers, self.server):
            if process is not None:
                kill_all(process.pid, signal.SIGTERM)
        for process in (*self.workers, self.server):
            if process is not None:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    kill_all(process.pid, signal.SIGKILL)
                    process.wait(20)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The server's own API; nothing of this process is bound to it."""
        url = f"http://127.0.0.1:{self.port}/api/{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
        for wait in (1, 2, 4, 8, 16, 0):
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as error:
                # Its database was busy: a client waits and asks again.
                if error.code != 503 or not wait:
                    raise
                time.sleep(wait)
        raise AssertionError("unreachable")

    def make(self, name: str, *, cuts: int, workers: int, profile: str = "simulated") -> UUID:
        """Order an episode of ``cuts`` cuts as a producer does; the run's id."""
        script = self.folder / f"{name}.fountain"
        script.write_text(screenplay(cuts, of=name))  # what another episode said would be found, not made
        if profile == "simulated":
            profile = str(self.folder / "simulated.yaml")
            Path(profile).write_text(simulated())
        deployment = self.ask("deployments/name/make-episode/studio")["id"]
        brief = {
            "script": str(script), "profile": profile, "out": str(self.folder / "episodes"), "workers": workers,
        }  # fmt: skip
        run = self.ask(f"deployments/{deployment}/create_flow_run", {"parameters": {"brief": brief}})
        return UUID(run["id"])

    def cancel(self, run: UUID) -> None:
        self.ask(f"flow_runs/{run}/set_state", {"state": {"type": "CANCELLING"}})

    def until(self, true: Callable[[], bool], *, within: float = 600) -> None:
        ends = time.monotonic() + within
        while not true():
            assert time.monotonic() < ends, f"it did not come to that within {within:.0f} s"
            time.sleep(0.3)

    def state(self, run: UUID) -> dict[str, Any]:
        return dict(self.ask(f"flow_runs/{run}")["state"])

    def ended(self, run: UUID, *, within: float = 600) -> dict[str, Any]:
        until = time.monotonic() + within
        while time.monotonic() < until:
            state = self.state(run)
            if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
                return state
            time.sleep(0.5)
        raise AssertionError(f"the run did not end within {within:.0f} s: {state}")

    def tasks(self, run: UUID) -> list[dict[str, Any]]:
        """The task runs of a run."""
        found: list[dict[str, Any]] = []
        while True:
            wanted = {"flow_runs": {"id": {"any_": [str(run)]}}, "limit": 200, "offset": len(found)}
            page = self.ask("task_runs/filter", wanted)
            found += page
            if len(page) < 200:
                return found

    def logs(self, run: UUID) -> list[str]:
        wanted = {"logs": {"flow_run_id": {"any_": [str(run)]}}, "limit": 200}
        return [line["message"] for line in self.ask("logs/filter", wanted)]

    def store(self) -> Store:
        return Store.open(f"sqlite:///{self.folder}/home/store.sqlite")

    def calls(self, name: str) -> list[Call]:
        with self.store() as store:
            return [call for run in store.runs(f"_/{name}") for call in store.calls(run.id)]

    def artifacts(self, run: UUID) -> list[dict[str, Any]]:
        wanted = {"flow_runs": {"id": {"any_": [str(run)]}}, "limit": 200}
        return list(self.ask("artifacts/filter", wanted))

    def parameters(self, run: UUID) -> int:
        """Bytes of the run's parameters."""
        return len(json.dumps(self.ask(f"flow_runs/{run}")["parameters"]))

    def finished(self, name: str, step: str = "take") -> list[Call]:
        """Calls of one stage that ended; none while the store does not know the episode."""
        if not (self.folder / "home/store.sqlite").exists():
            return []
        return [call for call in self.calls(name) if call.step == step and call.ended_at]

    def actors(self) -> list[psutil.Process]:
        """The processes of the cluster's workers that hold a model, and what they started."""
        below = psutil.Process(self.workers[0].pid).children(recursive=True)
        found = [process for process in below if "StageWorker" in named(process)]
        return found + [child for process in found for child in process.children(recursive=True)]

    def share(self, name: str, step: str, workers: int, cut_s: float = 1.0) -> "Share":
        """How well the workers were used in one stage."""
        done = self.finished(name, step)
        first, last = min(call.began_at for call in done), max(str(call.ended_at) for call in done)
        return Share(len(done), len(done) * cut_s / workers, seconds(first, last))

    def report(self, episode: str) -> dict[str, Any]:
        return dict(json.loads((self.folder / "episodes" / episode / "report.json").read_text()))

    def of_run(self, run: str) -> list[psutil.Process]:
        """The processes a flow run takes place in."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("PREFECT__FLOW_RUN_ID", "").replace("-", "") == run.replace("-", ""):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def _answers(self) -> bool:
        try:
            return bool(self.ask("health"))
        except OSError:
            return False


@dataclass(frozen=True)
class Share:
    """One stage: what the models needed, and what it took."""

    pieces: int
    ideal_s: float  # of waiting for simulated GPUs, per worker
    worked_s: float  # from the first piece given to a worker to the last one settled

    @property
    def at_work(self) -> float:
        return self.ideal_s / self.worked_s


def named(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def seconds(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def kill_all(group: int, how: int) -> None:
    try:
        os.killpg(group, how)
    except ProcessLookupError:
        return


def started_head(argv: Sequence[str], folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A Ray head in a process of its own, once all its ports are open."""
    log = folder / "head.log"
    with log.open("wb") as out:
        process = subprocess.Popen(argv, cwd=folder, env=environment, stdout=out, stderr=out)
    ends = time.monotonic() + 120
    while b"Ray runtime started" not in log.read_bytes():
        assert process.poll() is None and time.monotonic() < ends, log.read_text()
        time.sleep(0.2)
    return process


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def simulated() -> str:
    """The toy profile with machines that wait as long as a GPU works."""
    toy = (ROOT / "assets/library/profiles/toy.yaml").read_text()
    named = toy.replace("name: toy", "name: simulated")
    return named.replace("painter: toy", "painter: simulated").replace("animator: toy", "animator: simulated")


def screenplay(cuts: int, of: str = "many") -> str:
    """A script that breaks down into at least ``cuts`` cuts, over scenes of some eight lines."""
    scenes, lines = [], 0
    while lines < cuts:
        scenes.append(f"INT. ROOM {len(scenes) + 1} - DAY\n")
        for _ in range(8):
            lines += 1
            speaker = ("MIKA", "BOU")[lines % 2]
            scenes.append(f"{speaker}\nLine number {lines} of {of}.\n")
    return "Title: Many Cuts\nLanguage: en\n\n" + "\n".join(scenes)
