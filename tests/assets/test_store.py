"""Claims about episodes, cuts, takes, choices, reviews, retakes and runs, on both databases."""

import pytest

from assets.errors import InputRefused, LockHeld
from assets.sheets.production import Ending
from assets.sheets.review import Choice, CutRemark, Decision, Lock, Pin, Reason
from assets.store.reviews import ReviewedGate
from assets.timing import Span


def test_an_episode_id_is_unique_within_its_show_only(store):
    one = store.upsert_episode("yuzu", "ep01", title="One", script="0" * 64, by="ken")
    two = store.upsert_episode("mikan", "ep01", title="Two", script="1" * 64, by="ken")

    assert (one.key, two.key) == ("yuzu/ep01", "mikan/ep01")
    assert [found.title for found in store.episodes()] == ["Two", "One"]


def test_entering_an_episode_again_brings_its_title_and_script_up_to_date(store):
    first = store.upsert_episode("yuzu", "ep01", title="One", script="0" * 64, by="ken")

    store.upsert_episode("yuzu", "ep01", title="Uno", script="1" * 64, by="aya")

    found = store.episode("yuzu/ep01")
    assert (found.title, found.script, found.changed_by) == ("Uno", "1" * 64, "aya")
    assert found.made_at == first.made_at


def test_an_episode_without_a_show_has_a_key_too(store):
    assert store.upsert_episode(None, "alone", title="", script="0" * 64, by="ken").key == "_/alone"


@pytest.mark.parametrize("id", ["../up", "a b", "", "x" * 65, "'; DROP TABLE takes; --"])
def test_an_id_that_is_no_id_is_refused(store, id):
    with pytest.raises(ValueError, match="pattern"):
        store.upsert_episode("yuzu", id, title="", script="0" * 64, by="ken")


def test_the_cut_sheet_that_was_recorded_last_comes_back(store, episode, sheet_of):
    version = store.record_cutsheet(episode, sheet_of("C001", "C004"), {"C001": "b" * 64, "C004": "b" * 64})

    assert version == 2
    assert store.cutsheet(episode) == sheet_of("C001", "C004")
    assert store.cutsheet(episode, version=1) == sheet_of("C001", "C002", "C003")


def test_the_same_cut_sheet_again_adds_no_version(store, episode, sheet_of):
    bases = dict.fromkeys(("C001", "C002", "C003"), "b" * 64)

    assert store.record_cutsheet(episode, sheet_of("C001", "C002", "C003"), bases) == 1


def test_an_episode_that_was_never_broken_down_has_no_cut_sheet(store):
    key = store.upsert_episode("yuzu", "ep02", title="", script="0" * 64, by="ken").key

    assert store.cutsheet(key) is None


def test_a_cut_that_left_the_script_is_missing_and_comes_back_alive(store, episode, sheet_of):
    store.record_cutsheet(episode, sheet_of("C001", "C003"), {"C001": "b" * 64, "C003": "b" * 64})
    without = store.bases(episode).keys()

    store.record_cutsheet(
        episode, sheet_of("C001", "C002", "C003"), dict.fromkeys(("C001", "C002", "C003"), "b" * 64)
    )

    assert without == {"C001", "C003"}
    assert store.bases(episode).keys() == {"C001", "C002", "C003"}


def test_a_cut_without_a_basis_is_refused_by_name(store, episode, sheet_of):
    with pytest.raises(InputRefused, match="C002"):
        store.record_cutsheet(episode, sheet_of("C001", "C002"), {"C001": "b" * 64})


def test_a_cut_sheet_of_an_unknown_episode_is_refused_and_the_known_are_named(store, episode, sheet_of):
    with pytest.raises(InputRefused, match="yuzu/ep01"):
        store.record_cutsheet("yuzu/ep99", sheet_of("C001"), {"C001": "b" * 64})


