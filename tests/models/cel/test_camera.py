"""Claims about framing and moves, in numbers only."""

import itertools
from fractions import Fraction

import pytest

from assets.sheets.cutsheet import Camera, Cut, Line, Staged
from assets.sheets.look import CameraMove, Facing, Look, ShotSize
from models.cel import camera, camera_moves
from models.cel.camera import HOME_HEIGHT, HOME_WIDTH, Framing, Mark, View
from models.cel.figure.state import Anchors

RATE = Fraction(24)
MOVES = (
    "fix",
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "push_in",
    "pull_out",
    "shake",
    "parallax",
    "follow",
)


def head_of(index: int, mark: Mark) -> Anchors:
    """A plain standing person, seven heads tall."""
    r = mark.height / 14
    x, y = mark.x, mark.y - mark.height + r
    hands = ((x - 2 * r, y + 6 * r), (x + 2 * r, y + 6 * r))
    return Anchors((x, y), r, (x, y), hands, (x, y + 3 * r), y - r, (x - 3 * r, y - r, x + 3 * r, mark.y))


def framed(size: ShotSize = "medium", *people: Staged, **cut: object) -> Framing:
    raw = {"number": "C001", "scene": "S01", "place": "p", "frames": 48, "size": size, "staged": people}
    return camera.frame(
        Cut(**{**raw, **cut}), [Look()] * len(people), metre=200, ground=920, aspect=16 / 9, head_of=head_of
    )


def shown(framing: Framing) -> tuple[float, float, float, float]:
    high = HOME_HEIGHT / framing.view.zoom / 2
    wide = high * HOME_WIDTH / HOME_HEIGHT
    return framing.view.x - wide, framing.view.y - high, framing.view.x + wide, framing.view.y + high


def person(name: str = "a", **how: object) -> Staged:
    return Staged(character=name, **how)


def test_each_size_of_shot_is_closer_than_the_one_before() -> None:
    order: list[ShotSize] = [
        "extreme_long",
        "long",
        "full",
        "medium",
        "medium_close",
        "close",
        "extreme_close",
    ]
    zooms = [framed(size, person()).view.zoom for size in order]

    assert zooms == sorted(zooms)
    assert len(set(zooms)) == len(zooms)


def test_a_full_shot_shows_the_feet_and_the_hair() -> None:
    _, top, _, bottom = shown(framed("full", person()))

    assert top < 920 - camera.stature(Look()) * 200
    assert bottom > 920


@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize("size", ["long", "full", "medium", "medium_close"])
def test_everybody_staged_is_in_the_picture(size: ShotSize, count: int) -> None:
    people = [person(f"c{n}") for n in range(count)]
    framing = framed(size, *people)
    left, _, right, _ = shown(framing)

    assert all(left < mark.x < right for mark in framing.marks)


def test_two_people_at_the_same_position_do_not_stand_in_each_other() -> None:
    first, second = framed("long", person("a"), person("b")).marks

    assert abs(first.x - second.x) > 0.4 * first.tall


@pytest.mark.parametrize(("facing", "sign"), [("left", -1), ("right", 1)])
def test_there_is_room_ahead_of_the_eyes(facing: Facing, sign: int) -> None:
    framing = framed("close", person(facing=facing))

    assert (framing.view.x - framing.marks[0].x) * sign > 0


def test_a_close_up_of_two_shows_the_one_who_speaks() -> None:
    people = (person("a", position="left"), person("b", position="right"))
    framing = framed("close", *people, lines=(Line(character="b", text="x"),))
    speaker = next(mark for mark in framing.marks if mark.index == 1)

    assert abs(framing.view.x - speaker.x) < 0.2 * speaker.tall


def test_a_talk_at_medium_close_is_seen_over_the_listeners_shoulder() -> None:
    people = (person("a", position="left"), person("b", position="right"))
    framing = framed("medium_close", *people, lines=(Line(character="a", text="x"),))

    assert [mark.index for mark in framing.marks if mark.behind_us] == [1]


@pytest.mark.parametrize("move", MOVES)
def test_where_a_move_begins_does_not_depend_on_its_length(move: CameraMove) -> None:
    short, long = (
        camera_moves.moved(View(), Camera(move=move), frame=0, frames=n, rate=RATE) for n in (12, 240)
    )

    assert short == long


@pytest.mark.parametrize("move", MOVES)
def test_a_move_never_jumps(move: CameraMove) -> None:
    views = [camera_moves.moved(View(), Camera(move=move), frame=n, frames=72, rate=RATE) for n in range(72)]

    assert max(abs(b.x - a.x) + abs(b.y - a.y) for a, b in itertools.pairwise(views)) < 60


def test_a_shake_dies_away() -> None:
    late = camera_moves.moved(View(), Camera(move="shake"), frame=60, frames=72, rate=RATE)

    assert abs(late.x - HOME_WIDTH / 2) < 0.5


def test_a_walker_never_leaves_the_set() -> None:
    reached = [camera_moves.travelled(5000, frame, 480, RATE, 800) for frame in (0, 479)]

    assert all(abs(x) <= 500 for x in reached)


def test_where_a_walk_begins_does_not_depend_on_its_length() -> None:
    assert camera_moves.travelled(230, 0, 1, RATE, 800) == camera_moves.travelled(230, 0, 240, RATE, 800)


def test_a_low_angle_looks_up() -> None:
    low, eye = (framed("full", person(), camera=Camera(angle=angle)).view for angle in ("low", "eye"))

    assert low.y < eye.y
