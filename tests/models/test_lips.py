"""Claims about line sync: a mouth that opens with its voice is told from one that does not."""

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Camera, Cut, Line, Staged
from models.cel.animator import CelAnimator
from models.cel.painter import CelPainter
from models.lips import Lips
from models.ports import Shot

SIZE, FRAMES = (640, 360), 49


def a_shot(**staged) -> Shot:
    cut = Cut(
        number="C001",
        scene="S01",
        place="roof",
        size="medium_close",
        frames=1,
        staged=(Staged(character="aoi", **staged),),
        lines=(Line(character="aoi", text=""),),
    )
    hero = Character(id="aoi", names=("AOI",))
    return Shot(cut, (hero,), Place(id="roof", names=("ROOF",), kind="rooftop"), SIZE, Fraction(24))


def a_voice(seed: int) -> np.ndarray:
    """Syllables and pauses, held on twos."""
    chance = np.random.default_rng(seed)
    syllables = chance.random(FRAMES // 2 + 1) * (chance.random(FRAMES // 2 + 1) > 0.4)
    return np.repeat(syllables, 2)[:FRAMES].astype(np.float32)


def drawn(loud: np.ndarray):
    panel = CelPainter.load("cpu").paint(a_shot(), seed=3)
    return list(CelAnimator.load("cpu").animate(a_shot(), panel, frames=FRAMES, seed=3, mouths={"aoi": loud}))


def sync(pictures, loud, shot=None) -> float | None:
    lips = Lips(shot or a_shot(), FRAMES, {"aoi": loud}, cv2)
    for frame, picture in enumerate(pictures):
        lips.see(frame, picture)
    return lips.line_sync


@pytest.fixture(scope="module")
def speaking():
    return drawn(a_voice(1))


def test_a_mouth_that_follows_its_voice_is_in_sync(speaking):
    assert sync(speaking, a_voice(1)) > 0.6


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_a_mouth_that_follows_another_voice_is_not(speaking, seed):
    assert sync(speaking, a_voice(seed)) < sync(speaking, a_voice(1)) - 0.25


def test_a_mouth_that_never_moves_follows_nothing(speaking):
    assert sync([speaking[0]] * FRAMES, a_voice(1)) == 0


def test_a_still_picture_follows_nothing_however_the_camera_should_move():
    pushed = replace(a_shot(), cut=a_shot().cut.model_copy(update={"camera": Camera(move="push_in")}))
    panel = CelPainter.load("cpu").paint(pushed, seed=3)

    assert sync([panel] * FRAMES, a_voice(1), pushed) == 0


def test_a_frame_of_delay_is_forgiven_and_half_a_second_is_not(speaking):
    late = [speaking[0], *speaking[:-1]]
    very_late = [speaking[0]] * 12 + speaking[:-12]

    assert sync(late, a_voice(1)) > sync(speaking, a_voice(1)) - 0.1
    assert sync(very_late, a_voice(1)) < sync(speaking, a_voice(1)) - 0.25


def test_who_turns_their_back_cannot_be_read(speaking):
    assert sync(speaking, a_voice(1), a_shot(facing="away")) is None


def test_who_is_far_away_cannot_be_read(speaking):
    far = replace(a_shot(), cut=a_shot().cut.model_copy(update={"size": "extreme_long"}))

    assert sync(speaking, a_voice(1), far) is None


def test_silence_has_nothing_to_be_followed(speaking):
    assert sync(speaking, np.zeros(FRAMES, np.float32)) is None


def test_a_voice_of_somebody_who_is_not_in_the_picture_is_not_read(speaking):
    lips = Lips(a_shot(), FRAMES, {"ren": a_voice(1)}, cv2)
    lips.see(0, speaking[0])

    assert lips.line_sync is None


def test_nothing_outside_the_box_is_looked_at(speaking):
    """The judge has only the box decoded: what is read outside it would be black."""
    lips = Lips(a_shot(), FRAMES, {"aoi": a_voice(1)}, cv2)
    left, top, right, bottom = lips.box
    for frame, picture in enumerate(speaking):
        part = np.zeros_like(picture)
        part[top:bottom, left:right] = picture[top:bottom, left:right]
        lips.see(frame, part)

    assert lips.line_sync == sync(speaking, a_voice(1))
