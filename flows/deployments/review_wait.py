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
from prefect.flow_runs import pause_flow_run
from prefect.runtime import flow_run
from prefect.states import Running
from pydantic import ValidationError

from assets.errors import DecisionRefused, RunAsleep, StorageFailed
from assets.store import Gate
from assets.store.ledger import now
from assets.store.records import Refusal
from flows.deployments.review_form import Answer, decision_of, form_for, readable
from flows.deployments.review_page import page, sheet_of
from flows.deployments.suspension import is_deployed, suspended
from flows.episode.workspace import EpisodeWorkspace
from flows.review.retake_readings import readings, required_heard
from flows.review.service import TITLES, decide
from flows.review.waiting import seconds_left
from flows.review.wake import WOKEN, nudge

POLL_S = 2


class InPrefect:
    """Waits as a Prefect run."""

    def __init__(self, workspace: EpisodeWorkspace, media: str) -> None:
        self._workspace, self._media = workspace, media

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
            self._refused(gate, _sent(key), readable(error))
            return
        if answer.reviewer != WOKEN:
            self._taken(gate, answer)
        elif self._workspace.store.gate_state(gate.id) == "open":
            self._refused(gate, "{}", "The run was resumed, but nobody has decided yet.", by=WOKEN)

    def _asked(self, gate: Gate, key: str) -> Answer:
        title = self._workspace.store.episode(gate.episode)
        text = page(gate, self._workspace.vault, media=self._media, title=title.title if title else "")
        form = form_for(gate).with_initial_data(description=text)
        timeout = max(1, int(seconds_left(gate)))
        get_run_logger().info(
            "Waiting for a review: %s gate, round %s, until %s", TITLES[gate.kind], gate.round, gate.until
        )
        # Only a deployed run can end its process and be started again.
        if is_deployed():
            return suspended(form, timeout=timeout, key=key)
        with self._watched(gate):
            return pause_flow_run(wait_for_input=form, timeout=timeout, poll_interval=POLL_S, key=key)

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
            decision = decision_of(answer)
            if not _insists(gate, answer):
                sheet = sheet_of(gate, self._workspace.vault)
                found = readings(decision, gate.shows, sheet)
                required_heard(found, "Submit the same again to have it done all the same.")
            decide(self._workspace, gate.id, decision, by=answer.reviewer, door="prefect", seen=gate.seen)
        except DecisionRefused as refused:
            self._refused(gate, answer.model_dump_json(), str(refused), by=answer.reviewer)

    def _refused(self, gate: Gate, typed: str, why: str, *, by: str = "") -> None:
        get_run_logger().warning("An answer was refused: %s", why)
        refusal = Refusal(by=by, door="prefect", at=now(), why=why, typed=typed)
        # If the gate has moved on to another round meanwhile, that round shows the refusal.
        newest = self._workspace.store.gates(gate.episode, gate.kind)[-1]
        self._workspace.store.keep_refusal(newest.id, refusal)


def _insists(gate: Gate, answer: Answer) -> bool:
    """Whether this very answer was refused before: whoever sends it again means it."""
    return bool(gate.refusals) and gate.refusals[-1].typed == answer.model_dump_json()


def _sent(key: str) -> str:
    """The raw answer that was sent to the form under ``key``."""
    state = "suspended" if is_deployed() else "paused"
    with get_client(sync_client=True) as client:
        return client.read_flow_run_input(UUID(str(flow_run.get_id())), key=f"{state}-{key}-response")
