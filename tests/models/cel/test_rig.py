"""Claims about the cel painter and animator, end to end on small pictures."""

import itertools
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from assets.errors import ShapeRefused
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Camera, Cut, Line, Staged
from assets.sheets.look import CameraMove, Look
from models.cel.animator import CelAnimator
from models.cel.painter import CelPainter
from models.cel.shooting import Shooting
from models.ports import Shot

SIZE = (256, 144)


def shot(staged: tuple[Staged, ...] = (Staged(character="aoi"),), *, pixels: tuple[int, int] = SIZE,
         kind: str = "rooftop", **cut: object) -> Shot:  # fmt: skip
    raw = {"number": "C001", "scene": "S01", "place": "p", "frames": 25, "staged": staged, "size": "medium"}
    cast = tuple(Character(id=s.character, names=(s.character,), look=Look()) for s in staged)
    return Shot(Cut(**{**raw, **cut}), cast, Place(id="p", names=("p",), kind=kind), pixels, Fraction(24))


def paint(of: Shot, seed: int = 3) -> np.ndarray:
    return CelPainter.load("cpu").paint(of, seed=seed)


def animate(
    of: Shot, frames: int = 25, seed: int = 3, first: np.ndarray | None = None, **how: object
) -> list[np.ndarray]:
    panel = paint(of, seed) if first is None else first
    return list(CelAnimator.load("cpu").animate(of, panel, frames=frames, seed=seed, **how))


PAIR = (
    Staged(character="aoi", position="left", facing="right"),
    Staged(character="ren", position="right", facing="left"),
)


@pytest.mark.parametrize("module", ["painter", "animator", "sampling", "engine"])
def test_importing_an_adapter_does_not_import_skia(module: str) -> None:
    code = f"import sys, models.cel.{module}; sys.exit('skia' in sys.modules or 'cv2' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_panel_has_the_size_of_its_shot() -> None:
    panel = paint(shot(pixels=(322, 182)))

    assert panel.shape == (182, 322, 3)
    assert panel.dtype == np.uint8
    assert panel.flags.c_contiguous


def test_the_same_shot_and_seed_give_the_same_bytes() -> None:
    first, second = (paint(shot(weather="rain", staged=PAIR)) for _ in range(2))

    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize(
    "move", ["fix", "pan_left", "tilt_up", "push_in", "pull_out", "shake", "parallax", "follow"]
)
def test_a_take_begins_with_its_panel_whatever_the_camera_does(move: CameraMove) -> None:
    walker = (Staged(character="aoi", pose="walk", facing="right"),)
    made = shot(walker, camera=Camera(move=move), weather="snow")
    panel = paint(made)

    assert np.array_equal(animate(made, frames=9, first=panel)[0], panel)


@pytest.mark.parametrize("move", ["fix", "pan_right", "push_in", "shake", "follow"])
def test_a_panel_does_not_depend_on_how_long_the_take_will_be(move: CameraMove) -> None:
    """The storyboard paints before a length is known: its shots are one frame long."""
    made = shot(
        (Staged(character="aoi", pose="walk", facing="right"),), camera=Camera(move=move), size="long"
    )
    short, long = (Shooting(made, seed=3, frames=frames).still(0) for frames in (1, 200))

    assert np.array_equal(short, long)


def test_a_clip_has_as_many_frames_as_asked() -> None:
    assert len(animate(shot(), frames=7)) == 7


def test_drawings_change_on_twos_when_the_camera_is_still() -> None:
    frames = animate(shot(), frames=9)

    assert all(np.array_equal(frames[n], frames[n + 1]) for n in (0, 2, 4, 6))
    assert not np.array_equal(frames[0], frames[8])


def test_a_moving_camera_changes_every_frame() -> None:
    frames = animate(shot(camera=Camera(move="pan_right")), frames=13)

    assert all(not np.array_equal(a, b) for a, b in itertools.pairwise(frames))


def test_a_loud_voice_opens_the_mouth() -> None:
    made = shot(pixels=(640, 360), lines=(Line(character="aoi", text="x"),))
    quiet = animate(made, mouths={"aoi": np.zeros(25, np.float32)})
    loud = animate(made, mouths={"aoi": np.ones(25, np.float32)})

    assert not np.array_equal(quiet[12], loud[12])


def test_a_foreign_panel_is_frame_0_and_is_filmed_with_the_cameras_move() -> None:
    foreign = np.random.default_rng(1).integers(0, 255, (144, 256, 3), np.uint8)
    frames = animate(shot(camera=Camera(move="push_in")), frames=9, first=foreign)

    assert np.array_equal(frames[0], foreign)
    assert not np.array_equal(frames[8], foreign)


def test_a_foreign_panel_without_a_move_is_held() -> None:
    foreign = np.full((144, 256, 3), 90, np.uint8)
    foreign[:, :40] = 200

    assert all(np.array_equal(frame, foreign) for frame in animate(shot(), frames=5, first=foreign))


@pytest.mark.parametrize("size", [(128, 72), (641, 360), (1280, 721), (8000, 4500)])
def test_sizes_that_cannot_be_drawn_are_refused_with_the_range(size: tuple[int, int]) -> None:
    with pytest.raises(ShapeRefused, match="256x144"):
        paint(shot(pixels=size))


def test_a_panel_of_another_size_is_refused() -> None:
    with pytest.raises(ShapeRefused, match="shot's size"):
        CelAnimator.load("cpu").animate(shot(), np.zeros((10, 10, 3), np.uint8), frames=5, seed=1)


def test_a_last_picture_is_refused_since_it_would_not_be_reached() -> None:
    picture = np.zeros((144, 256, 3), np.uint8)

    with pytest.raises(ShapeRefused, match="last"):
        CelAnimator.load("cpu").animate(shot(), picture, frames=5, seed=1, last=picture)


def test_words_on_screen_are_drawn() -> None:
    assert not np.array_equal(paint(shot(text="夜の屋上")), paint(shot()))


def test_a_cut_with_nobody_and_every_prop_in_turn_is_drawn() -> None:
    cat, none = (paint(shot((), props=props, size="long")) for props in (("cat",), ()))

    assert not np.array_equal(cat, none)


def test_five_people_in_a_close_up_are_drawn() -> None:
    five = tuple(Staged(character=f"c{n}") for n in range(5))

    assert paint(shot(five, size="close")).std() > 10
