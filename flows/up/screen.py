"""The terminal output of `sakuga up`: starting, addresses, what runs, and memory use.

In: a Studio and its parts.      Out: text on the terminal. Decides nothing.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from psutil import Process
from rich.markup import escape
from rich.status import Status

from flows.terminal.console import PlainConsole
from flows.up import access, instance, processes
from flows.up.options import Studio
from flows.up.prefect_api import Api, trouble
from flows.up.services import Secrets, Service, log_of
from flows.up.start import link

MIB = 1024 * 1024


class Screen:
    """One line that changes on a terminal; on a pipe a plain line, less often."""

    def __init__(self) -> None:
        self._console = PlainConsole(stderr=True, highlight=False, soft_wrap=True)
        self._began = time.monotonic()
        self._status: Status | None = None
        self.every = 5.0 if self._console.is_terminal else 60.0

    def say(self, text: str) -> None:
        self._console.print(escape(text))

    def waiting(self, name: str) -> None:
        self._line(f"starting: {name}")

    def pause(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def ready(self, studio: Studio, wanted: list[Service], secrets: Secrets, seconds: float) -> None:
        """Print the addresses. The link that opens the studio goes to a terminal only, never to a log."""
        self.pause()
        self._console.print(
            f"[bold green]The studio is up[/] ({seconds:.1f} s). Open the first link and press Run on make-episode."
        )
        for name, text in [*_entrance(studio, secrets, self._console.is_terminal), *_places(studio, wanted)]:
            self._console.print(f"  [bold]{name:<10}[/] {escape(text)}")
        self._console.print("[dim]Ctrl-C stops it; interrupted runs continue after the next start.[/]")

    def status(self, studio: Studio, parts: Iterable[str], counted: Mapping[str, int] | None) -> None:
        self._line(line(studio, parts, counted, time.monotonic() - self._began))

    def _line(self, text: str) -> None:
        if not self._console.is_terminal:
            self._console.print(escape(text))
        elif self._status is None:
            self._status = self._console.status(escape(text), spinner="dots")
            self._status.start()
        else:
            self._status.update(escape(text))


def line(studio: Studio, parts: Iterable[str], counted: Mapping[str, int] | None, seconds: float) -> str:
    """What runs, with its memory: `up 2 min · server 212 MiB · cpu-1 95 MiB · 1 running`."""
    taken = memory(studio)
    segments = [f"up {_long(seconds)}"]
    segments += [f"{name} {taken.get(name, 0) // MIB} MiB" for name in parts]
    if taken.get("runs"):
        segments.append(f"runs {taken['runs'] // MIB} MiB")
    segments.append(f"together {sum(taken.values()) // MIB} MiB")
    if counted is None:
        segments.append("the server does not answer")
    else:
        segments += [f"{count} {word}" for word, count in counted.items() if count] or ["nothing to do"]
    return " · ".join(segments)


def describe(studio: Studio) -> str:
    """The same for a person at another terminal."""
    now = instance.last(studio)
    if (found := instance.damage(studio)) and instance.is_up(studio):
        return f"A studio is up in {studio.home}. {found}"
    if now is None or not instance.is_up(studio):
        return f"No studio is up in {studio.home}. Start it with `sakuga up`."
    try:
        counted = Api(now.near_api, access.known_auth(studio)).counted()
    except trouble():
        counted = None
    seconds = (datetime.now(UTC) - datetime.fromisoformat(now.since)).total_seconds()
    where = " and ".join(url for url in (now.ui, now.rushes) if url)
    return f"{where}\n{line(studio, now.parts, counted, seconds)}"


def memory(studio: Studio) -> dict[str, int]:
    """Bytes of every part, and of all runs together."""
    sorted_by: dict[str, list[Process]] = {}
    for process, known in processes.marked(studio.home).items():
        whose = "runs" if processes.RUN in known else known.get(processes.PART, "")
        sorted_by.setdefault(whose, []).append(process)
    return {name: processes.memory(found) for name, found in sorted_by.items()}


def _entrance(studio: Studio, secrets: Secrets, is_terminal: bool) -> list[tuple[str, str]]:
    if studio.server or secrets.auth is None:
        return []
    if is_terminal:
        return [
            ("Open", f"{link(studio.origin, secrets.auth)}"),
            ("", "once, within an hour; another: sakuga up --link"),
        ]
    return [("Open", "the link that `sakuga up --link` prints, in this folder")]


def _places(studio: Studio, wanted: list[Service]) -> list[tuple[str, str]]:
    found = [("Producers", f"{studio.ui}/deployments")]
    if studio.rushes:
        found.append(("Rushes", studio.rushes_url))
    found.append(("Project", str(studio.project)))
    workers = [service for service in wanted if service.pool]
    found.append(
        ("Workers", ", ".join(_worker_text(service, studio) for service in workers) or "none on this machine")
    )
    if studio.gpu:
        found.append(("Cluster", f"Ray at {studio.ray}, {studio.gpu} x {studio.device}"))
    if studio.gpu and studio.device == "cpu":
        found.append(("", "its workers use the CPU: no CUDA device was found here (SAKUGA_DEVICE names one)"))
    found.append(("Logs", str(log_of(studio, "server").parent)))
    found.append(
        ("Passwords", f"{studio.auth}; for guests of the rushes room {studio.room_auth.name} beside it")
    )
    return found


def _worker_text(service: Service, studio: Studio) -> str:
    return f"{service.name} ({service.pool}, {studio.cpu} runs at a time)"


def _long(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
