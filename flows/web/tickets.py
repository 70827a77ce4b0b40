"""A ticket logs in once, for a short time: it may be printed or sent to a browser where a password may not.

In: a secret that both sides know.      Out: a ticket; or whether a received ticket is valid.
"""

import hashlib
import hmac
import secrets
import time
from threading import Lock

HOUR = 3600
LONGEST = 200
REMEMBERED = 10_000


def ticket(secret: str, door: str, *, seconds: int = HOUR) -> str:
    """A new ticket. ``door`` is part of the signature: a ticket for one door is not valid at another."""
    text = f"{int(time.time()) + seconds}.{secrets.token_urlsafe(12)}"
    return f"{text}.{_signature(secret, door, text)}"


class Tickets:
    """Checks the tickets of one door, and remembers used ones until they expire."""

    def __init__(self, secret: str, door: str) -> None:
        self._secret, self._door = secret, door
        self._used: dict[str, int] = {}
        self._lock = Lock()

    def use(self, given: str) -> bool:
        """Whether it is valid; it can be used only once."""
        text, _, signature = given.rpartition(".")
        until, _, nonce = text.partition(".")
        if len(given) > LONGEST or not given.isascii() or not until.isdigit():
            return False
        if not hmac.compare_digest(signature, _signature(self._secret, self._door, text)):
            return False
        now = int(time.time())
        with self._lock:
            self._used = {one: old for one, old in self._used.items() if old > now}
            if int(until) <= now or nonce in self._used or len(self._used) >= REMEMBERED:
                return False
            self._used[nonce] = int(until)
        return True


def _signature(secret: str, door: str, text: str) -> str:
    return hmac.new(secret.encode(), f"sakuga ticket {door} {text}".encode(), hashlib.sha256).hexdigest()
