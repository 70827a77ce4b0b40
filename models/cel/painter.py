"""The cel painter: panels drawn by our own vector rig from the cut alone.

In: a Shot.      Out: its panel, always with the same bytes.
Knows nothing about time: the panel is frame 0 of the cel animator's clip of the same shot.
"""

from typing import Self

from assets.errors import ShapeRefused
from assets.matter import Still
from models.card import Card
from models.cel import engine
from models.limits import check_painting
from models.ports import Shot

SMALLEST = (256, 144)
LARGEST = (3840, 2160)


class CelPainter:
    """Port Painter. No weights: every line is computed."""

    card = Card(
        name="cel",
        port="painter",
        adapter_version=2,
        gpu_share=0,
        summary="Procedural vector rig: cel-shaded people in painted sets. Takes no layout.",
        licence="Apache-2.0",
        concurrent=True,
        side_step=2,
    )

    @classmethod
    def load(cls, device: str) -> Self:
        engine.check()
        return cls()

    def unload(self) -> None:
        """Do nothing: no weights are held."""

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        check_size(shot, self.card)
        check_painting(self.card, shot, layout)
        from models.cel.shooting import Shooting

        return Shooting(shot, seed=seed, frames=shot.cut.frames).still(0)


def check_size(shot: Shot, card: Card) -> None:
    wide, high = shot.size
    fits = all(low <= side <= top for low, side, top in zip(SMALLEST, shot.size, LARGEST, strict=True))
    if not fits or wide % card.side_step or high % card.side_step:
        raise ShapeRefused(
            f"{card.name} draws pictures with even sides from {SMALLEST[0]}x{SMALLEST[1]} to "
            f"{LARGEST[0]}x{LARGEST[1]}; cut {shot.cut.number} asks for {wide}x{high}. "
            f"1280x720 is the usual size."
        )
