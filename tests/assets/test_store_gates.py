"""Claims about gates in the store, on both databases."""

import pytest

from assets.errors import InputRefused
from assets.sheets.production import Panel, Ref
from assets.sheets.review import Board, Choice, Decision, Shown, ShownTake
from assets.store import Store
from assets.store.connection import Database
from assets.store.records import Refusal
from assets.store.reviews import ReviewedGate
from assets.store.schema import settle

LATER, EARLIER = "2999-01-01T00:00:00.000Z", "2001-01-01T00:00:00.000Z"


def ref(letter: str, sort: str = "image/png") -> Ref:
    return Ref(sha256=letter * 64, bytes=3, media_type=sort)


def board(kind="storyboard", *, panel="1", selected=1, note="") -> Board:
    painted = Panel(cut="C001", image=ref(panel), recipe="2" * 64, basis="3" * 64)
    takes = tuple(
        ShownTake(number=number, clip=ref(str(number + 3), "video/mp4"), frames=24) for number in (1, 2)
    )
    shown = Shown(
        cut="C001", frames=24, basis="b" * 64, panel=painted, takes=takes, selected=selected, why=note
    )
    return Board(kind=kind, sheet=ref("a", "application/json"), cuts=(shown,))


def test_a_gate_comes_back_as_it_was_opened(store, episode):
    opened = store.open_gate(episode, "storyboard", 1, board=board(), until=LATER, run="abc")

    assert store.gate(opened.id) == opened
    assert store.open_gates() == store.open_gates(episode) == store.gates(episode) == (opened,)
    assert (opened.state, opened.run, opened.shows, opened.seen) == ("open", "abc", board(), board().seen)


def test_the_same_round_is_opened_once_and_waits_for_whoever_asked_last(store, episode):
    first = store.open_gate(episode, "storyboard", 1, board=board(), until=EARLIER, run="killed")

    again = store.open_gate(episode, "storyboard", 1, board=board(note="new"), until=LATER, run="next")

    assert (again.id, again.run, again.until, again.shows.cuts[0].why) == (first.id, "next", LATER, "new")
    assert len(store.gates(episode)) == 1


def test_a_closed_round_is_not_opened_again(store, episode):
    gate = store.open_gate(episode, "takes", 1, board=board("takes"), until=LATER)
    closed = store.close_gate(gate.id, "withdrawn")

    assert store.open_gate(episode, "takes", 1, board=board("takes"), until=LATER, run="x") == closed
    assert store.open_gates() == ()


def test_an_open_round_that_shows_something_else_is_left_as_it_is(store, episode):
    gate = store.open_gate(episode, "storyboard", 1, board=board(), until=LATER)

    assert store.open_gate(episode, "storyboard", 1, board=board(panel="9"), until=LATER) == gate


def test_a_gate_keeps_the_first_end_it_came_to(store, episode):
    gate = store.open_gate(episode, "takes", 1, board=board("takes"), until=LATER)
    review = store.add_review(episode, Decision(verdict="stop"), ReviewedGate("takes", gate.seen), by="aya")
    store.close_gate(gate.id, "decided", review=review.id)

    late = store.close_gate(gate.id, "expired")

    assert (late.state, late.review) == ("decided", review.id)
    assert store.gate_state(gate.id) == "decided"


def test_a_gate_whose_time_is_over_does_not_wait_any_more(store, episode):
    gate = store.open_gate(episode, "takes", 1, board=board("takes"), until=EARLIER)

    assert store.open_gates(episode) == ()
    assert store.gate_state(gate.id) == "open"


def test_what_was_refused_is_kept_with_what_was_typed(store, episode):
    gate = store.open_gate(episode, "takes", 1, board=board("takes"), until=LATER)
    refusal = Refusal(by="aya", door="prefect", at=EARLIER, why="There is no C099.", typed='{"note": "手"}')

    store.keep_refusal(gate.id, refusal)
    kept = store.keep_refusal(gate.id, refusal)

    assert kept.refusals == store.gate(gate.id).refusals == (refusal, refusal)


def test_a_gate_of_an_episode_nobody_entered_is_refused(store):
    with pytest.raises(InputRefused, match="no episode 'yuzu/ep99'"):
        store.open_gate("yuzu/ep99", "takes", 1, board=board("takes"), until=LATER)


def test_a_gate_that_is_not_there_is_refused(store):
    for asked in (store.gate, store.gate_state):
        with pytest.raises(InputRefused, match="no gate 7"):
            asked(7)


def test_a_storyboard_stays_the_same_while_takes_come_and_go():
    without = board().model_copy(update={"cuts": (board().cuts[0].model_copy(update={"takes": ()}),)})

    assert board(selected=1).seen == board(selected=2).seen == without.seen
    assert board(panel="9").seen != board().seen


def test_takes_are_the_same_only_while_each_cut_shows_the_same_take():
    shown = board("takes", selected=1)

    assert board("takes", selected=1, panel="9").seen == shown.seen
    assert board("takes", selected=2).seen != shown.seen
    assert shown.with_choices([Choice(cut="C001", take=2)]).seen == board("takes", selected=2).seen


def test_a_store_from_before_there_were_gates_keeps_its_reviews_and_orders(store_url, by_hand, sheet_of):
    database = Database(store_url)
    settle(database, to="0003")
    old = Store(database)
    key = old.upsert_episode("yuzu", "ep01", title="", script="0" * 64, by="ken").key
    old.record_cutsheet(key, sheet_of("C001"), {"C001": "b" * 64})
    database.close()
    by_hand(
        store_url,
        "INSERT INTO reviews (episode, gate, verdict, remarks, note, seen, made_at, made_by) "
        f"VALUES ('yuzu/ep01', 'takes', 'approve', '[]', 'fine', '{'e' * 64}', '{EARLIER}', 'aya')",
        "INSERT INTO retakes (episode, cut, reason, made_at, made_by) "
        f"VALUES ('yuzu/ep01', 'C001', 'her step', '{EARLIER}', 'aya')",
    )

    with Store.open(store_url) as store:
        (review,), (order,) = store.reviews(key), store.open_retakes(key)
        opened = store.open_gate(key, "takes", 1, board=board("takes"), until=LATER)

    assert (review.note, review.round, review.door, review.choices) == ("fine", 1, "terminal", ())
    assert (order.reason, order.stage) == ("her step", "takes")
    assert opened.state == "open"
