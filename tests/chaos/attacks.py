"""HTTP against the rushes room, over a real socket: what strangers, broken clients and attackers send.

A case that ends a room, or makes it print a traceback, is a crash.
"""

import contextlib
import json
import re
import socket
from collections.abc import Callable
from random import Random

from tests.chaos import rooms, words
from tests.chaos.case import Crash, Place, Verdict, Wrong
from tests.chaos.rooms import Room

PATHS = (
    "/", "/healthz", "/static/main.js", "/static/regular.ttf", "/episodes/kite", "/api/episodes",
    "/api/episodes/kite", "/episodes/kite/poster", "/episodes/kite/media/" + "0" * 64,
    "/episodes/kite/thumbs/" + "0" * 64 + "/320", "/episodes/kite/waveform/" + "0" * 64, "/nowhere", "/enter",
)  # fmt: skip
PARTS = (
    "kite", "_", "", ".", "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%00", "%ff", "a" * 65, "a" * 9000, "é",
    "%C3%A9", "kite%0d%0aX: y", "kite;x", "kite?x", "0" * 64, "f" * 63 + "g", "-1", "0", "1e999",
    "99999999999999999999", "NaN", "<script>", "%3Cscript%3E", "'", '"', "\\", "/", "//evil.example", "null",
    "[object Object]",
)  # fmt: skip
METHODS = (
    "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "FOO", "G" * 300,
    "PROPFIND",
)  # fmt: skip
NUMBERS = (
    0, -1, 1, 2**31, 2**53, 2**63, 2**64, 10**400, 1.5, float("nan"), float("inf"), True, "1", None, [], {},
)  # fmt: skip
HOSTS = (
    "evil.example", "evil.example:1", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.1.9", "",
    "[::", "a b", "\x80", "0.0.0.0", "example.com@127.0.0.1",
)  # fmt: skip
ORIGINS = (
    "http://evil.example", "null", "http://localhost.evil.example", "https://127.0.0.1", "file://",
    "http://127.0.0.1:1", "", "x", "http://[::1",
)  # fmt: skip
HEADERS = (
    ("Range", "bytes=0-0"), ("Range", "bytes=5-1"), ("Range", "bytes=-0"),
    ("Range", "bytes=-99999999999999999999"), ("Range", "bytes=99999999999999999999-"),
    ("Range", "bytes=0-1,2-3"), ("Range", "bytes=" + "0-0," * 5000), ("Range", "bytes=" + "9" * 5000 + "-"),
    ("Range", "bytes=²-³"), ("Range", "x"), ("If-Range", "x"), ("If-None-Match", "*"),
    ("If-None-Match", "," * 10_000), ("Accept", "text/html"), ("Accept-Encoding", "gzip;q=0"),
    ("Accept-Encoding", "br, \xff"), ("Cookie", "sakuga_rushes=x"), ("Cookie", "sakuga_rushes=" + "é" * 50),
    ("Cookie", "=;;;=" * 500), ("Authorization", "Bearer x"), ("Authorization", "Bearer \xff\xfe"),
    ("Authorization", "Basic !!!"), ("Authorization", ""), ("X-Sakuga-Word", "x"), ("X-Sakuga-Word", "é"),
    ("Content-Length", "-1"), ("Content-Length", "99999999999"), ("Content-Length", "x"),
    ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "gzip, chunked"), ("Expect", "100-continue"),
    ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-Host", "evil.example"), ("X-Original-URL", "/api/episodes"),
    ("X-HTTP-Method-Override", "DELETE"), ("X" * 9000, "y"), ("X", "y" * 70_000),
)  # fmt: skip
NO_HTTP = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\r\n" * 5000, b"\x00" * 3000, b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\nHost: x\n\n",
    b"GET / HTTP/1.1\r\nHost x\r\n\r\n", b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
)  # fmt: skip


def play(chance: Random, place: Place) -> Verdict:
    """One request or connection; afterwards the room still answers, and its log is quiet."""
    room: Room = chance.choice((place.context.made, place.context.given))
    return at(chance, place, room, chance.choice(ATTACKS))


