"""The cel painter: panels drawn by our own vector rig from the cut alone.

In: a Shot.      Out: its panel, always with the same bytes.
Knows nothing about time: the panel is frame 0 of the cel animator's clip of the same shot.
"""

from typing import Self

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
        adapter_version=3,
        gpu_share=0,
        summary="Procedural vector rig: cel-shaded people in painted sets. Takes no layout.",
        licence="Apache-2.0",
        concurrent=True,
        side_step=2,
        smallest=SMALLEST,
        largest=LARGEST,
    )

    @classmethod
    def load(cls, device: str) -> Self:
        engine.check()
        return cls()

    def unload(self) -> None:
        """Do nothing: no weights are held."""

    def paint(self, shot: Shot, *, seed: int, layout: Still | None = None) -> Still:
        check_painting(self.card, shot, layout)
        from models.cel.shooting import Shooting

        return Shooting(shot, seed=seed, frames=shot.cut.frames).still(0)
