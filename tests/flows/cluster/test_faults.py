"""What is lost when processes and nodes die: the run's own process, a node, the head; and clusters that do not fit."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest

from assets.errors import SetupMissing
from assets.store import Store
from assets.store.records import Call
from flows.cluster.connection import Connection
from flows.settings import ray_defaults
from flows.up.options import Studio
from flows.up.services import Secrets, services
from flows.web.secret import CLUSTER, kept
from tests.flows.cluster.studio import free_port, named, started_head

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("leaving_nothing"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed"),
]

ROOT = Path(__file__).parents[3]
LINES = 8
"""Of the script, and so panels and takes at least."""


class Run:
    """`sakuga produce` in a process of its own, with models that take half a second for each call."""

    def __init__(self, folder: Path, ray: str):
        self.folder, self._ray = folder, ray
        toy = (ROOT / "assets/library/profiles/toy.yaml").read_text().replace("name: toy", "name: simulated")
        for port in ("painter", "animator"):
            toy = toy.replace(f"{port}: toy", f"{port}: {{name: simulated, options: {{seconds: 0.5}}}}")
        (folder / "simulated.yaml").write_text(toy)
        lines = "\n".join(f"{('MIKA', 'BOU')[n % 2]}\nLine number {n}.\n" for n in range(LINES))
        (folder / "kite.fountain").write_text(f"Title: Kite\nLanguage: en\n\nINT. ROOM - DAY\n\n{lines}")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Run":
        argv = [
            "-m",
            "flows.cli",
            "produce",
            "kite.fountain",
            "--profile",
            "simulated.yaml",
            "--workers",
            "2",
        ]
        told = {**os.environ, "PYTHONPATH": str(ROOT), "SAKUGA_RAY": self._ray}
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *argv], cwd=self.folder, env=told, stdout=log, stderr=log
            )
        return self

    def ended(self, within: float = 200) -> int:
        assert self.process is not None
        return self.process.wait(within)

    def said(self) -> str:
        return (self.folder / "log").read_text()

    def calls(self) -> list[Call]:
        store = self.folder / "episodes/.sakuga/store.sqlite"
        if not store.exists():
            return []
        with Store.open(f"sqlite:///{store}") as opened:
            known = [found.key for found in opened.episodes()]
            return [call for key in known for run in opened.runs(key) for call in opened.calls(run.id)]

    def finished(self, step: str = "take") -> list[Call]:
        return [call for call in self.calls() if call.step == step and call.ended_at]

    def children(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)


def until(true: Callable[[], object], within: float = 120) -> None:
    ends = time.monotonic() + within
    while not true():
        assert time.monotonic() < ends, f"it did not come to that within {within:.0f} s"
        time.sleep(0.2)


def alive(processes: list[psutil.Process]) -> list[str]:
    """Those that still run, without Ray's two agents: they look for their head for a while, and hold nothing."""
    found = []
    for process in processes:
        try:
            if process.status() != psutil.STATUS_ZOMBIE and "Agent" not in (name := process.cmdline()[0]):
                found.append(name)
        except (psutil.Error, IndexError):
            continue
    return found


def repeated(calls: list[Call]) -> list[str]:
    """Names of finished calls that were begun again, in the same run or a later one."""
    done: dict[str, str] = {}
    again = []
    for call in sorted(calls, key=lambda call: call.began_at):
        if call.recipe in done and call.began_at > done[call.recipe]:
            again.append(call.name)
        if call.ended_at:
            done[call.recipe] = call.ended_at
    return again


