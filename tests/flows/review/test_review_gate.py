"""Claims about asking at a gate: who is asked, how often, and what a run learns from the store."""

from collections.abc import Callable

import pytest

from assets.errors import DecisionRefused, GateExpired, RunStopped
from assets.sheets.review import Choice, CutRemark, Decision, Reason
from assets.store import Gate
from flows.review.review_gate import GateOptions, ReviewGate
from flows.review.rules import Reviewer
from flows.review.service import decide

APPROVE = Decision(verdict="approve")
AGAIN = Decision(verdict="retake", remarks=(CutRemark(cut="C001", reasons=(Reason.COLOR,)),))
STOP = Decision(verdict="stop", note="wrong script")


class Scripted:
    """Waits by answering: each wait takes the next answer; a word instead of one is a wait in vain."""

    def __init__(self, room, *answers: Decision | Callable[[Gate], None] | None, run: str = "") -> None:
        self.run, self.asked, self._room, self._answers = run, [], room, list(answers)

    def wait(self, gate: Gate) -> None:
        self.asked.append(gate)
        answer = self._answers.pop(0)
        if isinstance(answer, Decision):
            decide(self._room, gate.id, answer, Reviewer("aya", "rushes", gate.seen), wake=lambda _: None)
        elif answer is not None:
            answer(gate)


def keeper(room, waiting, *, approve="person", hours=1.0) -> ReviewGate:
    return ReviewGate(room, GateOptions(("storyboard", "takes", "script", "final"), approve, hours), waiting)


def states(room) -> list[tuple[str, int, str]]:
    return [(gate.kind, gate.round, gate.state) for gate in room.store.gates(room.key)]


def test_a_gate_nobody_wants_is_passed_without_a_trace(room, shown):
    gates = ReviewGate(room, GateOptions(("takes",)), Scripted(room))

    assert gates.passes(shown("storyboard"))
    assert states(room) == []


def test_an_approval_opens_the_gate(room, shown):
    assert keeper(room, Scripted(room, APPROVE)).passes(shown("storyboard"))


def test_a_retake_sends_the_run_round_again_and_the_next_round_asks_anew(room, shown):
    waiting = Scripted(room, AGAIN, APPROVE)
    gates = keeper(room, waiting)

    assert not gates.passes(shown("storyboard"))
    assert gates.passes(shown("storyboard", panel="9"))
    assert [gate.round for gate in waiting.asked] == [1, 2]
    assert {cut.news for cut in waiting.asked[1].shows.cuts} == {"another drawing"}


def test_what_was_sent_back_is_asked_again_even_when_it_came_out_the_same(room, shown):
    waiting = Scripted(room, AGAIN, APPROVE)
    gates = keeper(room, waiting)

    assert not gates.passes(shown("storyboard"))
    assert gates.passes(shown("storyboard"))


def test_what_was_approved_is_not_asked_again_while_it_looks_the_same(room, shown):
    keeper(room, Scripted(room, APPROVE)).passes(shown("storyboard"))

    assert keeper(room, Scripted(room)).passes(shown("storyboard"))


def test_what_was_approved_is_asked_again_when_it_looks_otherwise(room, shown):
    keeper(room, Scripted(room, APPROVE)).passes(shown("storyboard"))
    waiting = Scripted(room, APPROVE)

    assert keeper(room, waiting).passes(shown("storyboard", panel="9"))
    assert [gate.round for gate in waiting.asked] == [2]


def test_an_approval_that_chose_another_take_holds_for_the_takes_it_chose(room, shown):
    chosen = Decision(verdict="approve", choices=(Choice(cut="C001", take=2),))
    keeper(room, Scripted(room, chosen)).passes(shown("takes"))

    assert shown("takes").cut("C001").selected == 2
    assert keeper(room, Scripted(room)).passes(shown("takes"))


def test_another_take_at_the_final_gate_makes_the_episode_once_more(room, shown):
    chosen = Decision(verdict="approve", choices=(Choice(cut="C001", take=2),))

    assert not keeper(room, Scripted(room, chosen)).passes(shown("final"))


def test_stop_ends_the_run_in_words_and_the_same_command_asks_again(room, shown):
    with pytest.raises(RunStopped, match="Stopped by aya at the take gate: wrong script"):
        keeper(room, Scripted(room, STOP)).passes(shown("takes"))

    again = Scripted(room, APPROVE)
    assert keeper(room, again).passes(shown("takes"))
    assert [gate.round for gate in again.asked] == [2]


