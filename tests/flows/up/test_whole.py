"""A whole studio for real: server, rushes room, workers and runs, and every way it can end."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows.up import processes

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
# Long enough to be met in the middle of its takes.
SCRIPT = ROOT / "assets" / "library" / "shows" / "clear-skies" / "ep01.en.fountain"
PATIENCE = 600


class House:
    """One project folder and the studios that stand in it, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "episodes" / ".sakuga"
        self.port, self.rushes = free(), free()
        self.up: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        with (self.folder / "up.log").open("wb") as log:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "flows.cli", "up", "--port", str(self.port), "--rushes-port", str(self.rushes)],
                cwd=self.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        until(lambda: "The studio is up" in self.said or self.up.poll() is not None)
        assert self.up.poll() is None, self.said

    @property
    def said(self) -> str:
        return (self.folder / "up.log").read_text()

    def ask(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.port}/api/{path}"
        request = urllib.request.Request(url, data=data, headers=self.headers(csrf=data is not None))
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.loads(answer.read() or b"null")
            except urllib.error.HTTPError as error:
                if error.code != 503:  # SQLite was too busy to write; Prefect's own client asks again too
                    raise
                time.sleep(1)

    def headers(self, *, csrf: bool) -> dict[str, str]:
        """What the server wants to see: its password, and with a change its CSRF token."""
        auth = (self.home / "up" / "auth").read_bytes()
        known = {
            "Content-Type": "application/json",
            "Authorization": f"Basic {base64.b64encode(auth).decode()}",
        }
        if csrf:
            url = f"http://127.0.0.1:{self.port}/api/csrf-token?client=test"
            with urllib.request.urlopen(urllib.request.Request(url, headers=known), timeout=60) as answer:
                known |= {"Prefect-Csrf-Token": json.load(answer)["token"], "Prefect-Csrf-Client": "test"}
        return known

    def make(self) -> str:
        """Order an episode, and wait until an encoder is at work for it; the run's id."""
        deployment = self.ask("deployments/name/make-episode/make-episode")["id"]
        brief = {"script": str(SCRIPT), "seed": time.time_ns() % 100_000}
        run: str = self.ask(f"deployments/{deployment}/create_flow_run", {"parameters": {"brief": brief}})[
            "id"
        ]
        until(lambda: self.encoders() or self.state(run) in ("FAILED", "CRASHED"))
        assert self.state(run) == "RUNNING", self.ask(f"flow_runs/{run}")["state"]
        return run

    def state(self, run: str) -> str:
        return str(self.ask(f"flow_runs/{run}")["state"]["type"])

    def states(self, run: str) -> dict[str, str]:
        """The message of every state the run was in, by name."""
        found = self.ask(f"flow_run_states/?flow_run_id={run}")
        return {str(state["name"]): str(state["message"]) for state in found}

    def encoders(self) -> list[psutil.Process]:
        return [process for process in processes.marked(self.home) if named(process).startswith("ffmpeg")]

    def nothing_left(self) -> bool:
        watch = any(
            "flows.up.orphan_watch" in argument and str(self.home) in " ".join(arguments(process))
            for process in psutil.process_iter()
            for argument in arguments(process)
        )
        return not processes.marked(self.home) and not watch

    def close(self) -> None:
        if self.up is not None and self.up.poll() is None:
            self.up.send_signal(signal.SIGTERM)
            self.up.wait(PATIENCE)
        processes.kill_all(self.home)


