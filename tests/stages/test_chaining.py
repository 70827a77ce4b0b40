"""The windows of a cut become one clip: what each begins and ends with, its colour, and what is made again."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.matter import Clip
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut
from assets.timing import Span
from models import progress
from models.ports import Shot
from models.toy import ToyVideoModel
from stages.takes.chaining import Redo, Start, animate, fresh
from stages.takes.windows import WindowOptions, plan

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
LAST = np.full((36, 64, 3), 130, np.uint8)


@pytest.mark.parametrize("frames", [1, 2, 24, 25, 26, 50, 100, 161])
def test_the_clip_is_exactly_as_long_as_the_cut_and_begins_with_its_panel(frames):
    made = plan(frames, RATE, ToyVideoModel.card, WindowOptions())

    pictures = list(animate(ToyVideoModel, Start(SHOT, FIRST, 3, {}), made))

    assert len(pictures) == frames
    assert (pictures[0] == FIRST).all()
    assert {picture.shape for picture in pictures} == {FIRST.shape}


def test_frames_are_never_blended():
    """Every picture is one that the model made, whatever the rates."""
    made = plan(50, RATE, ToyVideoModel.card, WindowOptions(exposure=1))
    calls = Recorded()

    pictures = list(animate(lambda: calls, Start(SHOT, FIRST, 3, {}), made))

    assert {picture.tobytes() for picture in pictures} <= calls.made


def test_a_window_begins_with_the_last_frame_of_the_one_before():
    made = plan(100, RATE, ToyVideoModel.card, WindowOptions())
    calls = Recorded()

    list(animate(lambda: calls, Start(SHOT, FIRST, 3, {}), made))

    assert len(calls.firsts) == len(made.windows) > 2
    assert all((first == last).all() for first, last in zip(calls.firsts[1:], calls.lasts, strict=False))
    assert len(set(calls.seeds)) == len(made.windows)


def test_a_colour_step_that_the_model_makes_is_taken_out_of_every_window():
    made = plan(100, RATE, ToyVideoModel.card, WindowOptions())

    pictures = list(animate(Reddening, Start(SHOT, FIRST, 3, {}), made))

    means = [picture.mean(axis=(0, 1)) for picture in pictures]
    steps = [np.abs(other - one).max() for one, other in pairwise(means)]
    assert max(steps) < 1.5  # 6 levels a window before


def test_a_step_across_a_seam_is_no_larger_than_elsewhere():
    made = plan(200, RATE, ToyVideoModel.card, WindowOptions())

    pictures = [
        picture.astype(np.int16) for picture in animate(ToyVideoModel, Start(SHOT, FIRST, 3, {}), made)
    ]

    steps = {frame: np.abs(pictures[frame] - pictures[frame - 1]).mean() for frame in range(2, 200, 2)}
    across = [steps[frame] for frame in made.seams()]
    elsewhere = [step for frame, step in steps.items() if frame not in made.seams()]
    assert len(across) == len(made.windows) - 1
    assert max(across) <= 2 * max(elsewhere)


def test_a_range_makes_only_the_windows_that_show_it():
    made = plan(200, RATE, ToyVideoModel.card, WindowOptions())
    before = list(animate(ToyVideoModel, Start(SHOT, FIRST, 3, {}), made))
    old = Clip(200, SIZE, RATE, lambda: iter(before))
    calls = Recorded()

    again = animate(lambda: calls, Start(SHOT, FIRST, 9, {}), made, Redo(Span(start=60, stop=64), old))
    pictures = list(again)

    assert 1 <= len(calls.firsts) <= 2 < len(made.windows)
    assert len(pictures) == 200
    assert all((one == other).all() for one, other in zip(before[:40], pictures[:40], strict=True))


def test_voices_are_heard_at_the_models_own_rate():
    made = plan(50, RATE, ToyVideoModel.card, WindowOptions())
    calls = Recorded()
    loud = np.linspace(0, 1, 50, dtype=np.float32)

    list(animate(lambda: calls, Start(SHOT, FIRST, 3, {"rin": loud}), made))

    assert [len(level["rin"]) for level in calls.mouths] == [window.frames for window in made.windows]
    assert calls.mouths[0]["rin"][8] == loud[12]  # half a second at 16 and at 24 frames a second


def long_plan(chain, frames=100):
    return plan(frames, RATE, ToyVideoModel.card, WindowOptions(chain=chain))


class Painted:
    """A painter of keyframes in greys of its own, which remembers what they replaced."""

    def __init__(self, *greys: int):
        self.greys, self.near = greys, {}

    def __call__(self, number, near):
        self.near[number] = near
        return np.full(FIRST.shape, self.greys[(number - 1) % len(self.greys)], np.uint8)


def same(one, other) -> bool:
    return bool((one == other).all())


@settings(max_examples=20, deadline=None)
@given(frames=st.integers(1, 400), chain=st.sampled_from(["keyframe", "first_and_last"]))
def test_a_cut_of_any_length_is_exactly_as_long_however_its_windows_are_chained(frames, chain):
    start = Start(SHOT, FIRST, 3, {}, LAST, True, Painted(30, 200))

    pictures = list(animate(ToyVideoModel, start, long_plan(chain, frames)))

    assert len(pictures) == frames
    assert same(pictures[0], FIRST)


def test_a_fresh_keyframe_begins_every_window_but_the_first_and_replaces_the_last_drawing():
    made, calls, painter = long_plan("keyframe"), Recorded(), Painted(30, 200)

    pictures = list(animate(lambda: calls, Start(SHOT, FIRST, 3, {}, keyframe=painter), made))

    assert [int(first[0, 0, 0]) for first in calls.firsts] == [90, *([30, 200] * 9)[: len(made.windows) - 1]]
    assert all(same(painter.near[at], calls.lasts[at - 1]) for at in range(1, len(made.windows)))
    for first, frame in zip(calls.firsts[1:], made.seams(), strict=True):
        before, now = (abs(float(pictures[at].mean() - first.mean())) for at in (frame - 1, frame))
        assert now < 20 < before
    assert calls.goals == [None] * len(made.windows)


def test_a_window_between_keyframes_ends_with_the_one_that_the_next_begins_with():
    made, calls = long_plan("first_and_last"), Recorded()

    list(animate(lambda: calls, Start(SHOT, FIRST, 3, {}, LAST, True, Painted(30, 200)), made))

    assert same(calls.firsts[0], FIRST)
    assert all(same(goal, first) for goal, first in zip(calls.goals, calls.firsts[1:], strict=False))
    assert same(calls.goals[-1], LAST)


@pytest.mark.parametrize("frames", [8, 100])
def test_the_last_window_arrives_at_the_picture_that_the_cut_ends_with(frames):
    calls = Recorded()

    pictures = list(
        animate(lambda: calls, Start(SHOT, FIRST, 3, {}, LAST, True), long_plan("last_drawing", frames))
    )

    assert calls.goals[:-1] == [None] * (len(calls.goals) - 1)
    assert same(calls.goals[-1], LAST)
    assert np.abs(pictures[-1].astype(int) - LAST).mean() < np.abs(FIRST.astype(int) - LAST).mean() / 2


def test_the_colour_of_a_keyframe_is_matched_to_the_picture_it_replaces():
    made, calls = long_plan("first_and_last"), Recorded()

    list(animate(lambda: calls, Start(SHOT, FIRST, 3, {}, keyframe=Painted(100), takes_last=True), made))

    assert {int(first[0, 0, 0]) for first in calls.firsts} == {90}  # 10 levels are a shift of the model's


def test_a_range_made_again_ends_with_the_frames_that_are_kept():
    """A window that was made again ended anywhere, and the picture jumped where the kept frames went on."""
    made = long_plan("last_drawing", 200)
    before = list(animate(ToyVideoModel, Start(SHOT, FIRST, 3, {}), made))
    calls, redo = Recorded(), Redo(Span(start=60, stop=64), Clip(200, SIZE, RATE, lambda: iter(before)))

    list(animate(lambda: calls, Start(SHOT, FIRST, 9, {}, takes_last=True), made, redo))

    last = next(window.last for window in reversed(made.windows) if made.shown(63) >= window.start)
    assert same(calls.goals[-1], before[made.first_showing(last)])


def test_a_range_made_again_has_fresh_keyframes_only_between_windows_that_are_both_new():
    made = long_plan("keyframe", 200)
    old = Clip(200, SIZE, RATE, lambda: iter([FIRST] * 200))

    assert fresh(made) == tuple(range(1, len(made.windows)))
    assert fresh(made, Redo(Span(start=0, stop=200), old)) == fresh(made)
    assert fresh(made, Redo(Span(start=62, stop=63), old)) == ()
    assert fresh(long_plan("last_drawing", 200)) == ()


class Recorded(ToyVideoModel):
    """The toy video model, which remembers what it was given and what it made."""

    def __init__(self):
        super().__init__()
        self.firsts, self.lasts, self.goals, self.seeds, self.mouths = [], [], [], [], []
        self.made = {FIRST.tobytes()}

    def animate(self, shot, first, *, frames, seed, last=None, mouths=None):
        self.firsts.append(first)
        self.seeds.append(seed)
        self.mouths.append(mouths)
        self.goals.append(last)
        pictures = list(super().animate(shot, first, frames=frames, seed=seed, last=last, mouths=mouths))
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


class Telling(ToyVideoModel):
    """Tells that half of its call is done, and then all of it."""

    def animate(self, shot, first, **given):
        for share in (0.5, 1):
            progress.made(share)
        return super().animate(shot, first, **given)


def test_progress_inside_a_call_is_that_calls_part_of_the_cut():
    made, heard = plan(100, RATE, ToyVideoModel.card, WindowOptions()), []

    with progress.heard_by(heard.append):
        list(animate(Telling, Start(SHOT, FIRST, 3, {}), made))

    calls = len(made.windows)
    assert heard == pytest.approx([half / (2 * calls) for half in range(1, 2 * calls + 1)])


class Drifting(ToyVideoModel):
    """Arrives at the last picture, in a colour that has drifted."""

    def animate(self, shot, first, **given):
        clip = super().animate(shot, first, **given)

        def draw():
            for frame, picture in enumerate(clip):
                yield np.clip(picture.astype(int) + 12 * frame // (clip.frames - 1), 0, 255).astype(np.uint8)

        return Clip(clip.frames, clip.size, clip.rate, draw)


def test_comfyui_13101_colour_is_matched_to_both_ends():
    """WanVideoWrapper#1205, #428: the colour drifted on the way to the last frame, and the next cut jumped."""
    made = plan(49, RATE, ToyVideoModel.card, WindowOptions(exposure=1))
    start = Start(SHOT, FIRST, 3, {}, last=LAST, takes_last=True)

    pictures = list(animate(Drifting, start, made))

    assert len(made.windows) > 1
    assert np.abs(pictures[-1].mean(axis=(0, 1)) - LAST.mean(axis=(0, 1))).max() < 1.5