def at(chance: Random, place: Place, room: Room, attack: Callable[[Random, Place, Room], Verdict]) -> Verdict:
    """One attack at one server; afterwards it still answers, and its log is quiet and without its secret."""
    place.note(f"{attack.__name__} at port {room.port}")
    begun = len(rooms.log(room))
    verdict = attack(chance, place, room)
    rooms.check_alive(room)
    said = rooms.log(room)[begun:]
    if "Traceback" in said or "Exception in ASGI" in said:
        raise Crash(said)
    if room.token in said:
        raise Wrong("the secret of the server stands in its log")
    return verdict


def any_request(chance: Random, place: Place, room: Room) -> Verdict:
    """A method, a path and headers, each of them hostile or not."""
    path = chance.choice(PATHS)
    if chance.random() < 0.6:
        parts = path.split("/")
        parts[chance.randrange(1, len(parts))] = chance.choice(PARTS)
        path = "/".join(parts)
    if chance.random() < 0.3:
        path += "?" + chance.choice(
            (
                "known=x",
                "token=x",
                "token=",
                "token=%ff",
                "token=" + "x" * 5000,
                "cut=-1",
                "&&&",
                "a[]=1",
                "token=a&token=b",
                "%",
            )
        )
    headers = {"Host": room.host, **dict(chance.sample(HEADERS, chance.randint(0, 3)))}
    if chance.random() < 0.5:
        headers["Authorization"] = f"Bearer {room.token}"
    request = rooms.request(
        chance.choice(METHODS[:3] * 3 + METHODS), path, headers, chance.choice((b"", b"", b"x", b"{}"))
    )
    whole = not {"Content-Length", "Transfer-Encoding", "Expect"} & set(headers)
    return rooms.classified(place, room, request, whole=whole)


def a_decision(chance: Random, place: Place, room: Room) -> Verdict:
    """A body for the two addresses that change something, as a page of the room would send it."""
    wish = {
        "wish": "retake",
        "cut": "C001",
        "by": "Aoi",
        "remark": {"cut": "C001", "codes": ["timing"], "note": "x"},
    }
    decision = {"gate": 1, "seen": "0" * 64, "by": "Aoi", "decision": {"verdict": "approve"}}
    to, body = chance.choice((("wishes", wish), ("decisions", decision)))
    text = json.dumps(_spoiled(chance, body)).encode()
    if chance.random() < 0.3:
        text = chance.choice(
            (
                words.spoiled(chance, text),
                b"",
                b"[" * 100_000,
                b"NaN",
                b"\xff",
                b"null",
                b'{"a":' * 5000,
                b"x" * 1_200_000,
                b'"\\ud800"',
            )
        )
    kind = chance.choice(
        (
            "application/json",
            "application/json",
            "application/json",
            "application/json; charset=x",
            "text/plain",
            "",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
        )
    )
    headers = {
        "Host": room.host,
        "Origin": f"http://{room.host}",
        "Content-Type": kind,
        "X-Sakuga-Word": room.word(),
        "Authorization": f"Bearer {room.token}",
    }
    return rooms.classified(
        place,
        room,
        rooms.request("POST", f"/api/episodes/{chance.choice(('kite', 'none', 'kite'))}/{to}", headers, text),
    )


def another_site(chance: Random, place: Place, room: Room) -> Verdict:
    """A page of another origin, or under another name for this machine: nothing is shown, nothing done.

    Not even with the token, which the browser of a person has.
    """
    foreign_host = chance.random() < 0.5
    headers = {"Host": chance.choice(HOSTS) if foreign_host else room.host}
    if chance.random() < 0.7:
        headers["Authorization"] = f"Bearer {room.token}"
    method = "GET" if foreign_host else "POST"
    if not foreign_host:
        headers |= {
            "Origin": chance.choice(ORIGINS),
            "Content-Type": chance.choice(("application/json", "text/plain")),
        }
        headers |= chance.choice(({}, {"Sec-Fetch-Site": "cross-site"}))
    path = chance.choice(
        (
            "/",
            "/api/episodes",
            "/api/episodes/kite",
            "/api/episodes/kite/wishes",
            "/api/episodes/kite/decisions",
            "/episodes/kite",
        )
    )
    status = rooms.status(
        rooms.sent(place, room, rooms.request(method, path, headers, b"" if method == "GET" else b"{}"))
    )
    if status < 400:
        raise Wrong(f"a foreign {'name' if foreign_host else 'origin'} was answered with {status}: {headers}")
    return "refused"


