"""Access control in front of Prefect's server: refuse foreign host names, foreign pages and wrong passwords.

In: every request and WebSocket.      Out: the same, or a refusal with a sentence.
Prefect checks its password too. But it has no setting for Host and Origin, and accepts a body without a content
type as JSON, which any page can send to any server. So these are checked before its code runs.
"""

import asyncio
import base64
import binascii
import hmac
from contextlib import suppress
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.up.start import HOME, Start
from flows.web.names import SAFE, Names, hostname, is_foreign

# Health check; asked without a password.
OPEN = ("/api/health", "/api/ready")
SOCKET_SECONDS = 15.0  # for the first message of a WebSocket, which carries the password
# Prefect's UI keeps the password where its scripts can read it. So scripts load only from here, and may call
# only this server: the UI would send telemetry whatever the server's settings say. The graph of a run needs
# unsafe-eval, because its drawing library generates functions.
POLICY = (
    "script-src 'self' 'unsafe-eval' blob:; worker-src 'self' blob:; connect-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
FENCE = {
    "x-frame-options": "DENY",
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True)
class Guard:
    """An ASGI application around Prefect's."""

    app: ASGIApp
    auth: str
    names: Names
    start: Start
    patience: float = SOCKET_SECONDS

    def __repr__(self) -> str:
        return "Guard()"  # the default would show a password

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            if refusal is not None:
                await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
            else:
                await self.app(scope, _in_time(receive, send, self.patience), send)
            return
        target: ASGIApp = self.start if scope["path"].startswith(HOME) else self.app
        # A client that disconnects inside a body gets no answer; this is not our error.
        with suppress(ClientDisconnect):
            await (refusal or target)(scope, receive, _fenced(send))

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if not self.names.answer(hostname(headers)):
            return _no(
                421, "This server does not answer to that host name. Start the studio with --name to add one."
            )
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE
        if is_foreign(headers) and (changes or "origin" in headers):
            return _no(
                403, "This comes from a page of another origin. Only this server's own pages may call it."
            )
        if scope["type"] == "websocket" or not _is_api(scope["path"]) or scope["method"] == "OPTIONS":
            return None
        if scope["path"] in OPEN and not changes:
            return None
        if not self._knows(headers.get("authorization", "")):
            return _no(401, "Unauthorized")
        return None

    def _knows(self, given: str) -> bool:
        scheme, _, encoded = given.partition(" ")
        try:
            decoded = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(decoded, self.auth.encode()) and scheme.lower() == "basic"


def _is_api(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


def _no(status: int, sentence: str) -> Response:
    """A refusal in the format that Prefect's clients read."""
    return JSONResponse({"exception_message": sentence, "detail": sentence}, status)


def _fenced(send: Send) -> Send:
    async def fenced(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in FENCE.items():
                headers.setdefault(name, value)
        await send(message)

    return fenced


def _in_time(receive: Receive, send: Send, seconds: float) -> Receive:
    """Disconnect if the first message does not arrive in time: the client is unknown until then."""
    spoken = False

    async def next_message() -> Message:
        nonlocal spoken
        if spoken:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), seconds)
        except TimeoutError:
            await send({"type": "websocket.close", "code": 1008})
            return {"type": "websocket.disconnect", "code": 1008, "reason": "no message arrived"}
        spoken = message["type"] == "websocket.receive"
        return message

    return next_message
