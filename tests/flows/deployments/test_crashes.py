"""A run that crashes goes back to the queue, but not for ever."""

import pytest
from prefect.states import Crashed, Failed, Running, Scheduled, State, Suspended

from flows.deployments.crashes import crashes


@pytest.mark.parametrize(
    ("states", "counted"),
    [
        ((Scheduled(), Running()), 0),
        ((Running(), Crashed(), Scheduled(), Running(), Crashed()), 2),
        ((Running(), Suspended(), Scheduled(), Running()), 0),
        ((Running(), Crashed(), Running(), Failed(), Scheduled(), Running()), 0),
        ((Running(), Failed(), Scheduled(), Running(), Crashed()), 1),
    ],
)
def test_crashes_are_counted_since_a_person_last_pressed_retry(states: tuple[State, ...], counted: int):
    assert crashes(states) == counted