def no_token(chance: Random, place: Place, room: Room) -> Verdict:
    """Guesses of the token: nothing of the show is told."""
    token = room.token
    guess = chance.choice(
        ("", "x", token[:-1], token + "x", token.swapcase(), words.odd(chance)[:200], "é" * 32)
    ).encode("utf-8", "replace")
    where = chance.choice(("address", "bearer", "cookie", "form"))
    path, headers, body = "/api/episodes/kite", {"Host": room.host}, b""
    quoted = "".join(f"%{byte:02x}" for byte in guess)
    if where == "address":
        path += f"?token={quoted}"
    elif where == "form":
        path, body = "/enter", f"token={quoted}&to=/".encode()
        headers |= {"Origin": f"http://{room.host}", "Content-Type": "application/x-www-form-urlencoded"}
    else:
        shown = re.sub(rb"[\r\n\x00]", b"", guess).decode("latin-1")
        headers |= (
            {"Authorization": f"Bearer {shown}"}
            if where == "bearer"
            else {"Cookie": f"sakuga_rushes={shown}"}
        )
    answer = rooms.sent(place, room, rooms.request("POST" if where == "form" else "GET", path, headers, body))
    if rooms.status(answer) < 400 or b"C001" in answer:
        raise Wrong(f"a wrong token opened the room: {rooms.status(answer)}")
    return "refused"


def half_a_request(chance: Random, place: Place, room: Room) -> Verdict:
    """Connections that send a part of a request and stay or go: others are answered meanwhile."""
    whole = rooms.request(
        "POST",
        "/api/episodes/kite/wishes",
        {"Host": room.host, "Content-Type": "application/json"},
        b"{}" * 50,
    )
    open_ones = []
    for _ in range(chance.randint(1, 60)):
        connection = socket.create_connection(("127.0.0.1", room.port), rooms.SECONDS)
        with contextlib.suppress(OSError):
            connection.sendall(whole[: chance.randrange(len(whole))])
        open_ones.append(connection)
    rooms.check_alive(room)
    for connection in open_ones:
        connection.close()
    return "ok"


def garbage(chance: Random, place: Place, room: Room) -> Verdict:
    """Bytes that are no HTTP, or a request that was spoiled on its way."""
    spoiled = words.spoiled(chance, rooms.request("GET", chance.choice(PATHS), {"Host": room.host}))
    data = chance.choice((chance.randbytes(chance.randint(1, 5000)), spoiled, spoiled, *NO_HTTP))
    return rooms.classified(place, room, data, whole=False)


ATTACKS = (
    any_request, any_request, any_request, a_decision, a_decision, another_site, no_token, half_a_request,
    garbage,
)  # fmt: skip


def _spoiled(chance: Random, body: dict[str, object]) -> dict[str, object]:
    """``body`` with some of its values hostile, at any depth."""
    found: dict[str, object] = json.loads(json.dumps(body))
    for _ in range(chance.randint(0, 3)):
        holder: dict[str, object] = found
        key = chance.choice(sorted(holder))
        inner = holder[key]
        if isinstance(inner, dict) and inner and chance.random() < 0.7:
            holder, key = inner, chance.choice(sorted(inner))
        holder[key] = chance.choice(
            (
                *NUMBERS,
                words.odd(chance)[:3000],
                words.odd(chance),
                " ",
                {"frames": {"start": -1, "stop": 2**64}},
            )
        )
    return found
