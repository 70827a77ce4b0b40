"""Call a webhook: only at an allowed address, signed, and with retries.

In: an address from the settings, a body.      Out: whether it was accepted; never a network exception.
"""

import hashlib
import hmac
import ipaddress
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from assets.errors import InputRefused
from flows.terminal.arguments import address

TRIES = 4
SECONDS = 5.0
Outcome = Literal["taken", "refused", "unreachable"]


@dataclass(frozen=True)
class Receiver:
    """The webhook's address and secret. Neither is ever printed, because the address often is a secret too."""

    url: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        return urlsplit(self.url).hostname or "?"


def checked(receiver: Receiver) -> Receiver:
    """Refuse an address that is not a webhook."""
    try:
        address(receiver.url)
    except InputRefused:  # the original message shows the address, which may be a secret
        raise InputRefused("SAKUGA_WEBHOOK_URL is not a webhook address. Write https://host/path.") from None
    parts = urlsplit(receiver.url)
    if parts.username or parts.password:
        raise InputRefused(
            "SAKUGA_WEBHOOK_URL has a name or password before the host. Leave them out and let the receiver "
            "check the signature: set SAKUGA_WEBHOOK_SECRET."
        )
    return receiver


def send(receiver: Receiver, body: bytes, *, rest: Callable[[float], None] = time.sleep) -> Outcome:
    """Send ``body``. If the receiver is down, retry a few times with growing pauses."""
    import httpx

    for turn in range(TRIES):
        if turn:
            rest(2.0 ** (turn - 1))
        try:
            if not _may_be_called(receiver.url):
                return "refused"
            # A redirect could lead to an internal address, so none is followed.
            answer = httpx.post(
                receiver.url, content=body, headers=_headers(receiver, body), timeout=SECONDS,
                follow_redirects=False, trust_env=False,
            )  # fmt: skip
        except (httpx.HTTPError, OSError):
            continue
        if answer.is_success:
            return "taken"
        if answer.status_code != 429 and answer.status_code < 500:
            return "refused"
    return "unreachable"


def _headers(receiver: Receiver, body: bytes) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "User-Agent": "sakuga"}
    if receiver.secret:
        stamp = str(int(time.time()))
        # The time is signed too, so that a copy cannot be sent again later.
        signed = hmac.new(receiver.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers |= {"X-Sakuga-Timestamp": stamp, "X-Sakuga-Signature": f"sha256={signed}"}
    return headers


def _may_be_called(url: str) -> bool:
    """Refuse link-local addresses (cloud metadata), and plain HTTP outside private networks.

    raises  OSError when the name cannot be resolved
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if any(address.is_link_local or address.is_multicast or address.is_unspecified for address in addresses):
        return False
    return parts.scheme == "https" or all(address.is_private or address.is_loopback for address in addresses)
