"""The night's page tells what became of every episode, as text."""

from uuid import uuid4

import pytest
from prefect.states import Cancelled, Completed, Crashed, Failed, Suspended

from flows.deployments.changed import Due
from flows.deployments.nightly_runs import Made, failure, make_due, page
from flows.episode.brief import Brief

BRIEF = Brief(script="kite.fountain")


def test_one_that_cannot_be_made_does_not_stop_the_next():
    """A server that refused one episode's order ended the night for all of them."""

    def make(brief: Brief):
        if brief.seed == 1:
            raise RuntimeError("the server refused it")
        state = Completed()
        state.state_details.flow_run_id = uuid4()
        return state

    due = [
        Due("a", BRIEF.model_copy(update={"seed": 1}), True, "changed: script"),
        Due("b", BRIEF, True, "changed: bible"),
    ]

    made = make_due(due, make)

    assert [item.outcome for item in made] == ["could not be made: the server refused it", "finished"]
    assert "2 of 2 episodes were due, 1 of them could not be made" in page(made)


def test_what_is_not_due_is_not_made_and_stands_below_what_was():
    made = make_due(
        [Due("quiet", BRIEF, False, "nothing has changed"), Due("b", BRIEF, True, "never")],
        lambda _: Completed(),
    )

    told = page(made)

    assert [item.outcome for item in made] == ["left as it is", "finished"]
    assert told.index("<td>b</td>") < told.index("<td>quiet</td>")


def test_nothing_in_a_name_or_a_message_becomes_markup():
    told = page([Made("kite", "<img src=x>", "failed:\n\n[a](http://x)<script>", 1.0)])

    assert "<img" not in told and "<script" not in told
    assert "&lt;img src=x&gt;" in told
    assert "\n\n" not in told[told.index("<table>") :]


@pytest.mark.parametrize(
    ("state", "bad"),
    [
        (Completed(), False),
        (Suspended(timeout_seconds=60), False),
        (Cancelled(message="Stopped by Aya"), False),
        (Failed(message="line 3: no scene"), True),
        (Crashed(message="killed"), True),
        (None, True),
    ],
)
def test_a_night_in_which_an_episode_failed_is_no_good_night(state, bad: bool):
    """The night ended green although one of two episodes had failed."""
    made = make_due([Due("kite", BRIEF, True, "never made"), Due("b", BRIEF, True, "never")], lambda _: state)

    told = failure(made)

    assert told.startswith("2 of 2 episodes could not be made: kite (") == bad
    assert bool(told) == bad


def test_one_that_was_left_as_it_is_does_not_spoil_the_night():
    assert (
        failure(make_due([Due("old", None, False, "cannot be made: moved away")], lambda _: Failed())) == ""
    )
