"""Claims about telling a drawing from its paper."""

import numpy as np

from assets.media import paper


def sheet(ground=244):
    return np.full((120, 90, 3), ground, np.uint8)


def test_white_clothes_on_white_paper_are_part_of_the_drawing():
    """A white blouse was taken for paper, and a sheet's colours were judged without it."""
    picture = sheet()
    picture[20:100, 30:60] = 40
    picture[22:98, 32:58] = 246  # the blouse, inside its outline

    drawn = paper.drawn_on(picture)

    assert drawn[25:95, 35:55].all()
    assert paper.figure(picture) == (30, 20, 60, 100)


def test_a_small_gap_in_the_outline_does_not_let_the_paper_in():
    picture = sheet()
    picture[20:100, 30:60] = 40
    picture[22:98, 32:58] = 246
    picture[60, 28:33] = 244

    assert paper.drawn_on(picture)[25:95, 35:55].all()


def test_specks_are_no_drawing():
    picture = sheet()
    picture[50, 50] = 0

    assert not paper.drawn_on(picture).any()
    assert paper.figure(picture) is None


def test_a_painted_ground_is_no_paper():
    busy = np.random.default_rng(1).integers(0, 255, (120, 90, 3), np.uint8)

    assert paper.figure(busy) is None
