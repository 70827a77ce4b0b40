"""A cut of any length, made by a model with a frame grid, a longest clip and a rate of its own."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import ShapeRefused
from assets.matter import Clip
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut
from assets.timing import Span
from models.card import Card
from models.ports import Shot
from models.toy import ToyVideoModel
from stages.takes.windows import Redo, Start, WindowOptions, animate, plan

SIZE = (64, 36)
RATE = Fraction(24)
SHOT = Shot(
    Cut(number="C001", scene="S01", place="roof", frames=1),
    (),
    Place(id="roof", names=("ROOF",), kind="rooftop"),
    SIZE,
    RATE,
)
FIRST = np.full((36, 64, 3), 90, np.uint8)
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


@pytest.mark.parametrize("frames", [1, 2, 24, 25, 26, 50, 100, 161])
def test_the_clip_is_exactly_as_long_as_the_cut_and_begins_with_its_panel(frames):
    made = plan(frames, RATE, ToyVideoModel.card, WindowOptions())

    pictures = list(animate(ToyVideoModel(), Start(SHOT, FIRST, 3, {}), made))

    assert len(pictures) == frames
    assert (pictures[0] == FIRST).all()
    assert {picture.shape for picture in pictures} == {FIRST.shape}


def test_frames_are_never_blended():
    """Every picture is one that the model made, whatever the rates."""
    made = plan(50, RATE, ToyVideoModel.card, WindowOptions(exposure=1))
    calls = Recorded()

    pictures = list(animate(calls, Start(SHOT, FIRST, 3, {}), made))

    assert {picture.tobytes() for picture in pictures} <= calls.made


def test_a_window_begins_with_the_last_frame_of_the_one_before():
    made = plan(100, RATE, ToyVideoModel.card, WindowOptions())
    calls = Recorded()

    list(animate(calls, Start(SHOT, FIRST, 3, {}), made))

    assert len(calls.firsts) == len(made.windows) > 2
    assert all((first == last).all() for first, last in zip(calls.firsts[1:], calls.lasts, strict=False))
    assert len(set(calls.seeds)) == len(made.windows)


def test_a_colour_step_that_the_model_makes_is_taken_out_of_every_window():
    made = plan(100, RATE, ToyVideoModel.card, WindowOptions())

    pictures = list(animate(Reddening(), Start(SHOT, FIRST, 3, {}), made))

    means = [picture.mean(axis=(0, 1)) for picture in pictures]
    steps = [np.abs(other - one).max() for one, other in pairwise(means)]
    assert max(steps) < 1.5  # 6 levels a window before


def test_a_step_across_a_seam_is_no_larger_than_elsewhere():
    made = plan(200, RATE, ToyVideoModel.card, WindowOptions())

    pictures = [
        picture.astype(np.int16) for picture in animate(ToyVideoModel(), Start(SHOT, FIRST, 3, {}), made)
    ]

    steps = {frame: np.abs(pictures[frame] - pictures[frame - 1]).mean() for frame in range(2, 200, 2)}
    across = [steps[frame] for frame in made.seams()]
    elsewhere = [step for frame, step in steps.items() if frame not in made.seams()]
    assert len(across) == len(made.windows) - 1
    assert max(across) <= 2 * max(elsewhere)


def test_a_range_makes_only_the_windows_that_show_it():
    made = plan(200, RATE, ToyVideoModel.card, WindowOptions())
    before = list(animate(ToyVideoModel(), Start(SHOT, FIRST, 3, {}), made))
    old = Clip(200, SIZE, RATE, lambda: iter(before))
    calls = Recorded()

    again = animate(calls, Start(SHOT, FIRST, 9, {}), made, Redo(Span(start=60, stop=64), old))
    pictures = list(again)

    assert 1 <= len(calls.firsts) <= 2 < len(made.windows)
    assert len(pictures) == 200
    assert all((one == other).all() for one, other in zip(before[:40], pictures[:40], strict=True))


def test_voices_are_heard_at_the_models_own_rate():
    made = plan(50, RATE, ToyVideoModel.card, WindowOptions())
    calls = Recorded()
    loud = np.linspace(0, 1, 50, dtype=np.float32)

    list(animate(calls, Start(SHOT, FIRST, 3, {"rin": loud}), made))

    assert [len(level["rin"]) for level in calls.mouths] == [window.frames for window in made.windows]
    assert calls.mouths[0]["rin"][8] == loud[12]  # half a second at 16 and at 24 frames a second


def test_a_cut_that_needs_too_many_windows_is_refused_with_its_number_and_the_way_out():
    with pytest.raises(ShapeRefused, match=r"C007 is 16\.7 s long and needs 17 calls.*split the cut"):
        plan(400, RATE, ToyVideoModel.card, WindowOptions(most=4), cut="C007")


class Recorded(ToyVideoModel):
    """The toy video model, which remembers what it was given and what it made."""

    def __init__(self):
        super().__init__()
        self.firsts, self.lasts, self.seeds, self.mouths, self.made = [], [], [], [], {FIRST.tobytes()}

    def animate(self, shot, first, *, frames, seed, last=None, mouths=None):
        self.firsts.append(first)
        self.seeds.append(seed)
        self.mouths.append(mouths)
        pictures = list(super().animate(shot, first, frames=frames, seed=seed, mouths=mouths))
        self.lasts.append(pictures[-1])
        self.made |= {picture.tobytes() for picture in pictures}
        return Clip(frames, shot.size, shot.rate, lambda: iter(pictures))


class Reddening(ToyVideoModel):
    """A video model that shifts the colour of all but its first frame, as real ones do."""

    def animate(self, shot, first, *, frames, seed, last=None, mouths=None):
        def draw():
            yield first
            for _ in range(frames - 1):
                yield np.minimum(first.astype(np.int16) + np.array((6, 0, 2)), 255).astype(np.uint8)

        return Clip(frames, shot.size, shot.rate, draw)
