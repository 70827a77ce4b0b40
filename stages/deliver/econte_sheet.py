"""Draw the econte on paper: A4 sheets at 150 dots per inch, in the shipped typeface.

In: the econte's scenes and small pictures.      Out: one picture per sheet.
A row grows with its text. A cell longer than a whole sheet ends in an ellipsis (the HTML page has all of
it).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from assets import fonts
from assets.plain import one_line, shortened
from stages.deliver.econte import HEADINGS, Row, Scene
from stages.deliver.page import About
from stages.deliver.wording import wrapped

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SHEET = (1240, 1754)
MARGIN, PAD = 40, 10
WIDTHS = (92, 340, 268, 270, 100, 90)  # cut, picture, action, dialogue, sounds, time
PICTURE = (320, 180)
BODY, SMALL, LARGE = 17, 14, 26
LEADING = 1.42
MOST = 8000  # most characters of a cell that are laid out: more than a sheet holds
HEAD, BAND, HEADINGS_HEIGHT, FOOT = 96, 36, 32, 40
TOP, BOTTOM = MARGIN + HEAD, SHEET[1] - MARGIN - FOOT
PAPER, INK, SOFT, RULE, BANDED, MARK = "#fdfcf9", "#1b1d24", "#5b6070", "#b9b4a6", "#ece8dc", "#9c2f1f"


@dataclass(frozen=True)
class Written:
    """One line of text in a cell."""

    text: str
    size: int = BODY
    bold: bool = False
    color: str = INK

    @property
    def height(self) -> int:
        return round(self.size * LEADING)


@dataclass(frozen=True)
class _Laid:
    """One row of the table with its cells broken into lines, or the title row of a scene."""

    height: int
    cells: tuple[tuple[Written, ...], ...] = ()
    number: str = ""
    band: str = ""


@dataclass
class _Sheet:
    rows: list[_Laid] = field(default_factory=list)
    used: int = 0


def draw(
    content: Sequence[Scene], pictures: Mapping[str, bytes], about: About, moves: Mapping[str, str]
) -> "Iterator[Image]":
    """Every sheet in order; ``moves`` names the camera move of each cut, drawn over its picture."""
    sheets = _shared_out(content)
    for index, sheet in enumerate(sheets, 1):
        yield _draw_sheet(sheet, pictures, about, moves, f"{index} / {len(sheets)}")


def _shared_out(content: Sequence[Scene]) -> list[_Sheet]:
    """Distribute rows to sheets; a scene's title row stays with its first row."""
    sheets = [_Sheet()]
    room = BOTTOM - TOP - HEADINGS_HEIGHT
    for scene in content:
        band = _Laid(BAND, band=f"{scene.name}   {scene.where}   {scene.time}")
        for index, row in enumerate(scene.rows):
            laid = _laid(row, room - BAND)
            group = [band, laid] if index == 0 else [laid]
            height = sum(item.height for item in group)
            if sheets[-1].used + height > room and sheets[-1].rows:
                sheets.append(_Sheet())
            sheets[-1].rows += group
            sheets[-1].used += height
    return sheets


def _laid(row: Row, most: int) -> _Laid:
    cells = tuple(
        _clipped(_broken(cell, width - 2 * PAD), most - 2 * PAD)
        for cell, width in zip(_cells(row), WIDTHS, strict=True)
    )
    picture = PICTURE[1] + _height(cells[1]) + 4
    return _Laid(max(picture, *map(_height, cells)) + 2 * PAD, cells, row.number)


def _cells(row: Row) -> tuple[list[Written], ...]:
    number = [
        Written(row.number, 20, bold=True),
        *([Written(row.take, SMALL, color=SOFT)] if row.take else []),
    ]
    action = [Written(row.join, bold=True, color=MARK)] if row.join else []
    action += [Written(row.action)] if row.action else []
    action += [Written(f"T: {row.caption}", color=SOFT)] if row.caption else []
    dialogue = []
    for line in row.dialogue:
        dialogue.append(
            Written(line.speaker + (f" ({line.mark})" if line.mark else ""), SMALL, bold=True, color=SOFT)
        )
        dialogue.append(Written(line.text))
    sounds = [Written(sound, SMALL) for sound in row.sounds]
    time = [Written(row.time, 20, bold=True), Written(row.total, SMALL, color=SOFT)]
    return number, [Written(f"{row.shot}   {row.camera}", SMALL, color=SOFT)], action, dialogue, sounds, time


