"""Wait at a gate inside Prefect: a deployed run is suspended, another one pauses; the form is the door.

In: an open gate.      Out: nothing; a filled form has become a decision, or a refusal the next form tells.
A suspended run leaves its process and is played again from the top in a new one: what was made is found in
the vault, what was decided in the store. So nothing here trusts Prefect's memory, except for one thing:
what somebody typed into the form that this very gate put up.
"""

import time
from uuid import UUID

from prefect import get_client, get_run_logger
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import pause_flow_run, suspend_flow_run
from prefect.runtime import deployment, flow_run
from prefect.states import Running
from pydantic import ValidationError

from assets.errors import DecisionRefused
from assets.store import Gate
from assets.store.ledger import now
from assets.store.records import Refusal
from flows.review.form import Answer, decision_of, form_for, readable
from flows.review.page import page
from flows.review.service import TITLES, decide
from flows.review.waiting import seconds_left
from flows.studio import Office

POLL_S = 2


class InPrefect:
    """Waits as a Prefect run does."""

    def __init__(self, office: Office, media: str) -> None:
        self._office, self._media = office, media

    @property
    def run(self) -> str:
        return str(flow_run.get_id())

    def wait(self, gate: Gate) -> None:
        """Put the form up; take what comes, unless the gate was decided through another door."""
        # A refused answer needs a form of its own: Prefect never asks twice under one key.
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
        if self._office.store.gate_state(gate.id) != "open":
            return
        self._taken(gate, answer)

    def _asked(self, gate: Gate, key: str) -> Answer:
        title = self._office.store.episode(gate.episode)
        text = page(gate, self._office.vault, media=self._media, title=title.title if title else "")
        form = form_for(gate).with_initial_data(description=text)
        timeout = max(1, int(seconds_left(gate)))
        get_run_logger().info(
            "Waiting for a person: %s gate, round %s, until %s", TITLES[gate.kind], gate.round, gate.until
        )
        # Only a deployed run that is nobody's child can leave its process and be started again.
        if deployment.get_id() and not flow_run.get_parent_flow_run_id():
            return suspend_flow_run(wait_for_input=form, timeout=timeout, key=key)
        return pause_flow_run(wait_for_input=form, timeout=timeout, poll_interval=POLL_S, key=key)

    def _up(self) -> None:
        """Out of the pause: how this run ends is for it to say, and the server lets no paused one say it."""
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(UUID(self.run), Running(), force=True)

    def _taken(self, gate: Gate, answer: Answer) -> None:
        try:
            decide(
                self._office, gate.id, decision_of(answer), by=answer.reviewer, door="prefect", seen=gate.seen
            )
        except DecisionRefused as refused:
            self._refused(gate, answer.model_dump_json(), str(refused), by=answer.reviewer)

    def _refused(self, gate: Gate, typed: str, why: str, *, by: str = "") -> None:
        get_run_logger().warning("An answer was not taken: %s", why)
        refusal = Refusal(by=by, door="prefect", at=now(), why=why, typed=typed)
        self._office.store.keep_refusal(gate.id, refusal)


def _sent(key: str) -> str:
    """What was sent to the form under ``key``, as it came."""
    state = "suspended" if deployment.get_id() and not flow_run.get_parent_flow_run_id() else "paused"
    with get_client(sync_client=True) as client:
        return client.read_flow_run_input(UUID(str(flow_run.get_id())), key=f"{state}-{key}-response")
