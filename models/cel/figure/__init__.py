"""Figures: people drawn from a look, an expression and a pose, in ink and two tones.

In: a FigureState, the position of the feet, the height of a standard adult in pixels, a Light.
Out: a drawing on a skia canvas, and Anchors: the positions of head, eyes and hands.
Knows nothing about places, shots or time; motion.py makes states from time.
"""

import skia

from models.cel.figure.drawing import anchors_of, draw_figure, resolve
from models.cel.figure.state import Anchors, FigureState, Point
from models.cel.light import Light

__all__ = ["Anchors", "FigureState", "anchors", "draw"]


def draw(canvas: skia.Canvas, state: FigureState, *, feet: Point, height: float, light: Light) -> Anchors:
    """Draw ``state`` with its feet at ``feet`` (canvas pixels); what is outside the clip is skipped.

    height  pixels of a standard adult at this distance; children are scaled down
    """
    figure = resolve(state)
    draw_figure(canvas, figure, feet=feet, height=height, light=light)
    return anchors_of(figure, feet=feet, height=height)


def anchors(state: FigureState, *, feet: Point, height: float) -> Anchors:
    """The positions of everything, without drawing."""
    return anchors_of(resolve(state), feet=feet, height=height)
