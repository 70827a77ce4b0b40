"""Make a machine a node of a cluster and run a command there; and what is refused before the command runs."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from flows.cluster.connection import STORE_BYTES
from tests.flows.cluster.studio import free_port, named, started_head

ROOT = Path(__file__).parents[3]
NODES = """
import json, os, ray
ray.init(address=os.environ["SAKUGA_RAY"], log_to_driver=False, logging_level="ERROR")
print(json.dumps([node["Resources"] for node in ray.nodes() if node["Alive"]]))
"""
needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")


TOKEN = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "for-tests-" + "0" * 32}
AT_ONCE = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}


def environment(**told: str) -> dict[str, str]:
    """This process may know Ray's defaults for a cluster of one machine, which nobody can join."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return {**kept, **TOKEN, **AT_ONCE, "PYTHONPATH": str(ROOT), **told}


def joined(*command: str, ray: str, within: float = 100, **told: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "flows.cluster.join", *command]
    given = environment(SAKUGA_RAY=ray, **told)
    return subprocess.run(argv, env=given, capture_output=True, text=True, timeout=within)


def own_address() -> str:
    """An address of this machine that is not the loopback: other machines would join there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door, suppress(OSError):
        door.connect(("192.0.2.1", 9))  # sends nothing: it only chooses the address to send from
        return str(door.getsockname()[0])
    pytest.skip("this machine has no address but the loopback")


@pytest.fixture
def head(tmp_path: Path) -> Iterator[str]:
    """The address of a head in a process of its own. What joined it ends with it: a container would end it."""
    ip, port = own_address(), free_port()
    argv = ["-m", "ray.scripts.scripts", "start", "--head", "--block", "--num-cpus", "1"]
    argv += ["--node-ip-address", ip, "--port", str(port), "--include-dashboard", "false"]
    argv += ["--object-store-memory", str(STORE_BYTES)]
    process = started_head([sys.executable, *argv], tmp_path, environment())
    try:
        yield f"{ip}:{port}"
    finally:
        for one in [*psutil.process_iter()]:
            if f"--gcs-address={ip}:{port}" in named(one):
                with suppress(psutil.Error):
                    one.kill()
        process.terminate()
        process.wait(60)


@pytest.mark.parametrize("ray", ["", "local", "127.0.0.1:6379"])
def test_without_a_cluster_elsewhere_the_command_just_runs(ray: str):
    """Ray refused to join a head on the loopback, with advice for other systems. This machine is its node already."""
    done = joined("echo", "it runs", ray=ray)

    assert (done.returncode, done.stdout) == (0, "it runs\n")


def test_a_command_that_is_missing_is_asked_for_in_one_sentence():
    done = joined(ray="local")

    assert done.returncode == 2
    assert done.stderr == (
        "sakuga: Give the command to run on the node: python -m flows.cluster.join COMMAND ...\n"
    )


@pytest.mark.slow
@needs_ray
@pytest.mark.timeout(200)
def test_a_machine_joins_as_a_node_without_work_and_its_command_runs_there(head: str):
    done = joined(sys.executable, "-c", NODES, ray=head)

    assert done.returncode == 0, done.stderr
    nodes = json.loads(done.stdout.splitlines()[-1])
    first, second = sorted(nodes, key=lambda one: -one.get("CPU", 0))
    assert first["CPU"] == 1
    assert "CPU" not in second and "GPU" not in second


@pytest.mark.slow
@needs_ray
@pytest.mark.timeout(200)
def test_a_cluster_that_does_not_answer_is_refused_and_the_command_does_not_run(tmp_path: Path):
    """Ray waits for minutes for a head that is not there."""
    address = f"{own_address()}:{free_port()}"

    done = joined("touch", f"{tmp_path}/ran", ray=address, within=60)

    assert done.returncode == 3
    assert done.stderr.startswith(f"sakuga: The Ray cluster at SAKUGA_RAY={address} could not be joined: ")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.slow
@needs_ray
@pytest.mark.timeout(200)
def test_a_machine_with_another_token_is_refused(head: str, tmp_path: Path):
    done = joined("touch", f"{tmp_path}/ran", ray=head, RAY_AUTH_TOKEN="another" + "0" * 40)

    assert done.returncode == 3
    assert f"SAKUGA_RAY={head} could not be joined" in done.stderr
    assert "token" in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "ran").exists()
