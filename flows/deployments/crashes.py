"""Give up a run that keeps killing its process: each crash sends it back to the queue.

In: the states a run has had.      Out: nothing; or an error that says how often it crashed.
"""

from collections.abc import Sequence

from prefect import State

from assets.errors import ModelFailed
from flows.deployments import history

MOST = 3


def check() -> None:
    """Raise when this run crashed too often since it last failed or was ordered."""
    crashed = crashes(history.states())
    if crashed >= MOST:
        raise ModelFailed(
            f"The process of this run was killed {crashed} times, and it is not started again by itself. Mostly the "
            "machine has too little memory: look into the worker's log, or choose a smaller size or profile."
        )


def crashes(states: Sequence[State]) -> int:
    """How many crashes there are since the last failure, which a person has answered with Retry."""
    count = 0
    for state in states:
        if state.is_failed():
            count = 0
        count += state.is_crashed()
    return count
