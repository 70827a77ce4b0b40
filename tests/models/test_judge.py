"""Claims about the picture judge's measures."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
import pytest

from assets.matter import Box, Clip, Still
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut
from models.judge import PictureJudge
from models.ports import Shot

RATE = Fraction(24)
HIGH, WIDE = 180, 320
EMPTY = Shot(
    Cut(number="C001", scene="S01", place="roof", frames=1),
    (),
    Place(id="roof", names=("ROOF",), kind="rooftop"),
    (WIDE, HIGH),
    RATE,
)


def texture(seed: int = 1) -> Still:
    noise = np.random.default_rng(seed).random((24, 40, 3), np.float32)
    return (cv2.resize(noise, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC).clip(0, 1) * 255).astype(np.uint8)


def judged(frames: list[Still], panel: Still | None = None) -> dict[str, float]:
    clip = Clip(len(frames), (WIDE, HIGH), RATE, lambda: iter(frames))
    return PictureJudge.load("cpu").judge(EMPTY, clip, panel=frames[0] if panel is None else panel)


def test_only_the_frames_that_are_measured_are_asked_for() -> None:
    """Every frame of a take was turned into RGB, 10 s of an episode of 74 s, and 18 a take were looked at."""
    asked: list[int] = []

    def pick(frames: Sequence[int], box: Box | None) -> Iterator[Still]:
        asked.extend(frames)
        return (texture(frame) for frame in frames)

    clip = Clip(100, (WIDE, HIGH), RATE, lambda: iter(()), pick)
    PictureJudge.load("cpu").judge(EMPTY, clip, panel=texture(0))

    assert len(asked) == 18


@pytest.mark.parametrize("count", [1, 2, 3, 5, 11, 60])
def test_every_measure_of_every_length_is_finite_and_in_range(count: int) -> None:
    measures = judged([texture(n) for n in range(count)])

    assert all(np.isfinite(value) for value in measures.values())
    assert all(0 <= value <= 1 for value in measures.values())


def test_a_held_picture_has_no_flicker_no_motion_and_its_own_first_frame() -> None:
    measures = judged([texture()] * 20)

    assert measures["flicker"] == 0
    assert measures["motion"] < 0.0001
    assert measures["first_frame_similarity"] > 0.999


def test_brightness_that_jumps_flickers_and_a_fade_does_not() -> None:
    base = texture().astype(np.float32)
    jump = [(base * (0.7 if n % 4 < 2 else 1.0)).astype(np.uint8) for n in range(40)]
    fade = [(base * (0.7 + 0.3 * n / 39)).astype(np.uint8) for n in range(40)]

    assert judged(jump)["flicker"] > 20 * judged(fade)["flicker"]


def test_motion_is_measured_in_shares_of_the_width() -> None:
    wide = np.hstack([texture(), texture(2)])
    frames = [np.ascontiguousarray(wide[:, n : n + WIDE]) for n in range(40)]

    assert judged(frames)["motion"] == pytest.approx(2 / WIDE, rel=0.25)


def test_a_pan_warps_onto_itself_and_a_boil_does_not() -> None:
    wide = np.hstack([texture(), texture(2)])
    pan = [np.ascontiguousarray(wide[:, n : n + WIDE]) for n in range(20)]
    boil = [texture(n) for n in range(20)]

    assert judged(pan)["warping_error"] < 0.3 * judged(boil)["warping_error"]


def test_blur_is_less_sharp() -> None:
    sharp = texture()
    blurred = cv2.GaussianBlur(sharp, (0, 0), 4)

    assert judged([blurred])["sharpness"] < judged([sharp])["sharpness"]


def test_another_picture_is_not_like_the_panel() -> None:
    assert judged([texture(1)] * 5, panel=texture(9))["first_frame_similarity"] < 0.5


def test_a_clip_is_read_only_once() -> None:
    reads = []

    def draw() -> Any:
        reads.append(1)
        return iter([texture()] * 12)

    PictureJudge.load("cpu").judge(EMPTY, Clip(12, (WIDE, HIGH), RATE, draw), panel=texture())

    assert len(reads) == 1


def test_the_card_is_read_without_importing_the_rig():
    """Every run reads the cards, and one that makes nothing imported the whole rig for the judge's."""
    code = "import sys, models.judge; sys.exit('models.cel.shooting' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
