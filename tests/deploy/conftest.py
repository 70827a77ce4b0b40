"""The compose file as data, and the studio it describes, started on this machine without containers."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def filled(text: str) -> str:
    """``${NAME:-default}`` as its default."""
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", text)


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """deploy/compose.yaml with its defaults."""
    return dict(yaml.safe_load(filled((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))))


class Studio:
    """The services of the compose file as processes; their names for each other become local ports."""

    def __init__(self, compose: dict[str, Any], folder: Path, places: dict[str, str], secrets: Path) -> None:
        self.folder, self.places = folder, places
        self._services, self._secrets = compose["services"], secrets
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._doors: dict[str, int] = {}  # what is 8080 in each worker's own container

    def environment(self, service: str) -> dict[str, str]:
        found = {key: str(value) for key, value in self._services[service]["environment"].items()}
        for file in self._services[service]["env_file"]:
            lines = (self._secrets / Path(file).name).read_text().split()
            found |= dict(line.split("=", 1) for line in lines)
        door = self._doors.setdefault(service, free_port())
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "TZ") if name in os.environ}
        own = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "PREFECT_HOME": str(self.folder / "prefect" / service),
            "SAKUGA_HOME": str(self.folder / "home" / service),
            "SAKUGA_CACHE": str(self.folder / "cache" / service),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_RUNNER_AUTO_INSTALL_DEPENDENCIES": "false",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "PREFECT_WORKER_WEBSERVER_PORT": str(door),
            "DO_NOT_TRACK": "1",
        }
        told = {name: self._here(value).replace(":8080", f":{door}") for name, value in found.items()}
        told |= (
            {"SAKUGA_RAY": self._here("ray:6379"), "SAKUGA_RAY_DEVICE": "cpu"}
            if service == "cpu-worker"
            else {}
        )
        return {**kept, **own, **told} | ({"SAKUGA_DEVICE": "cpu"} if "SAKUGA_DEVICE" in told else {})

    def command(self, service: str) -> list[str]:
        return [self._here(part) for part in self._services[service]["command"]]

    def start(self, service: str) -> "subprocess.Popen[bytes]":
        log = (self.folder / f"{service}.log").open("wb")
        self._running[service] = subprocess.Popen(
            self.command(service), cwd=self.folder, env=self.environment(service), stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        return self._running[service]

    def ended(self, service: str, *argv: str, seconds: float = 300) -> str:
        """Run a service that ends by itself, or another command in its surroundings; what it said."""
        done = subprocess.run(
            list(argv) or self.command(service), cwd=self.folder, env=self.environment(service),
            capture_output=True, text=True, timeout=seconds,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def healthy(self, service: str, seconds: float = 240) -> float:
        """Wait until its health check says so; how long it took."""
        began, said = time.monotonic(), ""
        while time.monotonic() - began < seconds:
            assert self._running[service].poll() is None, self.told(service)
            done = subprocess.run(
                [sys.executable, DEPLOY / "docker/healthy.py"], env=self.environment(service),
                capture_output=True, text=True,
            )  # fmt: skip
            if done.returncode == 0:
                return time.monotonic() - began
            said = done.stdout
            time.sleep(0.5)
        raise AssertionError(f"{service} is not well: {said}\n{self.told(service)}")

    def told(self, service: str, most: int = 4000) -> str:
        return (self.folder / f"{service}.log").read_text(errors="replace")[-most:]

    def memory(self, service: str) -> int:
        """Bytes that the service and its children alone hold."""
        first = psutil.Process(self._running[service].pid)
        return sum(process.memory_full_info().uss for process in (first, *first.children(recursive=True)))

    def stop(self) -> dict[str, int | None]:
        """Ask all of them to end, as `docker stop` does; how each ended."""
        for process in reversed(self._running.values()):
            process.send_signal(signal.SIGTERM)
        ends: dict[str, int | None] = {}
        for name, process in self._running.items():
            try:
                ends[name] = process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                ends[name] = None
        self._running = {}
        return ends

    def _here(self, text: str) -> str:
        # In one go: a port that was put in must not be taken for one of the file's.
        names = "|".join(map(re.escape, sorted(self.places, key=len, reverse=True)))
        return re.sub(names, lambda found: self.places[found[0]], text)


@pytest.fixture
def studio(compose: dict[str, Any], postgres: str, tmp_path: Path) -> Iterator[Studio]:
    """PostgreSQL, Redis and an S3 server run; the services of the compose file can be started."""
    import psycopg

    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server: install the package 'redis-server'")
    mark = uuid4().hex[:8]
    with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
        for name in ("sakuga", "prefect"):
            connection.execute(f'CREATE DATABASE "{name}_{mark}"')
    api, redis, s3, room, ray = (free_port() for _ in range(5))
    secrets = tmp_path / "secrets"
    subprocess.run([sys.executable, DEPLOY / "make_secrets.py", secrets], check=True, capture_output=True)
    places = {
        "postgres:5432/sakuga": f"{postgres.rpartition('@')[2]}/sakuga_{mark}",
        "postgres:5432/prefect": f"{postgres.rpartition('@')[2]}/prefect_{mark}",
        "redis:6379": f"127.0.0.1:{redis}",
        "storage:8333": f"127.0.0.1:{s3}",
        "server:4200": f"127.0.0.1:{api}",
        "127.0.0.1:4200": f"127.0.0.1:{api}",
        "4200": str(api),
        "127.0.0.1:4300": f"127.0.0.1:{room}",
        "4300": str(room),
        "0.0.0.0": "127.0.0.1",
        "ray:6379": f"127.0.0.1:{ray}",
        "--port=6379": f"--port={ray}",
    }
    others = [
        ["redis-server", "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(s3)],
    ]
    running: list[subprocess.Popen[bytes]] = []
    opened = Studio(compose, tmp_path / "studio", places, secrets)
    opened.folder.mkdir()
    try:
        for argv in others:
            running.append(subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        for port in (redis, s3):
            wait_for(port)
        yield opened
    finally:
        opened.stop()
        for process in running:
            process.terminate()
            process.wait(20)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens on port {port}")
