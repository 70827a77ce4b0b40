"""What Prefect's server never sees: foreign names, foreign pages, callers without the password."""

import asyncio
import base64
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from flows.up.guard import Guard
from flows.up.start import DOOR, PAGE, ROOM, Start, link
from flows.web.names import Names, names_for
from flows.web.tickets import Tickets, ticket

AUTH = "producer:a-password-of-some-length"
SECRET = "the-room-s-token-of-some-length"
SOCKET = "ws://127.0.0.1:4200/api/events/in"
OWN = "http://127.0.0.1:4200"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        await socket.send_text(await socket.receive_text())
        await socket.close()


def client(names: Names | None = None, patience: float = 15.0) -> TestClient:
    async def answer(request: object) -> PlainTextResponse:
        return PlainTextResponse("inside")

    inside = Starlette(
        routes=[
            WebSocketRoute("/api/events/in", echo),
            Route("/{path:path}", answer, methods=[*METHODS, "OPTIONS"]),
        ]
    )
    start = Start(AUTH, Tickets(AUTH, DOOR), "http://127.0.0.1:4300", SECRET)
    guard = Guard(inside, AUTH, names or names_for("127.0.0.1"), start, patience)
    return TestClient(guard, base_url=OWN, follow_redirects=False)


def basic(auth: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(auth.encode()).decode()}"}


@pytest.mark.parametrize("method", METHODS)
def test_without_the_password_nothing_of_the_api_is_reached(method: str):
    """Any process of any user on the machine could use the server."""
    assert client().request(method, "/api/flow_runs/filter").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        basic(AUTH + "x"),
        basic("producer:"),
        basic("ü" * 20),
        {"authorization": b"Basic \xff\xfe"},
        {"authorization": "Basic ===="},
        {"authorization": "Basic"},
        {"authorization": "Bearer " + AUTH},
        {"authorization": basic(AUTH)["authorization"].replace("Basic", "Bearer")},
    ],
)
def test_a_wrong_password_in_any_shape_is_401_and_no_traceback(headers: dict[str, str]):
    """Prefect's own check raised TypeError for a password that is not ASCII."""
    assert client().get("/api/flows", headers=headers).status_code == 401


def test_with_the_password_the_api_answers():
    assert client().post("/api/flows/filter", headers=basic(AUTH)).text == "inside"


@pytest.mark.parametrize("path", ["/api/health", "/api/ready"])
def test_whether_it_is_up_is_told_to_anybody_here(path: str):
    assert client().get(path).status_code == 200
    assert client().post(path).status_code == 401


@pytest.mark.parametrize(
    "host",
    ["evil.test", "evil.test:4200", "localhost.evil.test", "192.168.1.9:4200", "", "127.0.0.1@evil.test", "[::1",
     "127.0.0.1.evil.test", "evil.test#127.0.0.1"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/health", "/v2/", PAGE])
def test_a_foreign_name_is_not_answered_even_with_the_password(host: str, path: str):
    """DNS rebinding: a page points its own name at 127.0.0.1, and our server is a part of it."""
    assert client().get(path, headers={**basic(AUTH), "host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:4200", "LOCALHOST", "127.0.0.1", "[::1]:4200", "127.8.8.8:1"])
def test_every_name_of_this_machine_is_answered(host: str):
    assert client().get("/api/flows", headers={**basic(AUTH), "host": host}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [("studio.local:4200", 200), ("192.0.2.7", 200), ("evil.test", 421), ("localhost", 200)],
)
def test_a_server_for_others_answers_to_its_own_name_and_to_addresses(host: str, status: int):
    others = client(names_for("0.0.0.0", ["studio.local"]))

    assert others.get("/api/flows", headers={**basic(AUTH), "host": host}).status_code == status


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "http://127.0.0.1:4201", "null", "http://[", "file://"]
)
@pytest.mark.parametrize("method", [*METHODS, "OPTIONS"])
def test_a_page_of_another_origin_is_refused_and_gets_no_cors_headers(origin: str, method: str):
    answer = client().request(method, "/api/flows/", headers={**basic(AUTH), "origin": origin})

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_change_that_a_browser_says_comes_from_elsewhere_is_refused_without_an_origin_too(site: str):
    headers = {**basic(AUTH), "sec-fetch-site": site}

    assert client().post("/api/flows/", headers=headers).status_code == 403
    assert client().get("/v2/", headers=headers).status_code == 200, "a link to the UI is no change"


