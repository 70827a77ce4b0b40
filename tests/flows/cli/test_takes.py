"""Several takes of a cut: the best is shown, the budget holds, and what a person chose stays."""

import multiprocessing
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from assets.sheets.production import Report
from assets.store import Store
from flows.episode.brief import Brief, RetakeOrder
from flows.episode.delivery import Delivered
from flows.episode.executor import InProcess
from flows.episode.produce import RunHost, perform

SCRIPT = """\
Title: Two Cuts

EXT. HILLTOP - DAY

MIKA holds a red kite.

MIKA
It will fly today.
"""
PROFILE = """\
sheet: profile
version: 1
name: brief
size: [256, 144]
machines: {{painter: toy, animator: toy, voices: {{en: toy}}, foley: toy, composer: toy, judge: {judge}}}
finish: {{opening: false, credits: false}}
takes: {takes}
"""


class Unwatched:
    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def done(self, done): ...


def never(_workspace):
    """No gate is asked for, so nobody waits at one."""


@pytest.fixture
def studio(tmp_path: Path):
    """``studio(takes="{count: 3}")``: produce the two cuts; every call works on the same episode."""
    script = tmp_path / "kite.fountain"
    script.write_text(SCRIPT, encoding="utf-8")

    def produced(takes="{}", *, judge="toy", order=None, wanted=None) -> Delivered:
        profile = tmp_path / "brief.yaml"
        profile.write_text(PROFILE.format(takes=takes, judge=judge), encoding="utf-8")
        wish = Brief(script=script, profile=str(profile), out=tmp_path / "episodes", takes=wanted)
        return perform(wish, RunHost(InProcess(), lambda _: Unwatched(), never), order=order)

    return produced


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(f"sqlite:///{tmp_path}/episodes/.sakuga/store.sqlite") as opened:
        yield opened


KEY = "_/kite"


def made(report: Report, step="take") -> list[str]:
    return [done.name for done in report.work if done.step == step and done.outcome == "made"]


def cuts(done: Delivered) -> list[str]:
    return [cut.number for cut in done.made.cutsheet.cuts]


def test_one_take_is_made_unless_more_are_asked_for(studio, store):
    done = studio()

    assert made(done.report) == cuts(done)
    assert [len(store.takes(KEY, cut)) for cut in cuts(done)] == [1] * len(cuts(done))


def test_all_that_are_asked_for_are_entered_and_the_best_is_selected_with_its_reason(studio, store):
    done = studio("{count: 3}")
    cut = cuts(done)[0]

    shown = store.selected(KEY, cut)
    assert [take.attempt for take in store.takes(KEY, cut)] == [1, 2, 3]
    assert len({take.seed for take in store.takes(KEY, cut)}) == 3
    assert (shown.made_by, shown.locked) == ("sakuga", False)
    assert shown.reason.startswith("best of 3: ")
    assert done.made.takes[cut] == shown.take


def test_a_second_run_makes_nothing_and_comes_to_the_same_choice(studio, store):
    first = studio("{count: 3}")
    before = store.selections(KEY)

    again = studio("{count: 3}")

    assert {done.outcome for done in again.report.work} == {"reused"}
    assert store.selections(KEY) == before
    assert again.made.episode == first.made.episode


def test_other_weights_rank_again_without_a_call(studio, store):
    first = studio("{count: 3, ranking: {first_frame_similarity: 0}}")
    number = cuts(first)[0]
    takes = {take.number: take.measures["motion"] for take in store.takes(KEY, number)}

    second = studio("{count: 3, ranking: {motion: 0}}")

    assert made(second.report) == []
    assert first.made.takes[number].number == min(takes, key=lambda take: (-min(1, takes[take] / 5e-5), take))


def test_a_raised_count_makes_only_the_missing_ones(studio, store):
    studio("{count: 2}")

    done = studio("{count: 4}")

    assert made(done.report) == [f"{cut}/{number}" for cut in cuts(done) for number in (3, 4)]
    assert [take.attempt for take in store.takes(KEY, cuts(done)[0])] == [1, 2, 3, 4]


