"""Set text in the shipped typeface, and lay it over pictures.

In: lines, a size, colours.      Out: an RGBA plate; a still with the plate on it.
Knows nothing about when or why something is written.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from assets import fonts
from assets.matter import Still
from stages.assemble.linebreak import broken

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw as Draw
    from PIL.ImageFont import FreeTypeFont

Color = tuple[int, int, int]
Plate = NDArray[np.uint8]
"""(h, w, 4) uint8: sRGB and coverage."""

Align = Literal["left", "center", "right"]
GETA = "〓"  # what a Japanese typesetter puts where a sort is missing


@dataclass(frozen=True)
class Hand:
    """How words are set. Lengths are in pixels."""

    px: int
    bold: bool = True
    fill: Color = (255, 255, 255)
    edge: Color = (0, 0, 0)
    edge_px: int = 0
    leading: float = 1.35  # line to line, in text heights
    tracking: float = 0.0  # extra space between letters, in text heights


def drawable(text: str) -> str:
    """``text`` with every character the typeface lacks as 〓, so that the gap is seen."""
    lacking = fonts.covers(text)
    return "".join(GETA if letter in lacking else letter for letter in text)


def wrapped(text: str, hand: Hand, width: float) -> list[str]:
    return broken(drawable(text), lambda part: length(part, hand), width)


def length(text: str, hand: Hand) -> float:
    """Advance width in pixels."""
    return _face(hand.px, hand.bold).getlength(text) + hand.tracking * hand.px * max(0, len(text) - 1)


def fitting(text: str, hand: Hand, *, width: float, lines: int, smallest: int) -> Hand:
    """``hand`` made small enough for ``text`` to fit ``lines`` lines; never below ``smallest`` px."""
    while hand.px > smallest and len(wrapped(text, hand, width)) > lines:
        hand = _resized(hand, max(smallest, round(hand.px * 0.94)))
    return hand


def plate(lines: list[str], hand: Hand, *, align: Align = "center") -> Plate:
    """``lines`` drawn, cropped to their box plus the edge."""
    from PIL import Image, ImageDraw

    pad, step = hand.edge_px + 2, round(hand.px * hand.leading)
    widths = [length(line, hand) for line in lines]
    tall = sum(_face(hand.px, hand.bold).getmetrics())
    size = (round(max(widths)) + 2 * pad, step * (len(lines) - 1) + tall + 2 * pad)
    inside, around = Image.new("L", size), Image.new("L", size)
    for row, (line, wide) in enumerate(zip(lines, widths, strict=True)):
        spare = {"left": 0.0, "center": 0.5, "right": 1.0}[align] * (max(widths) - wide)
        at = (pad + spare, pad + row * step)
        _set(ImageDraw.Draw(inside), at, line, hand, 0)
        if hand.edge_px:
            _set(ImageDraw.Draw(around), at, line, hand, hand.edge_px)
    return _inked(np.asarray(inside), np.asarray(around), hand)


def laid_over(still: Still, ink: Plate, at: tuple[float, float], opacity: float = 1.0) -> Still:
    """A new still with ``ink`` at ``at`` (left, top; it may hang over the frame)."""
    left, top = round(at[0]), round(at[1])
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(still.shape[1], left + ink.shape[1]), min(still.shape[0], top + ink.shape[0])
    made = still.copy()
    if x1 <= x0 or y1 <= y0 or opacity <= 0:
        return made
    part = ink[y0 - top : y1 - top, x0 - left : x1 - left]
    cover = (part[:, :, 3:].astype(np.uint16) * round(min(1.0, opacity) * 256)) >> 8
    under = made[y0:y1, x0:x1].astype(np.uint16)
    made[y0:y1, x0:x1] = (under * (255 - cover) + part[:, :, :3] * cover + 127) // 255
    return made


def over(under: Plate, ink: Plate, at: tuple[int, int]) -> None:
    """Lay ``ink`` on the plate ``under``, which it changes (Porter-Duff over, straight alpha)."""
    part = under[at[1] : at[1] + ink.shape[0], at[0] : at[0] + ink.shape[1]]
    above = ink[:, :, 3:].astype(np.float32) / 255
    below = part[:, :, 3:].astype(np.float32) / 255 * (1 - above)
    whole = np.maximum(above + below, 1e-6)
    part[:, :, :3] = ((ink[:, :, :3] * above + part[:, :, :3] * below) / whole).round()
    part[:, :, 3:] = ((above + below) * 255).round()


@cache
def _face(px: int, bold: bool) -> "FreeTypeFont":
    from PIL import ImageFont

    # the basic engine: the other one is a system library that some machines lack
    return ImageFont.truetype(str(fonts.path(bold)), px, layout_engine=ImageFont.Layout.BASIC)


def _resized(hand: Hand, px: int) -> Hand:
    edge = max(1, round(hand.edge_px * px / hand.px)) if hand.edge_px else 0
    return Hand(px, hand.bold, hand.fill, hand.edge, edge, hand.leading, hand.tracking)


def _set(draw: "Draw", at: tuple[float, float], line: str, hand: Hand, edge: int) -> None:
    face = _face(hand.px, hand.bold)
    if not hand.tracking:
        draw.text(at, line, fill=255, font=face, stroke_width=edge)
        return
    x = at[0]
    for letter in line:
        draw.text((x, at[1]), letter, fill=255, font=face, stroke_width=edge)
        x += face.getlength(letter) + hand.tracking * hand.px


def _inked(inside: NDArray[np.uint8], around: NDArray[np.uint8], hand: Hand) -> Plate:
    cover = np.maximum(inside, around)
    share = inside[:, :, None].astype(np.float32) / 255
    colour = np.array(hand.fill, np.float32) * share + np.array(hand.edge, np.float32) * (1 - share)
    if not hand.edge_px:
        colour = np.broadcast_to(np.array(hand.fill, np.float32), colour.shape)
    return np.dstack([colour.round().astype(np.uint8), cover])
