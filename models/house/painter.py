"""The house painter: panels by our own latent diffusion, from the cut's words and the rig's layout.

In: a Shot.      Out: its panel: of several candidates the one in which the judges recognise scene and people best.
Knows nothing about time. Weights: assets/library/weights/, trained by flows.training on our own pictures.
"""

from typing import Any, Self

import numpy as np

from assets.matter import Still
from models.card import Card
from models.cel import engine
from models.house import weights
from models.house.brush import Brush, Painting
from models.house.layout import Layouts
from models.house.loras import FAMILY, BrushWithLoras
from models.house.words import prompt
from models.limits import check_painting
from models.ports import Shot

SMALLEST, LARGEST = (256, 144), (1920, 1080)
STEPS = 2
STRENGTH = 0.2  # noise over the rough: with 1 the panel comes from noise and layout alone, and is soft
COLUMNS = 128  # of the layout
CANDIDATES = 3
WEIGHTS = ("autoencoder", "painter", "traits", "people")
TRAINING = (
    "Pictures drawn by this repository's own cel rig from seeds, and nothing else "
    "(manifest: assets/library/weights/painter/CARD.md)."
)


class HousePainter:
    """Port Painter."""

    card = Card(
        name="house",
        port="painter",
        adapter_version=2,
        summary="Our own small latent diffusion over the rig's rough and layout; the best of three candidates.",
        licence="Apache-2.0",
        weights="this repository: assets/library/weights/{autoencoder,painter,traits,people}",
        revision=weights.revisions(*WEIGHTS),
        training_data=TRAINING,
        data_class="owned",
        accepts=frozenset({"layout", "loras"}),
        side_step=2,
        smallest=SMALLEST,
        largest=LARGEST,
        dialect="grammar",
        lora_base=FAMILY,
        concurrent=True,
    )

    def __init__(self, brush: Brush, judge: Any) -> None:
        self._brush, self._judge, self._brush_with_loras = brush, judge, BrushWithLoras(brush)

    @classmethod
    def lacks(cls) -> str:
        """What is missing before it can be loaded."""
        return weights.lacks(*WEIGHTS)

    @classmethod
    def load(cls, device: str) -> Self:
        from models.house.judge import Judge

        engine.check()
        return cls(Brush.load(device), Judge.load(device))

    def unload(self) -> None:
        """Do nothing: the memory is freed with this object."""

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        check_painting(self.card, shot, layout)
        if layout is None:
            laid = Layouts(shot, seed=seed, frames=shot.cut.frames)
            rough, heads = laid.rough(0), laid.heads()
        else:  # with a layout from elsewhere the positions of heads are unknown
            rough, heads = layout, {}
        found = self._brush_with_loras.dream(
            shot,
            heads,
            rough,
            Painting(prompt(shot), COLUMNS, STEPS, STRENGTH),
            seeds=[seed * CANDIDATES + number for number in range(CANDIDATES)],
        )
        best = max(found, key=lambda one: self._judge.legible(self._brush.rough(one)[0], shot, heads))
        return lettered(enlarged(self._brush.shown(best)[0], shot.size), shot)


def enlarged(picture: Still, size: tuple[int, int]) -> Still:
    """The picture at another size or shape, cropped and not stretched."""
    from assets.media.picture import fitted

    return fitted(picture, size)


def lettered(picture: Still, shot: Shot) -> Still:
    """The picture with the cut's words on it: text is set, never painted."""
    if not shot.cut.text:
        return picture
    import cv2

    from models.cel import cels, lettering

    pixels = np.ascontiguousarray(cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA), np.uint8)
    lettering.write(cels.surface(pixels).getCanvas(), shot.cut.text, shot.size, 0.0)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), np.uint8)