def test_a_lowered_count_takes_nothing_away(studio, store):
    many = studio("{count: 3}")

    few = studio("{count: 1}")

    assert made(few.report) == []
    assert few.made.takes == many.made.takes


def test_the_brief_may_ask_for_more_than_the_profile(studio, store):
    done = studio("{count: 1}", wanted=2)

    assert [len(store.takes(KEY, cut)) for cut in cuts(done)] == [2] * len(cuts(done))


def test_a_budget_that_is_spent_ends_the_attempts_and_the_first_is_always_made(studio, store):
    done = studio("{count: 5, budget: {cut: 0.000001}}")

    assert made(done.report) == cuts(done)


def test_an_episode_budget_is_shared_by_length(studio, store):
    done = studio("{count: 2, budget: {episode: 1000000}}")

    assert len(made(done.report)) == 2 * len(cuts(done))


def test_what_a_budget_left_out_is_made_when_it_is_raised(studio, store):
    studio("{count: 2, budget: {cut: 0.000001}}")

    done = studio("{count: 2}")

    assert made(done.report) == [f"{cut}/2" for cut in cuts(done)]


def test_a_smaller_budget_does_not_forget_what_was_paid_for(studio, store):
    studio("{count: 3}")

    done = studio("{count: 3, budget: {cut: 0.000001}}")

    assert made(done.report) == []
    assert {entry.step for entry in done.report.work if entry.outcome != "reused"} == set()


def test_a_retake_makes_as_many_anew_and_the_earlier_ones_no_longer_compete(studio, store):
    cut = cuts(studio("{count: 2}"))[0]

    done = studio("{count: 2}", order=RetakeOrder(cut=cut, reason="more life"))
    again = studio("{count: 2}")

    shown = store.selected(KEY, cut)
    assert made(done.report) == [cut, f"{cut}/2"]
    assert [take.reason for take in store.takes(KEY, cut)] == ["", "", "more life", "more life"]
    assert shown.take.number in (3, 4)
    assert shown.reason.startswith("more life; best of 2: ")
    assert store.open_retakes(KEY) == ()
    assert store.retakes(KEY)[0].take == shown.take.number
    assert made(again.report) == []
    assert again.made.takes[cut] == shown.take


def test_a_raised_count_after_a_retake_adds_to_the_retakes_round(studio, store):
    cut = cuts(studio())[0]
    studio(order=RetakeOrder(cut=cut, reason="more life"))

    done = studio("{count: 2}")

    assert f"{cut}/2" in made(done.report)
    assert [take.reason for take in store.takes(KEY, cut)] == ["", "more life", "more life"]


def test_a_persons_choice_is_never_displaced_by_the_ranking(studio, store):
    cut = cuts(studio("{count: 3}"))[0]
    other = 1 + store.selected(KEY, cut).take.number % 3
    store.choose(KEY, cut, other, by="aya", reason="her eyes")

    done = studio("{count: 4}")

    assert done.made.takes[cut].number == other
    assert f"{cut}/4" not in made(done.report)
    assert store.selected(KEY, cut).made_by == "aya"


def test_a_choice_a_person_made_without_locking_holds_while_it_fits(studio, store):
    cut = cuts(studio("{count: 3}"))[0]
    other = 1 + store.selected(KEY, cut).take.number % 3
    store.select(KEY, cut, other, by="aya", reason="her eyes")

    done = studio("{count: 4}")

    assert done.made.takes[cut].number == other
    assert len(store.takes(KEY, cut)) == 4


def test_an_unlocked_cut_is_the_rankings_again(studio, store):
    cut = cuts(studio("{count: 3}"))[0]
    best = store.selected(KEY, cut).take.number
    store.choose(KEY, cut, 1 + best % 3, by="aya", reason="her eyes")
    store.unlock(KEY, cut, by="aya", reason="no, I was wrong")

    done = studio("{count: 3}")

    assert done.made.takes[cut].number == best


