"""Tell the Prefect run that waits at a gate that the gate is decided.

In: a gate.      Out: nothing; the run goes on, in its process or in a new one.
What wakes a run is no decision: the run looks into the store and finds it there. A run that waits
outside Prefect looks there every few seconds by itself.
"""

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any
from uuid import UUID

from assets.errors import RunAsleep
from assets.store import Gate

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

# The name in the form that a wake fills in: it is nobody's answer.
WOKEN = "decided through another door"
# A gate is open a moment before its run has come to rest: who decides that fast waits for it.
PATIENCE_S = 10.0
PAUSE_S = 0.5


def wake(gate: Gate) -> None:
    """Resume the run that waits at ``gate``; nothing when it goes on already, or is no Prefect run.

    raises  RunAsleep, when the server cannot be asked or does not do it
    """
    if not gate.run:
        return
    from prefect import get_client
    from prefect.settings import get_current_settings

    if not get_current_settings().api.url:
        raise _asleep(gate, "no Prefect server is configured here (PREFECT_API_URL)")
    try:
        with get_client(sync_client=True) as client:
            _resume(gate, client)
    except RunAsleep:
        raise
    except Exception as error:  # whatever stands between here and the server
        raise _asleep(gate, f"{type(error).__name__}: {error}") from error


def nudge(gate: Gate) -> bool:
    """Resume the run of a decided gate if it still sleeps there; whether it did."""
    if not gate.run:
        return False
    from prefect import get_client
    from prefect.exceptions import ObjectNotFound
    from prefect.settings import get_current_settings

    if not get_current_settings().api.url:
        return False
    with get_client(sync_client=True) as client:
        try:
            state = client.read_flow_run(UUID(gate.run)).state
        except ObjectNotFound:
            return False
    if state is None or not state.is_paused():
        return False
    wake(gate)
    return True


def retire(gate: Gate) -> None:
    """Cancel the run that slept at ``gate``: another one waits there from now on.

    The episode's lock says that it is not at work; left asleep, it would fail after days without a reason.
    """
    if not gate.run:
        return
    import httpx
    from prefect import State, get_client
    from prefect.exceptions import ObjectNotFound
    from prefect.settings import get_current_settings
    from prefect.states import Cancelled

    if not get_current_settings().api.url:
        return
    why = "Another run of the same episode waits at this gate now."
    try:
        with get_client(sync_client=True) as client:
            state = client.read_flow_run(UUID(gate.run)).state
            if state is not None and state.is_paused():
                told: State[Any] = Cancelled(message=why)
                client.set_flow_run_state(UUID(gate.run), told, force=True)
    except (ObjectNotFound, httpx.HTTPError):
        # Tidying only: whichever of the two is woken, it finds the decision in the store.
        return


def _resume(gate: Gate, client: "SyncPrefectClient") -> None:
    # The form asks for these two; what is decided is in the store.
    form = {"verdict": "approve", "reviewer": WOKEN}
    ends, said = monotonic() + PATIENCE_S, "it did not come to rest"
    while monotonic() < ends:
        state = client.read_flow_run(UUID(gate.run)).state
        if state is None or state.is_final() or state.is_scheduled() or state.is_pending():
            return
        if state.is_paused():
            answer = client.resume_flow_run(UUID(gate.run), run_input=form)
            if answer.status.value == "ACCEPT":
                return
            said = str(getattr(answer.details, "reason", answer.status))
        sleep(PAUSE_S)
    raise _asleep(gate, said)


def _asleep(gate: Gate, why: str) -> RunAsleep:
    return RunAsleep(
        f"The decision is recorded, but run {gate.run} could not be told ({why}). "
        "Resume it in the Prefect UI with any answer: it will find the decision in the store."
    )
