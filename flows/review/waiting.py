"""Wait at a gate in a terminal: print how to review from another terminal, and poll the store.

In: an open gate.      Out: nothing; returns when the gate is decided, replaced or expired.
Ctrl-C loses nothing: the gate stays open, and the same command waits at it again.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from assets.plain import typed
from assets.store import Gate, Store
from flows.review.service import TITLES

POLL_S = 2.0  # one small query: 0.3 ms on SQLite, some 2 ms on PostgreSQL


class Display(Protocol):
    """Where the waiting is displayed."""

    def waits(self, what: str, how: str, left: str) -> None: ...
    def goes_on(self) -> None: ...


class AtTerminal:
    """Waits in this process, outside Prefect."""

    run = ""

    def __init__(
        self, store: Store, display: Display, out: Path, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._store, self._display, self._out, self._sleep = store, display, out, sleep

    def wait(self, gate: Gate) -> None:
        what = f"{TITLES[gate.kind].capitalize()} gate, round {gate.round}"
        how = f"sakuga review {gate.episode.partition('/')[2]}"
        if self._out != Path("episodes"):
            how += f" --out {typed(self._out)}"
        while (left := seconds_left(gate)) > 0 and self._store.gate_state(gate.id) == "open":
            self._display.waits(what, how, in_words(left))
            self._sleep(min(POLL_S, left))
        self._display.goes_on()


def seconds_left(gate: Gate) -> float:
    """Seconds until the gate expires."""
    return seconds_until(gate.until)


def seconds_until(moment: str) -> float:
    """Seconds until a moment as the store writes it; negative after it."""
    return (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()


def in_words(seconds: float) -> str:
    """A waiting time for people: "2 d 3 h", "3 h 20 min", "4 min", "30 s"."""
    seconds = max(0.0, seconds)
    minutes = int(seconds // 60)
    hours, days = minutes // 60, minutes // 1440
    if days >= 2:
        return f"{days} d {hours % 24} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min" if minutes else f"{round(seconds)} s"
