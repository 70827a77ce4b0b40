"""What strangers send to the room's port: it goes on serving, and says nothing about them."""

import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TLS = bytes.fromhex("16030100a5010000a1030373cf") + bytes(152)
NOISE = [
    b"", b"\n", b"\r\n\r\n", b"\x00" * 100, TLS, b"SSH-2.0-OpenSSH_9.6\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", b"GET /\r\n",
    b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET http://[ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /%ff%fe%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET /?%ff=\xff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: [\r\n\r\n", b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: \xff=\xfe; ;;==\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \xff\r\n\r\n",
    b"GET /static/rushes.css HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes=" + b"9" * 6000 + b"-\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    b"GET /" + b"a" * 200_000, b"POST /enter HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999999\r\n\r\n",
    b"POST /enter HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /enter HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"POST /enter HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://[\r\nContent-Length: 0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
]  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """`sakuga rushes` for real: its port, and what it wrote."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = tmp_path / "said.log"
    with said.open("wb") as log:
        room = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "rushes", "--port", str(port)],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    until = time.monotonic() + 60
    while "Rushes:" not in said.read_text():
        assert time.monotonic() < until and room.poll() is None, said.read_text()
        time.sleep(0.2)
    yield port, said
    room.terminate()
    room.wait(30)


def spoken(port: int, sent: bytes, *, rude: bool) -> None:
    """Say it; then read the answer, or hang up with a reset before it comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        try:
            line.sendall(sent)
            if rude:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            else:
                line.shutdown(socket.SHUT_WR)
                while line.recv(65536):
                    pass
        except OSError:
            pass


def test_noise_is_no_traceback_and_no_line_in_the_log(served: tuple[int, Path]):
    """A TLS hello or a broken pipe filled the terminal."""
    port, said = served
    chance = random.Random(17)
    before = said.read_text()
    for noise in [*NOISE, *(chance.randbytes(chance.randrange(1, 400)) for _ in range(60))]:
        spoken(port, noise, rude=False)
        spoken(port, noise, rude=True)

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        assert answer.read() == b"ok"
    assert said.read_text() == before


def test_what_the_room_writes_into_a_file_does_not_hold_its_token(served: tuple[int, Path], tmp_path: Path):
    auth = (tmp_path / "episodes/.sakuga/up/rushes-auth").read_text()

    assert auth.partition(":")[2] not in served[1].read_text()
    assert "episodes/.sakuga/up/rushes-auth" in served[1].read_text()
