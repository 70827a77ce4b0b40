"""Wait at a gate inside Prefect: a deployed run is suspended, another one pauses; a form asks for the decision.

In: an open gate.      Out: nothing; a filled form was recorded as a decision, or as a refusal for the next form.
A suspended run ends its process and is later run from the top in a new one: finished work is found in the
vault, decisions in the store. So nothing here relies on Prefect's state, except for the answer that somebody
typed into the form of this gate.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import UUID

import httpx
from prefect import get_client, get_run_logger
from prefect.exceptions import FlowPauseTimeout
from prefect.runtime import flow_run
from prefect.states import Running
from pydantic import ValidationError

from assets.errors import DecisionRefused, RunAsleep, StorageFailed
from assets.store import Gate
from assets.store.ledger import now
from assets.store.records import Refusal
from flows.deployments import announcement
from flows.deployments.review_dialog import dialog, round_before
from flows.deployments.review_edits import CutChanges, changes_of, open_sheet
from flows.deployments.review_form import Answer, changed_cuts, decision_of, form_for, readable
from flows.deployments.review_page import page, sheet_of
from flows.deployments.run_page import RunPage
from flows.deployments.suspension import Stop, is_deployed, paused, sent, suspended
from flows.episode.workspace import EpisodeWorkspace
from flows.review.retake_readings import readings, required_heard
from flows.review.rules import Reviewer, check
from flows.review.service import decide
from flows.review.waiting import seconds_left
from flows.review.wake import WOKEN, nudge

POLL_S = 2


class InPrefect:
    """Waits as a Prefect run."""

    def __init__(self, workspace: EpisodeWorkspace, media: str, shown: RunPage) -> None:
        self._workspace, self._media, self._shown = workspace, media, shown

    @property
    def run(self) -> str:
        return str(flow_run.get_id())

    def wait(self, gate: Gate) -> None:
        """Show the form and record the answer, unless the gate was decided in another way."""
        # Each refused answer needs a new form: Prefect never asks twice under one key.
        key = f"{gate.kind}-{gate.round}-{len(gate.refusals) + 1}"
        try:
            answer = self._asked(gate, key)
        except FlowPauseTimeout:
            time.sleep(max(0.0, seconds_left(gate)))
            self._up()
            return
        except ValidationError as error:
            self._refused(gate, sent(key), readable(error))
            return
        self._shown.goes_on()
        if answer.reviewer != WOKEN:
            self._taken(gate, answer)
        elif self._workspace.store.gate_state(gate.id) == "open":
            self._refused(gate, "{}", "The run was resumed, but nobody has decided yet.", by=WOKEN)

    def _asked(self, gate: Gate, key: str) -> Answer:
        title = self._workspace.store.episode(gate.episode)
        store, vault = self._workspace.store, self._workspace.vault
        named = title.title if title else ""
        text = page(gate, vault, media=self._media, title=named)
        econte = "Every cut is on the tab Artifacts of this run"
        short = dialog(gate, vault, round_before(gate, store), media=self._media, title=named, econte=econte)
        form = form_for(gate, open_sheet(gate, self._workspace)).with_initial_data(description=short)
        told = announcement.of(gate, self._media)
        stop = Stop(key, told.title, told.message, max(1, int(seconds_left(gate))))
        get_run_logger().info("%s: %s", told.title, told.message)

        def stopped() -> None:
            self._shown.waits(gate, told, text)

        # Only a deployed run can end its process and be started again.
        if is_deployed():
            return suspended(form, stop, stopped)
        with self._watched(gate):
            return paused(form, stop, stopped, every=POLL_S)

    @contextmanager
    def _watched(self, gate: Gate) -> Iterator[None]:
        """Poll the store meanwhile: a decision made elsewhere may not be able to reach this server."""
        ended = Event()

        def look() -> None:
            while not ended.wait(POLL_S):
                try:
                    if self._workspace.store.gate_state(gate.id) != "open" and nudge(gate):
                        return
                except (RunAsleep, StorageFailed, httpx.HTTPError):
                    continue  # asked again in two seconds

        watch = Thread(target=look, daemon=True, name=f"gate {gate.id}")
        watch.start()
        try:
            yield
        finally:
            ended.set()
            watch.join()

    def _up(self) -> None:
        """Leave the paused state: the run reports its own end, and the server does not let a paused run report it."""
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(UUID(self.run), Running(), force=True)

    def _taken(self, gate: Gate, answer: Answer) -> None:
        try:
            decision, changes = decision_of(answer), self._changes(gate, answer)
            if not _insists(gate, answer):
                sheet = sheet_of(gate, self._workspace.vault)
                edited = changes.by_cut if changes else ()
                found = [one for one in readings(decision, gate.shows, sheet) if one.cut not in edited]
                required_heard(found, "Submit the same again to have it done all the same.")
            check(decision, gate.shows)  # before the cut sheet is written
            if changes:
                changes.save(answer.reviewer)
            decide(self._workspace, gate.id, decision, Reviewer(answer.reviewer, "prefect", gate.seen))
        except DecisionRefused as refused:
            self._refused(gate, answer.model_dump_json(), str(refused), by=answer.reviewer)

    def _changes(self, gate: Gate, answer: Answer) -> CutChanges | None:
        """What the form changes in the cut sheet; None: nothing."""
        entries = changed_cuts(answer)
        if not entries or answer.verdict == "stop":
            return None
        episode = open_sheet(gate, self._workspace)
        if episode is None:
            raise DecisionRefused(
                "The cut sheet cannot be read now, so nothing of it was changed. Correct it first."
            )
        return changes_of(entries, episode)

    def _refused(self, gate: Gate, typed: str, why: str, *, by: str = "") -> None:
        get_run_logger().warning("An answer was refused: %s", why)
        refusal = Refusal(by=by, door="prefect", at=now(), why=why, typed=typed)
        # If the gate has moved on to another round meanwhile, that round shows the refusal.
        newest = self._workspace.store.gates(gate.episode, gate.kind)[-1]
        self._workspace.store.keep_refusal(newest.id, refusal)


def _insists(gate: Gate, answer: Answer) -> bool:
    """Whether this very answer was refused before: whoever sends it again means it."""
    return bool(gate.refusals) and gate.refusals[-1].typed == answer.model_dump_json()
