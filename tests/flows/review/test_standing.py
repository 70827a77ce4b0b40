"""How an episode stands is told the same way at every door."""

import pytest

from assets.sheets.review import Decision
from flows.review.rules import Reviewer
from flows.review.service import decide
from flows.review.standing import standing

APPROVE = Decision(verdict="approve")
RUN = "00000000-0000-0000-0000-000000000001"


def decided(room, gate) -> None:
    decide(room, gate.id, APPROVE, Reviewer("Aya", "rushes", gate.seen), wake=lambda _: None)


def ended(room, outcome: str) -> None:
    room.store.finish_run(room.store.begin_run(room.key, "toy"), outcome)


def test_an_open_gate_waits_and_names_its_round(room, gate_of):
    ended(room, "waits for a review")
    gate_of("storyboard", run=RUN)

    found = standing(room.store, room.key)

    assert (found.word, str(found)) == ("waits", "waits for a person: storyboard gate, round 1")


@pytest.mark.parametrize("outcome", ["waits for a review", "stopped"])
def test_a_decision_its_run_has_not_heard_of_is_no_waiting_and_no_failure(room, gate_of, outcome):
    """After an approval while the server was down, status still said that the episode waits for a review."""
    gate = gate_of("storyboard", run=RUN)
    ended(room, outcome)
    decided(room, gate)

    found = standing(room.store, room.key)

    assert found.word == "decided"
    assert "approve by Aya; its run continues once its server answers" in str(found)
    assert [gate.id for gate in room.store.undelivered_gates()] == [gate.id]


def test_the_next_run_of_the_episode_has_heard_of_it(room, gate_of):
    gate = gate_of("storyboard", run=RUN)
    ended(room, "waits for a review")
    decided(room, gate)
    room.store.begin_run(room.key, "toy")

    assert standing(room.store, room.key).word == ""
    assert room.store.undelivered_gates() == ()


@pytest.mark.parametrize("outcome", ["finished", "failed", "stopped at a gate"])
def test_a_run_that_ended_in_its_own_words_is_told_with_them(room, gate_of, outcome):
    run = room.store.begin_run(room.key, "toy")
    decided(room, gate_of("storyboard", run=RUN))
    room.store.finish_run(run, outcome)

    assert standing(room.store, room.key).word == outcome
    assert room.store.undelivered_gates() == ()


def test_a_decision_that_another_process_waited_for_needs_no_telling(room, gate_of):
    gate = gate_of("storyboard", run="")
    ended(room, "stopped")
    decided(room, gate)

    assert room.store.undelivered_gates() == ()


def test_only_the_newest_gate_of_a_run_counts(room, gate_of):
    """Its run went on from the first gate, and waits at the second one."""
    decided(room, gate_of("storyboard", run=RUN))
    gate_of("takes", run=RUN)

    assert room.store.undelivered_gates() == ()


def test_a_gate_nobody_came_to_does_not_wait_for_ever(room, gate_of):
    gate_of("storyboard", run=RUN, until="2020-01-01T00:00:00.000Z")
    ended(room, "waits for a review")

    assert standing(room.store, room.key).word == "expired"


def test_a_command_refused_before_any_work_leaves_the_episode_as_it_was(room):
    """`produce ep1 --cuts C002-C009` without a C009 made `status` call the finished episode refused."""
    ended(room, "finished")
    ended(room, "refused")
    ended(room, "refused")

    assert standing(room.store, room.key).word == "finished"


def test_a_run_refused_after_it_made_something_is_the_episode_s_outcome(room):
    ended(room, "finished")
    run = room.store.begin_run(room.key, "toy")
    room.store.begin_call(run, "a" * 64, "voice", "C001/1")
    room.store.finish_run(run, "refused")

    assert standing(room.store, room.key).word == "refused"


def test_an_episode_that_was_only_ever_refused_is_refused(room):
    ended(room, "refused")

    assert standing(room.store, room.key).word == "refused"


def test_a_run_stopped_while_it_waited_in_a_terminal_says_until_when_its_gate_is_open(room, gate_of):
    """`status` said that it waits for a person, without a word of the run that had to be started again."""
    gate = gate_of("storyboard")
    ended(room, "waits for a review")

    found = standing(room.store, room.key)

    assert found.word == "waits"
    assert str(found).startswith("stopped while it waited: the storyboard gate, round 1, is open until")
    assert gate.until[:16] in str(found) and "run the same command" in str(found)


def test_a_decision_after_the_run_was_stopped_in_a_terminal_is_told_with_how_to_go_on(room, gate_of):
    """`status` said that nobody decided in time, with days left."""
    gate = gate_of("storyboard")
    ended(room, "waits for a review")
    decided(room, gate)

    found = standing(room.store, room.key)

    assert (found.word, str(found)) == (
        "decided",
        "decided at the storyboard gate, round 1: approve by Aya; its run was stopped: run the same command to go on",
    )


def test_a_gate_that_was_withdrawn_is_not_told_as_one_nobody_came_to(room, gate_of):
    gate = gate_of("storyboard")
    ended(room, "waits for a review")
    room.store.close_gate(gate.id, "withdrawn")

    assert str(standing(room.store, room.key)) == "unfinished: run the same command to continue"
