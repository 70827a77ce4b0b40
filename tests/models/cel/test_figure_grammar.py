"""Every word of the grammar draws a figure of its own, whole and on its feet."""

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
import skia
from numpy.typing import NDArray
from scipy import ndimage

from assets.sheets import look as words
from assets.sheets.look import Look
from models.cel.figure import Anchors, FigureState, anchors, draw
from models.cel.light import DAYLIGHT, Light

Picture = NDArray[np.uint8]
GROUND = (200.0, 372.0)
TALL = 320.0
SIZE = (400, 400)
GIRL = Look(hair="long", outfit="sailor", outfit_color="navy", accent_color="red", hair_color="chestnut")


def drawn(state: FigureState, *, close: bool = False, light: Light = DAYLIGHT) -> Picture:
    """The figure alone, RGBA: whole, or its head filling the frame."""
    surface = skia.Surface(*SIZE)
    feet, height = GROUND, TALL
    if close:
        height = 1500.0
        head = anchors(state, feet=(0, 0), height=height).head
        feet = (200 - head[0], 200 - head[1])
    draw(surface.getCanvas(), state, feet=feet, height=height, light=light)
    return np.asarray(surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType))


def share_changed(first: Picture, second: Picture) -> float:
    """Share of the drawn pixels that differ clearly."""
    different = np.abs(first.astype(int) - second.astype(int)).max(axis=2) > 16
    inked = (first[..., 3] > 0) | (second[..., 3] > 0)
    return float(different.sum() / max(1, inked.sum()))


def looks(field: str, vocabulary: object) -> list[Any]:
    return [
        pytest.param(field, first, second, id=f"{field}-{first}-{second}")
        for first, second in neighbours(vocabulary)
    ]


def neighbours(vocabulary: object) -> list[tuple[str, str]]:
    every = get_args(vocabulary)
    return list(zip(every, (*every[1:], every[0]), strict=True))


TRAITS = [
    *looks("hair", words.HairStyle), *looks("hair_color", words.HairColor), *looks("eyes", words.EyeShape),
    *looks("eye_color", words.EyeColor), *looks("skin", words.SkinTone),
]  # fmt: skip
WORN = [
    *looks("outfit", words.Outfit), *looks("outfit_color", words.Color), *looks("accent_color", words.Color),
    *looks("age", words.Age), *looks("build", words.Build),
]  # fmt: skip


@pytest.mark.parametrize(("field", "first", "second"), TRAITS)
def test_each_trait_of_a_head_differs_from_its_neighbour(field: str, first: str, second: str) -> None:
    base = FigureState(GIRL.model_copy(update={"hair": "bob"}))
    heads = [replace(base, look=base.look.model_copy(update={field: word})) for word in (first, second)]

    assert share_changed(*(drawn(state, close=True) for state in heads)) > 0.004


@pytest.mark.parametrize(("field", "first", "second"), WORN)
def test_each_trait_of_a_body_differs_from_its_neighbour(field: str, first: str, second: str) -> None:
    bodies = [FigureState(GIRL.model_copy(update={field: word})) for word in (first, second)]

    assert share_changed(*(drawn(state) for state in bodies)) > 0.004


@pytest.mark.parametrize("accessory", get_args(words.Accessory))
def test_each_accessory_is_seen_from_the_front(accessory: words.Accessory) -> None:
    bare = Look(hair="bob", outfit="sweater", outfit_color="beige", accent_color="red")
    worn = bare.model_copy(update={"accessories": (accessory,)})

    assert share_changed(drawn(FigureState(bare)), drawn(FigureState(worn))) > 0.0004


@pytest.mark.parametrize(("first", "second"), neighbours(words.Expression))
def test_each_expression_differs_from_its_neighbour(
    first: words.Expression, second: words.Expression
) -> None:
    faces = [drawn(FigureState(GIRL, expression=word), close=True) for word in (first, second)]

    assert share_changed(*faces) > 0.004


@pytest.mark.parametrize(("first", "second"), neighbours(words.Pose))
def test_each_pose_differs_from_its_neighbour(first: words.Pose, second: words.Pose) -> None:
    poses = [drawn(FigureState(GIRL, pose=word, gesture=0.2, stride=0.2)) for word in (first, second)]

    assert share_changed(*poses) > 0.01


@pytest.mark.parametrize("prop", get_args(words.Prop))
def test_each_prop_is_seen_in_or_beside_the_hand(prop: words.Prop) -> None:
    empty, full = FigureState(GIRL, pose="wave"), FigureState(GIRL, pose="wave", prop=prop)

    assert share_changed(drawn(empty), drawn(full)) > 0.002


