"""The cel animator: animates the cel painter's own panel, on twos.

In: a Shot, its panel, the loudness of each voice.      Out: a Clip, drawn while it is read.
A panel that the cel painter did not draw is held and filmed with the cut's camera move, because the rig cannot
animate another painter's drawing.
"""

from collections.abc import Iterator
from functools import partial
from typing import Self

from assets.errors import ShapeRefused
from assets.matter import Clip, Still
from models.card import Card
from models.cel import engine
from models.cel.painter import LARGEST, SMALLEST
from models.limits import check_animating
from models.ports import Mouths, Shot


class CelAnimator:
    """Port Animator. Frames are drawn on demand, so memory use stays constant."""

    card = Card(
        name="cel",
        port="animator",
        adapter_version=3,
        gpu_share=0,
        summary=(
            "Moves the cel painter's own panels: acting on twos, mouths, weather, camera with parallax. "
            "Other panels are held and filmed with the camera move only. Takes no last picture."
        ),
        licence="Apache-2.0",
        concurrent=True,
        accepts=frozenset({"mouths"}),
        side_step=2,
        smallest=SMALLEST,
        largest=LARGEST,
        frame_step=1,
    )

    @classmethod
    def load(cls, device: str) -> Self:
        engine.check()
        return cls()

    def unload(self) -> None:
        """Do nothing: no weights are held."""

    def animate(
        self, shot: Shot, first: Still, *, frames: int, seed: int, last: Still | None = None,
        mouths: Mouths | None = None,
    ) -> Clip:  # fmt: skip
        self._check(shot, first, frames, last)
        check_animating(self.card, shot, first, frames=frames, last=last, mouths=mouths)
        return Clip(frames, shot.size, shot.rate, partial(_draw, shot, first, frames, seed, mouths))

    def _check(self, shot: Shot, first: Still, frames: int, last: Still | None) -> None:
        if frames < 1:
            raise ShapeRefused(f"cel animates 1 frame or more; cut {shot.cut.number} asks for {frames}.")
        wide, high = shot.size
        if first.shape != (high, wide, 3):
            raise ShapeRefused(
                f"cel was given a panel of shape {first.shape} for cut {shot.cut.number}, whose pictures are "
                f"{wide}x{high}, three channels. Paint the panel at the shot's size."
            )
        if last is not None:
            raise ShapeRefused(
                f"cel cannot arrive at a given last picture (cut {shot.cut.number}): its motion follows the "
                f"cut sheet. Leave `last` out, or choose an animator whose card offers it."
            )


def _draw(shot: Shot, first: Still, frames: int, seed: int, mouths: Mouths | None) -> Iterator[Still]:
    from models.cel.panel_film import film, same_drawing
    from models.cel.shooting import Shooting

    shooting = Shooting(shot, seed=seed, frames=frames, mouths=mouths)
    if not same_drawing(first, shooting.still(0)):
        yield from film(shot, first, frames)
        return
    yield first
    for frame in range(1, frames):
        yield shooting.still(frame)
