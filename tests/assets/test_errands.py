"""Claims about errands and hands, on both databases."""

import time

import pytest

from assets.store import Errand, Settled
from assets.store.errands import MOST_TRIES, chosen

MADE = Settled(outcome="made", seconds=1.5, machine_seconds=1.0, place="here")


@pytest.fixture
def run(store, episode) -> int:
    return store.begin_run(episode, "toy")


@pytest.fixture
def errand(run):
    """``errand("C001")``: an errand for that cut; its recipe is its number's digits, filled up."""

    def made(name: str, *, scene: str = "S01", weight: int = 24) -> Errand:
        return Errand(
            recipe=name[1:].rjust(64, "0"), step="take", name=name, scene=scene, weight=weight, run=run,
            common={"sha256": "c" * 64}, piece={"cut": name},
        )  # fmt: skip

    return made


def states(store, episode) -> dict[str, str]:
    return {one.name: one.state for one in store.errands(episode).values()}


def test_an_errand_comes_back_as_it_was_posted_and_goes_to_one_hand_only(store, episode, errand):
    store.post_errands(episode, [errand("C001")])

    first = store.take_errand(episode, "one", lease_s=30)
    second = store.take_errand(episode, "two", lease_s=30)

    assert first == errand("C001")
    assert second is None


def test_a_hand_stays_in_its_scene_while_there_is_work(store, episode, errand):
    posted = [errand("C001", scene="S01", weight=10), errand("C002", scene="S02", weight=99)]
    store.post_errands(episode, [*posted, errand("C003", scene="S01", weight=20)])

    taken = [store.take_errand(episode, "one", lease_s=30, scene="S01").name for _ in range(3)]

    assert taken == ["C003", "C001", "C002"]


def test_a_hand_without_work_in_its_scene_goes_where_most_is_left():
    left = [("a", "S01", 30), ("b", "S02", 20), ("c", "S02", 20)]

    assert chosen(left, scene="S09") == "c"


def test_what_a_silent_hand_had_taken_is_another_s_after_its_lease(store, episode, errand):
    store.post_errands(episode, [errand("C001")])
    store.take_errand(episode, "killed", lease_s=0.05)
    time.sleep(0.1)

    again = store.take_errand(episode, "other", lease_s=30)
    store.settle_errand(episode, again.recipe, "killed", Settled(error="too late"))
    store.settle_errand(episode, again.recipe, "other", MADE)

    [found] = store.errands(episode).values()
    assert (found.state, found.hand, found.tries) == ("done", "other", 2)
    assert found.outcome == MADE


def test_a_hand_that_says_it_lives_keeps_what_it_has(store, episode, errand):
    store.post_errands(episode, [errand("C001")])
    store.enter_hand("one", episode, "here")
    store.take_errand(episode, "one", lease_s=0.05)
    store.hand_lives("one", lease_s=30)
    time.sleep(0.1)

    assert store.take_errand(episode, "two", lease_s=30) is None


def test_what_a_hand_leaves_behind_is_open_at_once(store, episode, errand):
    store.post_errands(episode, [errand("C001"), errand("C002")])
    for hand in ("one", "two"):
        store.enter_hand(hand, episode, "here")
        store.take_errand(episode, hand, lease_s=30)

    store.hand_leaves("one", done=0, loads={"animator toy": 1}, peak_mb=100.0)
    store.hand_lost("two")

    assert set(states(store, episode).values()) == {"open"}
    assert [hand.ended_at is not None for hand in store.hands(episode)] == [True, True]
    assert store.hands(episode)[0].loads == {"animator toy": 1}


def test_an_errand_that_kills_every_hand_is_given_up_and_says_so(store, episode, errand):
    store.post_errands(episode, [errand("C001"), errand("C002", weight=1)])
    for number in range(MOST_TRIES):
        assert store.take_errand(episode, f"hand {number}", lease_s=30).name == "C001"
        store.hand_lost(f"hand {number}")

    last = store.take_errand(episode, "careful", lease_s=30)

    assert last.name == "C002"
    assert states(store, episode) == {"C001": "failed", "C002": "taken"}
    [ended] = store.ended_errands(episode, [errand("C001").recipe])
    assert "3 workers stopped in the middle of it" in ended.outcome.error


@pytest.mark.parametrize(("again", "state"), [(True, "open"), (False, "failed")])
def test_an_error_that_may_pass_is_tried_again_and_a_refusal_stands(store, episode, errand, again, state):
    store.post_errands(episode, [errand("C001")])
    taken = store.take_errand(episode, "one", lease_s=30)

    store.settle_errand(episode, taken.recipe, "one", Settled(error="out of memory", again=again))

    assert states(store, episode) == {"C001": state}


def test_asking_again_leaves_work_in_hand_alone_and_reopens_what_ended(store, episode, errand):
    posted = [errand("C001"), errand("C002", weight=1)]
    store.post_errands(episode, posted)
    store.take_errand(episode, "one", lease_s=30)
    second = store.take_errand(episode, "one", lease_s=30)
    store.settle_errand(episode, second.recipe, "one", MADE)

    store.post_errands(episode, posted)

    assert states(store, episode) == {"C001": "taken", "C002": "open"}


def test_withdrawn_errands_are_taken_by_nobody(store, episode, errand):
    store.post_errands(episode, [errand("C001"), errand("C002", weight=1)])
    store.take_errand(episode, "one", lease_s=30)

    withdrawn = store.withdraw_errands(episode, why="stopped")

    assert withdrawn == 1
    assert states(store, episode) == {"C001": "taken", "C002": "withdrawn"}
    assert store.take_errand(episode, "two", lease_s=30) is None


def test_nothing_is_taken_ahead_when_another_hand_may_be_free_for_it(store, episode, errand):
    store.post_errands(episode, [errand("C001"), errand("C002"), errand("C003")])
    for hand in ("one", "two"):
        store.enter_hand(hand, episode, "here")

    ahead = [store.take_errand(episode, "one", lease_s=30, ahead=True) for _ in range(2)]

    assert [taken is not None for taken in ahead] == [True, False]
    assert store.take_errand(episode, "two", lease_s=30) is not None


def test_hands_that_are_dismissed_hear_of_it_when_they_say_they_live(store, episode):
    store.enter_hand("one", episode, "here")
    before = store.hand_lives("one", lease_s=30)

    store.dismiss_hands(episode)

    assert before
    assert not store.hand_lives("one", lease_s=30)


def test_hands_that_grab_at_once_never_get_the_same_errand(settled_url, store, episode, errand, at_once):
    from assets.store import Store

    store.post_errands(episode, [errand(f"C{number:03}") for number in range(1, 25)])

    def grab(hand: int) -> None:
        with Store.open(settled_url) as mine:
            while (taken := mine.take_errand(episode, f"hand {hand}", lease_s=30)) is not None:
                mine.settle_errand(episode, taken.recipe, f"hand {hand}", MADE)

    at_once(grab, 1, 2, 3)

    found = store.errands(episode).values()
    assert len(found) == 24
    assert {(one.state, one.tries) for one in found} == {("done", 1)}