def test_takes_are_numbered_from_one_within_their_cut(store, episode, take_of):
    entered = [store.add_take(episode, take_of(*of)) for of in (("C001", "1"), ("C001", "2"), ("C002", "3"))]

    assert [take.number for take in entered] == [1, 2, 1]
    assert store.takes(episode, "C001") == tuple(entered[:2])


def test_the_same_recipe_again_is_the_same_take(store, episode, take_of):
    first = store.add_take(episode, take_of("C001", "1"))

    again = store.add_take(episode, take_of("C001", "1", number=9))

    assert again == first
    assert store.takes(episode, "C001") == (first,)


def test_a_take_of_a_cut_nobody_planned_is_refused(store, episode, take_of):
    with pytest.raises(InputRefused, match="C404"):
        store.add_take(episode, take_of("C404", "1"))


def test_a_cut_shows_no_take_before_one_is_selected(store, episode, take_of):
    store.add_take(episode, take_of("C001", "1"))

    assert store.selected(episode, "C001") is None


def test_the_take_that_was_selected_last_is_shown(store, episode, take_of):
    for recipe in "12":
        store.add_take(episode, take_of("C001", recipe))
    store.select(episode, "C001", 2, by="aya", reason="better hands")

    store.select(episode, "C001", 1, by="ken", reason="better face")

    shown = store.selected(episode, "C001")
    assert (shown.take.number, shown.made_by, shown.reason) == (1, "ken", "better face")


def test_a_take_that_does_not_exist_cannot_be_selected(store, episode, take_of):
    store.add_take(episode, take_of("C001", "1"))

    with pytest.raises(InputRefused, match=r"no take 5.*has: 1"):
        store.select(episode, "C001", 5, by="ken")


def test_a_locked_take_is_not_replaced(store, episode, take_of):
    for recipe in "12":
        store.add_take(episode, take_of("C001", recipe))
    store.select(episode, "C001", 1, by="ken")
    store.lock(episode, "C001", by="aya", reason="approved at rushes")

    with pytest.raises(LockHeld, match="approved by aya"):
        store.select(episode, "C001", 2, by="ken")
    assert store.selected(episode, "C001").take.number == 1


def test_selecting_the_locked_take_again_keeps_its_lock(store, episode, take_of):
    store.add_take(episode, take_of("C001", "1"))
    store.select(episode, "C001", 1, by="ken")
    store.lock(episode, "C001", by="aya")

    assert store.select(episode, "C001", 1, by="sakuga").locked


def test_an_unlocked_take_stays_shown_and_may_be_replaced(store, episode, take_of):
    for recipe in "12":
        store.add_take(episode, take_of("C001", recipe))
    store.select(episode, "C001", 1, by="ken")
    store.lock(episode, "C001", by="aya")

    unlocked = store.unlock(episode, "C001", by="aya", reason="new ending")

    assert (unlocked.take.number, unlocked.locked) == (1, False)
    assert store.select(episode, "C001", 2, by="ken").take.number == 2


def test_a_cut_without_a_selected_take_cannot_be_locked(store, episode):
    with pytest.raises(InputRefused, match="Select one first"):
        store.lock(episode, "C001", by="aya")


def test_a_locked_take_turns_stale_when_its_cut_depicts_something_else_and_stays_locked(
    store, episode, take_of, sheet_of
):
    store.add_take(episode, take_of("C001", "1", basis="b"))
    store.select(episode, "C001", 1, by="ken")
    before = store.lock(episode, "C001", by="aya")

    store.record_cutsheet(episode, sheet_of("C001"), {"C001": "d" * 64})

    after = store.selected(episode, "C001")
    assert (before.stale, after.stale, after.locked) == (False, True, True)


