"""What this run went through before this process: was it suspended, did it crash?

In: the run that is at work.      Out: its states, oldest first. Prefect's run count leaves out what a review resumed.
"""

from functools import lru_cache
from uuid import UUID

from prefect import State, get_client
from prefect.runtime import flow_run


def states() -> tuple[State, ...]:
    """The states that the run had when this process first asked."""
    return _states(UUID(str(flow_run.get_id())))


def began_before() -> bool:
    """Whether an earlier process has worked on this run."""
    return sum(state.is_running() for state in states()) > 1


@lru_cache(maxsize=1)
def _states(run: UUID) -> tuple[State, ...]:
    with get_client(sync_client=True) as client:
        return tuple(sorted(client.read_flow_run_states(run), key=lambda state: state.timestamp))