def test_our_own_page_may_call():
    headers = {**basic(AUTH), "origin": OWN, "sec-fetch-site": "same-origin"}

    assert client().post("/api/flows/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"host": "evil.test:4200"}, {"origin": "http://evil.test"}, {"origin": "http://localhost:1"}, {"origin": "null"}],
)  # fmt: skip
def test_a_socket_of_a_foreign_name_or_page_is_refused_before_it_is_accepted(headers: dict[str, str]):
    with pytest.raises(WebSocketDisconnect), client().websocket_connect(SOCKET, headers=headers):
        pass


@pytest.mark.parametrize("headers", [{}, {"origin": OWN}])
def test_a_socket_of_ours_is_passed_on(headers: dict[str, str]):
    with client().websocket_connect(SOCKET, headers=headers) as socket:
        socket.send_text("hello")

        assert socket.receive_text() == "hello"


def test_a_socket_that_says_nothing_is_closed():
    with client(patience=0.2).websocket_connect(SOCKET) as socket, pytest.raises(WebSocketDisconnect):
        socket.receive_text()


def test_a_caller_who_hangs_up_in_the_middle_of_a_body_is_no_error():
    """An application that reads the body itself raises ClientDisconnect: a traceback in the log for each."""

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def unheard(message: Message) -> None:
        raise AssertionError(f"nobody is there to hear {message}")

    guard = Guard(reading, AUTH, names_for("127.0.0.1"), Start(AUTH, Tickets(AUTH, DOOR)))
    headers = [(b"host", b"127.0.0.1"), (b"authorization", basic(AUTH)["authorization"].encode())]
    scope = {"type": "http", "method": "POST", "path": "/api/flows/", "headers": headers}

    asyncio.run(guard(scope, gone, unheard))


def test_every_page_is_kept_out_of_frames_and_calls_nobody_else():
    headers = client().get("/v2/").headers

    assert headers["x-frame-options"] == "DENY"
    assert "connect-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_the_start_link_opens_once_and_hands_out_the_password_and_a_ticket_for_the_room():
    door, page = client(), link(OWN, AUTH)
    given = page.partition("#")[2]

    first, second = (door.post(PAGE, content=given, headers={"origin": OWN}) for _ in range(2))

    assert base64.b64decode(first.json()["auth"]).decode() == AUTH
    assert Tickets(SECRET, ROOM).use(first.json()["ticket"])
    assert second.status_code == 403 and "auth" not in second.json()


@pytest.mark.parametrize("given", ["", "x", ticket("another-secret-altogether", DOOR), ticket(AUTH, ROOM),
                                   ticket(AUTH, DOOR, seconds=-1), "1" * 5000],
                         ids=["empty", "short", "another secret", "another door", "too old", "too long"])  # fmt: skip
def test_what_is_no_ticket_for_this_door_opens_nothing(given: str):
    answer = client().post(PAGE, content=given, headers={"origin": OWN})

    assert answer.status_code in (403, 413)
    assert "auth" not in answer.json()


def test_the_start_page_is_not_kept_and_tells_nobody_where_one_came_from():
    headers = client().get(PAGE).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_the_ticket_is_behind_the_hash_where_no_server_sees_it():
    page = link(OWN, AUTH)

    assert page.startswith(f"{OWN}{PAGE}#")
    assert AUTH.partition(":")[2] not in page


def test_what_is_printed_of_the_guard_shows_no_secret():
    start = Start(AUTH, Tickets(AUTH, DOOR), "", SECRET)
    shown = repr(start) + repr(Guard(Starlette(), AUTH, names_for("127.0.0.1"), start))

    assert AUTH not in shown and SECRET not in shown