def test_a_take_is_stale_when_its_cut_shows_another_panel_than_it_began_with(store, episode, take_of):
    store.show_panels(episode, {"C001": "d" * 64})
    for number, began in ((1, "d" * 64), (2, "e" * 64), (3, None)):
        take = take_of("C001", str(number)).model_copy(update={"panel": began})
        store.add_take(episode, take)

    shown = [store.select(episode, "C001", number, by="rin").stale for number in (1, 2, 3)]

    assert shown == [False, True, False]  # an old record does not say what it began with


def test_a_locked_take_is_stale_when_only_the_panel_it_ends_with_was_drawn_anew(store, episode, take_of):
    """A take that arrives at the next cut's panel stayed approved as it was when that panel changed."""
    store.show_panels(episode, {"C001": "a" * 64, "C002": "b" * 64})
    ends = Ending(cut="C002", panel="b" * 64)
    for number, arrives in ((1, ends), (2, None)):
        take = take_of("C001", str(number)).model_copy(update={"panel": "a" * 64, "ends": arrives})
        store.add_take(episode, take)
    store.select(episode, "C001", 1, by="ken")
    before = store.lock(episode, "C001", by="aya")

    store.show_panels(episode, {"C002": "c" * 64})

    after = store.selected(episode, "C001")
    assert (before.stale, after.stale, after.locked) == (False, True, True)
    assert after.why_stale == "it ends with another panel of C002"
    assert store.selections(episode)["C001"] == after
    store.unlock(episode, "C001", by="aya", reason="another ending")
    assert not store.select(episode, "C001", 2, by="ken").stale  # it does not say what it ends with


def test_takes_of_an_older_basis_get_todays_and_others_keep_theirs(store, episode, take_of):
    for cut, recipe, basis in (("C001", "1", "b"), ("C001", "2", "c"), ("C002", "3", "b")):
        store.add_take(episode, take_of(cut, recipe, basis=basis))

    store.rebase(episode, {"C001": ("b" * 64, "d" * 64), "C002": ("c" * 64, "e" * 64)})

    assert [take.basis[0] for take in store.takes(episode, "C001")] == ["d", "c"]
    assert [take.basis[0] for take in store.takes(episode, "C002")] == ["b"]


def test_the_selections_of_an_episode_are_those_of_its_cuts(store, episode, take_of):
    for cut in ("C001", "C003"):
        for recipe in "12":
            store.add_take(episode, take_of(cut, recipe))
        store.select(episode, cut, 1, by="ken")
    store.select(episode, "C003", 2, by="ken")

    found = store.selections(episode)

    assert found == {cut: store.selected(episode, cut) for cut in ("C001", "C003")}
    assert found["C003"].take.number == 2


def test_takes_of_one_episode_are_not_seen_in_another(store, episode, take_of):
    store.add_take(episode, take_of("C001", "1"))
    other = store.upsert_episode("yuzu", "ep02", title="", script="0" * 64, by="ken").key

    assert store.takes(other, "C001") == ()
    assert store.selections(other) == {}


def test_a_review_comes_back_as_it_was_given(store, episode):
    remark = CutRemark(
        cut="C002",
        reasons=(Reason.OFF_MODEL, Reason.TIMING),
        note="手が変",
        frames=Span(start=3, stop=9),
        pins=(Pin(frame=4, x=0.25, y=0.5, text="six fingers"),),
    )
    decision = Decision(
        verdict="retake",
        remarks=(remark,),
        choices=(Choice(cut="C001", take=2),),
        locks=(Lock(cut="C001"),),
        note="close",
    )

    given = store.add_review(episode, decision, ReviewedGate("takes", "e" * 64, 3), by="aya", door="rushes")

    assert store.reviews(episode) == (given,)
    assert Decision(**{name: getattr(given, name) for name in Decision.model_fields}) == decision
    assert (given.gate, given.round, given.seen, given.made_by, given.door) == (
        "takes", 3, "e" * 64, "aya", "rushes",
    )  # fmt: skip


