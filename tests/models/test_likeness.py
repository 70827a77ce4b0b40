"""Claims about identity: other colours than the sheet's lower it clearly, a camera that moves does not."""

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Camera, Cut, Staged
from assets.sheets.look import Look
from models.cel.animator import CelAnimator
from models.cel.painter import CelPainter
from models.likeness import Likeness
from models.ports import Shot

SIZE, FRAMES = (320, 180), 25
LOOK = Look(hair="bob", hair_color="brown", outfit="sailor", outfit_color="navy")


def a_shot(move="fix", *, look=LOOK, people=1, **cut) -> Shot:
    where = ("center",) if people == 1 else ("left", "right")
    staged = tuple(Staged(character=f"p{n}", position=at) for n, at in enumerate(where))
    cast = tuple(Character(id=f"p{n}", names=(f"P{n}",), look=look) for n in range(people))
    given = {"size": "medium", **cut}
    made = Cut(
        number="C001", scene="S01", place="roof", frames=1, staged=staged, camera=Camera(move=move), **given
    )
    return Shot(made, cast, Place(id="roof", names=("ROOF",), kind="rooftop"), SIZE, Fraction(24))


def drawn(shot: Shot, seed=3):
    panel = CelPainter.load("cpu").paint(shot, seed=seed)
    return list(CelAnimator.load("cpu").animate(shot, panel, frames=FRAMES, seed=seed))


def identity(shot: Shot, pictures) -> float | None:
    likeness = Likeness(shot, FRAMES, cv2)
    for frame in (0, 12, 24):
        likeness.see(frame, pictures[frame])
    return likeness.identity


@pytest.fixture(scope="module")
def pictures():
    return drawn(a_shot())


@pytest.mark.parametrize(
    "change",
    [{"hair_color": "pink"}, {"hair_color": "green"}, {"outfit_color": "red"}, {"outfit_color": "white"}],
)
def test_hair_or_clothes_in_another_colour_lower_identity_clearly(pictures, change):
    others = a_shot(look=LOOK.model_copy(update=change))

    assert identity(others, pictures) < identity(a_shot(), pictures) - 0.15


def test_hair_in_the_clothes_colour_and_clothes_in_the_hairs_are_another_person(pictures):
    swapped = a_shot(look=LOOK.model_copy(update={"hair_color": "blue", "outfit_color": "brown"}))

    assert identity(swapped, pictures) < identity(a_shot(), pictures) - 0.2


@pytest.mark.parametrize("move", ["push_in", "pull_out", "pan_left", "tilt_up", "shake"])
def test_a_camera_that_moves_as_the_sheet_says_costs_no_identity(pictures, move):
    shot = a_shot(move)

    assert identity(shot, drawn(shot)) > identity(a_shot(), pictures) - 0.05


@pytest.mark.parametrize("time", ["sunset", "night"])
def test_the_hours_light_costs_no_identity(time):
    shot = a_shot(time=time)

    assert identity(shot, drawn(shot)) > 0.85


def test_somebody_who_vanishes_loses_identity(pictures):
    empty = drawn(replace(a_shot(), cut=a_shot().cut.model_copy(update={"staged": ()}), cast=()))

    assert identity(a_shot(), empty) < 0.6 * identity(a_shot(), pictures)


def test_two_people_are_both_looked_at():
    shot = a_shot(people=2)
    other = replace(
        shot, cast=(shot.cast[0], shot.cast[1].model_copy(update={"look": Look(hair_color="pink")}))
    )
    found = drawn(shot)

    assert identity(other, found) < identity(shot, found) - 0.08


def test_where_nobody_is_there_is_no_identity(pictures):
    nobody = replace(a_shot(), cut=a_shot().cut.model_copy(update={"staged": ()}), cast=())

    assert identity(nobody, pictures) is None


@pytest.mark.parametrize("value", [0, 127, 255])
def test_identity_is_bounded_whatever_is_shown(value):
    found = identity(a_shot(), [np.full((180, 320, 3), value, np.uint8)] * FRAMES)

    assert 0 <= found <= 1