class Redrawing(ToyVideoModel):
    """Makes the frames that are ordered again in one colour, and keeps the others."""

    card = ToyVideoModel.card.model_copy(update={"accepts": ToyVideoModel.card.accepts | {"mask"}})

    def __init__(self):
        super().__init__()
        self.asked = []

    def redraw(self, shot, old, again, *, seed):
        self.asked.append((len(old), tuple(again)))
        return tuple(np.full_like(was, 7) if new else was for was, new in zip(old, again, strict=True))


def test_a_model_whose_card_accepts_no_mask_is_not_asked_to_redraw():
    """What the stage did followed a property of the adapter, and no card said that a model takes a mask."""
    made, model = plan(60, RATE, ToyVideoModel.card, WindowOptions()), Redrawing()
    model.card = ToyVideoModel.card
    before = list(animate(ToyVideoModel, Start(SHOT, FIRST, 3, {}), made))
    old = Clip(60, SIZE, RATE, lambda: iter(before))

    list(animate(lambda: model, Start(SHOT, FIRST, 9, {}), made, Redo(Span(start=8, stop=12), old)))

    assert not model.asked


def test_a_model_that_can_redraws_only_the_ordered_frames_and_sees_those_that_are_kept():
    made = plan(60, RATE, ToyVideoModel.card, WindowOptions())
    before = list(animate(ToyVideoModel, Start(SHOT, FIRST, 3, {}), made))
    model = Redrawing()

    again = list(
        animate(
            lambda: model,
            Start(SHOT, FIRST, 9, {}),
            made,
            Redo(Span(start=8, stop=12), Clip(60, SIZE, RATE, lambda: iter(before))),
        )
    )

    changed = [frame for frame in range(60) if (again[frame] != before[frame]).any()]
    assert changed
    assert {made.shown(frame) for frame in changed} <= {made.shown(frame) for frame in range(8, 12)}
    assert all((again[frame] == 7).all() for frame in changed)
    (count, asked), *_ = model.asked
    assert count == made.windows[0].frames == len(asked)
    assert not asked[0]
