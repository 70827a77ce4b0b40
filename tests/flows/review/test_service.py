"""Claims about taking a decision: what is refused and in which words, and what is done, all or nothing."""

import multiprocessing
import os
from functools import partial

import pytest

from assets.errors import DecisionRefused, RunAsleep
from assets.sheets.review import Choice, CutRemark, Decision, Lock, Pin, Reason
from assets.store import Store
from assets.timing import Span
from flows.review.rules import Reviewer
from flows.review.service import decide

APPROVE = Decision(verdict="approve")


def remark(cut: str, *reasons: str, **more) -> CutRemark:
    return CutRemark(cut=cut, reasons=tuple(Reason(reason) for reason in reasons), **more)


def retake(*remarks: CutRemark, **more) -> Decision:
    return Decision(verdict="retake", remarks=remarks, **more)


def taken(room, gate, decision, *, by="aya", door="terminal", seen="", **more):
    return decide(room, gate.id, decision, Reviewer(by, door, seen or gate.seen), **more)


def locked(room) -> dict[str, bool]:
    return {cut: held.locked for cut, held in room.store.selections(room.key).items()}


def everything(room) -> tuple:
    """All that a decision may change."""
    store = room.store
    return (
        store.reviews(room.key),
        [(gate.id, gate.state, gate.review) for gate in store.gates(room.key)],
        store.retakes(room.key) + store.retakes(room.key, "storyboard"),
        store.selections(room.key),
        store.ledger.events(),
    )


