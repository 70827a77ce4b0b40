"""The start page: it logs a browser with a ticket in to Prefect's UI and the rushes room.

In: the link that `sakuga up` printed.      Out: the UI's password in the browser, the room's cookie, and the UI.
The ticket is behind a # in the link, so that no server and no log sees it. The page removes it from the address
and sends it in a body. It works once, within an hour.
"""

import base64
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from flows.web.tickets import LONGEST, Tickets, ticket

HOME = "/sakuga/"
PAGE = "/sakuga/start"
DOOR, ROOM = "server", "rushes"
MINUTE = 60
STATIC = Path(__file__).parent / "static"
FILES = {PAGE: ("start.html", "text/html"), "/sakuga/start.js": ("start.js", "text/javascript"),
         "/sakuga/start.css": ("start.css", "text/css")}  # fmt: skip


@dataclass(frozen=True)
class Start:
    """An ASGI application for the addresses below ``/sakuga/``. ``room`` is the rushes room's URL, or empty."""

    auth: str
    tickets: Tickets
    room: str = ""
    room_secret: str = ""

    def __repr__(self) -> str:
        return "Start()"  # the default would show a password

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(Request(scope, receive))
        except ClientDisconnect:  # the client disconnected inside a body
            return
        for name, value in self._headers().items():
            answer.headers[name] = value
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        if request.method == "POST" and path == PAGE:
            return await self._open(request)
        if path not in FILES or request.method not in ("GET", "HEAD"):
            return JSONResponse(
                {"problem": f"There is nothing at this address. The start page is {PAGE}."}, 404
            )
        name, kind = FILES[path]
        return Response((STATIC / name).read_bytes(), 200, media_type=kind)

    async def _open(self, request: Request) -> Response:
        given = b""
        async for piece in request.stream():
            given += piece
            if len(given) > LONGEST:
                return JSONResponse({"problem": "This is not a ticket."}, 413)
        if not self.tickets.use(given.decode("ascii", "replace")):
            return JSONResponse({"problem": "This link was used already, or is older than an hour."}, 403)
        found = {"auth": base64.b64encode(self.auth.encode()).decode(), "ui": "/v2/deployments"}
        if self.room:
            found |= {"room": self.room, "ticket": ticket(self.room_secret, ROOM, seconds=MINUTE)}
        return JSONResponse(found)

    def _headers(self) -> dict[str, str]:
        policy = (
            f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {self.room}; "
            "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return {
            "content-security-policy": policy,
            "cache-control": "no-store",
            "referrer-policy": "no-referrer",
        }


def link(server: str, auth: str) -> str:
    """The link for a person; ``server`` is the server's URL for browsers."""
    return f"{server}{PAGE}#{ticket(auth, DOOR)}"
