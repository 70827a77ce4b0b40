"""Claims about references: which are shown, in which size, and that a shifted edit is laid back over its layout."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cel.guides import Guides
from models.diffusion import references
from models.ports import ReferencePicture
from tests.models.tiny.shots import picture, shot

BIG = (640, 352)


def sheets(*of: tuple[str, str]):
    return tuple(
        ReferencePicture(role, subject, picture(number, (64, 64)), str(number))
        for number, (role, subject) in enumerate(of)
    )


def order(found) -> list[str]:
    return [one.words.split(":")[0] for one in found]


def test_every_character_of_a_cut_is_shown_before_anybodys_second_sheet():
    given_ = sheets(
        ("character", "aoi"), ("character", "aoi"), ("character", "ren"), ("place", "roof"), ("style", "")
    )
    two = replace(shot("aoi", "ren"), references=given_)

    assert order(references.chosen(two, picture(9), most=4)) == [
        "the layout",
        "the character sheet of AOI",
        "the character sheet of REN",
        "the place",
    ]


def test_a_lone_character_is_shown_from_all_sides_before_the_place_and_strangers_never():
    given_ = sheets(("character", "aoi"), ("character", "ren"), ("character", "aoi"), ("place", "roof"))
    found = references.chosen(replace(shot("aoi"), references=given_), None, most=3)

    assert order(found) == ["the character sheet of AOI", "the character sheet of AOI", "the place"]


def test_the_prompt_says_what_each_picture_is():
    found = references.chosen(
        replace(shot("aoi"), references=sheets(("character", "aoi"))), picture(1), most=4
    )

    told = references.told("A girl waves.", found)

    assert told.startswith("A girl waves. Image 1 is the layout")
    assert "image 2 is the character sheet of AOI" in told
    assert references.told("A girl waves.", []) == "A girl waves."


@settings(deadline=None, max_examples=40)
@given(wide=st.integers(64, 2000), high=st.integers(64, 2000))
def test_a_canvas_holds_the_picture_on_the_grid_and_what_was_added_can_be_taken_away(wide, high):
    """Qwen-Image#229, #160; Wan2GP#1165: edits off the grid were shifted or zoomed."""
    size = references.canvas((wide, high))
    small = np.arange(wide * high * 3, dtype=np.uint32).astype(np.uint8).reshape(high, wide, 3)

    assert all(side % references.GRID == 0 for side in size)
    assert wide <= size[0] < wide + 2 * references.GRID
    assert np.array_equal(references.cropped(references.padded(small, size), (wide, high)), small)


def test_a_canvas_is_never_exactly_1024_square():
    """diffusers#14824, ComfyUI#16435: an edit of exactly 1024x1024 had haloes."""
    assert references.canvas((1024, 1024)) != (1024, 1024)
    assert references.canvas((1010, 1000)) != (1024, 1024)
    assert references.canvas((1280, 720)) == (1280, 736)


@settings(deadline=None, max_examples=40)
@given(wide=st.integers(8, 3000), high=st.integers(8, 3000))
def test_a_sheet_stays_whole_on_the_grid_and_below_the_limit(wide, high):
    found = references.sheet(np.full((high, wide, 3), 7, np.uint8), most=300_000, grid=16)

    assert found.shape[0] % 16 == found.shape[1] % 16 == 0
    assert min(found.shape[:2]) >= 64
    ink = np.argwhere((found == 7).all(2))
    tall, broad = (np.ptp(ink[:, axis]) + 1 for axis in (0, 1))
    assert abs(np.log((broad / tall) / (wide / high))) < 0.35 + 2 / min(tall, broad)
    if min(wide, high) > 200:
        assert found.shape[0] * found.shape[1] <= 300_000


def edited(layout, dx: int, dy: int):
    """Other colours, a little noise, moved."""
    other = 255 - cv2.cvtColor(layout, cv2.COLOR_RGB2BGR) // 2
    other = other + np.random.default_rng(0).normal(0, 6, other.shape)
    moved = cv2.warpAffine(
        np.clip(other, 0, 255).astype(np.uint8), np.array([[1, 0, dx], [0, 1, dy]], np.float32), layout.shape[1::-1],
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(moved)


@pytest.fixture(scope="module")
def layout():
    return Guides(shot("aoi", "ren", size=BIG), seed=3).layout


@pytest.mark.parametrize("by", [(0, 0), (1, 0), (4, 0), (-3, 5), (0, -8), (9, 2)])
def test_a_shifted_edit_is_measured_to_the_pixel_and_laid_back(layout, by):
    """Qwen-Image#160: the edit lay some pixels beside its layout, and the next cut's keyframe beside this one."""
    made = edited(layout, *by)

    assert references.shift(made, layout) == by
    back = references.unshifted(made, by)
    inside = slice(16, -16)
    assert np.abs(back[inside, inside].astype(int) - edited(layout, 0, 0)[inside, inside]).mean() < 8


def test_another_composition_is_not_taken_for_a_shift(layout):
    other = Guides(shot("mio", size=BIG, text=""), seed=9).layout

    assert references.shift(other, layout) == (0, 0)
    assert references.shift(np.full_like(layout, 9), layout) == (0, 0)
    assert references.shift(
        np.random.default_rng(1).integers(0, 255, layout.shape).astype(np.uint8), layout
    ) == (0, 0)


@settings(deadline=None, max_examples=40)
@given(ratio=st.floats(0.3, 3))
def test_the_result_has_the_size_that_the_pipeline_gives_its_reference(ratio):
    """A result of another size than its reference was zoomed."""
    from models import libraries

    libraries.diffusers()
    from diffusers.pipelines.qwenimage.pipeline_qwenimage_edit_plus import calculate_dimensions

    size = (round(1000 * ratio), 1000)
    wide, high = calculate_dimensions(1024 * 1024, size[0] / size[1])
    assert references.at_area(size, 1024 * 1024) == (wide, high)