def free() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def named(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


def arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def until(true: Callable[[], object], seconds: float = PATIENCE) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it never came true"
        time.sleep(0.3)
    return time.monotonic() - began


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house"))
    house.open()
    yield house
    house.close()


def test_when_it_says_so_everything_answers(house: House):
    pages = [f"http://127.0.0.1:{house.port}/v2/", f"http://127.0.0.1:{house.rushes}/healthz"]
    answers = [urllib.request.urlopen(page, timeout=60).status for page in pages]
    names = {f"{item['name']}" for item in house.ask("deployments/filter", {})}
    workers = [house.ask(f"work_pools/{pool}/workers/filter", {})[0]["status"] for pool in ("cpu-pool",)]

    assert answers == [200, 200]
    assert {"make-episode", "retake", "nightly-rushes", "train-lora"} <= names
    assert workers == ["ONLINE"]
    assert sorted(item["name"] for item in house.ask("automations/filter", {})) == [
        "Crashed runs go on where they were",
        "Dead runs are called crashed",
    ]
    assert [item["name"] for item in house.ask("v2/concurrency_limits/filter", {}) if item["limit"] == 1]


@pytest.mark.parametrize(
    ("headers", "known", "status"),
    [
        ({}, False, 401),
        ({"Host": "evil.test"}, True, 421),
        ({"Origin": "http://evil.test"}, True, 403),
        ({"Origin": "null"}, True, 403),
        ({"Sec-Fetch-Site": "cross-site"}, True, 403),
        ({}, True, 201),
    ],
)
def test_nobody_changes_anything_without_the_password_or_from_elsewhere(
    house: House, headers: dict[str, str], known: bool, status: int
):
    """Any page and any local user could make a deployment, and have the worker run its shell step."""
    given = headers | (house.headers(csrf=True) if known else {"Content-Type": "application/json"})
    flow = json.dumps({"name": f"attack-{status}"}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{house.port}/api/flows/", data=flow, headers=given)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            said, sent = answer.status, answer.headers
    except urllib.error.HTTPError as error:
        said, sent = error.code, error.headers

    assert said == status
    assert "access-control-allow-origin" not in sent
    assert (f"attack-{status}" in {flow["name"] for flow in house.ask("flows/filter", {})}) == (status == 201)


def test_a_second_one_in_the_same_home_is_told_where_the_first_is(house: House):
    second = subprocess.run(
        [sys.executable, "-m", "flows.cli", "up", "--port", str(free())],
        cwd=house.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip

    assert second.returncode == 2
    assert f"http://127.0.0.1:{house.port}/v2" in second.stderr.replace("\n", "")


def test_a_cancelled_run_leaves_no_encoder_and_the_episode_can_be_made_again(house: House):
    run = house.make()

    cancelling = {"state": {"type": "CANCELLING", "name": "Cancelling"}}
    house.ask(f"flow_runs/{run}/set_state", cancelling)
    until(lambda: house.state(run) == "CANCELLED")
    until(lambda: not processes.runs(house.home), 60)

    assert house.encoders() == []
    again = house.make()
    house.ask(f"flow_runs/{again}/set_state", cancelling)
    until(lambda: house.state(again) == "CANCELLED")


def test_a_run_whose_worker_and_process_are_killed_crashes_and_goes_on_with_the_worker_that_comes_back(
    house: House,
):
    run = house.make()
    began = time.monotonic()
    worker = [
        process
        for process, known in processes.marked(house.home).items()
        if known.get(processes.PART) == "cpu-1" and "worker" in arguments(process)
    ]

    processes.ask([*worker, *processes.runs(house.home)], signal.SIGKILL)
    until(lambda: "Crashed" in house.states(run))
    seconds = time.monotonic() - began
    until(lambda: house.state(run) in ("RUNNING", "COMPLETED"))

    print(f"\ncalled crashed {seconds:.0f} s after kill -9")
    assert "No heartbeat" in house.states(run)["Crashed"]
    assert "cpu-1 ended with code -9; starting it again" in house.said
    house.ask(f"flow_runs/{run}/set_state", {"state": {"type": "CANCELLING", "name": "Cancelling"}})
    until(lambda: not house.encoders(), 60)


def test_kill_9_of_the_studio_leaves_nothing_and_its_run_goes_on_after_the_next_start(house: House):
    run = house.make()

    house.up.kill()
    seconds = until(house.nothing_left, 120)
    print(f"\nnothing left {seconds:.1f} s after kill -9")
    house.open()

    until(lambda: house.state(run) in ("RUNNING", "COMPLETED"))
    assert processes.marked(house.home)


def test_a_polite_end_leaves_nothing_and_sends_its_run_back_to_the_queue(house: House):
    until(lambda: house.encoders())
    began = time.monotonic()

    house.up.send_signal(signal.SIGTERM)
    code = house.up.wait(PATIENCE)

    print(f"\nstopped in {time.monotonic() - began:.1f} s")
    assert code == 0
    assert house.nothing_left()
    assert "1 run will continue where it was after the next start." in house.said
    with pytest.raises(urllib.error.URLError):
        house.ask("health")
