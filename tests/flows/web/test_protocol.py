"""Connections that nobody finishes cost little, and keep nobody out."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from flows.web.protocol import Bounded, options

SECONDS = 1.0
MOST = 20


class Quick(Bounded):
    request_seconds = SECONDS
    most = MOST


@pytest.fixture
def port() -> Iterator[int]:
    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{len(await request.body())} bytes")

    app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"])])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1,
                                **options() | {"http": Quick, "timeout_keep_alive": 1})  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


def called(port: int, sent: bytes = b"") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=10)
    line.sendall(sent)
    return line


def closes(line: socket.socket) -> float:
    """Seconds until the other side hangs up."""
    began = time.monotonic()
    try:
        while line.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - began


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\n", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
     b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT"],
)  # fmt: skip
def test_a_request_that_does_not_come_to_its_end_is_given_up(port: int, sent: bytes):
    """uvicorn waits for ever: a few thousand such connections used up the process's files."""
    with called(port, sent) as line:
        assert closes(line) < SECONDS + 3


def test_a_letter_now_and_then_buys_no_more_time(port: int):
    with called(port, b"GET / HTTP/1.1\r\nX-Slow: ") as line:
        began = time.monotonic()
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            for _ in range(200):
                line.sendall(b"a")
                time.sleep(0.1)

    assert time.monotonic() - began < SECONDS + 3


def test_whoever_holds_many_connections_keeps_nobody_out(port: int):
    held = [called(port, b"GET / HTTP/1.1\r\n") for _ in range(MOST * 3)]

    with called(port, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as line:
        began = time.monotonic()
        answer = b"".join(iter(lambda: line.recv(4096), b""))

    assert b"200 OK" in answer
    assert time.monotonic() - began < SECONDS
    for line in held:
        line.close()


def test_a_request_in_pieces_is_answered_when_it_is_whole(port: int):
    with called(port, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Le") as line:
        for piece in (b"ngth: 6\r\nConnection: close\r\n", b"\r\nabc", b"def"):
            time.sleep(SECONDS / 5)
            line.sendall(piece)

        assert b"6 bytes" in b"".join(iter(lambda: line.recv(4096), b""))


def test_one_connection_serves_many_requests(port: int):
    with called(port) as line:
        for _ in range(6):
            time.sleep(SECONDS / 3)
            line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")

            answer = b""
            while not answer.endswith(b"0 bytes"):
                answer += line.recv(4096)

    assert answer.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("header", ["Sec-WebSocket-Key", "Sec-WebSocket-Extensions"])
def test_websocket_headers_that_are_not_ascii_are_a_bad_request(port: int, header: str):
    """The WebSocket library raised UnicodeEncodeError, or answered 500: strangers could fill the log."""
    opening = {"Host": "a", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} | {header: "x;y=\u00e9"}  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in opening.items())

    with called(port, f"GET / HTTP/1.1\r\n{lines}\r\n".encode()) as line:
        answer = b"".join(iter(lambda: line.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 400 ")
