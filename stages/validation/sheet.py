"""Draw the validation sheet: held-out cuts without and with a LoRA, beside the art they should come near.

In: a Validation's columns, pictures.      Out: one still.
The ground is a neutral grey, on which colours are judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from assets import fonts
from assets.matter import Still
from assets.media.picture import resized
from assets.plain import one_line, shortened
from assets.sheets.validation import Column, HeldOutCut, Readings
from stages.deliver.wording import wrapped
from stages.validation.measuring import NO_GAIN, closed

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

GROUND, INK, SOFT, MARK, DARK = "#3a3a3a", "#f4f4f4", "#b9b9b9", "#ffc44d", "#2c2c2c"
CELL = 304
GAP, MARGIN, LABELS, HEAD, FOOT = 10, 28, 150, 104, 64
LINE = 24
ROWS = ("style", "nearer", "features", "identity", "readable", "motion")
MEANT = (
    "style: Frechet distance of colours, lines and shading to the art, measured on pictures (0 = the same)  ·  nearer: "
    "share of the way from 'without' to the art",
    "features: Frechet distance in the house judge's features  ·  identity: likeness of the character's colours to the "
    "art  ·  readable: what the judges still read of the cut",
)
MOVING = (
    "each cell: four frames of a clip, from its first at the top, which is the panel, to its last  ·  motion: mean "
    "change of lightness in a quarter of a second, of 255",
    "style, features: distance of the frames to the art (0 = the same)  ·  nearer: share of the way from 'without' to "
    "the art  ·  identity: likeness of the character's colours",
)


@dataclass(frozen=True)
class Told:
    """The words on a sheet. ``art`` says whose drawings the last column shows."""

    title: str
    about: str
    art: str
    floor: float
    proposed: float
    gains: bool = True
    motion: float | None = None


def drawn(
    told: Told,
    cuts: Sequence[HeldOutCut],
    columns: Sequence[Column],
    pictures: Sequence[Sequence[Still]],
    art: Sequence[Still],
) -> Still:
    """The sheet.

    pictures  of each column, those of each cut
    """
    from PIL import Image, ImageDraw

    tall = round(CELL * pictures[0][0].shape[0] / pictures[0][0].shape[1])
    top = HEAD + 40 + LINE * len(_rows(columns)) + 12
    wide = 2 * MARGIN + LABELS + (len(columns) + 1) * (CELL + GAP)
    image = Image.new("RGB", (wide, top + len(cuts) * (tall + GAP) + FOOT), GROUND)
    pen = ImageDraw.Draw(image)
    _head(pen, told, wide)
    for row, cut in enumerate(cuts):
        y = top + row * (tall + GAP)
        _label(pen, cut, y, tall)
        for number, found in enumerate(pictures):
            paste(image, found[row], (_x(number), y), (CELL, tall))
        paste(image, art[row % len(art)], (_x(len(columns)), y), (CELL, tall))
    _readings(pen, told, columns)
    _marked(pen, told, columns, (HEAD, top + len(cuts) * (tall + GAP) - GAP))
    for line, text in enumerate(MEANT if told.motion is None and not _moves(columns) else MOVING):
        at = (MARGIN, image.height - FOOT + 12 + 22 * line)
        pen.text(at, in_width(text, wide - 2 * MARGIN, 15), SOFT, font(15, False))
    return np.asarray(image, np.uint8)


def _x(column: int) -> int:
    return MARGIN + LABELS + column * (CELL + GAP)


def _head(pen: "ImageDraw", told: Told, wide: int) -> None:
    pen.text((MARGIN, 22), in_width(told.title, wide - 2 * MARGIN, 30), INK, font(30, True))
    pen.text((MARGIN, 64), in_width(told.about, wide - 2 * MARGIN, 17), SOFT, font(17, False))
    if not told.gains:
        pen.text((MARGIN, 84), in_width(NO_GAIN, wide - 2 * MARGIN, 15), MARK, font(15, True))


def _label(pen: "ImageDraw", cut: HeldOutCut, y: int, tall: int) -> None:
    pen.text((MARGIN, y + 2), cut.cut, INK, font(20, True))
    small = font(14, False)
    words = shortened(fonts.drawable(one_line(cut.action)), 160)
    for number, line in enumerate(wrapped(words, LABELS - 14, small.getlength)[: max(0, (tall - 32) // 19)]):
        pen.text((MARGIN, y + 32 + 19 * number), line, SOFT, small)


def _readings(pen: "ImageDraw", told: Told, columns: Sequence[Column]) -> None:
    rows = _rows(columns)
    for number, name in enumerate(rows):
        y = HEAD + 40 + LINE * number
        pen.text((MARGIN, y), name, SOFT, font(16, False))
        for at, column in enumerate(columns):
            pen.text((_x(at) + 8, y), _value(name, column, columns, told.floor), INK, font(16, False))
    for at, column in enumerate(columns):
        pen.text((_x(at) + 8, HEAD + 8), _named(column, told), INK, font(19, True))
    pen.text((_x(len(columns)) + 8, HEAD + 8), "held-out art", INK, font(19, True))
    moves = "" if told.motion is None else f"; its clips have motion {told.motion:.2f}"
    words = f"{told.art}; two halves of it are {told.floor:.2f} apart in style{moves}"
    for number, line in enumerate(wrapped(fonts.drawable(words), CELL - 16, font(15, False).getlength)[:4]):
        pen.text((_x(len(columns)) + 8, HEAD + 40 + 21 * number), line, SOFT, font(15, False))


def _rows(columns: Sequence[Column]) -> list[str]:
    """Only what was measured."""
    first = columns[0].readings
    missing = {
        name
        for name, value in (
            ("features", first.features),
            ("identity", first.identity),
            ("readable", first.legible),
            ("motion", first.motion),
        )
        if value is None
    }
    return [name for name in ROWS if name not in missing]


def _moves(columns: Sequence[Column]) -> bool:
    return columns[0].readings.motion is not None


def _value(name: str, column: Column, columns: Sequence[Column], floor: float) -> str:
    found: Readings = column.readings
    if name == "nearer":
        share = round(closed(column, columns, floor), 2) + 0.0  # never -0 %
        return f"{share:.0%}" if column.kind != "without" else ""
    value = {
        "features": found.features, "identity": found.identity, "readable": found.legible, "motion": found.motion,
    }.get(name, found.style)  # fmt: skip
    return "" if value is None else f"{value:.2f}"


def _named(column: Column, told: Told) -> str:
    if column.kind == "without":
        return "without"
    if column.kind == "now":
        return f"now in the bible ({column.strength:g})"
    proposed = "  proposed" if told.gains and column.strength == told.proposed else ""
    return f"strength {column.strength:g}{proposed}"


def _marked(pen: "ImageDraw", told: Told, columns: Sequence[Column], rows: tuple[int, int]) -> None:
    """A frame around the column of the proposed strength."""
    for at, column in enumerate(columns):
        if told.gains and column.kind == "candidate" and column.strength == told.proposed:
            box = (_x(at) - 5, rows[0], _x(at) + CELL + 4, rows[1] + 5)
            pen.rectangle(box, outline=MARK, width=3)


def paste(image: "Image", picture: Still, at: tuple[int, int], size: tuple[int, int]) -> None:
    """The picture in its own ratio, centred on a dark cell."""
    from PIL import Image as Pictures

    scale = min(size[0] / picture.shape[1], size[1] / picture.shape[0])
    fitted = resized(
        picture, (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    )
    cell = Pictures.new("RGB", size, DARK)
    cell.paste(
        Pictures.fromarray(fitted), ((size[0] - fitted.shape[1]) // 2, (size[1] - fitted.shape[0]) // 2)
    )
    image.paste(cell, at)


def in_width(text: str, width: int, size: int) -> str:
    lines = wrapped(shortened(fonts.drawable(one_line(text)), 400), width, font(size, True).getlength)
    return lines[0] + ("…" if len(lines) > 1 else "") if lines else ""


@cache
def font(size: int, bold: bool) -> "FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(str(fonts.path(bold)), size)