def test_an_order_for_a_panel_is_no_order_for_a_take(store, episode):
    panel = store.order_retake(episode, "C002", reason="her hair", by="aya", stage="storyboard")
    take = store.order_retake(episode, "C002", reason="her step", by="aya")

    store.close_retake(panel.id, take=2)

    assert store.open_retakes(episode) == (take,)
    assert store.open_retakes(episode, "storyboard") == ()
    assert [order.take for order in store.retakes(episode, "storyboard")] == [2]


def test_a_retake_is_open_until_a_take_answers_it(store, episode):
    ordered = store.order_retake(
        episode, "C002", reason="six fingers", by="aya", frames=Span(start=4, stop=8)
    )
    waiting = store.open_retakes(episode)

    closed = store.close_retake(ordered.id, take=2)

    assert waiting == (ordered,)
    assert (closed.take, closed.frames, store.open_retakes(episode)) == (2, Span(start=4, stop=8), ())


def test_closing_a_retake_again_keeps_the_first_answer(store, episode):
    ordered = store.order_retake(episode, "C002", reason="six fingers", by="aya")
    store.close_retake(ordered.id, take=2)

    assert store.close_retake(ordered.id, take=3).take == 2


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_retake_without_a_reason_is_refused(store, episode, reason):
    with pytest.raises(InputRefused, match="reason"):
        store.order_retake(episode, "C002", reason=reason, by="aya")


def test_a_call_is_known_before_it_ends(store, episode):
    run = store.begin_run(episode, "animatic", by="ken")

    store.begin_call(run, "a" * 64, "voice", "C001/0")

    (call,) = store.calls(run)
    assert (call.step, call.name, call.attempts, call.seconds) == ("voice", "C001/0", 1, None)


def test_a_call_that_was_killed_and_begun_again_counts_its_attempts(store, episode):
    run = store.begin_run(episode, "animatic")
    for _ in range(2):
        store.begin_call(run, "a" * 64, "voice", "C001/0")

    store.finish_call(run, "a" * 64, 1.5)

    (call,) = store.calls(run)
    assert (call.attempts, call.seconds) == (2, 1.5)


def test_a_run_that_never_ended_has_no_outcome(store, episode):
    killed = store.begin_run(episode, "animatic")
    finished = store.begin_run(episode, "animatic")

    store.finish_run(finished, "finished")

    assert [(run.id, run.outcome) for run in store.runs(episode)] == [(finished, "finished"), (killed, None)]


def test_what_was_never_begun_cannot_end(store, episode):
    run = store.begin_run(episode, "animatic")

    with pytest.raises(InputRefused, match="begin_call"):
        store.finish_call(run, "a" * 64, 1.0)
    with pytest.raises(InputRefused, match="no run 404"):
        store.finish_run(404, "finished")
    with pytest.raises(InputRefused, match="no run 404"):
        store.begin_call(404, "a" * 64, "voice", "C001/0")


def test_a_batch_is_kept_whole_or_not_at_all(store, episode, take_of):
    class Stopped(Exception):
        pass

    with pytest.raises(Stopped), store.batch():
        store.add_take(episode, take_of("C001", "1"))
        seen_inside = store.takes(episode, "C001")
        raise Stopped

    assert len(seen_inside) == 1
    assert store.takes(episode, "C001") == ()


def test_a_batch_inside_a_batch_belongs_to_the_outer_one(store, episode, take_of):
    with store.batch():
        with store.batch():
            store.add_take(episode, take_of("C001", "1"))
        store.add_take(episode, take_of("C001", "2"))

    assert len(store.takes(episode, "C001")) == 2


def test_a_store_opened_again_still_knows_what_was_approved(store, settled_url, episode, take_of):
    store.add_take(episode, take_of("C001", "1"))
    store.select(episode, "C001", 1, by="ken")
    approved = store.lock(episode, "C001", by="aya")
    store.close()

    with type(store).open(settled_url) as again:
        assert again.selected(episode, "C001") == approved
