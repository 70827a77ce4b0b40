"""A held drawing of a clip is enlarged once, and so are twos."""

from fractions import Fraction

import numpy as np

from assets.matter import Clip
from models.lease import Leased
from models.toy import ToyUpscaler
from stages.takes.clips import enlarged

SMALL, LARGE = (32, 16), (64, 32)


def picture(level, size=SMALL):
    return np.full((size[1], size[0], 3), level, np.uint8)


def test_each_drawing_is_enlarged_once_however_long_it_is_held():
    """On twos and threes every drawing was enlarged again for each frame it is held."""
    seen = []

    class Counting(ToyUpscaler):
        def upscale(self, picture, *, size):
            seen.append(int(picture[0, 0, 0]))
            return super().upscale(picture, size=size)

    held = [1, 1, 2, 2, 2, 3, 3, 2, 2]
    clip = Clip(len(held), SMALL, Fraction(24), lambda: (picture(level) for level in held))

    made = list(enlarged(clip, Leased(Counting, "cpu"), picture(9, LARGE), LARGE))

    assert seen == [2, 3, 2]
    assert [int(one[0, 0, 0]) for one in made] == [9, 9, 2, 2, 2, 3, 3, 2, 2]
    assert {one.shape for one in made} == {(32, 64, 3)}
