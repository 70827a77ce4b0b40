"""The host names a server answers to, and the origins that may call it.

In: the headers of a request.      Out: yes or no.
A foreign page can point its own host name at this machine (DNS rebinding); the browser then treats our server as
part of that page. The Host header still has the foreign name, so it is checked.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers

SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Names:
    """The names of one server."""

    known: frozenset[str] = frozenset()
    addresses: bool = False  # any IP address too: a name can be pointed elsewhere, an address cannot

    def answer(self, host: str) -> bool:
        """Whether a request for this host name (without port) is for this server."""
        name = host.rstrip(".").lower()
        return is_loopback(name) or name in self.known or (self.addresses and is_address(name))


def names_for(host: str, names: Iterable[str] = ()) -> Names:
    """The names of a server that listens at ``host`` and that browsers call by ``names``."""
    known = frozenset(plain(name) for name in (host, *names) if name)
    return Names(known, addresses=not is_loopback(host))


def plain(name: str) -> str:
    """A host name in the form for comparison: lower case, no brackets, no dot at the end."""
    return name.strip("[]").rstrip(".").lower()


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host name (without port) means this machine only."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def hostname(headers: Headers) -> str:
    """The host name in the Host header, without its port; empty if there is not exactly one."""
    given = headers.getlist("host")
    if len(given) != 1 or "@" in given[0]:
        return ""
    try:
        return urlsplit(f"//{given[0]}").hostname or ""
    except ValueError:
        return ""


def is_foreign(headers: Headers, origins: Iterable[str] = ()) -> bool:
    """Whether a page of another origin sent this request; programs send neither of the two headers.

    ``origins`` are allowed in addition to the server's own pages.
    """
    origin = headers.get("origin")
    if origin is None:
        # A browser leaves Origin out of simple requests (images, links), but sends this header.
        return headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    return origin not in origins and not _is_own(origin, headers.get("host", ""))


def _is_own(origin: str, host: str) -> bool:
    try:
        read = urlsplit(origin)
    except ValueError:
        return False
    return read.scheme in ("http", "https") and bool(host) and read.netloc.lower() == host.lower()
