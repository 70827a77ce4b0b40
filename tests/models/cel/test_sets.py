"""Claims about the sets: every place, hour and weather can be painted, and they differ."""

from random import Random
from typing import get_args

import numpy as np
import pytest

from assets.sheets.look import PlaceKind, Prop, TimeOfDay, Weather
from models.cel import propshop, seats
from models.cel.camera import Framing, View
from models.cel.camera_moves import plane_view
from models.cel.cels import held
from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush, Tone
from models.cel.sets.catalogue import BUILDERS, build
from models.cel.sets.hours import INDOORS, hour, light_of

KINDS, TIMES, WEATHERS = get_args(PlaceKind), get_args(TimeOfDay), get_args(Weather)
SIZE = (256, 144)


def picture(
    kind: PlaceKind, time: TimeOfDay = "day", weather: Weather = "clear", view: View | None = None
) -> np.ndarray:
    now = hour(time, weather)
    out = np.zeros((144, 256, 4), np.uint8)
    for plane in build(kind, now, 1).planes:
        tone = Tone(now.room if plane.lamplit else now.key, now.haze, plane.veil)
        layer = held(
            lambda canvas, plane=plane, tone=tone: plane.paint(Brush(canvas, tone, Random(1))), view or View(), SIZE,
            grain=False,
        )  # fmt: skip
        cover = layer[:, :, 3:].astype(np.float32) / 255
        out = (layer + out * (1 - cover)).astype(np.uint8)
    return out


def test_every_place_of_the_grammar_has_a_builder() -> None:
    assert set(BUILDERS) == set(KINDS)


def test_every_prop_of_the_grammar_is_drawn_and_has_a_size() -> None:
    assert set(propshop.DRAWN) == set(propshop.METRES) == set(get_args(Prop))


@pytest.mark.parametrize("kind", KINDS)
def test_a_set_covers_the_whole_picture(kind: PlaceKind) -> None:
    assert picture(kind)[:, :, 3].min() >= 252


@pytest.mark.parametrize("kind", KINDS)
def test_a_set_has_no_edge_where_the_camera_can_go(kind: PlaceKind) -> None:
    corners = [View(LEFT + 960, TOP + 540), View(RIGHT - 960, BOTTOM - 540)]

    assert all(picture(kind, view=view)[:, :, 3].min() >= 252 for view in corners)


@pytest.mark.parametrize("kind", KINDS)
def test_the_hour_changes_a_set(kind: PlaceKind) -> None:
    day, sunset, night = (picture(kind, time).astype(int) for time in ("day", "sunset", "night"))

    assert np.abs(day - night).mean() > 2
    assert np.abs(day - sunset).mean() > 1


def test_a_room_shows_the_sky_of_its_hour_through_the_window() -> None:
    day, night = (picture("classroom", time) for time in ("day", "night"))
    pane = (slice(35, 50), slice(8, 18))

    assert day[pane][:, :, 2].mean() > night[pane][:, :, 2].mean() + 60


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("weather", WEATHERS)
def test_every_light_keeps_its_figure_readable(time: TimeOfDay, weather: Weather) -> None:
    for kind in KINDS:
        light = light_of(time, weather, kind)

        assert all(0.2 < channel <= 1.2 for channel in light.key)
        assert sum(light.shade) < sum(light.key)


def test_a_night_outdoors_is_darker_than_a_day() -> None:
    assert sum(light_of("night", "clear", "street").key) < 0.8 * sum(light_of("day", "clear", "street").key)


def test_lamps_keep_a_kitchen_bright_at_night() -> None:
    assert sum(light_of("night", "clear", "kitchen").key) > 0.85 * sum(
        light_of("day", "clear", "kitchen").key
    )


def test_people_stand_on_the_ground_of_every_set_between_the_horizon_and_the_lower_edge() -> None:
    for kind in KINDS:
        scenery = build(kind, hour("day", "clear"), 0)

        assert scenery.horizon < scenery.ground < 1000, kind
        assert scenery.seat in {*seats.SEATS, "none"}, kind
        assert all(a.depth < b.depth for a, b in zip(scenery.planes, scenery.planes[1:], strict=False)), kind


def test_rooms_are_lit_by_their_own_light() -> None:
    for kind in KINDS:
        planes = build(kind, hour("day", "clear"), 0).planes

        assert any(plane.lamplit for plane in planes) == (kind in INDOORS), kind


def test_near_planes_slide_further_than_far_ones() -> None:
    base = Framing(View(), ())
    moved = View(x=1060)
    far, near = (plane_view(base, moved, depth).x for depth in (0.1, 1.4))

    assert near > moved.x > far > base.view.x
