"""Run a studio: start its parts in order, wait until each answers, restart parts that die, stop it.

In: a Studio.      Out: the exit code, when somebody stops it.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import FrameType
from typing import IO, TypeVar

import psutil

from assets.errors import ModelFailed
from flows.up import addresses, instance, processes
from flows.up.instance import Standing
from flows.up.options import Studio
from flows.up.orphan_watch import WELL
from flows.up.prefect_api import Api, again, trouble
from flows.up.screen import Screen
from flows.up.services import RAY, Secrets, Service, environment, log_of, registering, services
from flows.up.shutdown import end

# A part that dies this often within an hour is not started again.
MOST_RESTARTS = 5
Answer = TypeVar("Answer")


class StopRequested(BaseException):
    """A person asked the studio to stop."""


@dataclass
class RunningPart:
    """A part that was started."""

    service: Service
    process: psutil.Popen
    since: datetime
    deaths: list[float] = field(default_factory=list)


def run(studio: Studio, *, postgres: str | None, secrets: Secrets, screen: Screen) -> None:
    """Run until Ctrl-C or SIGTERM."""
    with instance.alone(studio) as lock:
        api = Api(studio.near_api, secrets.auth)
        cut_off = instance.last(studio)
        if found := instance.damage(studio):
            screen.say(f"{found} Interrupted runs do not continue automatically: look for them in the UI.")
        if processes.marked(studio.home):
            screen.say("Processes of an earlier studio still run; stopping them first.")
            end(studio.home, api, say=screen.say)
        addresses.check(studio)
        watcher = _watched(studio, lock, secrets.auth)
        stage = Stage(studio, api, watcher, screen)
        try:
            stage.open(services(studio, postgres=postgres, secrets=secrets), secrets)
            if cut_off is not None:
                again(api, cut_off.runs, say=screen.say)
            stage.stay()
        except StopRequested:
            screen.say("Stopping.")
        finally:
            stage.ignore_signals()
            screen.pause()
            end(studio.home, api, say=screen.say)
            instance.forgotten(studio)
            with suppress(BrokenPipeError):
                watcher.communicate(WELL.encode(), timeout=10)


def _watched(studio: Studio, lock: IO[str], auth: str | None) -> "subprocess.Popen[bytes]":
    told = environment(studio, auth) | {processes.PART: processes.WATCH}
    log = log_of(studio, "watch")
    log.parent.mkdir(parents=True, exist_ok=True)
    processes.bounded(log)
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.up.orphan_watch", str(studio.home), studio.near_api],
            env=told, cwd=studio.project, start_new_session=True, stdin=subprocess.PIPE, stdout=out,
            stderr=subprocess.STDOUT, pass_fds=(lock.fileno(),),
        )  # fmt: skip


class Stage:
    """The parts of one studio while it is up."""

    def __init__(self, studio: Studio, api: Api, watcher: "subprocess.Popen[bytes]", screen: Screen) -> None:
        self._studio, self._api, self._watcher, self._screen = studio, api, watcher, screen
        self._parts: dict[str, RunningPart] = {}
        self._asked = 0
        self._began = time.monotonic()
        self._since = datetime.now(UTC).isoformat(timespec="seconds")
        # Set them also where the shell ignored them: a part that starts with SIGINT ignored would never stop, because
        # a worker passes SIGTERM on to itself as SIGINT.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def open(self, all_services: list[Service], secrets: Secrets) -> None:
        """Start everything; return when all of it answers."""
        first = [service for service in all_services if not service.pool]
        for service in first:
            self._start(service)
        if not self._studio.server:
            self._wait("server", self._api.healthy)
        elif not self._tried(self._api.healthy):
            raise ModelFailed(
                f"{self._studio.server} does not answer. Start that server, or leave --server out."
            )
        registration = self._start(registering(self._studio, environment(self._studio, secrets.auth)))
        # The pools are the first thing it registers, so workers need not wait for the rest.
        self._until(
            registration, lambda: all(self._api.get(f"/work_pools/{s.pool}") for s in all_services if s.pool)
        )
        for service in all_services:
            if service.pool:
                self._start(service)
        self._until(registration, lambda: registration.process.poll() == 0)
        del self._parts["register"]
        for service in all_services:
            self._wait(service.name, self._probe(service))
        self._noted()
        self._screen.ready(self._studio, all_services, secrets, time.monotonic() - self._began)

    def stay(self) -> None:
        """Keep it running: restart dead parts, limit the logs, print the state."""
        told = 0.0
        while True:
            self._pause(1.0)
            for part in list(self._parts.values()):
                if part.process.poll() is not None:
                    self._restart(part)
            if self._watcher.poll() is not None:
                raise ModelFailed(
                    "The studio's watcher process was killed, so a clean stop is no longer guaranteed."
                )
            if time.monotonic() - told >= self._screen.every:
                told = time.monotonic()
                self._noted()
                for name in self._parts:
                    processes.bounded(log_of(self._studio, name))
                self._screen.status(self._studio, self._parts, self._tried(self._api.counted))

    def ignore_signals(self) -> None:
        """Ignore further Ctrl-C: the stop is limited in time."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = number

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._asked:
                raise StopRequested
            time.sleep(0.1)

    def _start(self, service: Service) -> RunningPart:
        log = log_of(self._studio, service.name)
        since = datetime.now(UTC)
        process = processes.start(service.argv, service.environment, log, self._studio.project)
        deaths = self._parts[service.name].deaths if service.name in self._parts else []
        self._parts[service.name] = part = RunningPart(service, process, since, deaths)
        return part

    def _probe(self, service: Service) -> Callable[[], object]:
        if service.pool:
            since = self._parts[service.name].since
            return lambda: self._api.worker_online(service.pool, service.name, since)
        if service.name == "server":
            return self._api.healthy
        if service.name == RAY:
            return lambda: _listens(self._studio.ray_port)
        if service.name in ("notices", "waker"):
            return lambda: True  # it answers no requests; it is enough that it runs
        return lambda: _answers(self._studio.near_rushes)

    def _wait(self, name: str, probe: Callable[[], object]) -> None:
        self._screen.waiting(name)
        self._until(self._parts[name], probe)

    def _until(self, part: RunningPart, probe: Callable[[], object]) -> None:
        """Wait until ``probe`` returns true, while the part runs and its time is not over."""
        name, until = part.service.name, time.monotonic() + part.service.seconds
        while not self._tried(probe):
            code = part.process.poll()
            if code not in (None, 0) or (code == 0 and name != "register"):
                raise ModelFailed(
                    f"{name} ended with code {code} before it was ready. {self._last_words(name)}"
                )
            if time.monotonic() > until:
                raise ModelFailed(
                    f"{name} was not ready after {part.service.seconds:.0f} s. {self._last_words(name)}"
                )
            self._pause(0.3)

    def _tried(self, question: Callable[[], Answer]) -> Answer | None:
        with suppress(*trouble()):
            return question()
        return None

    def _last_words(self, name: str) -> str:
        log = log_of(self._studio, name)
        return f"Its log {log} ends with:\n{processes.tail(log)}"

    def _restart(self, part: RunningPart) -> None:
        name, now = part.service.name, time.monotonic()
        part.deaths[:] = [at for at in part.deaths if now - at < 3600] + [now]
        if len(part.deaths) >= MOST_RESTARTS:
            raise ModelFailed(f"{name} died {MOST_RESTARTS} times within an hour. {self._last_words(name)}")
        self._screen.say(f"{name} ended with code {part.process.returncode}; starting it again.")
        self._pause(2.0 ** (len(part.deaths) - 1) - 1)
        self._start(part.service)

    def _noted(self) -> None:
        studio, parts = self._studio, self._parts
        now = Standing(
            pid=os.getpid(),
            since=self._since,
            ui=studio.ui,
            api=studio.api,
            near_api=studio.near_api,
            own_server=not studio.server,
            rushes=studio.rushes_url if studio.rushes else "",
            parts={name: part.process.pid for name, part in parts.items()},
            devices={RAY: studio.device} if studio.gpu else {},
            runs=tuple(processes.runs(studio.home).values()),
        )
        instance.noted(studio, now)


def _listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=3):
        return True


def _answers(room: str) -> bool:
    import httpx

    return httpx.get(f"{room}/healthz", timeout=3, trust_env=False).status_code == 200
