"""Style is measured on pictures: nearer to a hand that drew alike, whatever is drawn."""

import numpy as np
import pytest

from assets.errors import InputRefused
from models.style import FigureColors, floor_of, style_distance


def drawings(count, *, seed=0, line=3, soft=0, tones=(110, 250), size=(192, 320)):
    """Pictures of random ellipses in one hand: width of line, softness of edges, range of tones."""
    import cv2

    chance, made = np.random.default_rng(seed), []
    for _ in range(count):
        picture = np.full((*size, 3), chance.integers(*tones, 3), np.uint8)
        for _ in range(12):
            at = tuple(map(int, chance.integers(0, size, 2)[::-1]))
            axes = tuple(map(int, chance.integers(10, 50, 2)))
            tone = tuple(map(int, chance.integers(*tones, 3)))
            cv2.ellipse(picture, at, axes, 0, 0, 360, tone, -1, cv2.LINE_AA)
            if line:
                cv2.ellipse(picture, at, axes, 0, 0, 360, (20, 12, 12), line, cv2.LINE_AA)
        if soft:
            picture = cv2.GaussianBlur(picture, (0, 0), soft)
        made.append(picture)
    return made


def test_other_drawings_of_the_same_hand_are_nearer_than_those_of_another():
    art = drawings(6, seed=1)
    same = style_distance(drawings(6, seed=2), art)

    others = {
        "thick lines": style_distance(drawings(6, seed=2, line=9), art),
        "no lines": style_distance(drawings(6, seed=2, line=0), art),
        "soft": style_distance(drawings(6, seed=2, soft=4), art),
        "dark": style_distance(drawings(6, seed=2, tones=(10, 90)), art),
    }

    assert all(other > 2 * same for other in others.values()), (same, others)


def test_half_the_way_to_a_hand_measures_between():
    art, base = drawings(6, seed=1), drawings(6, seed=2, soft=4)
    half = drawings(6, seed=2, soft=2)

    assert style_distance(drawings(6, seed=2), art) < style_distance(half, art) < style_distance(base, art)


def test_the_same_pictures_have_no_distance_and_two_halves_have_little():
    art = drawings(8, seed=1)

    assert style_distance(art, art) == pytest.approx(0, abs=1e-3)
    assert 0 < floor_of(art) < style_distance(drawings(8, seed=2, line=9), art)


def test_art_of_another_size_is_compared_at_the_smaller_one():
    """A small picture, enlarged, has soft lines that nobody drew: it measured as another hand."""
    art = drawings(6, seed=1)
    small = [one[::2, ::2] for one in art]

    assert style_distance(art, small) < style_distance(drawings(6, seed=2, soft=4), art)


def test_a_picture_without_enough_patches_is_refused_in_a_sentence():
    with pytest.raises(InputRefused, match="patches, and 4 are too few"):
        style_distance([np.zeros((192, 48, 3), np.uint8)], drawings(2))


def test_a_figure_in_the_colours_of_the_art_is_more_alike_than_one_in_others():
    art = [np.full((96, 64, 3), 255, np.uint8) for _ in range(2)]
    for one in art:
        one[20:80, 20:44] = (200, 40, 40)
    picture = np.full((90, 160, 3), (30, 120, 200), np.uint8)
    figure = np.zeros((90, 160), bool)
    figure[30:80, 60:90] = True
    right, wrong = picture.copy(), picture.copy()
    right[figure], wrong[figure] = (200, 40, 40), (40, 160, 40)

    colors = FigureColors(art)

    assert colors.likeness(right, figure) == pytest.approx(1, abs=0.01)
    assert colors.likeness(wrong, figure) < 0.2
