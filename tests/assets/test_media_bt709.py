import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assets.media.bt709 import BLUE, LUMA, RED, split, to_planes

SIZE = (32, 18)
COLORS = st.tuples(*[st.integers(0, 255)] * 3)


def _solid(color: tuple[int, int, int]) -> np.ndarray:
    return np.full((SIZE[1], SIZE[0], 3), color, np.uint8)


@given(COLORS)
def test_a_solid_colour_is_the_standards_within_one_step(color: tuple[int, int, int]) -> None:
    planes = split(to_planes(_solid(color)), SIZE)

    for plane, (row, zero) in zip(planes, ((LUMA, 16), (BLUE, 128), (RED, 128)), strict=True):
        assert int(plane.min()) == int(plane.max())
        assert abs(float(plane[0, 0]) - (row @ np.array(color) + zero)) <= 1


def test_a_chroma_sample_is_the_mean_of_its_four_pixels() -> None:
    still = _solid((0, 0, 0))
    still[4:6, 8:10] = (0, 0, 255)
    still[4, 10] = (0, 0, 255)

    _, blue, _ = split(to_planes(still), SIZE)

    assert [int(found) for found in blue[2, 3:7]] == [128, 240, 156, 128]
    assert int(blue[1].max()) == int(blue[3].max()) == 128


def test_a_view_of_a_larger_picture_gives_the_planes_of_its_copy() -> None:
    large = np.random.default_rng(7).integers(0, 256, (40, 80, 3)).astype(np.uint8)
    view = large[2:20, 4:68:2]

    assert np.array_equal(to_planes(view), to_planes(view.copy()))
    assert np.array_equal(to_planes(view[:, ::-1]), to_planes(view[:, ::-1].copy()))
