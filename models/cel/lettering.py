"""Text on screen, in the shipped typeface, readable on any picture.

In: a canvas in pixels, text.      Out: paint over the picture.
"""

from functools import cache, lru_cache
from typing import Any

import skia

from assets import fonts
from assets.linebreak import broken
from assets.plain import shortened
from models.cel.camera_moves import eased

Size = tuple[int, int]


# Shares: the usual letters, of the height; the smallest letters before a line is broken, and the smallest of all,
# of the shorter side.
_LARGEST, _SMALLEST, _LEAST = 0.088, 0.040, 0.022
_WIDE, _HIGH, _LEADING = 0.86, 0.7, 1.35  # of the frame, of the frame, of the letters
_MOST = 3000  # characters: more than fit into the frame at the smallest size


def write(canvas: Any, text: str, size: Size, seconds: float) -> None:
    """Centred in the lower middle, as large as possible, light on a dark outline; visible from the first frame."""
    wide, high = size
    lines, px = _set(text, size)
    font = _font(px)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    leading = font.getSize() * _LEADING
    top = high * 0.5 - leading * (len(lines) - 1) / 2 + font.getSize() * 0.36
    for n, line in enumerate(lines):
        x = (wide - font.measureText(line)) / 2
        _line(canvas, font, line, x, top + n * leading)
    _rule(canvas, size, top + (len(lines) - 1) * leading + font.getSize() * 0.55, seconds)


@lru_cache(maxsize=64)
def _set(text: str, size: Size) -> tuple[tuple[str, ...], float]:
    """The lines and their letter size: the writer's own lines if they are large enough, else more lines of smaller
    letters, and at last an ellipsis."""
    words = shortened(fonts.drawable(text).strip(), _MOST)
    lines = [line.strip() for line in words.split("\n") if line.strip()] or [""]
    px, base = _fitting(lines, size), min(size)
    if px >= base * _SMALLEST:
        return tuple(lines), px
    least = base * _LEAST
    words = _bounded(words, least, size)
    # Do not try to break text at every size if it is too long in total.
    longest = _font(least).measureText(words.replace("\n", " ")) / least
    px = base * _SMALLEST
    while px > least and longest * px > 1.5 * _capacity(px, size):
        px = max(least, px * 0.94)
    while True:
        lines = _broken(words, px, size)
        most = max(1, int(size[1] * _HIGH / (px * _LEADING)))
        if len(lines) <= most:
            return tuple(lines), px
        if px <= least:
            return (*lines[: most - 1], _elided(lines[most - 1], px, size)), px
        px = max(least, px * 0.94)


def _capacity(px: float, size: Size) -> float:
    """Length of the text that fills the frame, in pixels."""
    return size[0] * _WIDE * max(1.0, size[1] * _HIGH / (px * _LEADING))


def _bounded(words: str, px: float, size: Size) -> str:
    """The part that could fill the frame with letters of ``px``."""
    font, most = _font(px), 2 * _capacity(px, size)
    low, high = 1, len(words)
    while low < high:
        middle = (low + high) // 2
        long = font.measureText(words[:middle].replace("\n", " ")) > most
        low, high = (low, middle) if long else (middle + 1, high)
    return shortened(words, max(low, 1))


def _broken(words: str, px: float, size: Size) -> list[str]:
    font = _font(px)
    return [line for line in broken(words, font.measureText, size[0] * _WIDE) if line] or [""]


def _elided(line: str, px: float, size: Size) -> str:
    font = _font(px)
    while line and font.measureText(f"{line}…") > size[0] * _WIDE:
        line = line[:-1].rstrip()
    return f"{line}…"


def _font(px: float) -> Any:
    return skia.Font(_face(), px)


@cache
def _face() -> Any:
    # An empty manager: the default one reads the system's fonts and warns about its settings.
    return skia.FontMgr.New_Custom_Empty().makeFromFile(str(fonts.path(bold=True)), 0)


def _fitting(lines: list[str], size: Size) -> float:
    wide, high = size
    largest = high * _LARGEST
    font = _font(largest)
    longest = max(font.measureText(line) for line in lines)
    return float(
        min(largest, largest * wide * _WIDE / max(longest, 1.0), high * _HIGH / len(lines) / _LEADING)
    )


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
