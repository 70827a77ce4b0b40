"""Acting over time: which drawing of a staged character stands in each frame."""

from fractions import Fraction

from assets.sheets.cutsheet import Staged
from assets.sheets.look import Look
from models.cel.figure.state import FigureState


def state_at(
    staged: Staged,
    look: Look,
    *,
    frame: int,
    frames: int,
    rate: Fraction,
    mouth: float,
    speaking: bool,
    seed: int,
) -> FigureState:
    drawing = frame // 2
    turn = {"left": -0.6, "front": 0.0, "right": 0.6, "away": 0.2}[staged.facing]
    return FigureState(
        look,
        staged.expression,
        staged.pose,
        staged.prop,
        turn=turn,
        away=staged.facing == "away",
        mouth=mouth,
        breath=drawing / 36,
        sway=drawing / 30,
        stride=drawing / 12,
        gesture=drawing / 12,
        seed=seed,
    )