@pytest.mark.parametrize("turn", (-1.0, -0.5, 0.0, 0.5, 1.0))
@pytest.mark.parametrize(
    "pose", [pose for pose in get_args(words.Pose) if pose not in ("read", "type", "drink")]
)
def test_the_silhouette_of_a_pose_is_one_piece(pose: words.Pose, turn: float) -> None:
    picture = drawn(FigureState(Look(hair="short"), pose=pose, turn=turn, gesture=0.2, stride=0.2))

    pieces, _ = ndimage.label(picture[..., 3] > 8)
    sizes = np.bincount(pieces.ravel())[1:]
    assert sizes.max() / sizes.sum() > 0.998


@pytest.mark.parametrize("outfit", get_args(words.Outfit))
@pytest.mark.parametrize("away", (False, True))
def test_an_outfit_leaves_no_hole_in_the_trunk(outfit: words.Outfit, away: bool) -> None:
    state = FigureState(GIRL.model_copy(update={"outfit": outfit}), away=away)
    found = anchors(state, feet=GROUND, height=TALL)
    picture = drawn(state)

    x, top = round(found.chest[0]), round(found.head[1])
    assert picture[top : top + 105, x - 6 : x + 6, 3].min() == 255


@pytest.mark.parametrize(
    "pose", ("stand", "wave", "bow", "sit", "kneel", "fight", "hands_on_hips", "arms_crossed")
)
def test_a_standing_figure_stands_on_its_feet(pose: words.Pose) -> None:
    picture = drawn(FigureState(GIRL, pose=pose))

    lowest = int(np.flatnonzero(picture[..., 3].any(axis=1)).max())
    assert abs(lowest - GROUND[1]) < TALL * 0.05


def test_ages_stand_in_the_order_of_their_heights() -> None:
    crowns = {
        age: anchors(FigureState(Look(age=age)), feet=(0, 0), height=1000).crown
        for age in get_args(words.Age)
    }

    assert crowns["adult"] < crowns["teen"] < crowns["elder"] < crowns["child"]


def test_a_child_has_larger_eyes_for_its_head_than_an_elder() -> None:
    child, elder = (
        drawn(FigureState(Look(hair="bald", age=age, eye_color="blue", outfit_color="beige")), close=True)
        for age in ("child", "elder")
    )

    def iris(picture: Picture) -> int:
        pixels = picture.astype(int)
        return int(((pixels[..., 2] > pixels[..., 0] + 50) & (pixels[..., 3] > 0)).sum())

    assert iris(child) > 1.3 * iris(elder)


def test_the_same_state_gives_the_same_bytes() -> None:
    state = FigureState(GIRL, pose="dance", expression="happy", turn=0.3, gesture=0.4, sway=0.7, seed=5)

    assert drawn(state).tobytes() == drawn(state).tobytes()


def test_a_figure_that_looks_left_mirrors_one_that_looks_right() -> None:
    """The hair's partings and the light are not symmetric; the masses are."""
    left, right = (drawn(FigureState(Look(hair="hime"), turn=turn, pose="point")) for turn in (-0.6, 0.6))

    inked = left[..., 3] > 0, right[:, ::-1, 3] > 0
    assert np.logical_xor(*inked).sum() / inked[0].sum() < 0.06


def test_light_from_the_other_side_moves_the_shade() -> None:
    state = FigureState(GIRL)
    left, right = (drawn(state, light=replace(DAYLIGHT, side=side)) for side in (-0.6, 0.6))

    assert share_changed(left, right) > 0.03


def test_a_rim_light_is_drawn_only_where_the_light_has_one() -> None:
    night = Light(key=(0.5, 0.55, 0.8), shade=(0.3, 0.33, 0.55), side=0.7)
    plain, rimmed = (
        drawn(FigureState(GIRL), light=light) for light in (night, replace(night, rim=(200, 220, 255)))
    )

    assert 0.005 < share_changed(plain, rimmed) < 0.35


def test_anchors_without_drawing_are_those_of_the_drawing() -> None:
    state = FigureState(GIRL, pose="wave", turn=0.4, gesture=0.3)
    surface = skia.Surface(*SIZE)
    found: Anchors = draw(surface.getCanvas(), state, feet=GROUND, height=TALL, light=DAYLIGHT)

    assert found == anchors(state, feet=GROUND, height=TALL)


def test_the_head_lies_where_its_anchor_says() -> None:
    state = FigureState(Look(hair="bald", skin="pale"))
    x, y = anchors(state, feet=GROUND, height=TALL).head

    assert tuple(drawn(state)[round(y) - 8, round(x)][:3]) == (255, 239, 230)


def test_a_close_up_far_off_the_canvas_draws_nothing() -> None:
    surface = skia.Surface(64, 64)
    draw(surface.getCanvas(), FigureState(GIRL), feet=(9000, 9000), height=3000, light=DAYLIGHT)

    assert surface.makeImageSnapshot().toarray().max() == 0