def test_a_run_that_is_played_again_to_hear_that_it_was_stopped_is_stopped(room, shown):
    with pytest.raises(RunStopped):
        keeper(room, Scripted(room, STOP, run="prefect-run")).passes(shown("takes"))

    with pytest.raises(RunStopped, match="Stopped by aya"):
        keeper(room, Scripted(room, run="prefect-run")).passes(shown("takes"))


def test_a_script_that_is_sent_back_ends_the_run(room, shown):
    back = Decision(verdict="retake", note="the ending")

    with pytest.raises(
        RunStopped, match=r"Sent back by aya at the script gate: the ending\. Edit the script"
    ):
        keeper(room, Scripted(room, back)).passes(shown("script"))


def test_a_wait_that_ends_without_a_decision_waits_on(room, shown):
    waiting = Scripted(room, None, None, APPROVE)

    assert keeper(room, waiting).passes(shown("takes"))
    assert [gate.round for gate in waiting.asked] == [1, 1, 1]


def test_a_killed_run_goes_on_waiting_at_the_same_gate(room, shown):
    with pytest.raises(IndexError):
        keeper(room, Scripted(room, run="killed")).passes(shown("takes"))

    waiting, retired = Scripted(room, APPROVE, run="next"), []
    gates = ReviewGate(room, GateOptions(("takes",)), waiting, retire=retired.append)
    assert gates.passes(shown("takes"))
    assert [(gate.round, gate.run) for gate in waiting.asked] == [(1, "next")]
    assert [gate.run for gate in retired] == ["killed"]


def test_a_run_that_is_played_again_neither_retires_itself_nor_gains_time(room, shown):
    with pytest.raises(IndexError):
        keeper(room, Scripted(room, run="mine"), hours=1).passes(shown("takes"))
    (first,) = room.store.open_gates()

    waiting, retired = Scripted(room, APPROVE, run="mine"), []
    assert ReviewGate(room, GateOptions(("takes",)), waiting, retire=retired.append).passes(shown("takes"))
    assert retired == []
    assert waiting.asked[0].until == first.until


def test_a_decision_made_while_nobody_waited_counts(room, shown, gate_of):
    gate = gate_of("storyboard")
    decide(room, gate.id, APPROVE, Reviewer("aya", "terminal", gate.seen))

    assert keeper(room, Scripted(room)).passes(shown("storyboard"))


def test_a_gate_that_shows_what_is_no_longer_so_is_withdrawn_and_asked_anew(room, shown, gate_of):
    gate_of("storyboard")

    assert keeper(room, Scripted(room, APPROVE)).passes(shown("storyboard", panel="9"))
    assert states(room) == [("storyboard", 1, "withdrawn"), ("storyboard", 2, "decided")]


def test_nobody_in_time_ends_the_run_in_words_and_the_same_command_opens_the_gate_again(room, shown):
    with pytest.raises(GateExpired, match="Nobody decided at the take gate"):
        keeper(room, Scripted(room, None), hours=0).passes(shown("takes"))

    waiting = Scripted(room, APPROVE)
    assert keeper(room, waiting).passes(shown("takes"))
    assert states(room) == [("takes", 1, "expired"), ("takes", 2, "decided")]


def test_a_gate_that_expired_while_nobody_waited_is_asked_anew(room, shown, gate_of):
    gate_of("takes", until="2001-01-01T00:00:00.000Z")

    assert keeper(room, Scripted(room, APPROVE)).passes(shown("takes"))
    assert states(room) == [("takes", 1, "expired"), ("takes", 2, "decided")]


def test_an_unattended_run_passes_and_says_that_nobody_looked(room, shown):
    assert keeper(room, Scripted(room), approve="auto").passes(shown("takes"))

    (review,) = room.store.reviews(room.key)
    assert (review.door, review.made_by) == ("auto", "nobody (--approve auto)")


def test_what_passed_unseen_is_shown_to_a_person_later(room, shown):
    keeper(room, Scripted(room), approve="auto").passes(shown("takes"))
    waiting = Scripted(room, APPROVE)

    assert keeper(room, Scripted(room), approve="auto").passes(shown("takes"))
    assert keeper(room, waiting).passes(shown("takes"))
    assert len(waiting.asked) == 1


def test_a_gate_whose_takes_changed_while_it_waited_is_decided_in_its_next_round(room, shown):
    def change_and_decide(gate: Gate) -> None:
        room.store.select(room.key, "C002", 2, by="ken")
        with pytest.raises(DecisionRefused, match="C002 now shows take 2"):
            decide(room, gate.id, APPROVE, Reviewer("aya", "rushes", gate.seen), wake=lambda _: None)

    waiting = Scripted(room, change_and_decide, APPROVE)

    assert keeper(room, waiting).passes(shown("takes"))
    assert [gate.round for gate in waiting.asked] == [1, 2]