def test_a_choice_redoes_its_own_segment_and_the_join_only(studio, store):
    cut = cuts(studio("{count: 3}"))[0]
    store.choose(KEY, cut, 1 + store.selected(KEY, cut).take.number % 3, by="aya", reason="her eyes")

    done = studio("{count: 3}")

    redone = {(entry.step, entry.name) for entry in done.report.work if entry.outcome == "made"}
    assert redone <= {("segment", cut), ("join", "episode"), ("document", "papers")}
    assert ("join", "episode") in redone


def test_without_a_judge_the_first_take_is_shown_and_says_so(studio, store):
    cut = cuts(studio("{count: 2}", judge="null"))[0]

    shown = store.selected(KEY, cut)
    assert (shown.take.number, shown.reason) == (1, "best of 2: not measured; the first take")


def test_another_judge_measures_what_was_paid_for_and_moves_nothing(studio, store):
    cut = cuts(studio("{count: 2}"))[0]
    assert "sharpness" not in store.takes(KEY, cut)[0].measures

    done = studio("{count: 2}", judge="picture")

    assert made(done.report) == []
    assert all("sharpness" in take.measures for take in store.takes(KEY, cut))


def test_a_lock_that_comes_while_takes_are_made_wins(studio, store, tmp_path):
    cut = cuts(studio("{count: 1}"))[0]

    class Director(Unwatched):
        """Locks the take that is shown, the moment another one is finished."""

        def done(self, done):
            if done.step == "take" and done.name == f"{cut}/2":
                store.lock(KEY, cut, by="aya", reason="keep this one")

    wish = Brief(
        script=tmp_path / "kite.fountain", profile=str(tmp_path / "brief.yaml"), out=tmp_path / "episodes"
    )
    wish = wish.model_copy(update={"takes": 2})
    done = perform(wish, RunHost(InProcess(), lambda _: Director(), never))

    assert done.made.takes[cut].number == 1
    assert store.selected(KEY, cut).made_by == "aya"
    assert len(store.takes(KEY, cut)) == 2


class Killer(Unwatched):
    """Kills its own process while the third attempt at a cut is being drawn."""

    def __init__(self, cut: str) -> None:
        self._cut, self._finished = cut, 0

    def done(self, done):
        self._finished += done.step == "take" and done.name.partition("/")[0] == self._cut

    def moved(self, step, name, part):
        if step == "take" and self._finished == 1:  # the second; the first is told of last, being there
            os.kill(os.getpid(), signal.SIGKILL)


def test_a_kill_between_takes_loses_at_most_the_one_in_flight(studio, store, tmp_path):
    cut = cuts(studio("{count: 1}"))[0]
    wish = Brief(
        script=tmp_path / "kite.fountain",
        profile=str(tmp_path / "brief.yaml"),
        out=tmp_path / "episodes",
        takes=3,
    )

    def run():
        perform(wish, RunHost(InProcess(), lambda _: Killer(cut), never))

    worker = multiprocessing.get_context("fork").Process(target=run)
    worker.start()
    worker.join(120)
    done = studio("{count: 3}")

    finished = Counter(
        call.recipe for run in store.runs(KEY) for call in store.calls(run.id) if call.ended_at is not None
    )
    assert worker.exitcode == -signal.SIGKILL
    assert f"{cut}/2" not in made(done.report)
    assert f"{cut}/3" in made(done.report)
    assert max(finished.values()) == 1
    assert [take.attempt for take in store.takes(KEY, cut)] == [1, 2, 3]


def test_the_report_tells_which_take_of_how_many_is_shown_and_why(studio, store):
    done = studio("{count: 2}")

    for pick in done.report.takes:
        shown = store.selected(KEY, pick.cut)
        assert (pick.take, pick.of, pick.by) == (shown.take.number, 2, "sakuga")
        assert pick.why == shown.reason
        assert pick.measures == shown.take.measures
        assert pick.seconds > 0
