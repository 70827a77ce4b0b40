"""Claims about landmarks: they are where the picture shows the person, however the camera stands."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sheets.cutsheet import Camera, Staged
from assets.sheets.look import Look
from models.cel.cutout import Cutout
from models.cel.figure import FigureState, anchors
from models.cel.figure.state import rotated
from models.cel.guides import joints
from models.cel.shooting import Shooting
from models.house.layout import Layouts
from models.ports import Shot
from tests.models.tiny.shots import shot

SIZE = (640, 360)
ALONE = {"position": "left", "facing": "front", "expression": "neutral"}


def leaning(size: str = "medium", move: str = "fix", **staged: str) -> Shot:
    """One person under a camera that leans."""
    made = shot("aoi", size=SIZE)
    person = Staged(character="aoi", **{**ALONE, **staged})
    camera = Camera(move=move, angle="dutch", amount=0.5)
    cut = made.cut.model_copy(update={"size": size, "camera": camera, "staged": (person,)})
    return replace(made, cut=cut)


def middle_of_change(rig: Shooting, frame: int = 0, **look: str) -> np.ndarray:
    """x and y of the middle of what changes in the picture when the person looks another way."""
    before = rig.still(frame).astype(int)
    rig.recast(rig.cut, [rig.looks[0].model_copy(update=look)])
    changed = np.abs(rig.still(frame).astype(int) - before).max(axis=2) > 24
    rows, columns = np.nonzero(changed)
    return np.array([columns.mean(), rows.mean()])


@pytest.mark.parametrize(
    ("size", "move", "frame", "staged"),
    [
        ("full", "fix", 0, {}),
        ("medium", "fix", 0, {"position": "far_right", "facing": "left"}),
        ("medium_close", "shake", 7, {}),
        ("close", "push_in", 12, {"facing": "right"}),
        ("full", "fix", 0, {"pose": "sit"}),
    ],
)
def test_under_a_leaning_camera_eyes_are_where_the_picture_shows_them(size, move, frame, staged):
    """Landmarks were told as before the lean: the head was more than its own radius beside the drawn one."""
    rig = Shooting(leaning(size, move, **staged), seed=3, frames=25)
    at = rig.people(frame)["aoi"]

    found = middle_of_change(rig, frame, eye_color="red")

    assert np.abs(found - at.eyes).max() < 0.3 * at.head_radius + 1


@pytest.mark.parametrize("size", ["full", "medium_close"])
def test_a_head_read_from_a_layout_is_the_head_in_the_layout(size):
    """Areas of a character's LoRA and the crops of the people judge come from these places."""
    layouts = Layouts(leaning(size), seed=3, frames=1)
    spot, rig = layouts.heads()["aoi"], layouts._shooting
    high = layouts.rough(0).shape[0]

    found = middle_of_change(rig, hair="short", hair_color="red") / high

    assert np.abs(found - (spot.x, spot.y)).max() < 0.5 * spot.radius


def test_cutout_and_shooting_say_the_same_landmarks():
    of = leaning("medium", "push_in")
    rig, cutout = Shooting(of, seed=0, frames=25), Cutout(of, frames=25, size=SIZE)

    assert cutout.landmarks("aoi", 9) == cutout.figures(9)[0].at == rig.people(9)["aoi"]


@pytest.mark.parametrize("size", ["full", "medium", "close"])
def test_the_wrists_of_a_skeleton_are_the_hands_of_the_landmarks(size):
    rig = Shooting(leaning(size), seed=3, frames=1)
    bones, at = joints(rig.standing(0)[0]), rig.people(0)["aoi"]

    assert np.allclose(sorted(at.hands), sorted([bones[4], bones[7]]))


@given(degrees=st.floats(-30, 30), x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_landmarks_lean_as_one_body(degrees, x, y):
    at = anchors(FigureState(Look()), feet=(200, 350), height=300)

    turned = at.rolled(degrees, (x, y))

    eyes = rotated((at.eyes[0] - at.head[0], at.eyes[1] - at.head[1]), degrees)
    assert np.allclose(np.subtract(turned.eyes, turned.head), eyes)
    assert np.allclose(turned.rolled(-degrees, (x, y)).head, at.head)
    chin = replace(at, head=at.below(at.head, 1.0)).rolled(degrees, (x, y)).head
    assert np.allclose(turned.below(turned.head, 1.0), chin)
