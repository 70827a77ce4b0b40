"""Resume the Prefect run that waits at a gate after the gate is decided.

In: a gate.      Out: nothing; the run continues in its process or in a new one.
The wake-up call holds no decision: the run reads it from the store. A run that waits outside Prefect polls
the store every few seconds.
"""

from datetime import UTC, datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from assets.errors import RunAsleep

if TYPE_CHECKING:
    from prefect import State
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

# The name in the form that a wake-up fills in; it marks an answer that no person gave.
WOKEN = "decided through another door"
# A gate opens a moment before its run is suspended; a decision in that moment waits this long for it.
PATIENCE_S = 10.0
PAUSE_S = 0.5


class Waits(Protocol):
    """Where a run waits for a person: a gate, or a casting."""

    @property
    def run(self) -> str:
        """Prefect's id of the run; empty: none waits."""
        ...


def wake(gate: Waits) -> None:
    """Resume the run that waits at ``gate``. Does nothing if it runs already, or is not a Prefect run.

    raises  RunAsleep when the server cannot be reached or does not resume the run
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
    except Exception as error:  # anything between here and the server can fail
        raise _asleep(gate, f"{type(error).__name__}: {error}") from error


def nudge(gate: Waits) -> bool:
    """Resume the run of a decided gate if it is still suspended there. Return whether it was.

    raises  RunAsleep, when the server cannot be asked or refuses
    """
    if not gate.run:
        return False
    from prefect import get_client
    from prefect.exceptions import ObjectNotFound
    from prefect.settings import get_current_settings

    if not get_current_settings().api.url:
        return False
    try:
        with get_client(sync_client=True) as client:
            run = client.read_flow_run(UUID(gate.run))
            if run.state is not None and _outlasted(run, client):
                _rescheduled(gate, client)
                return True
            if run.state is None or not run.state.is_paused():
                return False
            _resume(gate, client)
    except ObjectNotFound:
        return False
    except RunAsleep:
        raise
    except Exception as error:  # anything between here and the server can fail
        raise _asleep(gate, f"{type(error).__name__}: {error}") from error
    return True


def _outlasted(run: "FlowRun", client: "SyncPrefectClient") -> bool:
    """Whether a run was suspended for longer than its form was open.

    The decision came in time, but the server was down. It accepts no answer to that form any more, and soon
    after its return it marks the run as failed, because nobody resumed it.
    """
    states = sorted(client.read_flow_run_states(run.id), key=lambda state: state.timestamp)
    if run.state is not None and run.state.is_failed():
        states = states[:-1]
    last = states[-1] if states else None
    if last is None or not last.is_paused() or not last.state_details.pause_reschedule:
        return False
    until = last.state_details.pause_timeout
    return until is not None and until < datetime.now(UTC)


def _rescheduled(gate: Waits, client: "SyncPrefectClient") -> None:
    """Put the run back into the queue, past the rule that refuses it. It runs again, and reads the decision."""
    from prefect.states import Scheduled

    state: State[Any] = Scheduled(
        name="Resuming", message="The decision was made in time, while the server was down."
    )
    client.set_flow_run_state(UUID(gate.run), state, force=True)


def retire(gate: Waits) -> None:
    """Cancel the run that was suspended at ``gate``, because another run waits there now.

    The episode's lock shows that it is not working. Without this it would fail days later for no visible reason.
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
                cancelled: State[Any] = Cancelled(message=why)
                client.set_flow_run_state(UUID(gate.run), cancelled, force=True)
    except (ObjectNotFound, httpx.HTTPError):
        # Clean-up only: whichever run is resumed finds the decision in the store.
        return


def _resume(gate: Waits, client: "SyncPrefectClient") -> None:
    # The form requires these two fields; the decision itself is in the store.
    form = {"verdict": "approve", "reviewer": WOKEN}
    ends, why = monotonic() + PATIENCE_S, "it was not suspended in time"
    while monotonic() < ends:
        state = client.read_flow_run(UUID(gate.run)).state
        if state is None or state.is_final() or state.is_scheduled() or state.is_pending():
            return
        if state.is_paused():
            answer = client.resume_flow_run(UUID(gate.run), run_input=form)
            if answer.status.value == "ACCEPT":
                return
            why = str(getattr(answer.details, "reason", answer.status))
        sleep(PAUSE_S)
    raise _asleep(gate, why)


def _asleep(gate: Waits, why: str) -> RunAsleep:
    return RunAsleep(
        f"The decision is recorded, but run {gate.run} could not be resumed ({why}). "
        "Nothing has to be decided again: it resumes by itself once the server answers and the rushes room, "
        "or `sakuga up`, is running."
    )
