"""Claims about the label that a territory's law asks for: its size and time, measured in pictures."""

from fractions import Fraction

import numpy as np
import pytest

from assets.matter import Clip, Still
from assets.rights import labels
from stages.assemble.captions import MARK_SECONDS, marked

ASKED = {one.code: one for one in labels.table().territories}
CHINA = ASKED["CN"]
SIZES = [(144, 256), (256, 144), (320, 180), (720, 720), (1280, 720), (1080, 1920), (1920, 1080)]


def first(text: str, size: tuple[int, int]) -> Still:
    """The first picture of a grey title with the label."""
    grey = np.full((size[1], size[0], 3), 120, np.uint8)
    return next(iter(marked(Clip(1, size, Fraction(24), lambda: iter([grey])), text, 1)))


def heights(still: Still) -> list[int]:
    """The height in pixels of every letter of the last line: bright columns between dark ones."""
    bright = still.min(axis=2) > 160
    start, stop = bands(bright.any(axis=1))[-1]
    line = bright[start:stop]
    seen = (np.flatnonzero(line[:, left:right].any(axis=1)) for left, right in bands(line.any(axis=0)))
    return [int(rows[-1] - rows[0] + 1) for rows in seen]


def bands(marks: np.ndarray) -> list[tuple[int, int]]:
    """Where the stretches of True begin and end."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_letter_of_the_label_for_china_has_a_twentieth_of_the_shortest_side(size):
    found = heights(first(CHINA.text, size))

    assert found
    assert min(found) >= CHINA.letter * min(size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_beside_another_label_its_letters_stay_as_large(size):
    both = labels.words(tuple(ASKED.values()))
    assert both.endswith(CHINA.text)

    found = heights(first(both, size))[-len(heights(first(CHINA.text, size))) :]

    assert min(found) >= CHINA.letter * min(size)


def test_a_label_is_shown_at_least_as_long_as_every_law_asks():
    assert all(one.seconds <= MARK_SECONDS for one in ASKED.values())
