"""Two rushes rooms that run, and a client that sends raw bytes to a server.

In: a folder.      Out: rooms over the same finished episode, one with a token that it made itself, one with ours.
They live as long as the worker.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.chaos import episode
from tests.chaos.case import Crash, Hang, Place, Verdict, Wrong
from tests.chaos.commands import ROOT

TOKEN = "a-token-that-nobody-guesses-0123"
SECONDS = 30.0  # an answer takes no longer, even on a busy machine
STARTED = 60.0
PATIENCE = 0.3  # for an answer to what is no whole request


@dataclass(frozen=True)
class Room:
    """A running server; ``health`` is the address that anybody may ask whether it is up."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path
    token: str
    health: str = "/healthz"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def word(self) -> str:
        """What the room gives to its own pages, to come back with every change."""
        page = answer(
            self, request("GET", "/", {"host": self.host, "authorization": f"Bearer {self.token}"})
        ).decode("utf-8", "replace")
        found = re.search(r'name="sakuga-word" content="([^"]+)"', page)
        return found[1] if found else ""


@dataclass(frozen=True)
class Rooms:
    """With a token that the room made up, and with one that was given."""

    made: Room
    given: Room

    def close(self) -> None:
        ended(self.made, self.given)


def prepare(shared: Path, own: Path) -> Rooms:
    """Make an episode and open the rooms over it."""
    bases = episode.prepare(shared, own)
    work = own / "work"
    shutil.copytree(bases.reviewed.work, work)
    return Rooms(_opened(own, work, ""), _opened(own, work, TOKEN))


def _opened(folder: Path, work: Path, token: str) -> Room:
    given = ["--token", token] if token else []
    room = opened(
        ["-m", "flows.cli", "rushes", "--port", "0", *given], work, folder / f"room{len(token)}.log", token
    )
    kept = work / "episodes/.sakuga/up/rushes-auth"
    return room if token else replace(room, token=kept.read_text().strip().partition(":")[2])


def opened(
    python: list[str], work: Path, log: Path, token: str, env: Mapping[str, str] | None = None
) -> Room:
    """Start a server as a process of Python; ready when it has said its address."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, *python],
            cwd=work,
            stdout=said,
            stderr=said,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        )
    late = time.monotonic() + STARTED
    while time.monotonic() < late and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text(errors="replace")):
            return Room(process, int(found[1]), log, token)
        time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')}")


def ended(*servers: Room) -> None:
    for server in servers:
        server.process.terminate()
    for server in servers:
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.process.wait(10)
        server.process.kill()


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if (body or method == "POST") and "Content-Length" not in headers and "Transfer-Encoding" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join([*lines, "Connection: close", "", ""])).encode("utf-8", "surrogatepass") + body


def classified(place: Place, room: Room, request: bytes, *, whole: bool = True) -> Verdict:
    """Whether the answer is one that a server may give."""
    return judged(sent(place, room, request, whole=whole))


def judged(found: bytes) -> Verdict:
    """The same of an answer that is here already."""
    if b"root:x:0" in found:
        raise Wrong("a file of the machine was sent")
    code = status(found)
    if code >= 500 and code not in (501, 503, 505):
        raise Crash(f"the server answers {code}\n{found[:300]!r}")
    return "ok" if 0 < code < 400 else "refused"


def sent(place: Place, room: Room, request: bytes, *, whole: bool = True) -> bytes:
    place.note(f"request: {request[:1500]!r}")
    found = answer(room, request, whole=whole)
    place.note(f"answer: {found[:300]!r}")
    return found


def answer(room: Room, request: bytes, *, whole: bool = True) -> bytes:
    """Everything the room answers. A request that is not ``whole`` may stay without an answer."""
    data, late = b"", time.monotonic() + SECONDS
    with socket.create_connection(("127.0.0.1", room.port), SECONDS) as connection:
        connection.settimeout(SECONDS if whole else PATIENCE)
        try:
            connection.sendall(request)
            while (piece := connection.recv(1 << 16)) and time.monotonic() < late and len(data) < 10_000_000:
                data += piece
        except (ConnectionResetError, BrokenPipeError):
            return data
        except TimeoutError:
            if whole and not data:
                raise Hang(f"no answer within {SECONDS:.0f} s") from None
    return data


def status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found[1]) if found else 400  # closed without a word: refused


def check_alive(room: Room) -> None:
    found = answer(room, request("GET", room.health, {"Host": room.host}))
    if status(found) != 200:
        raise Crash(f"the server does not answer any more\n{log(room)[-3000:]}")


def log(room: Room) -> str:
    return room.log.read_text(errors="replace")