@pytest.fixture
def leaving_nothing() -> Iterator[None]:
    """End what the test started, also if it fails: a head that stays holds its ports and a core of the machine."""
    yield
    below = psutil.Process().children(recursive=True)
    for process in below:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(below, 20)


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A head and a second node, as two machines would be."""
    ray_defaults("local")  # Ray reads it when it is imported

    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        made.add_node(num_cpus=1)
        yield made
    finally:
        made.shutdown()


def test_a_run_that_is_killed_leaves_no_process_and_goes_on_where_it_was(tmp_path: Path):
    run = Run(tmp_path, "local").start()
    until(lambda: len(run.finished()) >= 2)
    below = run.children()

    run.process.send_signal(signal.SIGKILL)
    until(lambda: not alive(below), 30)
    assert run.start().ended() == 0, run.said()

    assert repeated(run.calls()) == []
    begun_twice = [call.name for call in run.calls() if call.step == "take" and call.attempts > 1]
    assert begun_twice == []
    assert len({call.recipe for call in run.calls() if call.step == "take"}) >= LINES


def test_ctrl_c_ends_workers_and_encoders(tmp_path: Path):
    run = Run(tmp_path, "local").start()
    until(lambda: run.finished())
    below = run.children()

    run.process.send_signal(signal.SIGINT)
    run.ended(30)

    until(lambda: not alive(below), 10)


def test_a_node_that_dies_costs_what_it_had_in_hand(tmp_path: Path, cluster: Any):
    run = Run(tmp_path, cluster.address).start()
    until(lambda: len(run.finished()) >= 2)

    cluster.remove_node(cluster.worker_nodes.copy().pop(), allow_graceful=False)

    assert run.ended() == 0, run.said()
    assert repeated(run.calls()) == []
    again = {call.name for call in run.calls() if call.attempts > 1}
    assert len(again) <= 4, again  # two pieces in each of two workers


def test_a_head_that_dies_ends_the_run_and_the_same_command_goes_on(tmp_path: Path, cluster: Any):
    run = Run(tmp_path, cluster.address).start()
    until(lambda: len(run.finished()) >= 2)

    cluster.head_node.kill_gcs_server()
    cluster.head_node.kill_raylet()
    assert run.ended(120) != 0

    alone = Run(tmp_path, "local").start()
    assert alone.ended() == 0, alone.said()
    assert repeated(alone.calls()) == []


@pytest.mark.parametrize(("ray_version", "python"), [("2.40.0", None), (None, "3.9.1")])
def test_a_cluster_of_other_versions_is_refused_before_any_work(
    cluster: Any, ray_version: str | None, python: str | None
):
    from ray._raylet import GcsClient

    gcs = GcsClient(address=cluster.address)
    known = json.loads(gcs.internal_kv_get(b"CLUSTER_METADATA", b"cluster"))
    other = {**known, "ray_version": ray_version or known["ray_version"]}
    other["python_version"] = python or known["python_version"]
    gcs.internal_kv_put(b"CLUSTER_METADATA", json.dumps(other).encode(), True, b"cluster")

    with pytest.raises(SetupMissing, match=r"same versions of Ray and Python.*Here are Ray 2\.\d+"):
        Connection(cluster.address).open()


def test_a_cluster_that_is_not_there_is_refused_with_its_address():
    with pytest.raises(SetupMissing, match=r"SAKUGA_RAY=127\.0\.0\.1:1 cannot be used"):
        Connection("127.0.0.1:1").open()


def listening(processes: list[psutil.Process]) -> set[tuple[str, int]]:
    """Addresses and ports at which any of them waits for connections."""
    found = set()
    for process in processes:
        with suppress(psutil.Error):  # it has ended meanwhile
            found |= {
                (at.laddr.ip, at.laddr.port)
                for at in process.net_connections("inet")
                if at.status == psutil.CONN_LISTEN
            }
    return found


LOOPBACK = {"127.0.0.1", "::ffff:127.0.0.1", "::1"}


def test_a_cluster_of_this_machine_listens_on_the_loopback_only(tmp_path: Path):
    """Ray's own default listens on every address, and whoever reaches it runs commands."""
    run = Run(tmp_path, "local").start()
    until(lambda: run.finished("panel"))

    found = listening([*run.children(), psutil.Process(run.process.pid)])
    run.process.send_signal(signal.SIGINT)
    run.ended(60)

    assert found and {ip for ip, _ in found} <= LOOPBACK


@pytest.fixture
def head(tmp_path: Path) -> subprocess.Popen[bytes]:
    """The Ray head that `sakuga up --gpu 2` starts, with all its processes up."""
    studio = Studio(project=tmp_path, home=tmp_path, out=tmp_path, gpu=2, ray_port=free_port())
    kept(studio.ray_auth, CLUSTER)
    [part] = [part for part in services(studio, postgres=None, secrets=Secrets()) if part.name == "ray"]
    return started_head(part.argv, tmp_path, {**part.environment, "PYTHONPATH": str(ROOT)})


def below(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def test_the_cluster_of_a_studio_ends_when_it_is_asked_and_leaves_nothing(head: subprocess.Popen[bytes]):
    """Two of Ray's processes were left after `sakuga up`: they do not carry the studio's mark."""
    started = below(head)

    head.send_signal(signal.SIGTERM)
    head.wait(60)

    until(lambda: not [one for one in started if one.is_running()], 10)


@pytest.mark.parametrize("path", ["/api/jobs/", "/api/job_agent/jobs/"])
def test_no_port_of_a_studio_s_cluster_takes_jobs(head: subprocess.Popen[bytes], tmp_path: Path, path: str):
    """A job is a command, and Ray's dashboard runs it. Nobody asks for the dashboard, so not even the token helps."""
    ports = listening(below(head))
    token = (tmp_path / "up/ray-auth").read_text().strip()
    told = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    taken = []
    for _, port in ports:
        door = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with suppress(OSError, http.client.HTTPException):  # most ports of Ray are not HTTP
            door.request("POST", path, json.dumps({"entrypoint": f"touch {tmp_path}/ran"}), told)
            taken += [port] if door.getresponse().status < 400 else []
        door.close()

    assert len(ports) >= 4
    assert {ip for ip, _ in ports} <= LOOPBACK
    assert taken == []
    assert not (tmp_path / "ran").exists()
    assert not [one for one in below(head) if "ray.util.client.server" in named(one)]
