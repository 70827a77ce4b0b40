"""A flash in the last second of a window is held over; movement, and arriving, are left alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.takes.tail import steady

FRAMES, TAIL = 33, 16


def moving(frames=FRAMES):
    """A square that travels over a slowly lighter ground."""
    made = []
    for frame in range(frames):
        picture = np.full((36, 64, 3), 60 + frame // 4, np.uint8)
        picture[10:20, frame : frame + 12] = 220
        made.append(picture)
    return made


def steadied(pictures, last=None):
    return list(steady(iter(pictures), len(pictures), TAIL, cut="C001", last=last))


def test_ltx_2_148_a_flash_in_the_last_second_is_held_over(caplog):
    """The last second of a clip flashed white for a frame or two."""
    pictures = moving()
    pictures[28] = pictures[29] = np.full((36, 64, 3), 250, np.uint8)

    made = steadied(pictures)

    assert all((made[at] == pictures[27]).all() for at in (28, 29))
    assert all((one == other).all() for one, other in zip(made[30:], pictures[30:], strict=True))
    assert "C001" in caplog.text


def test_kjnodes_513_a_first_frame_that_returns_at_the_end_is_not_shown():
    """The picture it began with came back in the last frames."""
    pictures = [np.full((36, 64, 3), 40 + 5 * frame, np.uint8) for frame in range(FRAMES)]
    pictures[30:] = [pictures[0]] * 3

    made = steadied(pictures)

    assert all((made[at] == pictures[29]).all() for at in (30, 31, 32))


def test_two_flashes_are_both_held_over():
    pictures = moving()
    white = np.full((36, 64, 3), 250, np.uint8)
    pictures[22], pictures[29] = white, white

    made = steadied(pictures)

    assert not any((picture == white).all() for picture in made)


def test_a_jump_to_the_picture_it_arrives_at_is_left_alone():
    pictures = moving()
    goal = pictures[0].copy()
    pictures[31:] = [goal, goal]

    assert (steadied(pictures, last=goal)[32] == goal).all()
    assert (steadied(pictures)[32] != goal).any() or (pictures[30] == goal).all()


def test_a_flash_before_the_last_second_is_left_alone():
    pictures = moving()
    pictures[5] = np.full((36, 64, 3), 250, np.uint8)

    assert all((one == other).all() for one, other in zip(steadied(pictures), pictures, strict=True))


@given(step=st.integers(0, 6), frames=st.integers(2, 40))
def test_even_movement_of_any_speed_and_length_is_never_changed(step, frames):
    pictures = [np.full((8, 8, 3), 10 + step * frame, np.uint8) for frame in range(frames)]

    made = list(steady(iter(pictures), frames, min(frames // 2, TAIL), cut="C001", last=None))

    assert len(made) == frames
    assert all((one == other).all() for one, other in zip(made, pictures, strict=True))


@pytest.mark.parametrize("frames", [1, 2, 3, 17])
def test_short_windows_keep_their_length(frames):
    pictures = moving(frames)

    assert len(list(steady(iter(pictures), frames, min(frames // 2, 16), cut="C001", last=None))) == frames
