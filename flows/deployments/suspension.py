"""Stop a run at a gate until its form is answered: a deployed run ends its process, another one waits in it.

In: a form, a key, what people are told, how long it is open.      Out: the answer.
A deployed run is suspended: its memory and its worker's slot are free, and it runs again from the top. Prefect
refuses to suspend a child, because most children run in their parent's process; a run of a deployment has a
process of its own even if another flow started it. So the state is set by force, with a name of its own.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast
from uuid import UUID

import httpx
from prefect import State, get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.context import FlowRunContext
from prefect.exceptions import FlowPauseTimeout, Pause
from prefect.input import RunInput
from prefect.input.run_input import keyset_from_base_key
from prefect.runtime import flow_run
from prefect.states import Paused

Form = TypeVar("Form", bound=RunInput)


@dataclass(frozen=True)
class Stop:
    """A stop at a gate.

    key      of the form; Prefect never asks twice under one key
    name     of the run's state meanwhile
    message  what the state tells people
    seconds  how long the form is open
    """

    key: str
    name: str
    message: str
    seconds: int


def is_deployed() -> bool:
    """Whether this run belongs to a deployment. One that is called inside another's process does not."""
    context = FlowRunContext.get()
    return bool(context and context.flow_run and context.flow_run.deployment_id)


def suspended(form: type[Form], stop: Stop, stopped: Callable[[], None]) -> Form:
    """The answer to ``form``. Without one the process ends here, after a call of ``stopped``."""
    run, keys = _run(), keyset_from_base_key(stop.key)
    with get_client(sync_client=True) as client:
        if not _answered(run, keys["response"], client):
            state = _stop(form, stop, client, reschedule=True)
            stopped()
            raise Pause(state=state)
    return cast(Form, form.load(keys))


def paused(form: type[Form], stop: Stop, stopped: Callable[[], None], *, every: float) -> Form:
    """The answer to ``form``: wait for it in this process, and look every few seconds.

    raises  FlowPauseTimeout when nobody answered in time, or the run was ended meanwhile
    """
    run, ends = _run(), time.monotonic() + stop.seconds
    with get_client(sync_client=True) as client:
        _stop(form, stop, client, reschedule=False)
        stopped()
        while True:
            time.sleep(max(0.0, min(every, ends - time.monotonic())))
            state = client.read_flow_run(run).state
            if state is not None and state.is_running():
                return cast(Form, form.load(keyset_from_base_key(stop.key)))
            if time.monotonic() >= ends or (state is not None and state.is_final()):
                raise FlowPauseTimeout(f"Nobody answered at {stop.name}.")


def sent(key: str) -> str:
    """The raw answer that was sent to the form under ``key``."""
    with get_client(sync_client=True) as client:
        return client.read_flow_run_input(_run(), key=keyset_from_base_key(key)["response"])


def _run() -> UUID:
    return UUID(str(flow_run.get_id()))


def _stop(form: type[Form], stop: Stop, client: SyncPrefectClient, *, reschedule: bool) -> State[None]:
    """Set the state; the form is there before it, so that whoever sees the state can answer."""
    state: State[None] = Paused(
        name=stop.name,
        message=stop.message,
        timeout_seconds=stop.seconds,
        pause_key=stop.key,
        reschedule=reschedule,
    )
    keys = keyset_from_base_key(stop.key)
    state.state_details.run_input_keyset = dict[str, str](keys.items())
    form.save(keys)
    client.set_flow_run_state(_run(), state, force=True)
    return state


def _answered(run: UUID, key: str, client: SyncPrefectClient) -> bool:
    try:
        client.read_flow_run_input(run, key)
    except httpx.HTTPStatusError as error:
        if error.response.status_code == 404:
            return False
        raise
    return True
