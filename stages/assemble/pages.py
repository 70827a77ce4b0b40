"""The pages of the end credits: headings, roles and names, set and distributed to pages.

In: sections, a frame size, a palette.      Out: pages of rows; the plate of one page.
Knows nothing about time or motion.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stages.assemble.lettering import Align, Plate, TextBox, TextStyle, over, plate, set_in
from stages.assemble.palette import Palette, blend

# Shares of the shorter side; 24 px at 720 is the smallest size readable on a phone.
_HEADING, _NAME, _ROLE, _AIR = 0.040, 0.036, 0.033, 0.006
# Shares of the frame: height of a page, distance of two blocks, margin at either side.
_PAGE, _GAP, _SIDE = 0.80, 0.055, 0.09
# Shares of a page: a longer heading or name is set smaller, then cut off with an ellipsis.
_HEADING_MOST, _ENTRY_MOST, _LEAST = 0.25, 0.45, 0.7
_HANG = 6  # pixels beside a strip, for the edge of a plate


@dataclass(frozen=True)
class Section:
    """A heading (may be empty) and its entries: (role, name).

    An empty role puts a smaller line below the name before it. A section without any role is
    set as centred lines.
    """

    heading: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """One strip of a page, as high as its plate."""

    ink: Plate
    opens: bool  # a page may begin with this row (a note stays with its name)
    first: bool = False  # begins a block, with a distance to the row above


def pages(sections: Sequence[Section], size: tuple[int, int], palette: Palette) -> list[list[Row]]:
    """Distribute sections to pages: whole where they fit, else spread evenly, with the heading repeated."""
    box, gap = _page_height(size), round(size[1] * _GAP)
    dealt: list[list[Row]] = []
    left = 0
    for section in sections:
        for block in _blocks(section, size, palette, box):
            needed = _height(block)
            if not dealt or needed + gap > left:
                dealt.append([])
                left = box + gap
            dealt[-1].extend(block)
            left -= needed + gap
    return dealt


def _blocks(section: Section, size: tuple[int, int], palette: Palette, box: int) -> Iterator[list[Row]]:
    """The rows of one section, in as many blocks as it needs pages, each under the heading."""
    rows = _rows(section, size, palette)
    if not rows:
        return
    head = [_heading(section.heading, size, palette)] if section.heading else []
    parts = -(-_height(rows) // (box - _height(head)))
    share = _height(rows) / parts
    block: list[Row] = []
    for row in rows:
        full = _height(block) + row.ink.shape[0] > box - _height(head)
        if block and (full or (_height(block) >= share and row.opens)):
            yield _opened(head + block)
            block = []
        block.append(row)
    yield _opened(head + block)


def _opened(block: list[Row]) -> list[Row]:
    """Mark the first row of a block, which has a distance to the row above."""
    return [Row(block[0].ink, opens=True, first=True), *block[1:]]


def _height(rows: Sequence[Row]) -> int:
    return sum(row.ink.shape[0] for row in rows)


def _rows(section: Section, size: tuple[int, int], palette: Palette) -> list[Row]:
    if any(role for role, _ in section.entries):
        return [_entry(role, name, size, palette) for role, name in section.entries]
    return [_line(name, size, palette) for _, name in section.entries]


def _heading(text: str, size: tuple[int, int], palette: Palette) -> Row:
    """The section's name between two short rules."""
    style = TextStyle(_px(size, _HEADING), fill=palette.accent, tracking=0.12)
    words = _set(text, style, size[0] * 0.6, "center", _page_height(size) * _HEADING_MOST)
    made = _strip(size, words.shape[0] + round(min(size) * 0.012))
    left = (made.shape[1] - words.shape[1]) // 2
    over(made, words, (left, 0))
    rule, middle, thick = round(size[0] * 0.06), words.shape[0] // 2, max(1, round(min(size) / 360))
    for at in (left - rule - rule // 3, left + words.shape[1] + rule // 3):
        made[middle : middle + thick, max(0, at) : max(0, at + rule)] = (*palette.accent, 255)
    return Row(made, opens=True)


def _entry(role: str, name: str, size: tuple[int, int], palette: Palette) -> Row:
    """Role left of the gutter, name right of it; a note is below its name."""
    width, gutter = size[0] * (1 - 2 * _SIDE), size[0] * 0.018
    axis, most = width * 0.40, _page_height(size) * _ENTRY_MOST
    quiet = TextStyle(_px(size, _ROLE), bold=False, fill=blend(palette.light, palette.ground, 0.22))
    loud = TextStyle(_px(size, _NAME), fill=palette.light)
    right = _set(name, loud if role else quiet, width - axis - gutter, "left", most)
    above = round(min(size) * _AIR) if role else 0
    made = _strip(size, right.shape[0] + above)
    if role:
        left = _set(role, quiet, axis - gutter, "right", most)
        down = above + round(min(size) * (_NAME - _ROLE) * 0.8)  # both have the same baseline
        made = _strip(size, max(left.shape[0] + down, right.shape[0] + above))
        over(made, left, (round(axis - gutter) + _HANG - left.shape[1], down))
    over(made, right, (round(axis + gutter) + _HANG, above))
    return Row(made, opens=bool(role))


def _line(text: str, size: tuple[int, int], palette: Palette) -> Row:
    style = TextStyle(_px(size, _NAME), bold=False, fill=palette.light)
    box = size[0] * (1 - 2 * _SIDE) * 0.92
    words = _set(text, style, box, "center", _page_height(size) * _ENTRY_MOST)
    made = _strip(size, words.shape[0])
    over(made, words, ((made.shape[1] - words.shape[1]) // 2, 0))
    return Row(made, opens=True)


def _px(size: tuple[int, int], share: float) -> int:
    return max(1, round(min(size) * share))


def _page_height(size: tuple[int, int]) -> int:
    return round(size[1] * _PAGE)


def _set(text: str, style: TextStyle, width: float, align: Align, height: float) -> Plate:
    lines, style = set_in(text, style, TextBox(width, height, least=max(1, round(style.px * _LEAST))))
    return plate(lines, style, align=align)


def _strip(size: tuple[int, int], height: int) -> Plate:
    return np.zeros((height, round(size[0] * (1 - 2 * _SIDE)) + 2 * _HANG, 4), np.uint8)


def page_plate(page: list[Row], size: tuple[int, int]) -> Plate:
    """(h, w, 4) uint8 RGBA: the rows of a page below one another, with a gap before each block."""
    gap = round(size[1] * _GAP)
    gaps = [gap if row.first and index else 0 for index, row in enumerate(page)]
    made = np.zeros((sum(gaps) + sum(row.ink.shape[0] for row in page), page[0].ink.shape[1], 4), np.uint8)
    at = 0
    for row, space in zip(page, gaps, strict=True):
        at += space
        made[at : at + row.ink.shape[0]] = row.ink
        at += row.ink.shape[0]
    return made
