"""A cut of any length, made by a model with a frame grid, a longest clip and a rate of its own."""

from fractions import Fraction
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import ShapeRefused
from models.card import Card
from models.toy import ToyVideoModel
from stages.takes.windows import Chain, WindowOptions, plan

RATE = Fraction(24)
CHAINS = get_args(Chain)
GRIDS = st.builds(
    lambda step, steps, rates: Card(
        name="video", port="animator", adapter_version=1, summary="moves", licence="Apache-2.0",
        frame_step=step, max_frames=step * steps + 1 if steps else 0, rates=rates,
    ),
    st.sampled_from([1, 4, 8]),
    st.integers(0, 20),
    st.sampled_from([(), (Fraction(16),), (Fraction(24),), (Fraction(16), Fraction(24)), (Fraction(8),)]),
)  # fmt: skip
LENGTHS = st.integers(1, 400)


@given(frames=LENGTHS, card=GRIDS, exposure=st.integers(1, 3), rate=st.sampled_from([24, 25, 30, 12]))
def test_windows_fit_the_grid_chain_without_a_gap_and_cover_the_cut(frames, card, exposure, rate):
    made = plan(frames, Fraction(rate), card, WindowOptions(exposure=exposure, most=1000))

    assert made.windows[0].start == 0
    assert all(one.last == other.start for one, other in pairwise(made.windows))
    assert made.windows[-1].last + 1 >= made.model_frames
    assert all((window.frames - 1) % card.frame_step == 0 for window in made.windows)
    assert all(not card.max_frames or window.frames <= card.max_frames for window in made.windows)
    assert made.model_rate == rate or made.model_rate in card.rates


@given(frames=LENGTHS, exposure=st.integers(1, 3))
def test_every_drawing_is_held_for_whole_exposures_and_time_never_runs_back(frames, exposure):
    made = plan(frames, RATE, ToyVideoModel.card, WindowOptions(exposure=exposure, most=1000))

    shown = [made.shown(frame) for frame in range(frames)]

    assert shown[0] == 0
    assert all(one <= other for one, other in pairwise(shown))
    changes = [frame for frame in range(1, frames) if shown[frame] != shown[frame - 1]]
    assert all(frame % exposure == 0 for frame in changes)


@given(frames=LENGTHS)
def test_a_model_of_any_length_and_rate_is_called_once_for_exactly_the_cut(frames):
    card = Card(name="rig", port="animator", adapter_version=1, summary="draws", licence="Apache-2.0")

    made = plan(frames, RATE, card, WindowOptions())

    assert made.is_plain
    assert [window.frames for window in made.windows] == [frames]


def test_a_cut_that_needs_too_many_windows_is_refused_with_its_number_and_the_way_out():
    with pytest.raises(ShapeRefused, match=r"C007 is 16\.7 s long and needs 17 calls.*split the cut"):
        plan(400, RATE, ToyVideoModel.card, WindowOptions(most=4), cut="C007")


def test_a_plan_between_keyframes_is_refused_for_a_model_that_accepts_no_last_frame():
    card = ToyVideoModel.card.model_copy(update={"accepts": frozenset({"mouths"})})

    with pytest.raises(ShapeRefused, match="toy-video accepts no last frame"):
        plan(100, RATE, card, WindowOptions(chain="first_and_last"))


def test_how_windows_are_chained_is_no_part_of_a_plan_with_one_window():
    short = [plan(8, RATE, ToyVideoModel.card, WindowOptions(chain=chain)) for chain in CHAINS]
    long = [plan(80, RATE, ToyVideoModel.card, WindowOptions(chain=chain)) for chain in CHAINS]

    assert short[0] == short[1] == short[2]
    assert len({made.model_dump_json() for made in long}) == 3
    assert "chain" not in long[0].model_dump()
