"""The plain HTTP client of `sakuga up`, against a server with Prefect's CSRF protection."""

import base64
import http.server
import json
import threading
from collections.abc import Iterator

import httpx
import pytest

from flows.up.prefect_api import Api

AUTH = "producer:a-password-of-some-length"


class Protected(http.server.BaseHTTPRequestHandler):
    """Hands out a token for a client, and takes changes only with the newest one."""

    token = "first"
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.answer(200, {"token": type(self).token})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        good = self.headers.get("prefect-csrf-token") == type(self).token and self.headers.get(
            "prefect-csrf-client"
        )
        self.answer(200 if good else 403, {"did": True} if good else {"detail": "Missing CSRF token."})

    def answer(self, status: int, body: object) -> None:
        known = f"Basic {base64.b64encode(AUTH.encode()).decode()}"
        status = status if self.headers.get("authorization") == known else 401
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def server() -> Iterator[tuple[str, type[Protected]]]:
    handler = type("Handler", (Protected,), {})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}", handler
        made.shutdown()


def test_a_change_carries_a_csrf_token_that_is_fetched_once_and_again_when_it_is_old(
    server: tuple[str, type[Protected]],
):
    api, handler = Api(server[0], AUTH), server[1]

    done = [api.post("/x", {}), api.post("/x", {})]
    handler.token = "second"
    done.append(api.post("/x", {}))

    assert done == [{"did": True}] * 3
    assert handler.asked == 2


def test_without_the_password_the_refusal_is_raised(server: tuple[str, type[Protected]]):
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        Api(server[0]).post("/x", {})


def test_what_is_printed_of_it_shows_no_password():
    assert AUTH not in repr(Api("http://127.0.0.1", AUTH, "key-key-key")) and "key-key" not in repr(
        Api("", "", "key-key-key")
    )
