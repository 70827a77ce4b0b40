"""A clip that slides from drawing to photograph is told; movement, camera and pictures that were no drawing are not."""

import logging
from fractions import Fraction

import numpy as np
import pytest

from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Camera, Cut, Staged
from models.cel.shooting import Shooting
from models.ports import Prompt, Shot
from stages.takes.realism import KEPT, flat, watched

FRAMES = 24


def drawn(camera="fix", kind="classroom"):
    """The rig's acting of a cut."""
    cut = Cut(
        number="C001", scene="S01", place="there", size="medium", frames=FRAMES, camera=Camera(move=camera),
        staged=(Staged(character="aoi"),),
    )  # fmt: skip
    place = Place(id="there", names=("THERE",), kind=kind)
    who = (Character(id="aoi", names=("AOI",)),)
    shot = Shot(cut, who, place, (320, 192), Fraction(24), Prompt(""))
    shooting = Shooting(shot, seed=3, frames=FRAMES, mouths=None)
    return [shooting.still(frame) for frame in range(FRAMES)]


def grainy(pictures):
    """More and more of a photograph's texture on the same pictures."""
    noise = np.random.default_rng(5).normal(0, 26, pictures[0].shape)
    return [
        np.clip(picture + noise * at / len(pictures), 0, 255).astype(np.uint8)
        for at, picture in enumerate(pictures)
    ]


def told(pictures, caplog):
    with caplog.at_level(logging.WARNING):
        made = list(watched(iter(pictures), len(pictures), cut="C001"))
    assert all((one == other).all() for one, other in zip(made, pictures, strict=True))
    return caplog.text


def test_wan2_1_435_a_drawing_that_slides_to_a_photograph_is_told_with_its_cut(caplog):
    """Anime became a photograph while the clip went on, and nobody was told."""
    said = told(grainy(drawn()), caplog)

    assert "C001: the clip slides from drawing to photograph" in said


@pytest.mark.parametrize("camera", ["fix", "pan_right", "push_in", "parallax"])
@pytest.mark.parametrize("kind", ["classroom", "street", "rooftop"])
def test_movement_and_camera_over_a_drawing_are_not_taken_for_it(camera, kind, caplog):
    pictures = drawn(camera, kind)

    assert min(map(flat, pictures)) > KEPT * flat(pictures[0])
    assert told(pictures, caplog) == ""


def test_what_was_no_drawing_to_begin_with_is_left_alone(caplog):
    photograph = np.random.default_rng(1).integers(0, 255, (64, 96, 3)).astype(np.uint8)

    assert flat(photograph) < 0.1
    assert told([photograph] * FRAMES, caplog) == ""
