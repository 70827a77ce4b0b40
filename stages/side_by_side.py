"""Shared by the threads of one episode: a clock that counts overlapping busy time once, and locks by name.

Knows nothing about what the work is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import perf_counter


class BusyTime:
    """The seconds in which at least one thread was inside ``counting``."""

    def __init__(self) -> None:
        self._turn, self._inside = Lock(), 0
        self._seconds, self._since = 0.0, 0.0

    @property
    def seconds(self) -> float:
        with self._turn:
            return self._seconds + (perf_counter() - self._since if self._inside else 0.0)

    @contextmanager
    def counting(self) -> Iterator[None]:
        with self._turn:
            if not self._inside:
                self._since = perf_counter()
            self._inside += 1
        try:
            yield
        finally:
            with self._turn:
                self._inside -= 1
                if not self._inside:
                    self._seconds += perf_counter() - self._since

    def add(self, seconds: float) -> None:
        """Time that another process was busy."""
        with self._turn:
            self._seconds += seconds


class OneAtATime:
    """One lock per name, kept while a thread holds it or waits for it."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)
        self._wanted: Counter[str] = Counter()

    @contextmanager
    def only(self, name: str) -> Iterator[None]:
        """Hold the lock of ``name``: no other thread is in such a block at the same time."""
        with self._turn:
            self._wanted[name] += 1
            lock = self._locks[name]
        try:
            with lock:
                yield
        finally:
            with self._turn:
                self._wanted[name] -= 1
                if not self._wanted[name]:
                    del self._wanted[name], self._locks[name]
