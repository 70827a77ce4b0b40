"""A studio of the tests' own on this machine: Prefect server, pools, deployments, worker processes; all real."""

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
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil

from assets.store import Store
from assets.store.records import Call, Hand, Progress

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
  - {name: gpu, entrypoint: flows.deployments.gpu_stage.gpu_stage, work_pool: {name: gpu-pool}}
"""


@dataclass
class Studio:
    """Everything that runs, and what it has made."""

    folder: Path
    port: int
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
        }

    def start(self, name: str, *argv: str) -> subprocess.Popen[bytes]:
        """A process with a group of its own and its output in a file."""
        out = (self.folder / f"{name}.log").open("wb")
        return subprocess.Popen(
            [str(Path(sys.executable).with_name("prefect")), *argv],
            cwd=self.folder, env=self.environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def call(self, *argv: str) -> None:
        argv = (str(Path(sys.executable).with_name("prefect")), "--no-prompt", *argv)
        done = subprocess.run(
            argv, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def open(self) -> None:
        self.server = self.start("server", "server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        until = time.monotonic() + 400
        while not self._answers():
            assert time.monotonic() < until, "the Prefect server did not start within five minutes"
            time.sleep(0.5)
        (self.folder / "prefect.yaml").write_text(DEPLOYMENTS)
        for pool in ("cpu-pool", "gpu-pool"):
            self.call("work-pool", "create", "--type", "process", pool)
        self.call("deploy", "--all")
        self.add_worker("cpu-pool", "cpu")

    def add_worker(self, pool: str, name: str) -> None:
        """One worker that does one run at a time, as beside one GPU."""
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
        script.write_text(screenplay(cuts))
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

    def gpu_runs(self, name: str) -> list[dict[str, Any]]:
        wanted = {"flow_runs": {"tags": {"all_": ["gpu-stage", f"episode:_/{name}"]}}, "limit": 200}
        return sorted(self.ask("flow_runs/filter", wanted), key=lambda run: run["created"])

    def store(self) -> Store:
        return Store.open(f"sqlite:///{self.folder}/home/store.sqlite")

    def calls(self, name: str) -> list[Call]:
        with self.store() as store:
            return [call for run in store.runs(f"_/{name}") for call in store.calls(run.id)]

    def artifacts(self, run: UUID) -> list[dict[str, Any]]:
        wanted = {"flow_runs": {"id": {"any_": [str(run)]}}, "limit": 200}
        return list(self.ask("artifacts/filter", wanted))

    def parameters(self, run: UUID) -> int:
        """Bytes of the run's parameters, the largest of its workers' runs' included."""
        name = self.ask(f"flow_runs/{run}")["parameters"]["brief"]["script"].rpartition("/")[2]
        runs = [self.ask(f"flow_runs/{run}"), *self.gpu_runs(name.removesuffix(".fountain"))]
        return max(len(json.dumps(one["parameters"])) for one in runs)

    def hands(self, name: str) -> tuple[Hand, ...]:
        with self.store() as store:
            return store.hands(f"_/{name}")

    def errands(self, name: str, step: str = "take") -> list[Progress]:
        """Those of one stage; none while the store does not know the episode."""
        if not (self.folder / "home/store.sqlite").exists():
            return []
        with self.store() as store:
            return [one for one in store.errands(f"_/{name}").values() if one.step == step]

    def done(self, name: str, step: str = "take") -> int:
        return sum(one.state == "done" for one in self.errands(name, step))

    def share(self, name: str, step: str, workers: int, cut_s: float = 1.0) -> "Share":
        """How well the machines were used in one stage."""
        done = [one for one in self.errands(name, step) if one.state == "done"]
        posted, last = min(one.posted_at for one in done), max(one.ended_at for one in done)
        first = min(one.taken_at for one in done)
        ideal = len(done) * cut_s / workers
        return Share(len(done), ideal, seconds(first, last), seconds(posted, last))

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
    """One stage: what the machines needed, and what it took."""

    pieces: int
    ideal_s: float  # of waiting for simulated GPUs, per worker
    worked_s: float  # from the first piece taken to the last one settled
    asked_s: float  # from when the run asked for them: calling the workers in is in it

    @property
    def at_work(self) -> float:
        return self.ideal_s / self.worked_s

    @property
    def since_asked(self) -> float:
        return self.ideal_s / self.asked_s


def seconds(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def kill_all(group: int, how: int) -> None:
    try:
        os.killpg(group, how)
    except ProcessLookupError:
        return


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def simulated() -> str:
    """The toy profile with machines that wait as long as a GPU works."""
    toy = (ROOT / "assets/library/profiles/toy.yaml").read_text()
    named = toy.replace("name: toy", "name: simulated")
    return named.replace("painter: toy", "painter: simulated").replace("animator: toy", "animator: simulated")


def screenplay(cuts: int) -> str:
    """A script that breaks down into at least ``cuts`` cuts, over scenes of some eight lines."""
    scenes, lines = [], 0
    while lines < cuts:
        scenes.append(f"INT. ROOM {len(scenes) + 1} - DAY\n")
        for _ in range(8):
            lines += 1
            speaker = ("MIKA", "BOU")[lines % 2]
            scenes.append(f"{speaker}\nLine number {lines}.\n")
    return "Title: Many Cuts\nLanguage: en\n\n" + "\n".join(scenes)
