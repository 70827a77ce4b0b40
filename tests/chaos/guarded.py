"""HTTP, WebSockets and tickets against the guard of Prefect's server, over a real socket.

A case that reaches the API without the password, under a foreign name or from a page of another origin is a
silent wrong.
"""

import base64
import json
import struct
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from flows.up.start import DOOR, PAGE, ROOM
from flows.web.tickets import ticket
from tests.chaos import attacks, rooms, words
from tests.chaos.attacks import HEADERS, HOSTS, METHODS, ORIGINS, PARTS
from tests.chaos.case import Place, Verdict, Wrong
from tests.chaos.rooms import Room
from tests.chaos.stub import REACHED_API, ROOM_SECRET

AUTH = "producer:a-password-that-nobody-guesses"
PATHS = (
    "/api/flow_runs/filter", "/api/deployments/", "/api", "/api/", "/api/health", "/api/ready", "/api/admin/settings",
    "/", "/v2/dashboard", PAGE, "/sakuga/start.js", "/sakuga/", "/API/flows", "//api/flows", "/./api/flows",
    "/sakuga/../api/flows", "/%61pi/flows", "/api%2Fflows", "/api;x/flows", "/api/health/../flows", "/api/events/in",
)  # fmt: skip
OPEN = ("/api/health", "/api/ready")
ODD_UPGRADES = (
    {"Sec-WebSocket-Version": "x"}, {"Sec-WebSocket-Version": "9" * 500}, {"Sec-WebSocket-Key": "é"},
    {"Sec-WebSocket-Key": ""}, {"Sec-WebSocket-Protocol": "," * 999}, {"Sec-WebSocket-Protocol": "é"},
    {"Sec-WebSocket-Extensions": "x;y=\xff"}, {"Sec-WebSocket-Extensions": "permessage-deflate; x=1" * 50},
)  # fmt: skip
SOCKET_KEY = "dGhlIHNhbXBsZSBub25jZQ=="


@dataclass(frozen=True)
class Server:
    """The guard with a stub behind it."""

    guard: Room

    def close(self) -> None:
        rooms.ended(self.guard)


def prepare(shared: Path, own: Path) -> Server:
    guard = rooms.opened(
        ["-m", "tests.chaos.stub"], own, own / "guard.log", AUTH, {"PREFECT_SERVER_API_AUTH_STRING": AUTH}
    )
    return Server(replace(guard, health="/api/health"))


def play(chance: Random, place: Place) -> Verdict:
    """One request, WebSocket or ticket; afterwards the server still answers, and its log is quiet."""
    return attacks.at(chance, place, place.context.guard, chance.choice(ATTACKS))


def without_the_password(chance: Random, place: Place, server: Room) -> Verdict:
    """Any path and headers, and a wrong password or none: the API behind the guard is not reached."""
    path = _path(chance)
    headers = {"Host": server.host, **dict(chance.sample(HEADERS, chance.randint(0, 3))), **_guess(chance)}
    method = chance.choice(METHODS[:3] * 3 + METHODS)
    asked = rooms.request(method, path, headers, chance.choice((b"", b"x", b"{}")))
    found = rooms.sent(place, server, asked, whole=_is_whole(headers))
    if REACHED_API.encode() in found and path.split("?")[0] not in OPEN and method != "OPTIONS":
        raise Wrong(f"the API was reached without the password: {method} {path}")
    return rooms.judged(found)


def with_the_password(chance: Random, place: Place, server: Room) -> Verdict:
    """A caller of our own with a hostile path, headers and body."""
    headers = {"Host": server.host, **dict(chance.sample(HEADERS, chance.randint(0, 3))), **_basic(AUTH)}
    method = chance.choice(("GET", "POST", "POST", "PATCH", "DELETE"))
    body = chance.choice((b"", b"{}", b"\xff" * 100, b"[" * 10_000, chance.randbytes(100)))
    asked = rooms.request(method, _path(chance), headers, body)
    return rooms.judged(rooms.sent(place, server, asked, whole=_is_whole(headers)))


def another_site(chance: Random, place: Place, server: Room) -> Verdict:
    """A foreign name or origin with the right password: the browser of a person may add it by itself."""
    headers = {
        "Host": server.host,
        **_basic(AUTH),
        "Content-Type": chance.choice(("text/plain", "application/json")),
    }
    method = chance.choice(("GET", "POST", "PUT", "DELETE", "OPTIONS"))
    how = chance.choice(("name", "origin", "fetch"))
    if how == "name":
        headers["Host"] = chance.choice(HOSTS)
    elif how == "origin":
        headers["Origin"] = chance.choice(ORIGINS)
    else:
        method = chance.choice(("POST", "PUT", "DELETE"))
        headers["Sec-Fetch-Site"] = chance.choice(("cross-site", "same-site", "x"))
    path = chance.choice(("/api/deployments/", "/api/health", PAGE, "/v2/", "/api/flow_runs/filter"))
    found = rooms.sent(place, server, rooms.request(method, path, headers, b"" if method == "GET" else b"{}"))
    if 0 < rooms.status(found) < 400:
        raise Wrong(f"a foreign {how} was answered with {rooms.status(found)}: {method} {path} {headers}")
    if b"access-control-allow-origin" in found.lower():
        raise Wrong(f"a foreign {how} may read the answer: {found[:300]!r}")
    return "refused"


