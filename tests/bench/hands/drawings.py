"""Draw the example datasets of the house LoRAs: pairs of a rough and the same drawing by another hand.

In: a hand, a number of drawings, a folder.      Out: NAME.png, NAME.layout.png and NAME.txt for each drawing.
Licence and origin: the pictures are drawn by the cel rig of this repository and this folder's code, and by nothing
else; they are under the licence of this repository (Apache-2.0).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2

from assets.matter import Still
from models.cel.sampling import caption
from models.cel.shooting import Shooting
from models.house import scenes
from models.ports import Shot
from tests.bench.hands import fox, print_hand

TAUGHT = 910_000_000  # seeds of drawings to train on; UNSEEN, OTHERS: of drawings to measure with
UNSEEN = 920_000_000
OTHERS = 925_000_000
SIZE = scenes.LARGE
LICENCE = (
    "Drawn by the cel rig of Sakuga and tests/bench/hands, and by nothing else. Copyright of the Sakuga authors; "
    "Apache-2.0, as the repository.\n"
)


def shots(first: int, count: int) -> Iterator[tuple[int, Shot]]:
    """Seeds and shots. Extreme long shots show a hand least, and are left out of what is trained on."""
    seed = first
    for _ in range(count):
        while first == TAUGHT and scenes.shot_of(seed, SIZE).cut.size == "extreme_long":
            seed += 1
        yield seed, scenes.shot_of(seed, SIZE)
        seed += 1


def rough(shot: Shot, seed: int) -> Still:
    """The rig's drawing of a shot."""
    return Shooting(shot, seed=seed, frames=49).still(0)


def write(folder: Path, pairs: Iterable[tuple[str, Shot, Still, Still]]) -> Path:
    """Write a dataset: name, shot, rough and art of each drawing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, shot, below, art in pairs:
        for suffix, picture in ((".layout.png", below), (".png", art)):
            cv2.imwrite(str(folder / f"{name}{suffix}"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        (folder / f"{name}.txt").write_text(caption(shot) + "\n", "utf-8")
    (folder / "LICENSE.txt").write_text(LICENCE, "utf-8")
    return folder


def of_print(first: int, count: int) -> Iterator[tuple[str, Shot, Still, Still]]:
    """Drawings by the print hand."""
    for seed, shot in shots(first, count):
        below = rough(shot, seed)
        yield str(seed), shot, below, print_hand.redrawn(below)


def of_kon(first: int, count: int) -> Iterator[tuple[str, Shot, Still, Still]]:
    """Drawings of Kon, with the ears of a fox."""
    for seed, shot in fox.shots(first, count):
        below, people = fox.drawn(shot, seed)
        yield str(seed), shot, below, fox.with_ears(below, people["kon"])
