"""Calling hands in: as many GPU runs as there is work for, and others in place of those that died.

In: what is still wanted.      Out: runs asked for, dead ones given up, or an error that says why none works.
"""

import time
from collections.abc import Collection
from uuid import UUID

import httpx
from prefect import get_run_logger
from prefect.client.schemas.objects import FlowRun, StateType

from assets.errors import ModelFailed
from assets.store import Hand
from flows.batches.runs import GpuRuns
from flows.batches.shift import LEASE_S
from flows.episode.workspace import EpisodeWorkspace

LOOKS_S = 2.0  # a look costs the server some 20 ms
LOST_S = 3 * LEASE_S
"""Seconds after which a run that says nothing is dead, though the server still calls it running."""

PATIENCE_S = 60.0


class Hands:
    """Looks after the hands of one episode."""

    def __init__(self, runs: GpuRuns, workspace: EpisodeWorkspace, workers: int) -> None:
        self._runs, self._workspace, self._workers = runs, workspace, workers
        self._log = get_run_logger()
        self._looked_at = self._told_at = float("-inf")
        self._asked: set[UUID] = set()
        self._futile: dict[UUID, str] = {}
        self._seen: dict[UUID, float] = {}

    def required(self) -> None:
        self._runs.required()

    def see_to_it(self, wanted: Collection[str]) -> None:
        """Call in who is missing. Asked as often as one likes: it looks every two seconds."""
        if time.monotonic() - self._looked_at < LOOKS_S:
            return
        self._looked_at = time.monotonic()
        try:
            self._look(wanted)
        except (httpx.HTTPError, OSError) as error:
            # Work goes on without the server: hands and this run meet in the store.
            self._log.warning("The Prefect server does not answer (%s); asked again.", type(error).__name__)

    def _look(self, wanted: Collection[str]) -> None:
        entered = {hand.id: hand for hand in self._workspace.store.hands(self._workspace.key)}
        live = [run for run in self._runs.live() if not self._is_lost(run, entered.get(str(run.id)))]
        here = {str(run.id) for run in live}
        for hand in entered.values():
            if hand.ended_at is None and hand.id not in here:
                self._workspace.store.hand_lost(hand.id)
        errands = self._workspace.store.errands(self._workspace.key)
        waiting = sum(one.state == "open" for recipe, one in errands.items() if recipe in wanted)
        missing = min(self._workers, len(wanted)) - len(live)
        self._note_futile({one.hand for one in errands.values() if one.state == "done"})
        if missing > 0 and waiting:
            started = self._runs.start(min(missing, waiting))
            self._asked |= set(started)
            self._log.info("%d pieces wait; asked for %d GPU workers.", waiting, len(started))
        self._tell_who_waits(live, waiting)

    def _is_lost(self, run: FlowRun, hand: Hand | None) -> bool:
        """Does the server call a run running that nobody hears of any more? Then give it up."""
        if run.state is None or run.state.type != StateType.RUNNING:
            return False
        # A run that starts has not entered itself yet: it is given the same time from when it was first seen.
        heard = hand.seen if hand is not None else self._seen.setdefault(run.id, time.time())
        if time.time() - heard < LOST_S:
            return False
        self._runs.given_up(run, f"Nothing was heard of this worker for {LOST_S:.0f} s; others do its work.")
        return True

    def _note_futile(self, useful: Collection[str]) -> None:
        """Workers that die before they did anything: after some, more of them would not help."""
        if not self._asked:
            return
        for run in self._runs.ended(self._asked):
            self._asked.discard(run.id)
            if str(run.id) not in useful:
                self._futile[run.id] = (run.state.message if run.state else None) or "no reason was given"
        if len(self._futile) > self._workers + 2:
            raise ModelFailed(
                f"{len(self._futile)} GPU workers ended before they did anything. The last one said: "
                f"{list(self._futile.values())[-1]} Mend that on the workers, then run the same again."
            )

    def _tell_who_waits(self, live: list[FlowRun], waiting: int) -> None:
        idle = all(run.state is not None and run.state.type == StateType.SCHEDULED for run in live)
        if not (waiting and idle):
            self._told_at = max(self._told_at, time.monotonic() - PATIENCE_S / 2)
            return
        if time.monotonic() - self._told_at > PATIENCE_S:
            self._told_at = time.monotonic()
            self._log.warning(
                "%d pieces wait for a GPU worker. Is one running? prefect worker start --pool gpu-pool",
                waiting,
            )
