"""What judging and choosing cost: beside making a take, and the best of three beside the only one.

Run alone: `make bench`. Prints ratios; judges nothing. CPU seconds, encoders' included, so that other
work on the machine does not enter.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assets.matter import Clip
from assets.media.video import VideoQuality, decode, encode
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Camera, Cut, Line, Staged
from models.cel.animator import CelAnimator
from models.cel.painter import CelPainter
from models.judge import PictureJudge
from models.ports import Shot

ROOT = Path(__file__).parents[2]
SIZE, RATE, FRAMES = (1280, 720), Fraction(24), 96
SCRIPT = """\
Title: Two Looks

EXT. ROOFTOP - SUNSET

AOI, 16, twintails, sailor uniform, looks up.

AOI
The star is late today, isn't it?
"""


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of ``work``, its child processes included."""
    before = os.times()
    work()
    now = os.times()
    return sum(now[:4]) - sum(before[:4])


def a_shot(move: str, people: int) -> Shot:
    where = ("center",) if people == 1 else ("left", "right")
    staged = tuple(Staged(character=f"p{n}", position=at) for n, at in enumerate(where))
    cut = Cut(
        number="C001",
        scene="S01",
        place="roof",
        size="medium",
        frames=1,
        staged=staged,
        camera=Camera(move=move),
        lines=(Line(character="p0", text=""),),
    )
    cast = tuple(Character(id=f"p{n}", names=(f"P{n}",)) for n in range(people))
    return Shot(cut, cast, Place(id="roof", names=("ROOF",), kind="rooftop"), SIZE, RATE)


@pytest.mark.bench
@pytest.mark.parametrize(("move", "people"), [("fix", 1), ("push_in", 2)])
def test_what_judging_a_take_costs_beside_making_it(move: str, people: int, tmp_path: Path) -> None:
    shot = a_shot(move, people)
    loud = {"p0": np.abs(np.sin(np.arange(FRAMES, dtype=np.float32) / 3))}
    panel = CelPainter.load("cpu").paint(shot, seed=1)
    clip = CelAnimator.load("cpu").animate(shot, panel, frames=FRAMES, seed=1, mouths=loud)
    path, judge = tmp_path / "take.mp4", PictureJudge.load("cpu")

    making = seconds(lambda: encode(clip, path, size=SIZE, rate=RATE, quality=VideoQuality()))
    reading = seconds(lambda: sum(1 for _ in decode(path)))
    filmed = Clip(FRAMES, SIZE, RATE, lambda: decode(path))
    judging = seconds(lambda: judge.judge(shot, filmed, panel=panel, mouths=loud))

    print(
        f"\n{move}, {people} seen, {FRAMES} frames: drawn and encoded in {making:.2f} CPU s, judged in {judging:.2f}"
    )
    print(f"    {judging / making:.0%} of making it; {reading / judging:.0%} of judging is reading the file")


@pytest.mark.bench
def test_what_the_best_of_three_costs_beside_the_only_one(tmp_path: Path) -> None:
    (tmp_path / "looks.fountain").write_text(SCRIPT, encoding="utf-8")

    def produce(takes: int) -> float:
        command = [sys.executable, "-m", "flows.cli", "produce", "looks.fountain", "--out", f"of{takes}",
                   "--takes", str(takes), "--quiet"]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return seconds(lambda: subprocess.run(command, cwd=tmp_path, check=True, env=environment))

    one, three, again = produce(1), produce(3), produce(3)

    print(f"\none take of each cut: {one:.1f} CPU s; three: {three:.1f} ({three / one:.2f} times)")
    print(f"    ranked again, nothing made: {again:.1f} CPU s")
