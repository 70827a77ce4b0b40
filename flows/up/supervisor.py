"""Run a studio: start its parts in order, wait until each really answers, mend what falls over, end it.

In: a Studio.      Out: the exit code, when somebody stops it.
"""

import os
import signal
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
from flows.up.services import Secrets, Service, environment, log_of, registering, services
from flows.up.shutdown import end

# A part that fell over this often within the hour is ill, and starting it once more will not heal it.
FALLS = 5
Answer = TypeVar("Answer")


class Asked(BaseException):
    """Somebody wants the studio to stop."""


@dataclass
class Post:
    """A part that was started."""

    service: Service
    process: psutil.Popen
    since: datetime
    falls: list[float] = field(default_factory=list)


def run(
    studio: Studio, *, devices: list[str], postgres: str | None, secrets: Secrets, screen: Screen
) -> None:
    """Until Ctrl-C or SIGTERM."""
    with instance.alone(studio) as lock:
        api = Api(studio.near_api, secrets.auth)
        cut_off = instance.last(studio)
        if found := instance.damage(studio):
            screen.say(f"{found} Runs that were cut off do not go on by themselves: look for them in the UI.")
        if processes.marked(studio.home):
            screen.say("Parts of an earlier studio are still here; ending them first.")
            end(studio.home, api, say=screen.say)
        addresses.check(studio)
        watcher = _watched(studio, lock, secrets.auth)
        stage = Stage(studio, api, watcher, screen)
        try:
            stage.open(services(studio, devices=devices, postgres=postgres, secrets=secrets), secrets)
            if cut_off is not None:
                again(api, cut_off.runs, say=screen.say)
            stage.stay()
        except Asked:
            screen.say("Stopping.")
        finally:
            stage.deaf()
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
        self._posts: dict[str, Post] = {}
        self._asked = 0
        self._began = time.monotonic()
        self._since = datetime.now(UTC).isoformat(timespec="seconds")
        # Also where the shell had them ignored: a part that is started ignoring SIGINT would never stop,
        # for a worker passes SIGTERM on to itself as SIGINT.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def open(self, wanted: list[Service], secrets: Secrets) -> None:
        """Start everything; returns when all of it answers."""
        first = [service for service in wanted if not service.pool]
        for service in first:
            self._start(service)
        if not self._studio.server:
            self._wait("server", self._api.healthy)
        elif not self._tried(self._api.healthy):
            raise ModelFailed(
                f"{self._studio.server} does not answer. Start that server, or leave --server out."
            )
        clerk = self._start(registering(self._studio, environment(self._studio, secrets.auth)))
        # The pools are the first thing it puts there, so the workers need not wait for the rest.
        self._until(clerk, lambda: all(self._api.get(f"/work_pools/{s.pool}") for s in wanted if s.pool))
        for service in wanted:
            if service.pool:
                self._start(service)
        self._until(clerk, lambda: clerk.process.poll() == 0)
        del self._posts["register"]
        for service in wanted:
            self._wait(service.name, self._probe(service))
        self._noted()
        self._screen.ready(self._studio, wanted, secrets, time.monotonic() - self._began)

    def stay(self) -> None:
        """Keep it up: start what fell over, keep the logs small, say how it goes."""
        told = 0.0
        while True:
            self._pause(1.0)
            for post in list(self._posts.values()):
                if post.process.poll() is not None:
                    self._mend(post)
            if self._watcher.poll() is not None:
                raise ModelFailed(
                    "The studio's watcher was killed, so its end could not be warranted any more."
                )
            if time.monotonic() - told >= self._screen.every:
                told = time.monotonic()
                self._noted()
                for name in self._posts:
                    processes.bounded(log_of(self._studio, name))
                self._screen.status(self._studio, self._posts, self._tried(self._api.counted))

    def deaf(self) -> None:
        """From here on a second Ctrl-C does not interrupt the end; it is bounded in time."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = number

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._asked:
                raise Asked
            time.sleep(0.1)

    def _start(self, service: Service) -> Post:
        log = log_of(self._studio, service.name)
        since = datetime.now(UTC)
        process = processes.start(service.argv, service.environment, log, self._studio.project)
        falls = self._posts[service.name].falls if service.name in self._posts else []
        self._posts[service.name] = post = Post(service, process, since, falls)
        return post

    def _probe(self, service: Service) -> Callable[[], object]:
        if service.pool:
            since = self._posts[service.name].since
            return lambda: self._api.worker_online(service.pool, service.name, since)
        if service.name == "server":
            return self._api.healthy
        if service.name == "notices":
            return lambda: True  # nobody asks it anything; it is enough that it runs
        return lambda: _answers(self._studio.near_rushes)

    def _wait(self, name: str, probe: Callable[[], object]) -> None:
        self._screen.waiting(name)
        self._until(self._posts[name], probe)

    def _until(self, post: Post, probe: Callable[[], object]) -> None:
        """``probe`` comes true while the part lives, in the time it may take."""
        name, until = post.service.name, time.monotonic() + post.service.seconds
        while not self._tried(probe):
            code = post.process.poll()
            if code not in (None, 0) or (code == 0 and name != "register"):
                raise ModelFailed(
                    f"{name} ended with code {code} before it was ready. {self._last_words(name)}"
                )
            if time.monotonic() > until:
                raise ModelFailed(
                    f"{name} was not ready after {post.service.seconds:.0f} s. {self._last_words(name)}"
                )
            self._pause(0.3)

    def _tried(self, question: Callable[[], Answer]) -> Answer | None:
        with suppress(*trouble()):
            return question()
        return None

    def _last_words(self, name: str) -> str:
        log = log_of(self._studio, name)
        return f"Its log {log} ends with:\n{processes.tail(log)}"

    def _mend(self, post: Post) -> None:
        name, now = post.service.name, time.monotonic()
        post.falls[:] = [at for at in post.falls if now - at < 3600] + [now]
        if len(post.falls) >= FALLS:
            raise ModelFailed(f"{name} fell over {FALLS} times within the hour. {self._last_words(name)}")
        self._screen.say(f"{name} ended with code {post.process.returncode}; starting it again.")
        self._pause(2.0 ** (len(post.falls) - 1) - 1)
        self._start(post.service)

    def _noted(self) -> None:
        studio, posts = self._studio, self._posts
        now = Standing(
            pid=os.getpid(),
            since=self._since,
            ui=studio.ui,
            api=studio.api,
            near_api=studio.near_api,
            own_server=not studio.server,
            rushes=studio.rushes_url if studio.rushes else "",
            parts={name: post.process.pid for name, post in posts.items()},
            devices={name: post.service.device for name, post in posts.items() if post.service.device},
            runs=tuple(processes.runs(studio.home).values()),
        )
        instance.noted(studio, now)


def _answers(room: str) -> bool:
    import httpx

    return httpx.get(f"{room}/healthz", timeout=3, trust_env=False).status_code == 200
