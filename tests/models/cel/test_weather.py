"""Claims about weather and effects as they move."""

import numpy as np
import pytest

from assets.sheets.cutsheet import Camera, Cut, Staged
from assets.sheets.look import Weather
from models.cel import cels, effects
from models.cel.sets import weather
from models.cel.sets.hours import hour

SIZE = (256, 144)


def seen(kind: Weather, seconds: float, seed: int = 4, *, indoors: bool = False) -> np.ndarray:
    pixels = np.zeros((144, 256, 4), np.uint8)
    pixels[:, :, 3] = 255
    at = weather.Frame(SIZE, seconds, seed)
    weather.fall(cels.surface(pixels).getCanvas(), hour("day", kind), at, indoors=indoors)
    return pixels


@pytest.mark.parametrize("kind", ["rain", "storm", "snow", "fog", "petals", "wind"])
def test_what_falls_moves(kind: Weather) -> None:
    assert not np.array_equal(seen(kind, 0.0), seen(kind, 0.5))


@pytest.mark.parametrize("kind", ["clear", "cloudy"])
def test_a_dry_sky_draws_nothing(kind: Weather) -> None:
    assert seen(kind, 1.0)[:, :, :3].max() == 0


def test_fog_stays_outside() -> None:
    assert seen("fog", 1.0, indoors=True)[:, :, :3].max() == 0


def test_lightning_flashes_at_most_three_times_in_any_second_and_covers_under_a_quarter() -> None:
    """Photosensitive viewers: no more than three flashes a second, each under 25 % of the picture."""
    pixels = [np.zeros((144, 256, 4), np.uint8) for _ in range(240)]
    for n, picture in enumerate(pixels):
        weather.lightning(cels.surface(picture).getCanvas(), weather.Frame(SIZE, n / 24, 4))
    lit = np.array([(picture[:, :, :3].max(axis=2) > 25).mean() for picture in pixels])
    starts = np.flatnonzero((lit[1:] > 0) & (lit[:-1] == 0))

    assert lit.max() < 0.25
    assert max((np.sum((starts >= s) & (starts < s + 24)) for s in starts), default=0) <= 3


@pytest.mark.parametrize(
    ("mood", "move", "moves"),
    [("action", "push_in", True), ("action", "fix", False), ("calm", "push_in", False)],
)
def test_focus_lines_belong_to_action_that_closes_in(mood: str, move: str, moves: bool) -> None:
    cut = Cut(
        number="C001",
        scene="S01",
        place="p",
        frames=10,
        mood=mood,
        camera=Camera(move=move),
        staged=(Staged(character="a"),),
    )

    assert effects.alive(cut) == moves
