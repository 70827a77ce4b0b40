"""Claims about choices people make: locked, in order, and never lost to another one."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from assets.errors import InputRefused, LockHeld


@pytest.fixture
def three(store, episode, take_of):
    """The episode, with three takes of C001 of which the first was selected by the ranking."""
    for recipe in "123":
        store.add_take(episode, take_of("C001", recipe))
    store.select(episode, "C001", 1, by="sakuga", reason="best of 3")
    return episode


def test_what_a_person_chooses_is_shown_and_locked_at_once(store, three):
    shown = store.choose(three, "C001", 2, by="aya", reason="better hands")

    assert (shown.take.number, shown.locked, shown.made_by) == (2, True, "aya")
    with pytest.raises(LockHeld):
        store.select(three, "C001", 3, by="sakuga")


def test_another_person_is_told_who_chose_what_when_and_why(store, three):
    first = store.choose(three, "C001", 2, by="aya", reason="better hands")

    with pytest.raises(LockHeld, match=rf"Take 2 of C001 .* by aya at {first.made_at} \(better hands\)"):
        store.choose(three, "C001", 3, by="ken", reason="better face")
    assert store.selected(three, "C001") == first


def test_ones_own_choice_may_be_changed(store, three):
    store.choose(three, "C001", 2, by="aya", reason="better hands")

    assert store.choose(three, "C001", 3, by="aya", reason="looked again").take.number == 3


def test_choosing_the_shown_take_locks_it_and_again_changes_nothing(store, three):
    once = store.choose(three, "C001", 1, by="aya", reason="it is right")
    again = store.choose(three, "C001", 1, by="ken", reason="I agree")

    assert once.locked
    assert again == once
    assert len(store.history(three, "C001")) == 2


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_choice_without_a_reason_is_refused(store, three, reason):
    with pytest.raises(InputRefused, match="why"):
        store.choose(three, "C001", 2, by="aya", reason=reason)


def test_a_take_that_is_not_there_cannot_be_chosen(store, three):
    with pytest.raises(InputRefused, match=r"no take 9.*has: 1, 2, 3"):
        store.choose(three, "C001", 9, by="aya", reason="?")


def test_of_two_who_choose_at_once_one_wins_and_the_other_is_told(store, three):
    def choosing(who):
        name, take = who
        try:
            return store.choose(three, "C001", take, by=name, reason="mine")
        except LockHeld as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(choosing, (("aya", 2), ("ken", 3))))

    (told,) = [answer for answer in answers if isinstance(answer, str)]
    (won,) = [answer for answer in answers if not isinstance(answer, str)]
    assert store.selected(three, "C001") == won
    assert f"approved by {won.made_by}" in told


def test_the_history_has_every_choice_lock_and_unlock_in_order(store, three):
    store.choose(three, "C001", 2, by="aya", reason="better hands")
    store.unlock(three, "C001", by="ken", reason="new ending")

    told = [(entry.take, entry.locked, entry.made_by) for entry in store.history(three, "C001")]
    assert told == [(1, False, "sakuga"), (2, True, "aya"), (2, False, "ken")]
    assert store.history(three, "C002") == ()


def test_measuring_again_changes_the_measures_and_nothing_else(store, three):
    before = store.takes(three, "C001")[1]

    store.measure(three, "C001", 2, {"identity": 0.5})

    assert store.takes(three, "C001")[1] == before.model_copy(update={"measures": {"identity": 0.5}})