def a_socket(chance: Random, place: Place, server: Room) -> Verdict:
    """A WebSocket: from a foreign page it is not opened; what comes over an open one ends in no traceback."""
    headers = {
        "Host": server.host, "Upgrade": "websocket", "Sec-WebSocket-Key": SOCKET_KEY, "Sec-WebSocket-Version": "13",
    }  # fmt: skip
    foreign = chance.random() < 0.4
    if foreign:
        headers |= chance.choice(({"Host": chance.choice(HOSTS)}, {"Origin": chance.choice(ORIGINS)}))
    elif chance.random() < 0.3:
        headers["Origin"] = f"http://{server.host}"
    if chance.random() < 0.3:
        headers |= chance.choice(ODD_UPGRADES)
    path = chance.choice(("/api/events/in", "/api/events/in", "/api/none", "/", PAGE))
    opening = rooms.request("GET", path, headers).replace(b"Connection: close", b"Connection: Upgrade")
    found = rooms.sent(place, server, opening + _frames(chance), whole=False)
    if foreign and b" 101 " in found[:20]:
        raise Wrong(f"a WebSocket of a foreign page was opened: {headers}")
    return rooms.judged(found)


def a_ticket(chance: Random, place: Place, server: Room) -> Verdict:
    """Forged, old, cut and foreign tickets open nothing; a good one opens once, however many use it at once."""
    good = ticket(AUTH, DOOR)
    if chance.random() < 0.3:
        return _at_once(place, server, good)
    forged = chance.choice((
        "", good[:-1], good + "x", ticket(AUTH, ROOM), ticket(ROOM_SECRET, DOOR), ticket(AUTH, DOOR, seconds=-1),
        "9" * 150 + good, "²" + good, good.replace(".", "", 1), good.upper(), words.odd(chance), "x" * 100_000,
    ))  # fmt: skip
    found = rooms.sent(place, server, _opening(server, forged.encode("utf-8", "replace")))
    if rooms.status(found) < 400 or base64.b64encode(AUTH.encode()) in found:
        raise Wrong(f"a bad ticket opened the server: {forged[:200]!r}")
    return rooms.judged(found)


ATTACKS = (
    without_the_password, without_the_password, with_the_password, another_site, another_site, a_socket, a_socket,
    a_ticket, attacks.half_a_request, attacks.garbage,
)  # fmt: skip


def _at_once(place: Place, server: Room, good: str) -> Verdict:
    """Four callers with one ticket: one of them gets in."""
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: answers.append(rooms.answer(server, _opening(server, good.encode()))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = sorted(map(rooms.status, answers))
    place.note(f"one ticket, four times: {codes}")
    if codes != [200, 403, 403, 403]:
        raise Wrong(f"one ticket was used four times at once: {codes}")
    return "ok"


def _opening(server: Room, given: bytes) -> bytes:
    return rooms.request("POST", PAGE, {"Host": server.host, "Origin": f"http://{server.host}"}, given)


def _path(chance: Random) -> str:
    path = chance.choice(PATHS)
    if chance.random() < 0.3:
        path = f"{path.rstrip('/')}/{chance.choice(PARTS)}"
    return path + chance.choice(("", "", "?limit=-1", "?a=%ff", "?" + "x" * 5000))


def _guess(chance: Random) -> dict[str, str]:
    """An Authorization header that is wrong, in any shape."""
    wrong = (
        {}, {}, _basic("producer:"), _basic(AUTH[:-1]), _basic(AUTH + "x"), _basic(AUTH.upper()), _basic("é" * 20),
        {"Authorization": f"Basic {AUTH}"}, {"Authorization": f"Bearer {AUTH}"}, {"Authorization": "Basic"},
        {"Authorization": "Basic ="}, {"Authorization": "Basic " + "A" * 20_000}, {"Authorization": "Basic \xff\xfe"},
        {"X-Forwarded-User": "producer"}, {"Cookie": f"auth={AUTH}"},
    )  # fmt: skip
    return chance.choice(wrong)


def _basic(auth: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(auth.encode()).decode()}"}


def _frames(chance: Random) -> bytes:
    """What follows the handshake: a sound first message, a hostile one, or bytes that are no frames."""
    text = chance.choice(
        (json.dumps({"type": "auth", "token": "x"}), "[" * 5000, "NaN", "\x00", "", "é" * 999)
    )
    sound = _frame(0x81, text.encode())
    return chance.choice((
        b"", sound, sound, _frame(0x82, b"\xff" * 50), _frame(0x81, b"\xff\xfe"), _frame(0x88, b"\x00"),
        _frame(0x88, struct.pack(">H", 9999)), _frame(0x89, b"x" * 126), _frame(0xF1, b"x"), sound[:3],
        b"\x81\xff" + b"\xff" * 8, chance.randbytes(200), words.spoiled(chance, sound),
    ))  # fmt: skip


def _frame(kind: int, data: bytes) -> bytes:
    """One frame as a client sends it (RFC 6455, 5.2); the mask is zero, so the data stay as they are."""
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
    return bytes([kind]) + length + b"\0\0\0\0" + data


def _is_whole(headers: dict[str, str]) -> bool:
    return not {"Content-Length", "Transfer-Encoding", "Expect", "Upgrade"} & set(headers)
