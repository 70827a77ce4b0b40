"""Two rushes rooms that run, and a client that sends them raw bytes.

In: a folder.      Out: rooms over the same finished episode, one without and one with a token.
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
from dataclasses import dataclass
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
    """A running room."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path
    token: str

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def word(self) -> str:
        """What the room gives to its own pages, to come back with every change."""
        cookie = {"authorization": f"Bearer {self.token}"} if self.token else {}
        page = answer(self, request("GET", "/", {"host": self.host, **cookie})).decode("utf-8", "replace")
        found = re.search(r'name="sakuga-word" content="([^"]+)"', page)
        return found[1] if found else ""


@dataclass(frozen=True)
class Rooms:
    """Without a token, and with one."""

    free: Room
    locked: Room

    def close(self) -> None:
        for room in (self.free, self.locked):
            room.process.terminate()
        for room in (self.free, self.locked):
            with contextlib.suppress(subprocess.TimeoutExpired):
                room.process.wait(10)
            room.process.kill()


def prepare(shared: Path, own: Path) -> Rooms:
    """Make an episode and open the rooms over it."""
    bases = episode.prepare(shared, own)
    work = own / "work"
    shutil.copytree(bases.reviewed.work, work)
    return Rooms(_opened(own, work, ""), _opened(own, work, TOKEN))


def _opened(folder: Path, work: Path, token: str) -> Room:
    log = folder / f"room{len(token)}.log"
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "rushes",
        "--port",
        "0",
        *(["--token", token] if token else []),
    ]
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=work, stdout=said, stderr=said, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
    late = time.monotonic() + STARTED
    while time.monotonic() < late and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/", log.read_text(errors="replace")):
            return Room(process, int(found[1]), log, token)
        time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"the rushes room did not open: {log.read_text(errors='replace')}")


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if (body or method == "POST") and "Content-Length" not in headers and "Transfer-Encoding" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join([*lines, "Connection: close", "", ""])).encode("utf-8", "surrogatepass") + body


def classified(place: Place, room: Room, request: bytes, *, whole: bool = True) -> Verdict:
    """Whether the answer is one that a server may give."""
    found = sent(place, room, request, whole=whole)
    if b"root:x:0" in found:
        raise Wrong("a file of the machine was sent")
    code = status(found)
    if code >= 500 and code not in (501, 503, 505):
        raise Crash(f"the room answers {code}\n{found[:300]!r}")
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
    found = answer(room, request("GET", "/healthz", {"Host": room.host}))
    if status(found) != 200:
        raise Crash(f"the room does not answer any more\n{log(room)[-3000:]}")


def log(room: Room) -> str:
    return room.log.read_text(errors="replace")
