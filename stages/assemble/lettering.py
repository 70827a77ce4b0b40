"""Set text in the shipped typeface, and draw it over pictures.

In: lines, a size, colours.      Out: an RGBA plate; a still with the plate on it.
Knows nothing about when or why a text is shown.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from assets import fonts
from assets.fonts import drawable
from assets.linebreak import broken
from assets.matter import Still
from assets.plain import shortened

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw as Draw
    from PIL.ImageFont import FreeTypeFont

Color = tuple[int, int, int]
Plate = NDArray[np.uint8]
"""(h, w, 4) uint8: sRGB and coverage."""

Align = Literal["left", "center", "right"]
_MANY = 10**6  # no limit on lines: letters get smaller for the height alone
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(frozen=True)
class TextStyle:
    """The style of a text: size, weight, colours. Lengths are in pixels."""

    px: int
    bold: bool = True
    fill: Color = (255, 255, 255)
    edge: Color = (0, 0, 0)
    edge_px: int = 0
    leading: float = 1.35  # line distance, in text heights
    tracking: float = 0.0  # extra space between letters, in text heights


@dataclass(frozen=True)
class TextBox:
    """The box for a text. Lengths are in pixels."""

    width: float
    height: float
    lines: int = _MANY  # with more lines, letters are made smaller first, down to ``smallest``
    smallest: int = 1
    least: int = 1  # letters are never smaller than this


def wrapped(text: str, style: TextStyle, width: float) -> list[str]:
    return broken(drawable(text), lambda part: length(part, style), width)


def length(text: str, style: TextStyle) -> float:
    """Advance width in pixels."""
    return _face(style.px, style.bold).getlength(text) + style.tracking * style.px * max(0, len(text) - 1)


def fitting(text: str, style: TextStyle, *, width: float, lines: int, smallest: int) -> TextStyle:
    """``style`` reduced until ``text`` fits into ``lines`` lines; never below ``smallest`` px."""
    while style.px > smallest and (
        _too_long(text, style, width * lines) or len(wrapped(text, style, width)) > lines
    ):
        style = _resized(style, max(smallest, min(style.px - 1, round(style.px * 0.94))))
    return style


def set_in(text: str, style: TextStyle, box: TextBox) -> tuple[list[str], TextStyle]:
    """Break ``text`` into lines inside ``box``; return them and the style that fits.

    The steps: smaller letters down to ``box.smallest``; then more lines; then smaller letters down to
    ``box.least``; at last an ellipsis for the rest.
    """
    text = _bounded(_SPACES.sub(" ", drawable(text).strip()), style, box)
    style = fitting(text, style, width=box.width, lines=box.lines, smallest=min(style.px, box.smallest))
    while style.px > box.least and _too_long(text, style, _capacity(style, box)):
        style = _smaller(style, box)
    lines = wrapped(text, style, box.width)
    while style.px > box.least and not _fits(lines, style, box):
        style = _smaller(style, box)
        lines = wrapped(text, style, box.width)
    return (lines if _fits(lines, style, box) else _elided(lines, style, box)), style


def _smaller(style: TextStyle, box: TextBox) -> TextStyle:
    return _resized(style, max(box.least, min(style.px - 1, round(style.px * 0.94))))


def _capacity(style: TextStyle, box: TextBox) -> float:
    """Length of the text that fills the box, in pixels."""
    return box.width * max(1.0, box.height / (style.px * style.leading))


def _too_long(text: str, style: TextStyle, most: float) -> bool:
    """Whether ``text`` is too long however it is broken. This check saves breaking it at every size."""
    return length(text.replace("\n", " "), style) > most * 1.5


def _bounded(text: str, style: TextStyle, box: TextBox) -> str:
    """The part of ``text`` that could fill the box with the smallest letters."""
    least = _resized(style, min(style.px, box.least))
    text = shortened(text, 20_000)
    most = 2 * _capacity(least, box)
    if length(text.replace("\n", " "), least) <= most:
        return text
    low, high = 1, len(text)
    while low < high:
        middle = (low + high) // 2
        long = length(text[:middle].replace("\n", " "), least) > most
        low, high = (low, middle) if long else (middle + 1, high)
    return shortened(text, low)


def _fits(lines: list[str], style: TextStyle, box: TextBox) -> bool:
    # The breaking sums the widths of pieces, without the kerning and tracking between them.
    return (
        tall(len(lines), style) <= box.height
        and max(length(line, style) for line in lines) <= box.width * 1.1
    )


def _elided(lines: list[str], style: TextStyle, box: TextBox) -> list[str]:
    step = max(1, round(style.px * style.leading))
    count = max(1, min(len(lines), 1 + int((box.height - tall(1, style)) // step)))
    kept = [_narrowed(line, style, box.width) for line in lines[:count]]
    if count < len(lines):
        kept[-1] = _narrowed(lines[count - 1] + "…", style, box.width)
    return kept


def _narrowed(line: str, style: TextStyle, width: float) -> str:
    """``line``, or the part of it that fits with an ellipsis at the end."""
    words = line.removesuffix("…")
    while words and length(line, style) > width:
        words = words[:-1].rstrip()
        line = f"{words}…"
    return line


def tall(lines: int, style: TextStyle) -> int:
    """Height in pixels of a plate with this many lines."""
    metrics = sum(_face(style.px, style.bold).getmetrics())
    return round(style.px * style.leading) * (lines - 1) + metrics + 2 * (style.edge_px + 2)


def plate(lines: list[str], style: TextStyle, *, align: Align = "center") -> Plate:
    """``lines`` drawn, cropped to their box plus the edge."""
    from PIL import Image, ImageDraw

    pad, step = style.edge_px + 2, round(style.px * style.leading)
    widths = [length(line, style) for line in lines]
    tall = sum(_face(style.px, style.bold).getmetrics())
    size = (round(max(widths)) + 2 * pad, step * (len(lines) - 1) + tall + 2 * pad)
    inside, around = Image.new("L", size), Image.new("L", size)
    for row, (line, wide) in enumerate(zip(lines, widths, strict=True)):
        spare = {"left": 0.0, "center": 0.5, "right": 1.0}[align] * (max(widths) - wide)
        at = (pad + spare, pad + row * step)
        _set(ImageDraw.Draw(inside), at, line, style, 0)
        if style.edge_px:
            _set(ImageDraw.Draw(around), at, line, style, style.edge_px)
    return _inked(np.asarray(inside), np.asarray(around), style)


def laid_over(still: Still, ink: Plate, at: tuple[float, float], opacity: float = 1.0) -> Still:
    """A new still with ``ink`` at ``at`` (left, top; it may extend beyond the frame)."""
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
    """Draw ``ink`` on the plate ``under``, which is changed (Porter-Duff over, straight alpha).

    The part outside ``under`` is left out.
    """
    x0, y0 = max(0, at[0]), max(0, at[1])
    x1, y1 = min(under.shape[1], at[0] + ink.shape[1]), min(under.shape[0], at[1] + ink.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part, ink = under[y0:y1, x0:x1], ink[y0 - at[1] : y1 - at[1], x0 - at[0] : x1 - at[0]]
    above = ink[:, :, 3:].astype(np.float32) / 255
    below = part[:, :, 3:].astype(np.float32) / 255 * (1 - above)
    whole = np.maximum(above + below, 1e-6)
    part[:, :, :3] = ((ink[:, :, :3] * above + part[:, :, :3] * below) / whole).round()
    part[:, :, 3:] = ((above + below) * 255).round()


@cache
def _face(px: int, bold: bool) -> "FreeTypeFont":
    from PIL import ImageFont

    # the basic layout engine: the other one is a system library that some machines lack
    return ImageFont.truetype(str(fonts.path(bold)), max(1, px), layout_engine=ImageFont.Layout.BASIC)


def _resized(style: TextStyle, px: int) -> TextStyle:
    edge = max(1, round(style.edge_px * px / style.px)) if style.edge_px else 0
    return TextStyle(px, style.bold, style.fill, style.edge, edge, style.leading, style.tracking)


def _set(draw: "Draw", at: tuple[float, float], line: str, style: TextStyle, edge: int) -> None:
    face = _face(style.px, style.bold)
    if not style.tracking:
        draw.text(at, line, fill=255, font=face, stroke_width=edge)
        return
    x = at[0]
    for letter in line:
        draw.text((x, at[1]), letter, fill=255, font=face, stroke_width=edge)
        x += face.getlength(letter) + style.tracking * style.px


def _inked(inside: NDArray[np.uint8], around: NDArray[np.uint8], style: TextStyle) -> Plate:
    cover = np.maximum(inside, around)
    share = inside[:, :, None].astype(np.float32) / 255
    colour = np.array(style.fill, np.float32) * share + np.array(style.edge, np.float32) * (1 - share)
    if not style.edge_px:
        colour = np.broadcast_to(np.array(style.fill, np.float32), colour.shape)
    return np.dstack([colour.round().astype(np.uint8), cover])
