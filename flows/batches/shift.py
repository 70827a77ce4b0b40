"""One shift of one hand: take errands of an episode until there are none, and go home.

In: which episode, the settings, who carries out a piece.      Out: what was done, and what it took.
Several hands share an episode through the store: whoever is free takes the next errand, so none waits
for another. What a killed hand had taken is taken by another once its lease has ended. Needed on every
machine: the same vault and the same store (SAKUGA_VAULT, SAKUGA_STORE); no other disk is shared.
"""

import os
import resource
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from assets.errors import InputRefused, StorageFailed
from assets.store import Settled, Store
from flows.batches.bench import Bench
from flows.batches.lanes import Lanes
from flows.episode.brief import Shift
from flows.episode.executor import Executor
from flows.episode.workspace import open_vault
from flows.settings import Settings
from stages.work_cache import Watch

LEASE_S = 30.0
"""How long a killed hand's errand waits for another. Renewed at a third of it."""

ASKS_S = 0.1  # a look at an indexed table costs a hand that waits about a millisecond


LANES = 2
"""While one piece is on the machine, the one before it is encoded, judged and put away."""


@dataclass(frozen=True)
class Timecard:
    """What one shift came to."""

    done: int
    failed: int
    busy_seconds: float  # at least one call was on the machine
    machine_seconds: float  # inside models and encoders, the lanes added up
    loads: dict[str, int]
    peak_mb: float


def work(
    shift: Shift,
    hand: str,
    chosen: Settings,
    executor: Executor,
    watch: Watch,
    *,
    slot: AbstractContextManager[None],
    lease_s: float = LEASE_S,
) -> Timecard:
    """Do errands until nothing was asked for during ``shift.linger`` seconds, or the hand is sent home.

    slot  what has to be held to use the GPU; a hand that waits for it is known to be alive
    """
    vault = open_vault(chosen)
    place = f"{socket.gethostname()} {chosen.device}, vault {vault.url}"
    with Store.open(chosen.store) as store, Bench(vault, store, watch, chosen.device) as bench:
        if store.episode(shift.episode) is None:
            raise InputRefused(
                f"The store at {store.url} knows no episode {shift.episode!r}. A GPU worker needs the store and "
                "the vault of the run that asks it: set SAKUGA_STORE and SAKUGA_VAULT alike on both machines."
            )
        store.enter_hand(hand, shift.episode, place)
        lanes = Lanes(shift, hand, store, bench, executor, place, lease_s)
        try:
            with _alive(store, hand, lease_s) as dismissed, slot:
                lanes.run(dismissed)
        finally:
            card = _card(lanes.settled, bench)
            store.hand_leaves(hand, done=len(lanes.settled), loads=card.loads, peak_mb=card.peak_mb)
    return card


@contextmanager
def _alive(store: Store, hand: str, lease_s: float) -> Iterator[Event]:
    """Say in the background that the hand lives, and hear whether it is sent home."""
    over, dismissed = Event(), Event()

    def tell() -> None:
        while not over.wait(lease_s / 3):
            try:
                if not store.hand_lives(hand, lease_s=lease_s):
                    dismissed.set()
            except StorageFailed:
                continue  # a store that is away for a moment: told again in time, or the lease ends

    teller = Thread(target=tell, name="sakuga-hand", daemon=True)
    teller.start()
    try:
        yield dismissed
    finally:
        over.set()
        teller.join()


def _card(settled: list[Settled], bench: Bench) -> Timecard:
    failed = sum(bool(one.error) for one in settled)
    spent = sum(one.machine_seconds for one in settled)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if os.uname().sysname == "Linux" else 2**20
    )
    done, busy = len(settled) - failed, round(bench.turn.busy_s, 2)
    return Timecard(done, failed, busy, round(spent, 2), bench.loads, round(peak, 1))
