"""Words on screen, in the shipped typeface, legible on any picture.

In: a canvas in pixels, words.      Out: paint over the picture.
"""

from functools import cache
from typing import Any

import skia

from assets import fonts
from models.cel.camera import eased

Size = tuple[int, int]


def write(canvas: Any, text: str, size: Size, seconds: float) -> None:
    """Centred in the lower middle, as large as fits, light on a dark outline; there from the first frame."""
    wide, high = size
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [text.strip()]
    font = skia.Font(_face(), _fitting(lines, size))
    font.setEdging(skia.Font.Edging.kAntiAlias)
    leading = font.getSize() * 1.35
    top = high * 0.5 - leading * (len(lines) - 1) / 2 + font.getSize() * 0.36
    for n, line in enumerate(lines):
        x = (wide - font.measureText(line)) / 2
        _line(canvas, font, line, x, top + n * leading)
    _rule(canvas, size, top + (len(lines) - 1) * leading + font.getSize() * 0.55, seconds)


@cache
def _face() -> Any:
    # An empty manager: the default one reads the system's fonts, and complains about its settings.
    return skia.FontMgr.New_Custom_Empty().makeFromFile(str(fonts.path(bold=True)), 0)


def _fitting(lines: list[str], size: Size) -> float:
    wide, high = size
    largest = high * 0.088
    font = skia.Font(_face(), largest)
    longest = max(font.measureText(line) for line in lines)
    return float(min(largest, largest * wide * 0.86 / max(longest, 1.0), high * 0.7 / len(lines) / 1.35))


def _line(canvas: Any, font: Any, line: str, x: float, y: float) -> None:
    edge = skia.Paint(AntiAlias=True, Color=skia.Color(18, 20, 44, 235), StrokeWidth=font.getSize() * 0.16)
    edge.setStyle(skia.Paint.kStroke_Style)
    edge.setStrokeJoin(skia.Paint.kRound_Join)
    canvas.drawString(line, x, y, font, edge)
    canvas.drawString(line, x, y, font, skia.Paint(AntiAlias=True, Color=skia.Color(255, 253, 244)))


def _rule(canvas: Any, size: Size, y: float, seconds: float) -> None:
    wide, high = size
    half = wide * 0.20 * eased(seconds / 0.8)
    paint = skia.Paint(AntiAlias=True, Color=skia.Color(255, 253, 244, 200))
    canvas.drawRect(skia.Rect.MakeLTRB(wide / 2 - half, y, wide / 2 + half, y + max(1.0, high / 360)), paint)
