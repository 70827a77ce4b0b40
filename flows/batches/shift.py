"""One shift of one hand: take errands of an episode until there are none, and go home.

In: which episode, the settings, who carries out a piece.      Out: what was done, and what it took.
Several hands share an episode through the store: whoever is free takes the next errand, so none waits
for another. What a killed hand had taken is taken by another once its lease has ended. Needed on every
machine: the same vault and the same store (SAKUGA_VAULT, SAKUGA_STORE); no other disk is shared.
"""

import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from assets.errors import InputRefused, MachineFailed, SakugaError, StorageFailed
from assets.store import Errand, Settled, Store
from flows.batches.bench import Bench
from flows.brief import Shift
from flows.crew import Crew
from flows.settings import Settings
from flows.studio import open_vault
from stages.desk import Watch

LEASE_S = 30.0
"""How long a killed hand's errand waits for another. Renewed at a third of it."""

ASKS_S = 0.1  # a look at an indexed table costs a hand that waits about a millisecond


@dataclass(frozen=True)
class Timecard:
    """What one shift came to."""

    done: int
    failed: int
    machine_seconds: float
    loads: dict[str, int]
    peak_mb: float


def work(
    shift: Shift,
    hand: str,
    chosen: Settings,
    crew: Crew,
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
        settled: list[Settled] = []
        try:
            with _alive(store, hand, lease_s) as dismissed, slot:
                for errand in _errands(store, shift, hand, dismissed, lease_s):
                    settled.append(_carried_out(errand, bench, crew, place))
                    store.settle_errand(shift.episode, errand.recipe, hand, settled[-1])
        finally:
            card = _card(settled, bench)
            store.hand_leaves(hand, done=len(settled), loads=card.loads, peak_mb=card.peak_mb)
    return card


def _errands(store: Store, shift: Shift, hand: str, dismissed: Event, lease_s: float) -> Iterator[Errand]:
    scene, idle_since = "", time.monotonic()
    while True:
        errand = store.take_errand(shift.episode, hand, lease_s=lease_s, scene=scene)
        if errand is not None:
            scene = errand.scene
            yield errand
            idle_since = time.monotonic()
        elif dismissed.is_set() or time.monotonic() - idle_since >= shift.linger:
            return
        else:
            time.sleep(ASKS_S)


def _carried_out(errand: Errand, bench: Bench, crew: Crew, place: str) -> Settled:
    try:
        [settled] = crew.each(errand.step, [errand], bench.do, lambda errand: errand.name)
    except SakugaError as error:
        # A machine or a disk may be better elsewhere, or a moment later; a refusal says the same again.
        again = isinstance(error, MachineFailed | StorageFailed)
        settled = Settled(error=f"{error}", again=again)
    except Exception as error:  # noqa: BLE001 - told to whoever asked, who raises it
        settled = Settled(error=f"{type(error).__name__}: {error}", again=True)
    return settled.model_copy(update={"place": place})


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
    return Timecard(len(settled) - failed, failed, round(spent, 2), bench.loads, round(peak, 1))
