"""Claims about the ranking of takes: monotone, indifferent to order, never won by a still picture."""

from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.sheets.cutsheet import Camera, Cut, Line, Staged
from assets.sheets.production import Ref, Take
from stages.takes.ranking import MOVING, STILL, RankingOptions, asked_motion, rank

EVEN = RankingOptions()
REPEATABLE = settings(deadline=None, derandomize=True)
GOOD = {"sharpness", "first_frame_similarity", "identity", "line_sync"}
NAMES = ("sharpness", "flicker", "warping_error", "motion", "first_frame_similarity", "identity", "line_sync")
ONE = st.floats(0, 1, allow_nan=False)
MEASURES = st.fixed_dictionaries(dict.fromkeys(NAMES, ONE))


def a_cut(move="fix", pose="stand", *, empty=False, **more) -> Cut:
    staged = () if empty else (Staged(character="aoi", pose=pose),)
    return Cut(
        number="C001", scene="S01", place="roof", frames=24, staged=staged, camera=Camera(move=move), **more
    )


def a_take(number: int, measures: dict[str, float]) -> Take:
    ref = Ref(sha256=f"{number:064x}", bytes=1, media_type="video/mp4")
    return Take(
        cut="C001", number=number, clip=ref, frames=24, size=(320, 180), recipe="a" * 64, basis="b" * 64,
        seed=number, measures=measures,
    )  # fmt: skip


def best(cut, *measures, options=EVEN):
    return rank(cut, [a_take(n, one) for n, one in enumerate(measures, 1)], options)[0].take.number


@REPEATABLE
@given(measures=MEASURES, name=st.sampled_from(NAMES), step=ONE)
def test_a_better_measure_never_lowers_the_score(measures, name, step):
    better = dict(measures)
    up = name in GOOD or name == "motion"
    better[name] = min(1.0, measures[name] + step) if up else max(0.0, measures[name] - step)

    ranked = rank(a_cut("pan_left"), [a_take(1, measures), a_take(2, better)], EVEN)

    score = {place.take.number: place.score for place in ranked}
    assert score[2] >= score[1]


@REPEATABLE
@given(measures=st.lists(MEASURES, min_size=2, max_size=4), seed=st.integers(0, 99))
def test_the_order_in_which_takes_come_does_not_matter(measures, seed):
    takes = [a_take(number, one) for number, one in enumerate(measures, 1)]
    shuffled = Random(seed).sample(takes, len(takes))

    assert rank(a_cut(), shuffled, EVEN) == rank(a_cut(), takes, EVEN)


@REPEATABLE
@given(
    still=MEASURES,
    moving=MEASURES,
    stillness=st.floats(0, STILL, exclude_max=True),
    motion=st.floats(STILL, 1),
    move=st.sampled_from(["pan_left", "push_in", "fix"]),
)
def test_a_frozen_take_never_beats_a_moving_one_where_motion_is_asked_for(
    still, moving, stillness, motion, move
):
    takes = ({**still, "motion": stillness}, {**moving, "motion": motion})

    assert best(a_cut(move), *takes) == 2


def test_an_empty_held_cut_may_stand_still():
    frozen, lively = {"motion": 0.0, "flicker": 0.0}, {"motion": 0.01, "flicker": 0.05}

    assert best(a_cut(empty=True), frozen, lively) == 1


@pytest.mark.parametrize(
    ("cut", "asked"),
    [
        (a_cut(empty=True), 0.0),
        (a_cut("pan_left", empty=True), MOVING),
        (a_cut(empty=True, weather="rain"), MOVING),
        (a_cut(pose="run"), MOVING),
    ],
)
def test_what_a_cut_asks_for_follows_from_the_sheet(cut, asked):
    assert asked_motion(cut) == asked


def test_a_speaker_asks_for_less_motion_than_a_runner_and_more_than_none():
    speaks = a_cut(lines=(Line(character="aoi", text="Look."),))

    assert 0 < asked_motion(speaks) < asked_motion(a_cut(pose="run"))


def test_wilder_than_asked_is_no_better():
    assert best(a_cut(), {"motion": 0.2, "flicker": 0.01}, {"motion": 0.01, "flicker": 0.005}) == 2


def test_a_weight_of_nothing_leaves_a_measure_out():
    blurred, flickering = {"sharpness": 0.1, "flicker": 0.0}, {"sharpness": 0.9, "flicker": 0.5}

    assert best(a_cut(), blurred, flickering, options=RankingOptions(sharpness=0)) == 1
    assert best(a_cut(), blurred, flickering, options=RankingOptions(flicker=0)) == 2


def test_only_what_every_take_was_measured_for_is_compared():
    assert best(a_cut(), {"sharpness": 0.5}, {"sharpness": 0.4, "identity": 1.0}) == 1


def test_of_equal_takes_the_first_wins_whatever_their_order():
    for order in permutations([3, 1, 2]):
        ranked = rank(a_cut(), [a_take(number, {"sharpness": 0.5}) for number in order], EVEN)
        assert [place.take.number for place in ranked] == [1, 2, 3]


def test_the_reason_names_what_was_won_and_what_was_lost_with_both_values():
    ranked = rank(
        a_cut(),
        [
            a_take(1, {"sharpness": 0.66, "flicker": 0.031, "motion": 0.01}),
            a_take(2, {"sharpness": 0.62, "flicker": 0.012, "motion": 0.01}),
        ],
        EVEN,
    )

    first, second = ranked
    assert first.take.number == 2
    assert first.why == ("steadier (flicker 0.012 against 0.031), but softer (sharpness 0.62 against 0.66)")
    assert second.why.startswith("sharper (sharpness 0.66 against 0.62), but flickers more")


def test_a_frozen_take_is_told_as_such():
    ranked = rank(a_cut(), [a_take(1, {"motion": 0.0}), a_take(2, {"motion": 0.01})], EVEN)

    assert ranked[1].why == "stands still, and the cut asks for motion"


def test_takes_that_were_never_measured_are_told_as_such():
    assert rank(a_cut(), [a_take(2, {}), a_take(1, {})], EVEN)[0].why == "not measured; the first take"
