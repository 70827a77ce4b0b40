"""Suspend a deployed run at a gate, also if another flow started it: its process ends, its memory and slot are free.

In: a form, a key, how long it is open.      Out: the answer, when the run starts again.
Prefect refuses to suspend a child, because most children run in their parent's process. A run of a deployment
has a process of its own even if another flow started it, so its state is forced.
"""

from typing import TypeVar, cast
from uuid import UUID

import httpx
from prefect import State, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.context import FlowRunContext
from prefect.exceptions import Pause
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.input.run_input import keyset_from_paused_state
from prefect.runtime import flow_run
from prefect.states import Suspended

Form = TypeVar("Form", bound=RunInput)


def is_deployed() -> bool:
    """Whether this run belongs to a deployment. One that is called inside another's process does not."""
    context = FlowRunContext.get()
    return bool(context and context.flow_run and context.flow_run.deployment_id)


def suspended(form: type[Form], *, timeout: int, key: str) -> Form:
    """The answer to ``form``. Without one the process ends here."""
    if not flow_run.get_parent_flow_run_id():
        return suspend_flow_run(wait_for_input=form, timeout=timeout, key=key)
    run = UUID(str(flow_run.get_id()))
    state: State[None] = Suspended(timeout_seconds=timeout, pause_key=key)
    keyset = keyset_from_paused_state(state)
    state.state_details.run_input_keyset = dict[str, str](keyset.items())
    with get_client(sync_client=True) as client:
        if not _answered(run, keyset["response"], client):
            form.save(keyset)
            client.set_flow_run_state(run, state, force=True)
            raise Pause(state=state)
    return cast(Form, form.load(keyset))


def _answered(run: UUID, key: str, client: SyncPrefectClient) -> bool:
    try:
        client.read_flow_run_input(run, key)
    except httpx.HTTPStatusError as error:
        if error.response.status_code == 404:
            return False
        raise
    return True
