"""Start runs from the room: on the Prefect server that is configured, else as a process beside the room.

In: a checked brief, or an order to cast.      Out: a run that goes on by itself, and a sentence about it.
A process that the room started ends with the room; its work is kept, and the same episode goes on when it is
started again.
"""

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from assets import files
from assets.errors import InputRefused
from flows.cast.drawing_note import Ordered
from flows.cast.order import CastOrder
from flows.cast.rounds import required
from flows.episode.brief import Brief
from flows.episode.profile import load
from flows.settings import prefect_api, settings, surroundings

ENDS_S = 20.0  # a process that is asked to end finishes the write it is at
LEAVES_S = 3.0  # a process whose run is finished is gone by then
TOLD = 2000  # characters of the last output that are kept of a run that failed


class Starter(Protocol):
    """Starts runs."""

    def start(self, episode: str, brief: Brief) -> None: ...

    def problem(self, episode: str) -> str:
        """Why the last start of the episode failed before the run recorded anything; empty: nothing is known."""
        ...

    def cast(self, name: str, order: CastOrder) -> None:
        """Draw the next candidates of ``name``, which is SHOW/CHARACTER."""
        ...

    def casting(self, name: str) -> Ordered | None:
        """How the last order to cast ``name`` stands; None: none was given here, or it is finished."""
        ...

    def close(self) -> None: ...


@dataclass
class BesideTheRoom:
    """Runs as processes of this machine, one for each episode, and one for each character that is cast."""

    project: Path
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _logs: dict[str, Path] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def start(self, episode: str, brief: Brief) -> None:
        self._begin(episode, _words(brief), brief.out, "Its page shows how far it is.")

    def cast(self, name: str, order: CastOrder) -> None:
        required(load(order.profile), order, settings(order.out))
        self._begin(_cast_key(name), _cast_words(order), order.out, "Its page shows how far the drawing is.")

    def problem(self, episode: str) -> str:
        process = self._running.get(episode)
        if process is None or process.poll() in (None, 0):
            return ""
        told = self._logs[episode].read_bytes()[-TOLD:].decode("utf-8", "replace").strip()
        return told.splitlines()[-1] if told else f"The run ended with exit code {process.returncode}."

    def casting(self, name: str) -> Ordered | None:
        process = self._running.get(_cast_key(name))
        if process is None or process.poll() == 0:
            return None
        return Ordered(problem=self.problem(_cast_key(name)))

    def _begin(self, key: str, words: list[str], out: Path, busy: str) -> None:
        with self._turn:
            self._required_idle(key, busy)
            log = files.folder_in(settings(out).home, "rushes", "runs") / f"{key}.log"
            with files.teaching(f"{log} could not be written"), log.open("wb") as told:
                self._running[key] = subprocess.Popen(
                    [sys.executable, "-m", "flows.cli", *words],
                    cwd=self.project,
                    env=surroundings(),
                    stdin=subprocess.DEVNULL,
                    stdout=told,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            self._logs[key] = log

    def close(self) -> None:
        """End what still runs. Work that is finished is kept."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        for process in self._running.values():
            try:
                process.wait(ENDS_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _required_idle(self, key: str, busy: str) -> None:
        process = self._running.get(key)
        if process is None:
            return
        try:
            process.wait(LEAVES_S)
        except subprocess.TimeoutExpired:
            raise InputRefused(f"{key} is being made already. {busy}") from None


def starter(project: Path) -> Starter:
    """The server that is configured, else processes of this machine."""
    if not prefect_api():
        return BesideTheRoom(project)
    from flows.deployments.ordering import OnServer

    return OnServer(project)


def _words(brief: Brief) -> list[str]:
    """The command line of a brief: a value that is the default is left out."""
    words = ["produce", str(brief.script), "--profile", brief.profile, "--out", str(brief.out), "--quiet"]
    words += ["--no-record", "--review-hours", f"{brief.review_hours:g}"]
    for option, value in (
        ("--show", brief.show),
        ("--language", brief.language),
        ("--takes", brief.takes),
        ("--seed", brief.seed),
        ("--name", brief.name),
        ("--gates", ",".join(brief.gates) or None),
    ):
        words += [f"{option}={value}"] if value is not None else []
    words += ["--burn-in"] if brief.burn_in else []
    return words + (["--same-episode"] if brief.same_episode else [])


def _cast_key(name: str) -> str:
    """A name for process and log; no episode has one with a dot."""
    return f"cast.{name.replace('/', '.')}"


def _cast_words(order: CastOrder) -> list[str]:
    words = [
        "cast",
        order.character,
        "--show",
        order.show,
        "--profile",
        order.profile,
        "--out",
        str(order.out),
    ]
    return [*words, "--count", str(order.count), "--views", ",".join(order.views)]
