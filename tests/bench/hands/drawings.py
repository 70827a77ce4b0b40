"""Draw the example datasets of the house LoRAs: pairs of a rough and the same drawing by another hand.

In: a hand, a number of drawings, a folder.      Out: NAME.png, NAME.layout.png and NAME.txt for each drawing.
Licence and origin: the pictures are drawn by the cel rig of this repository and this folder's code, and by nothing
else; they are under the licence of this repository (Apache-2.0).
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2

from assets.matter import Still
from models.cel.sampling import caption
from models.cel.shooting import Shooting
from models.house import scenes
from models.ports import Shot

TAUGHT = 910_000_000  # seeds of drawings to train on; UNSEEN: of drawings to measure with
UNSEEN = 920_000_000
SIZE = scenes.LARGE


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


def write(folder: Path, hand: Callable[[Still], Still], *, first: int = TAUGHT, count: int = 24) -> Path:
    """Draw a dataset by a hand into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, shot in shots(first, count):
        below = rough(shot, seed)
        for suffix, picture in ((".layout.png", below), (".png", hand(below))):
            cv2.imwrite(str(folder / f"{seed}{suffix}"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        (folder / f"{seed}.txt").write_text(caption(shot) + "\n", "utf-8")
    return folder
