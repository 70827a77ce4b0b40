"""Claims about planes as pixels."""

from typing import Any

import numpy as np
import pytest
import skia

from models.cel import cels
from models.cel.camera import View

SIZE = (256, 144)
VIEWS = [View(), View(x=1010, zoom=1.2)]


def hills(canvas: Any) -> None:
    """Clear above 500, jagged to 560, solid below."""
    paint = skia.Paint(AntiAlias=True, Color=skia.Color(40, 160, 80))
    for x in range(-700, 2620, 120):
        canvas.drawOval(skia.Rect.MakeXYWH(x, 500, 130, 120), paint)
    canvas.drawRect(skia.Rect.MakeLTRB(-700, 560, 2620, 1560), paint)


def sky(canvas: Any) -> None:
    canvas.drawRect(skia.Rect.MakeLTRB(-700, -460, 2620, 1560), skia.Paint(Color=skia.Color(90, 160, 240)))


def composed(view: View, below: int) -> np.ndarray:
    far, near = (cels.sliding(paint, VIEWS, SIZE) for paint in (sky, hills))
    pixels = far.whole(view, SIZE, below)
    near.lay(cels.surface(pixels).getCanvas(), view, SIZE)
    return pixels


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_skipped_behind_solid_ground_was_never_seen(view: View) -> None:
    row = cels.sliding(hills, VIEWS, SIZE).solid_row(view, SIZE)

    assert 0 < row < SIZE[1]
    assert np.array_equal(composed(view, row), composed(view, SIZE[1]))


def test_a_rolled_plane_hides_nothing_for_certain() -> None:
    assert cels.sliding(hills, VIEWS, SIZE).solid_row(View(roll=5), SIZE) == SIZE[1]


def test_a_sliding_plane_looks_like_a_held_one() -> None:
    slid = composed(VIEWS[1], SIZE[1]).astype(int)
    held = cels.held(sky, VIEWS[1], SIZE)
    cels.lay(cels.surface(held).getCanvas(), cels.held(hills, VIEWS[1], SIZE))

    assert np.abs(slid - held).mean() < 4


@pytest.mark.parametrize(("left", "top"), [(0, 0), (3, -2), (-5, 7)])
def test_a_plane_lies_over_what_is_there_by_its_coverage(left: int, top: int) -> None:
    """It is composited in another order of channels than shapes are drawn in: red must stay red."""
    rng = np.random.default_rng(4)
    ground = rng.integers(0, 256, (18, 32, 4)).astype(np.uint8)
    ground[:, :, 3] = 255
    cover = rng.integers(0, 256, (18, 32, 1))
    plane = np.concatenate([rng.integers(0, 256, (18, 32, 3)) * cover // 255, cover], axis=2).astype(np.uint8)
    alone = np.zeros_like(ground)
    y0, y1, x0, x1 = max(0, top), min(18, 18 + top), max(0, left), min(32, 32 + left)
    alone[y0:y1, x0:x1] = plane[y0 - top : y1 - top, x0 - left : x1 - left]
    meant = alone + ground * (1 - alone[:, :, 3:] / 255)

    cels.lay(cels.surface(ground).getCanvas(), plane, left, top)

    assert np.abs(ground - meant).max() <= 1


def test_an_empty_plane_lays_nothing() -> None:
    pixels = np.full((144, 256, 4), 255, np.uint8)
    cels.sliding(lambda canvas: None, VIEWS, SIZE).lay(cels.surface(pixels).getCanvas(), View(), SIZE)

    assert pixels.min() == 255


def test_a_cel_is_cut_to_what_is_painted() -> None:
    """Its box is looked up in a quarter of the time that numpy took along the axes, and must stay the same box."""
    dot = skia.Rect.MakeXYWH(900, 400, 100, 50)

    cel = cels.sliding(lambda canvas: canvas.drawRect(dot, skia.Paint()), [View()], SIZE, grain=False)

    painted = cel.pixels[:, :, 3] > 0
    assert painted[[0, -1]].any(axis=1).all()
    assert painted[:, [0, -1]].any(axis=0).all()
    assert cel.origin[0] == pytest.approx(900, abs=8)
    assert cel.pixels.shape[0] * cel.pixels.shape[1] < 300


def test_an_empty_cel_hides_nothing() -> None:
    cel = cels.sliding(lambda canvas: None, [View()], SIZE, grain=False)

    assert not cel.pixels.any()
    assert cel.solid_row(View(), SIZE) == SIZE[1]
