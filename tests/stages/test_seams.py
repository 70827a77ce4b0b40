"""The seams of a take made in windows are measured: a jump shows as data, a good seam does not."""

from fractions import Fraction

import numpy as np
import pytest

from assets.matter import Clip
from assets.media.video import VideoQuality, encode
from assets.timing import Span
from assets.vault import Vault
from models.toy import ToyAnimator, ToyVideoModel
from stages.takes.seams import measure_seams, seams
from stages.takes.windows import WindowOptions, plan
from stages.work_cache import WorkCache

RATE, SIZE = Fraction(24), (64, 36)
PLAN = plan(72, RATE, ToyVideoModel.card, WindowOptions())
RIG = plan(72, RATE, ToyAnimator.card, WindowOptions())


class Silent:
    run = 1

    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def begin(self, recipe, step, name): ...
    def finish(self, recipe, seconds): ...
    def done(self, done): ...


@pytest.fixture
def measured(tmp_path):
    """``measured(levels, redone)``: the seams of a clip whose frames have these grey levels."""
    vault = Vault.open(tmp_path / "vault")
    cache = WorkCache(vault, None, calls=Silent(), watch=Silent())

    def measure(levels, redone=None):
        stills = [np.full((36, 64, 3), level, np.uint8) for level in levels]
        path = tmp_path / "take.mp4"
        encode(Clip(len(stills), SIZE, RATE, lambda: iter(stills)), path, size=SIZE, rate=RATE,
               quality=VideoQuality(crf=1))  # fmt: skip
        return measure_seams(vault.put_file(path, "video/mp4"), PLAN, redone, cache)

    return measure


def steady(frames: int = 72) -> list[int]:
    """Two levels brighter with every drawing, which stands for two frames."""
    return [40 + frame // 2 * 2 for frame in range(frames)]


def test_a_good_seam_is_like_every_other_step(measured):
    found = measured(steady())

    assert found["median_difference"] == pytest.approx(2 / 255, rel=0.4)
    assert found["seam_difference"] == pytest.approx(2 / 255, rel=0.6)


def test_a_jump_across_a_seam_stands_out(measured):
    seam = PLAN.seams()[1]

    found = measured([level + 40 * (frame >= seam) for frame, level in enumerate(steady())])

    assert found["seam_difference"] > 10 * found["median_difference"] > 0


def test_the_edges_of_a_range_that_was_made_again_are_seams_too(measured):
    redone = Span(start=6, stop=10)
    levels = [level + 40 * (6 <= frame < 10) for frame, level in enumerate(steady())]

    assert not {6, 10} & set(seams(PLAN, None))
    assert {6, 10} <= set(seams(PLAN, redone))
    assert measured(levels, redone)["seam_difference"] > 10 * measured(levels)["median_difference"]


def test_a_take_without_a_seam_is_not_measured():
    assert seams(RIG, Span(start=6, stop=10)) == ()
    assert seams(plan(8, RATE, ToyVideoModel.card, WindowOptions()), None) == ()
