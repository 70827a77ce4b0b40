"""Draw the drift sheet: the same held-out cuts, generation by generation, beside art of the core set.

In: rows of pictures with a few words each.      Out: one still.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assets import fonts
from assets.matter import Still
from stages.deliver.wording import wrapped
from stages.validation.sheet import CELL, GAP, GROUND, INK, MARGIN, MARK, SOFT, font, in_width, paste

LABELS, HEAD = 250, 96


@dataclass(frozen=True)
class Row:
    """One generation."""

    name: str
    lines: Sequence[str]
    pictures: Sequence[Still]
    drifts: bool = False


def drawn(title: str, cuts: Sequence[str], rows: Sequence[Row], art: Sequence[Still]) -> Still:
    """The sheet. ``cuts`` names the columns of the first rows; a row of other cuts shows its own."""
    from PIL import Image, ImageDraw

    shown = max(len(row.pictures) for row in rows)
    first = rows[0].pictures[0]
    tall = round(CELL * first.shape[0] / first.shape[1])
    wide = 2 * MARGIN + LABELS + (shown + 1) * (CELL + GAP)
    image = Image.new("RGB", (wide, HEAD + len(rows) * (tall + GAP) + MARGIN), GROUND)
    pen = ImageDraw.Draw(image)
    pen.text((MARGIN, 22), in_width(title, wide - 2 * MARGIN, 28), INK, font(28, True))
    for at, name in enumerate((*cuts[:shown], *[""] * (shown - len(cuts)), "art of the core set")):
        pen.text((MARGIN + LABELS + at * (CELL + GAP), HEAD - 30), name, SOFT, font(17, True))
    for number, row in enumerate(rows):
        y = HEAD + number * (tall + GAP)
        pen.text((MARGIN, y), row.name, MARK if row.drifts else INK, font(20, True))
        told = [part for line in row.lines for part in _wrapped(line)]
        for line, text in enumerate(told[: max(0, (tall - 30) // 22)]):
            pen.text((MARGIN, y + 30 + 22 * line), text, SOFT, font(16, False))
        for at, picture in enumerate(row.pictures):
            paste(image, picture, (MARGIN + LABELS + at * (CELL + GAP), y), (CELL, tall))
        paste(image, art[number % len(art)], (MARGIN + LABELS + shown * (CELL + GAP), y), (CELL, tall))
    return np.asarray(image, np.uint8)


def _wrapped(line: str) -> list[str]:
    return wrapped(fonts.drawable(line), LABELS - 16, font(16, False).getlength)