BOTH = pytest.mark.parametrize(
    "room", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@BOTH
def test_an_approval_of_the_takes_locks_every_take_that_is_shown(room, gate_of):
    gate = gate_of("takes")

    review = taken(room, gate, APPROVE)

    assert locked(room) == {"C001": True, "C002": True}
    assert (room.store.gate(gate.id).state, room.store.gate(gate.id).review) == ("decided", review.id)


def test_an_approved_cut_with_a_remark_passes_but_is_not_locked(room, gate_of):
    taken(room, gate_of("takes"), Decision(verdict="approve", remarks=(remark("C002", note="will do"),)))

    assert locked(room) == {"C001": True, "C002": False}
    assert room.store.open_retakes(room.key) == ()


def test_an_approval_may_leave_one_take_unlocked(room, gate_of):
    taken(room, gate_of("takes"), Decision(verdict="approve", locks=(Lock(cut="C001", locked=False),)))

    assert locked(room) == {"C001": False, "C002": True}


def test_an_approval_of_the_storyboard_locks_no_take(room, gate_of):
    taken(room, gate_of("storyboard"), APPROVE)

    assert locked(room) == {"C001": False, "C002": False}


def test_a_run_that_let_itself_pass_locks_nothing(room, gate_of):
    taken(room, gate_of("takes"), APPROVE, door="auto", by="nobody")

    assert locked(room) == {"C001": False, "C002": False}


def test_a_retake_is_ordered_with_what_was_said_of_it(room, gate_of):
    pin = Pin(frame=3, x=0.5, y=0.5, text="here")
    said = remark("C002", "motion", "line_sync", note="she floats", frames=Span(start=2, stop=9), pins=(pin,))

    taken(room, gate_of("takes"), retake(said))

    (order,) = room.store.open_retakes(room.key)
    assert (order.cut, order.frames, order.made_by) == ("C002", Span(start=2, stop=9), "aya")
    assert order.reason == "motion, line sync: she floats (frame 3: here)"
    assert room.store.open_retakes(room.key, "storyboard") == ()


def test_a_retake_at_the_storyboard_is_one_of_the_panel(room, gate_of):
    taken(room, gate_of("storyboard"), retake(remark("C003", "layout")))

    assert [order.cut for order in room.store.open_retakes(room.key, "storyboard")] == ["C003"]
    assert room.store.open_retakes(room.key) == ()


def test_a_take_is_chosen_and_locked_in_one_decision(room, gate_of):
    taken(room, gate_of("takes"), Decision(verdict="approve", choices=(Choice(cut="C001", take=2),)))

    held = room.store.selected(room.key, "C001")
    assert (held.take.number, held.locked, held.made_by) == (2, True, "aya")


def test_a_chosen_take_is_locked_although_other_cuts_are_sent_back(room, gate_of):
    said = retake(remark("C002", "motion"), choices=(Choice(cut="C001", take=2),))

    taken(room, gate_of("takes"), said)

    held = room.store.selected(room.key, "C001")
    assert (held.take.number, held.locked) == (2, True)
    assert locked(room)["C002"] is False


def test_a_locked_cut_is_unlocked_and_redone_in_one_decision(room, gate_of):
    room.store.lock(room.key, "C001", by="aya")

    taken(room, gate_of("takes"), retake(remark("C001", "color"), locks=(Lock(cut="C001", locked=False),)))

    assert locked(room)["C001"] is False
    assert [order.cut for order in room.store.open_retakes(room.key)] == ["C001"]


def test_a_decision_is_recorded_with_who_when_what_they_saw_and_the_door(room, gate_of):
    gate = gate_of("takes", round=3)

    review = taken(room, gate, Decision(verdict="stop", note="wrong script"), door="rushes")
    (event,) = room.store.ledger.events(kind="review.decided")

    assert (review.gate, review.round, review.door, review.made_by) == ("takes", 3, "rushes", "aya")
    assert (review.seen, review.note) == (gate.seen, "wrong script")
    assert (event.subject, event.made_by) == ("yuzu/ep01/takes/3", "aya")
    assert (event.body["verdict"], event.body["seen"], event.body["door"]) == ("stop", gate.seen, "rushes")


FAULTS = [
    (retake(remark("C009", "color")), "no cut C009 here. Cuts are C001, C002, C003"),
    (retake(remark("C001")), "C001 has no reason for its retake. Choose one or more of: off_model"),
    (retake(), "no cut was named"),
    (retake(remark("C001", "color"), remark("C001", "motion")), "remarked on 2 times"),
    (retake(remark("C001", "color", frames=Span(start=20, stop=25))), "the range 20-25 is not inside it"),
    (retake(remark("C001", "color", frames=Span(start=4, stop=4))), "the range 4-4 is not inside it"),
    (retake(remark("C001", "color", pins=(Pin(frame=24, x=0, y=0, text="x"),))), "a pin is on frame 24"),
    (Decision(verdict="approve", remarks=(remark("C001"),)), "named without a remark"),
    (Decision(verdict="approve", choices=(Choice(cut="C001", take=9),)), "no take 9. Takes it has: 1, 2"),
    (Decision(verdict="approve", choices=(Choice(cut="C003", take=1),)), "no take 1. Takes it has: none"),
    (Decision(verdict="approve", locks=(Lock(cut="C003"),)), "no take yet, so there is none to lock"),
]


@pytest.mark.parametrize(("decision", "sentence"), FAULTS, ids=[sentence for _, sentence in FAULTS])
def test_a_decision_that_cannot_be_is_refused_in_a_sentence_and_nothing_is_done(
    room, gate_of, decision, sentence
):
    gate = gate_of("takes")
    before = everything(room)

    with pytest.raises(DecisionRefused) as refused:
        taken(room, gate, decision)

    assert sentence in str(refused.value)
    assert everything(room) == before


def test_every_fault_is_told_at_once(room, gate_of):
    with pytest.raises(DecisionRefused, match=r"no cut C009.*C001 has no reason"):
        taken(room, gate_of("takes"), retake(remark("C001"), remark("C009", "color")))


def test_a_panel_is_not_redrawn_in_parts(room, gate_of):
    with pytest.raises(DecisionRefused, match="redrawn as a whole"):
        taken(room, gate_of("storyboard"), retake(remark("C001", "color", frames=Span(start=0, stop=4))))


@pytest.mark.parametrize(
    "decision",
    [retake(remark("C001", "color")), Decision(verdict="approve", choices=(Choice(cut="C001", take=2),))],
)
def test_a_locked_take_is_neither_redone_nor_replaced_unasked(room, gate_of, decision):
    room.store.lock(room.key, "C001", by="aya")
    gate = gate_of("takes")

    with pytest.raises(DecisionRefused, match="Take 1 of C001 is locked"):
        taken(room, gate, decision)


def test_nobody_decides_without_a_name(room, gate_of):
    with pytest.raises(DecisionRefused, match="Give the name of the person who decides"):
        taken(room, gate_of("takes"), APPROVE, by="  ")


def test_what_was_seen_must_be_what_is_shown(room, gate_of):
    with pytest.raises(DecisionRefused, match="Look again, then decide"):
        taken(room, gate_of("takes"), APPROVE, seen="f" * 64)


def test_a_second_decision_is_told_who_was_first_and_when(room, gate_of):
    gate = gate_of("takes")
    first = taken(room, gate, Decision(verdict="stop", note="too long"))

    with pytest.raises(DecisionRefused) as refused:
        taken(room, gate, APPROVE, by="ken")

    assert f"decided by aya at {first.made_at}: stop (too long)" in str(refused.value)
    assert len(room.store.reviews(room.key)) == 1


def test_a_gate_whose_time_is_over_takes_no_decision(room, gate_of):
    gate = gate_of("takes", until="2001-01-01T00:00:00.000Z")

    with pytest.raises(DecisionRefused, match="you are asked again"):
        taken(room, gate, APPROVE)


@BOTH
def test_takes_that_changed_meanwhile_are_shown_anew_before_they_are_decided(room, gate_of):
    gate = gate_of("takes", run="")
    room.store.select(room.key, "C002", 2, by="ken")

    with pytest.raises(DecisionRefused, match=r"C002 now shows take 2.*Look at round 2"):
        taken(room, gate, APPROVE)
    (newest,) = room.store.open_gates(room.key)
    taken(room, newest, APPROVE)

    assert (newest.round, newest.shows.cut("C002").selected) == (2, 2)
    assert [known.state for known in room.store.gates(room.key)] == ["withdrawn", "decided"]


def test_who_waits_is_told_once_it_is_all_recorded(room, gate_of):
    told = []
    gate = gate_of("takes", run="some-run")

    taken(room, gate, APPROVE, wake=lambda woken: told.append(room.store.gate_state(woken.id)))

    assert told == ["decided"]


def test_a_run_that_cannot_be_told_does_not_undo_the_decision(room, gate_of):
    def nobody_there(_gate):
        raise RunAsleep("no server")

    with pytest.raises(RunAsleep):
        taken(room, gate_of("takes", run="some-run"), APPROVE, wake=nobody_there)

    assert [review.verdict for review in room.store.reviews(room.key)] == ["approve"]


def test_the_run_that_asks_through_prefect_is_not_woken_by_its_own_answer(room, gate_of):
    told = []

    taken(room, gate_of("takes", run="some-run"), APPROVE, door="prefect", wake=told.append)

    assert told == []


@BOTH
def test_of_many_that_decide_at_once_exactly_one_wins(room, gate_of):
    gate = gate_of("takes")
    context = multiprocessing.get_context("fork")
    start = context.Barrier(6)

    def work(name: str) -> None:
        with Store.open(room.url) as store:
            start.wait(30)
            try:
                mine = type(room)(store, room.key, room.url)
                decide(mine, gate.id, APPROVE, Reviewer(name, "terminal", gate.seen))
            except DecisionRefused as refused:
                os._exit(3 if "was decided by" in str(refused) else 4)
        os._exit(0)

    doors = [context.Process(target=partial(work, f"door {number}")) for number in range(6)]
    for door in doors:
        door.start()
    for door in doors:
        door.join(60)

    assert sorted(door.exitcode for door in doors) == [0, 3, 3, 3, 3, 3]
    assert len(room.store.reviews(room.key)) == 1


@pytest.mark.parametrize("by", ["", "  ", "\u200b", "\u202e\u2060", "\u3000", "Aya\x07", "\ud800"])
def test_a_name_that_cannot_be_read_decides_nothing(room, gate_of, by: str):
    """A name of invisible characters stood under a review."""
    gate = gate_of("takes")
    before = everything(room)

    with pytest.raises(DecisionRefused, match="name"):
        taken(room, gate, APPROVE, by=by)

    assert everything(room) == before
