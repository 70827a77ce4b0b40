"""Access control of the rushes room: who may enter, and what its pages may do.

In: every request.      Out: the same request, or a refusal; security headers on every answer.

- A room on this machine answers only to host names of this machine, so that a foreign page that points its own
    name at 127.0.0.1 (DNS rebinding) reaches nothing.
- There is always a token. It comes once in the address or the form, or as a ticket from the studio's start page;
    after that a cookie is used. It is compared in constant time and never logged, and the cookie holds only a
    digest of it. Wrong guesses are slowed down by address; a valid cookie or ticket, and a token too long to be
    guessed, are never refused because of others' guesses.
- A request that changes something must come from one of our pages: same origin, and the CSRF word of that page.
"""

import hashlib
import hmac
import math
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assets.errors import InputRefused
from flows.rushes.login_page import entrance
from flows.web.names import Names, hostname, is_foreign, is_loopback, names_for
from flows.web.secret import SHORTEST
from flows.web.tickets import Tickets
from flows.web.tries import Tries

COOKIE = "sakuga_rushes"
MONTH = 30 * 86400
LONG = (
    32  # characters; such a token cannot be guessed, so it is never delayed (generated tokens are this long)
)
DOOR = "rushes"
# A health check and the design, nothing of any show; the pages of rights holders check a token of each person.
OPEN = ("/healthz", "/static/", "/mine/")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FENCE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True)
class Lock:
    """The room's secret. ``word`` is the CSRF token that every page gets and sends with each change.

    ``names`` are the host names the room answers to; none: any. ``start`` is the origin of the studio's start page.
    """

    token: str = field(repr=False)
    word: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    names: Names | None = None
    start: str = ""
    tries: Tries = field(default_factory=Tries, repr=False, compare=False)
    tickets: Tickets = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.token) < SHORTEST:
            raise InputRefused(
                f"The token has {len(self.token)} characters; at least {SHORTEST} are needed against guessing. "
                "Leave it out, and one is generated and printed."
            )
        object.__setattr__(self, "tickets", Tickets(self.token, DOOR))

    @property
    def cookie(self) -> str:
        return hmac.new(self.token.encode(), b"sakuga rushes cookie", hashlib.sha256).hexdigest()

    @property
    def cookie_name(self) -> str:
        """A different name for each token: a browser shares cookies between all ports of a machine."""
        return f"{COOKIE}_{hashlib.sha256(self.cookie.encode()).hexdigest()[:8]}"

    @property
    def is_long(self) -> bool:
        return len(self.token) >= LONG and len(set(self.token)) >= LONG // 2

    def opens(self, token: str) -> bool:
        return _same(token, self.token)

    def knows(self, request: Request) -> bool:
        """Whether the request has a valid cookie."""
        return _same(request.cookies.get(self.cookie_name, ""), self.cookie)


def lock_for(host: str, token: str, *, names: Iterable[str] = (), start: str = "") -> Lock:
    """The lock for a room that listens at ``host``; a token is generated if none is given.

    On this machine it answers only to this machine's names and ``names``; elsewhere to any name, because a proxy
    may be in front of it, and requests to a foreign name come without a cookie.
    """
    known = names_for(host, names) if is_loopback(host) else None
    return Lock(token or secrets.token_urlsafe(24), names=known, start=start)


class Guard:
    """The middleware that checks every request."""

    def __init__(self, app: ASGIApp, lock: Lock) -> None:
        self._app, self._lock = app, lock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def fenced(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in FENCE.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        # A client that disconnects inside a body gets no answer; this is not our error.
        with suppress(ClientDisconnect):
            refusal = await self._refusal(Request(scope, receive))
            await (refusal or self._app)(scope, receive, fenced)

    async def _refusal(self, request: Request) -> Response | None:
        """The answer to a request that is refused; None if it is allowed."""
        path, changes = request.scope["path"], request.method not in ("GET", "HEAD")
        if self._lock.names is not None and not self._lock.names.answer(hostname(request.headers)):
            return PlainTextResponse(
                "This room answers to names of its own machine only (127.0.0.1, localhost). "
                "Set SAKUGA_MEDIA_URL to the address that browsers use, to serve it under another name.",
                421,
            )
        if path == "/enter" and changes:
            return await self._login(request)
        if changes and is_foreign(request.headers):
            return _foreign_page()
        if path.startswith(OPEN):
            return None
        if (token := request.query_params.get("token")) is not None and not changes:
            return self._token_in_address(request, token)
        if not self._lock.knows(request) and (refusal := self._by_header(request)) is not None:
            return refusal
        if changes and not _same(request.headers.get("x-sakuga-word", ""), self._lock.word):
            return PlainTextResponse(
                "This page is older than the server. Load it again; drafts are kept.", 409
            )
        return None

    def _by_header(self, request: Request) -> Response | None:
        """Check the bearer token of programs; show the login page to browsers."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return entrance(request)
        return self._wrong_token(request, given)

    def _wrong_token(self, request: Request, token: str) -> Response | None:
        """None for the right token; after too many wrong ones, a wait before the next is checked."""
        address = request.client.host if request.client else ""
        wait = self._lock.tries.wait(address)
        if (not wait or self._lock.is_long) and self._lock.opens(token):
            return None
        if wait:
            return entrance(request, wait=math.ceil(wait))
        self._lock.tries.wrong(address)
        return entrance(request, wrong=True)

    async def _login(self, request: Request) -> Response:
        """Handle the login form, or a ticket from the studio's start page."""
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > 4096:
                return PlainTextResponse("This is not a token.", 413)
        given = dict(parse_qsl(body.decode("utf-8", "replace")))
        if "ticket" in given:
            return self._by_ticket(request, given["ticket"])
        if is_foreign(request.headers):
            return _foreign_page()
        return self._wrong_token(request, given.get("token", "")) or self._with_cookie(
            request, RedirectResponse(_local_path(given.get("to", "/")), 303)
        )

    def _by_ticket(self, request: Request, ticket: str) -> Response:
        if is_foreign(request.headers, [self._lock.start]):
            return _foreign_page()
        if not self._lock.tickets.use(ticket):
            return PlainTextResponse("This ticket was used already, or is too old.", 403)
        answer = self._with_cookie(request, Response(None, 204))
        if self._lock.start:
            answer.headers["access-control-allow-origin"] = self._lock.start
            answer.headers["access-control-allow-credentials"] = "true"
        return answer

    def _token_in_address(self, request: Request, token: str) -> Response:
        """Accept a token in the address, and remove it at once, so that it stays in no browser history."""
        rest = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
        to = _local_path(request.scope["path"]) + (f"?{urlencode(rest)}" if rest else "")
        answer = RedirectResponse(to, 303, {"referrer-policy": "no-referrer"})
        if self._lock.knows(request):
            return answer
        return self._wrong_token(request, token) or self._with_cookie(request, answer)

    def _with_cookie(self, request: Request, answer: Response) -> Response:
        # Lax, not Strict: the user comes through a link on the run's page in Prefect.
        answer.set_cookie(
            self._lock.cookie_name,
            self._lock.cookie,
            max_age=MONTH,
            httponly=True,
            samesite="lax",
            secure=request.scope["scheme"] == "https",
        )
        return answer


def _foreign_page() -> Response:
    return PlainTextResponse("Changes are taken from this room's own pages only.", 403)


def _local_path(to: str) -> str:
    """A path of this room. A browser reads two leading slashes as the name of another server."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
