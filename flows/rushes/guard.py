"""Who may come in, and what a page of ours may do: the door of the rushes room.

In: every request.      Out: the same request, or a refusal; on every answer the headers that fence it in.

- Without a token only names of this machine are answered, so that a page elsewhere that points its own
  name at 127.0.0.1 reaches nothing.
- With a token: once in the address or the form, from then on in a cookie. It is compared in constant
  time, never logged, and the cookie holds a digest of it.
- What changes something must come from a page of ours: the same origin, and the word that page was given.
"""

import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assets.errors import InputRefused
from flows.rushes.entrance import entrance

COOKIE = "sakuga_rushes"
MONTH = 30 * 86400
SHORTEST = 16
OPEN = ("/healthz", "/static/")  # whether the room is up, and how it looks: nothing of anybody's show
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
    """What opens the room. ``word`` is given to every page and comes back with every change."""

    token: str = field(default="", repr=False)
    word: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @property
    def cookie(self) -> str:
        return hmac.new(self.token.encode(), b"sakuga rushes cookie", hashlib.sha256).hexdigest()

    def opens(self, token: str) -> bool:
        return bool(self.token) and _same(token, self.token)

    def knows(self, request: Request) -> bool:
        if not self.token:
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return (scheme.lower() == "bearer" and self.opens(given)) or _same(
            request.cookies.get(COOKIE, ""), self.cookie
        )


def lock_for(host: str, token: str) -> Lock:
    """The lock for a room at ``host``: this machine may do without, anybody else may not."""
    if token and len(token) < SHORTEST:
        raise InputRefused(
            f"The token has {len(token)} characters; at least {SHORTEST} are needed against guessing. "
            "Leave it out, and a good one is made and printed."
        )
    return Lock(token or ("" if is_loopback(host) else secrets.token_urlsafe(24)))


def is_loopback(host: str) -> bool:
    """Whether a host name (without port) means this machine and no other."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """The middleware that every request goes through."""

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
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = await self._refusal(Request(scope, receive))
        await (refusal or self._app)(scope, receive, fenced)

    async def _refusal(self, request: Request) -> Response | None:
        """The answer to a request that may not go on; None lets it in."""
        if not self._lock.token and not is_loopback(_hostname(request.headers)):
            return PlainTextResponse(
                "This room answers to names of its own machine only (127.0.0.1, localhost). "
                "Start it with a token to serve it under another name.",
                421,
            )
        changes = request.method not in ("GET", "HEAD")
        if changes and not _ours(request.headers):
            return PlainTextResponse("Changes are taken from this room's own pages only.", 403)
        if request.url.path.startswith(OPEN):
            return None
        if self._lock.token and request.url.path == "/enter" and changes:
            return await self._entered(request)
        if (token := request.query_params.get("token")) is not None and not changes:
            return self._let_in(request, token)
        if not self._lock.knows(request):
            return entrance(request)
        if changes and not _same(request.headers.get("x-sakuga-word", ""), self._lock.word):
            return PlainTextResponse("This page is older than the room. Load it again; drafts are kept.", 409)
        return None

    async def _entered(self, request: Request) -> Response:
        """The entrance's form."""
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > 4096:
                return PlainTextResponse("That is no token.", 413)
        given = dict(parse_qsl(body.decode("utf-8", "replace")))
        if not self._lock.opens(given.get("token", "")):
            return entrance(request, wrong=True)
        return self._welcomed(request, _here(given.get("to", "/")))

    def _let_in(self, request: Request, token: str) -> Response:
        """A token in the address: taken out of it at once, so that it stays in no history."""
        rest = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
        to = _here(request.url.path) + (f"?{urlencode(rest)}" if rest else "")
        if not self._lock.token or self._lock.knows(request):
            return RedirectResponse(to, 303)
        return self._welcomed(request, to) if self._lock.opens(token) else entrance(request, wrong=True)

    def _welcomed(self, request: Request, to: str) -> Response:
        answer = RedirectResponse(to, 303)
        # Lax, not Strict: the way here leads through a link on the run's page in Prefect.
        answer.set_cookie(
            COOKIE,
            self._lock.cookie,
            max_age=MONTH,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer


def _ours(headers: Headers) -> bool:
    """Whether a request that changes something comes from a page of this very server."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") == "same-origin"
    return urlsplit(origin).netloc == headers.get("host", "")


def _here(to: str) -> str:
    """A path of this room; a browser would read two slashes as the name of another server."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"


def _hostname(headers: Headers) -> str:
    """The name in the Host header, without its port."""
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())