def _broken(cell: Sequence[Written], width: int) -> Iterator[Written]:
    for item in cell:
        font = _font(item.size, item.bold)
        for text in wrapped(shortened(fonts.drawable(item.text), MOST), width, font.getlength):
            yield Written(text, item.size, item.bold, item.color)


def _clipped(lines: Iterator[Written], most: int) -> tuple[Written, ...]:
    kept: list[Written] = []
    height = 0
    for line in lines:
        height += line.height
        if height > most:
            kept[-1:] = [Written("…")]
            break
        kept.append(line)
    return tuple(kept)


def _height(lines: Sequence[Written]) -> int:
    return sum(line.height for line in lines)


@cache
def _font(size: int, bold: bool) -> "FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(str(fonts.path(bold)), size)


def _draw_sheet(
    sheet: _Sheet, pictures: Mapping[str, bytes], about: About, moves: Mapping[str, str], number: str
) -> "Image":
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SHEET, PAPER)
    pen = ImageDraw.Draw(image)
    _draw_head(pen, about, number)
    y = _draw_headings(pen, HEADINGS[about.language])
    for row in sheet.rows:
        if row.band:
            pen.rectangle((MARGIN, y, MARGIN + sum(WIDTHS), y + row.height), fill=BANDED)
            band = _in_width(row.band, sum(WIDTHS) - 2 * PAD, BODY)
            _write(pen, (Written(band, BODY, bold=True),), MARGIN + PAD, y + 7)
        else:
            _draw_row(image, pen, row, y, pictures.get(row.number), moves.get(row.number, "fix"))
        y += row.height
        pen.line((MARGIN, y, MARGIN + sum(WIDTHS), y), fill=RULE)
    _draw_rules(pen, sheet, y)
    return image


def _draw_head(pen: "ImageDraw", about: About, number: str) -> None:
    lines = (
        Written(_in_width(about.title, sum(WIDTHS) - 120, LARGE), LARGE, bold=True),
        Written(f"{about.episode}   {about.cuts} cuts   {about.length}", BODY, color=SOFT),
    )
    _write(pen, lines, MARGIN, MARGIN)
    pen.text((SHEET[0] - MARGIN, MARGIN + 6), number, SOFT, _font(BODY, False), anchor="ra")


def _in_width(text: str, width: int, size: int) -> str:
    """``text`` on one line of bold letters, with an ellipsis if it does not fit."""
    words = shortened(fonts.drawable(one_line(text)), MOST)
    lines = wrapped(words, width, _font(size, True).getlength)
    return lines[0] + ("…" if len(lines) > 1 else "")


def _draw_headings(pen: "ImageDraw", headings: Sequence[str]) -> int:
    x = MARGIN
    for text, width in zip(headings, WIDTHS, strict=True):
        _write(pen, (Written(text, SMALL, bold=True, color=SOFT),), x + PAD, TOP + 7)
        x += width
    pen.line((MARGIN, TOP, x, TOP), fill=RULE)
    pen.line((MARGIN, TOP + HEADINGS_HEIGHT, x, TOP + HEADINGS_HEIGHT), fill=RULE)
    return TOP + HEADINGS_HEIGHT


def _draw_row(image: "Image", pen: "ImageDraw", row: _Laid, y: int, picture: bytes | None, move: str) -> None:
    x = MARGIN
    for index, (cell, width) in enumerate(zip(row.cells, WIDTHS, strict=True)):
        top = y + PAD + (PICTURE[1] + 4 if index == 1 else 0)
        if index == len(WIDTHS) - 1:
            _write_right(pen, cell, x + width - PAD, top)
        else:
            _write(pen, cell, x + PAD, top)
        x += width
    frame = (MARGIN + WIDTHS[0] + PAD, y + PAD)
    _draw_picture(image, pen, frame, picture)
    _draw_move(pen, frame, move)


