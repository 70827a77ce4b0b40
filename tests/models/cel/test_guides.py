"""Claims about the guides that the rig gives to other painters: exact, and of its own picture."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from models.cel.guides import COLORS, Guides, joints
from models.cel.painter import CelPainter
from tests.models.tiny.shots import shot

BIG = (640, 360)


@pytest.fixture(scope="module")
def two() -> Guides:
    return Guides(shot("aoi", "ren", size=BIG), seed=3)


def test_the_layout_is_the_picture_of_the_cel_painter(two):
    assert np.array_equal(two.layout, CelPainter().paint(shot("aoi", "ren", size=BIG, text=""), seed=3))


def test_each_person_has_a_mask_on_their_side_and_no_two_overlap(two):
    masks = two.masks()
    centres = {name: np.nonzero(mask)[1].mean() for name, mask in masks.items()}

    assert centres["aoi"] < BIG[0] / 2 < centres["ren"]
    assert not any((one & other).any() for one, other in combinations(masks.values(), 2))


def test_a_mask_covers_what_the_person_changes_in_the_picture(two):
    # the same camera: only the first that is drawn is missing
    empty = Guides(shot("aoi", "ren", size=BIG), seed=3)
    empty._shooting.framing = replace(empty._shooting.framing, marks=empty._shooting.framing.marks[1:])

    changed = np.abs(two.layout.astype(int) - empty.layout).max(2) > 40
    missing = two.standing[0].character
    assert (changed & two.masks()[missing]).sum() > 0.8 * changed.sum()


def test_every_joint_inside_the_picture_lies_on_its_person(two):
    import cv2

    for person in two.standing:
        near = cv2.dilate(two.masks()[person.character].astype(np.uint8), np.ones((15, 15)))
        inside = [
            near[round(y), round(x)]
            for x, y in filter(None, joints(person))
            if 0 <= x < BIG[0] - 1 and 0 <= y < BIG[1] - 1
        ]
        assert sum(inside) >= len(inside) - 1


def test_from_behind_there_is_no_nose(two):
    seen = shot("aoi", size=BIG)
    away = seen.cut.staged[0].model_copy(update={"facing": "away"})
    behind = Guides(replace(seen, cut=seen.cut.model_copy(update={"staged": (away,)})), seed=3)

    assert joints(behind.standing[0])[0] is None
    assert joints(two.standing[0])[0] is not None


def test_people_are_nearer_than_the_sky_in_the_depth_and_lines_and_bones_are_on_black(two):
    depth, pose, line = (two.picture(guide) for guide in ("depth", "pose", "line"))
    people = np.logical_or.reduce(list(two.masks().values()))

    assert depth[people].mean() > depth[~people].mean()
    assert {tuple(color) for color in COLORS[:3]} & {tuple(color) for color in pose.reshape(-1, 3)}
    assert (pose == 0).mean() > 0.8
    assert set(np.unique(line)) == {0, 255}
