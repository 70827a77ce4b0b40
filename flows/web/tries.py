"""Slow down attempts to guess a secret.

In: an address, and whether its guess was wrong.      Out: whether another guess is checked now.
After ``FREE`` wrong guesses an address gets one every ``PAUSE`` seconds; an earlier one is refused without being
checked. Nobody is locked out by another address, nor for longer than one pause by their own.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from threading import Lock

FREE = 10
PAUSE = 3.0
FORGOTTEN = 600.0
REMEMBERED = 4096


@dataclass
class _Wrong:
    count: int = 0
    last: float = 0.0


class Tries:
    """Wrong guesses by address. ``clock`` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str) -> float:
        """Seconds until a guess from this address is checked; 0: now."""
        with self._lock:
            known = self._wrong.get(_network(address))
            if known is None or known.count < FREE:
                return 0.0
            return max(0.0, known.last + PAUSE - self._clock())

    def wrong(self, address: str) -> None:
        """Count a wrong guess from this address."""
        network, now = _network(address), self._clock()
        with self._lock:
            known = self._wrong.pop(network, None)
            if known is None or now - known.last > FORGOTTEN:
                known = _Wrong()
            known.count, known.last = known.count + 1, now
            self._wrong[network] = known
            while len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)


def _network(address: str) -> str:
    """One machine has many IPv6 addresses, all in one /64."""
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(read, IPv6Address):
        return str(read.ipv4_mapped or IPv6Address(int(read) >> 64 << 64))
    return str(read)