def _draw_picture(image: "Image", pen: "ImageDraw", at: tuple[int, int], packed: bytes | None) -> None:
    from PIL import Image as Pictures

    (x, y), (width, height) = at, PICTURE
    if packed is None:
        pen.line((x, y, x + width, y + height), fill=RULE)
        pen.line((x, y + height, x + width, y), fill=RULE)
    else:
        picture = Pictures.open(BytesIO(packed))
        image.paste(picture, (x + (width - picture.width) // 2, y + (height - picture.height) // 2))
    pen.rectangle((x, y, x + width, y + height), outline=INK)


def _draw_move(pen: "ImageDraw", at: tuple[int, int], move: str) -> None:
    """Draw the camera move over the picture in the usual notation: an arrow, or the frame it ends on."""
    x, y = at
    width, height = PICTURE
    middle, level = x + width // 2, y + height // 2
    arrows = {
        "pan_left": ((x + width - 40, y + height - 14), (x + 40, y + height - 14)),
        "pan_right": ((x + 40, y + height - 14), (x + width - 40, y + height - 14)),
        "follow": ((x + 40, y + height - 14), (x + width - 40, y + height - 14)),
        "tilt_up": ((x + width - 16, y + height - 24), (x + width - 16, y + 24)),
        "tilt_down": ((x + width - 16, y + 24), (x + width - 16, y + height - 24)),
    }
    if move in arrows:
        _arrow(pen, *arrows[move])
    elif move in ("push_in", "pull_out"):
        inner = (x + width // 5, y + height // 5, x + width * 4 // 5, y + height * 4 // 5)
        pen.rectangle(inner, outline=PAPER, width=4)
        pen.rectangle(inner, outline=MARK, width=2)
        for side in (-1, 1):
            far, near = (middle + side * (width // 2 - 8), level), (middle + side * (width * 3 // 10), level)
            _arrow(pen, *((far, near) if move == "push_in" else (near, far)))


def _arrow(pen: "ImageDraw", start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw an arrow along one axis, light around dark, so that it is visible on any picture."""
    (x0, y0), (x, y) = start, end
    across = abs(x - x0) > abs(y - y0)
    back = -14 if (x > x0 if across else y > y0) else 14
    neck = (x + back, y) if across else (x, y + back)
    wings = [(neck[0], y - 7), (neck[0], y + 7)] if across else [(x - 7, neck[1]), (x + 7, neck[1])]
    pen.line((start, neck), fill=PAPER, width=7)
    pen.line((start, neck), fill=MARK, width=3)
    pen.polygon([end, *wings], fill=MARK, outline=PAPER)


def _draw_rules(pen: "ImageDraw", sheet: _Sheet, bottom: int) -> None:
    """Draw vertical lines between the columns, except in title rows."""
    y = TOP + HEADINGS_HEIGHT
    spans = [(TOP, y)]
    for row in sheet.rows:
        if not row.band:
            spans.append((y, y + row.height))
        y += row.height
    edges = [MARGIN + sum(WIDTHS[:index]) for index in range(len(WIDTHS) + 1)]
    for x in edges:
        outer = x in (edges[0], edges[-1])
        for start, stop in [(TOP, bottom)] if outer else spans:
            pen.line((x, start, x, stop), fill=RULE)


def _write(pen: "ImageDraw", lines: Sequence[Written], x: int, y: int) -> None:
    for line in lines:
        pen.text((x, y), line.text, line.color, _font(line.size, line.bold))
        y += line.height


def _write_right(pen: "ImageDraw", lines: Sequence[Written], right: int, y: int) -> None:
    for line in lines:
        pen.text((right, y), line.text, line.color, _font(line.size, line.bold), anchor="ra")
        y += line.height
