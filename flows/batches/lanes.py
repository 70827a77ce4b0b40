"""The lanes of one hand: while one piece is on the machine, the one before it is encoded, judged, put away.

In: a bench, the errands of an episode.      Out: every errand settled in the store.
While there is plenty, a lane gets its next piece ready before it has the turn at the machine, which then
never waits; towards the end it takes one only with the turn, so that no hand holds back what another is
free for. Lanes are daemon threads: a run that is cancelled does not wait for them.
"""

import time
from contextvars import copy_context
from threading import Event, Lock, Thread

from assets.errors import ModelFailed, SakugaError, StorageFailed
from assets.store import Errand, Settled, Store
from flows.batches.bench import Bench
from flows.episode.brief import Shift
from flows.episode.executor import Executor

LANES = 2
ASKS_S = 0.1  # a look at an indexed table costs a hand that waits about a millisecond


class Lanes:
    """Works one shift."""

    def __init__(
        self,
        shift: Shift,
        hand: str,
        store: Store,
        bench: Bench,
        executor: Executor,
        place: str,
        lease_s: float,
    ) -> None:
        self._shift, self._hand, self._store, self._bench = shift, hand, store, bench
        self._executor, self._place, self._lease_s = executor, place, lease_s
        self._scene, self._at_work, self._idle_since = "", 0, time.monotonic()
        self._counting, self._over = Lock(), Event()
        self._error: BaseException | None = None
        self.settled: list[Settled] = []

    def run(self, dismissed: Event) -> None:
        """Until nothing was asked for during the linger time, or the hand is sent home."""
        # Each lane in a copy of the run's context: its task runs and its log lines belong to the run.
        lanes = [
            Thread(
                target=copy_context().run, args=(self._lane, dismissed), name=f"lane-{number}", daemon=True
            )
            for number in range(LANES)
        ]
        for lane in lanes:
            lane.start()
        try:
            while any(lane.is_alive() for lane in lanes):
                for lane in lanes:
                    lane.join(0.1)
        finally:
            self._over.set()
        if self._error is not None:
            raise self._error

    def _lane(self, dismissed: Event) -> None:
        try:
            while not self._over.is_set():
                if not self._next() and (dismissed.is_set() or self._idle_for() >= self._shift.linger):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits for the lanes
            self._error = error
            self._over.set()

    def _next(self) -> bool:
        """Do one errand; False when there was none."""
        if self._done(ahead=True):
            return True
        with self._bench.turn:
            if self._done(ahead=False):
                return True
        time.sleep(ASKS_S)
        return False

    def _done(self, *, ahead: bool) -> bool:
        errand = self._store.take_errand(
            self._shift.episode, self._hand, lease_s=self._lease_s, scene=self._scene, ahead=ahead
        )
        if errand is None:
            return False
        self._scene = errand.scene
        with self._counting:
            self._at_work += 1
        try:
            settled = self._carried_out(errand)
        finally:
            self._bench.turn.give_back()
        self._store.settle_errand(self._shift.episode, errand.recipe, self._hand, settled)
        with self._counting:
            self.settled.append(settled)
            self._at_work -= 1
            self._idle_since = time.monotonic()
        return True

    def _idle_for(self) -> float:
        with self._counting:
            return 0.0 if self._at_work else time.monotonic() - self._idle_since

    def _carried_out(self, errand: Errand) -> Settled:
        try:
            [settled] = self._executor.each(errand.step, [errand], self._bench.do, lambda errand: errand.name)
        except SakugaError as error:
            # A machine or a disk may be better elsewhere, or a moment later; a refusal says the same again.
            again = isinstance(error, ModelFailed | StorageFailed)
            settled = Settled(error=f"{error}", again=again)
        except Exception as error:  # noqa: BLE001 - told to whoever asked, who raises it
            settled = Settled(error=f"{type(error).__name__}: {error}", again=True)
        return settled.model_copy(update={"place": self._place})
