"""The end credits: who and what made the episode, page by page.

In: sections of roles and names.      Out: a Clip, as long as it takes to read.
Pages are set by us and faded over a backdrop by MoviePy; a long list gets more pages, never
smaller letters.  Knows nothing about where the names come from, except a machine's card.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from assets.errors import ShapeRefused
from assets.matter import Clip, Still
from assets.sheets.bible import Language
from assets.timing import nearest_frames
from models.card import Card
from stages.assemble.backdrop import moved, toned
from stages.assemble.lettering import Align, Hand, Plate, over, plate, wrapped
from stages.assemble.palette import Palette, blend

if TYPE_CHECKING:
    from moviepy import VideoClip

# Shares of the frame's height; 24 px at 720 is the smallest that reads on a phone.
_HEADING, _NAME, _ROLE = 0.040, 0.036, 0.033
_PAGE, _GAP, _AIR, _SIDE = 0.80, 0.055, 0.006, 0.09
_FADE = 0.4  # seconds
_PAGE_SECONDS, _ROW_SECONDS, _LEAST_SECONDS, _LONGEST_SECONDS = 1.4, 0.18, 2.6, 4.4
_TWOS = 2  # every picture stands for two frames: nothing here moves fast, and it halves the work

PORTS: dict[Language, dict[str, str]] = {
    "en": {
        **{"writer": "Writing", "painter": "Drawing", "animator": "Animation", "voice": "Voices"},
        **{"foley": "Effects", "composer": "Music", "upscaler": "Enlarging", "judge": "Checking"},
    },
    "ja": {
        **{"writer": "脚本", "painter": "作画", "animator": "動画", "voice": "音声"},
        **{"foley": "効果音", "composer": "音楽", "upscaler": "高解像度化", "judge": "検査"},
    },
}


# between two ports; of a machine that learnt from nothing; before what it learnt from
_WORDS: dict[Language, tuple[str, str, str]] = {
    "en": (", ", "procedural: no training data", "trained on "),
    "ja": ("・", "手続き生成（学習データなし）", "学習データ："),
}


@dataclass(frozen=True)
class Section:
    """A heading (may be empty) and its entries: (role, name).

    An empty role puts a quieter line below the name before it; a section without any role is
    set as centred lines.
    """

    heading: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Row:
    """One strip of a page, as high as its plate."""

    ink: Plate
    opens: bool  # a page may begin with it (a note stays with its name)
    first: bool = False  # begins a block, and keeps its distance to the one above


def machine_section(heading: str, cards: Sequence[Card], language: Language) -> Section:
    """Each machine with its licence and what it was trained on, as its card says; a machine that
    stands at several ports is named once."""
    dot, untrained, trained = _WORDS[language]
    ports: dict[tuple[str, str], list[str]] = {}
    for card in cards:
        revision = f" {card.revision[:12]}" if card.revision else ""
        data = untrained if card.training_data.startswith("none") else trained + card.training_data
        said = ports.setdefault((f"{card.name}{revision}  {card.licence}", data), [])
        if PORTS[language][card.port] not in said:
            said.append(PORTS[language][card.port])
    return Section(
        heading,
        tuple(
            entry for (name, data), said in ports.items() for entry in ((dot.join(said), name), ("", data))
        ),
    )


def credits_frames(sections: Sequence[Section], rate: Fraction, size: tuple[int, int] = (1280, 720)) -> int:
    """How long it takes to read them all, in whole frames; every size of one shape has the same pages."""
    pages = _pages(sections, size, Palette())
    return sum(nearest_frames(_seconds(page), rate) for page in pages)


def credits(
    sections: Sequence[Section],
    *,
    size: tuple[int, int],
    rate: Fraction,
    frames: int | None = None,
    palette: Palette,
    backdrop: Still | None = None,
) -> Clip:
    """All pages one after another; ``frames`` stretches or tightens every page alike."""
    if not any(section.entries for section in sections):
        raise ShapeRefused(
            "There is nothing to credit. Give a section at least one entry, or leave credits out."
        )
    length = frames or credits_frames(sections, rate, size)

    def draw() -> Iterator[Still]:
        composed = _composed(_pages(sections, size, palette), size, length / rate, palette, backdrop)
        for frame in range(length):
            if frame % _TWOS == 0:
                still = np.ascontiguousarray(composed.get_frame(float(frame / rate)), dtype=np.uint8)
            yield still

    return Clip(length, size, rate, draw)


def _composed(
    pages: list[list[_Row]],
    size: tuple[int, int],
    seconds: Fraction,
    palette: Palette,
    backdrop: Still | None,
) -> "VideoClip":
    from moviepy import CompositeVideoClip, ImageClip, VideoClip, vfx

    long = float(seconds)
    large = toned(backdrop, size, palette, depth=0.86)
    layers = [VideoClip(lambda t: moved(large, size, t / long), duration=long)]
    stretch, start = long / sum(map(_seconds, pages)), 0.0
    for page in pages:
        ink, lasting = _page_plate(page, size), _seconds(page) * stretch
        fade = min(_FADE, lasting / 4)
        layer = (
            ImageClip(ink, duration=lasting)
            .with_start(start)
            .with_position((size[0] // 2 - ink.shape[1] // 2, size[1] // 2 - ink.shape[0] // 2))
        )
        layers.append(layer.with_effects([vfx.CrossFadeIn(fade), vfx.CrossFadeOut(fade)]))
        start += lasting
    whole = CompositeVideoClip(layers, size=size, use_bgclip=True).with_duration(long)
    return whole.with_effects([vfx.FadeIn(_FADE), vfx.FadeOut(_FADE)])


def _seconds(page: list[_Row]) -> float:
    return min(_LONGEST_SECONDS, max(_LEAST_SECONDS, _PAGE_SECONDS + _ROW_SECONDS * len(page)))


def _pages(sections: Sequence[Section], size: tuple[int, int], palette: Palette) -> list[list[_Row]]:
    """Sections dealt onto pages: kept whole where they fit, else spread evenly under their heading."""
    room, gap = round(size[1] * _PAGE), round(size[1] * _GAP)
    pages: list[list[_Row]] = []
    left = 0
    for section in sections:
        for block in _blocks(section, size, palette, room):
            needed = _height(block)
            if not pages or needed + gap > left:
                pages.append([])
                left = room + gap
            pages[-1].extend(block)
            left -= needed + gap
    return pages


def _blocks(section: Section, size: tuple[int, int], palette: Palette, room: int) -> Iterator[list[_Row]]:
    """The rows of one section, in as many blocks as pages are needed, each under the heading."""
    rows = _rows(section, size, palette)
    if not rows:
        return
    head = [_heading(section.heading, size, palette)] if section.heading else []
    parts = -(-_height(rows) // (room - _height(head)))
    share = _height(rows) / parts
    block: list[_Row] = []
    for row in rows:
        full = _height(block) + row.ink.shape[0] > room - _height(head)
        if block and (full or (_height(block) >= share and row.opens)):
            yield _opened(head + block)
            block = []
        block.append(row)
    yield _opened(head + block)


def _opened(block: list[_Row]) -> list[_Row]:
    """The first row of a block keeps its distance to what stands above it."""
    return [_Row(block[0].ink, opens=True, first=True), *block[1:]]


def _height(rows: Sequence[_Row]) -> int:
    return sum(row.ink.shape[0] for row in rows)


def _rows(section: Section, size: tuple[int, int], palette: Palette) -> list[_Row]:
    if any(role for role, _ in section.entries):
        return [_entry(role, name, size, palette) for role, name in section.entries]
    return [_line(name, size, palette) for _, name in section.entries]


def _heading(text: str, size: tuple[int, int], palette: Palette) -> _Row:
    """The section's name between two short rules."""
    hand = Hand(round(size[1] * _HEADING), fill=palette.accent, tracking=0.12)
    words = plate(wrapped(text, hand, size[0] * 0.6), hand)
    made = _strip(size, words.shape[0] + round(size[1] * 0.012))
    left = (made.shape[1] - words.shape[1]) // 2
    over(made, words, (left, 0))
    rule, middle, thick = round(size[0] * 0.06), words.shape[0] // 2, max(1, round(size[1] / 360))
    for at in (left - rule - rule // 3, left + words.shape[1] + rule // 3):
        made[middle : middle + thick, max(0, at) : at + rule] = (*palette.accent, 255)
    return _Row(made, opens=True)


def _entry(role: str, name: str, size: tuple[int, int], palette: Palette) -> _Row:
    """Role to the left of the gutter, name to its right; a note stands below its name."""
    width, gutter = size[0] * (1 - 2 * _SIDE), size[0] * 0.018
    axis = width * 0.40
    quiet = Hand(round(size[1] * _ROLE), bold=False, fill=blend(palette.light, palette.ground, 0.22))
    loud = Hand(round(size[1] * _NAME), fill=palette.light)
    right = _set(name, loud if role else quiet, width - axis - gutter, "left")
    above = round(size[1] * _AIR) if role else 0
    made = _strip(size, right.shape[0] + above)
    if role:
        left = _set(role, quiet, axis - gutter, "right")
        down = above + round(size[1] * (_NAME - _ROLE) * 0.8)  # both stand on one line
        made = _strip(size, max(left.shape[0] + down, right.shape[0] + above))
        over(made, left, (round(axis - gutter) - left.shape[1], down))
    over(made, right, (round(axis + gutter), above))
    return _Row(made, opens=bool(role))


def _line(text: str, size: tuple[int, int], palette: Palette) -> _Row:
    hand = Hand(round(size[1] * _NAME), bold=False, fill=palette.light)
    words = _set(text, hand, size[0] * (1 - 2 * _SIDE) * 0.92, "center")
    made = _strip(size, words.shape[0])
    over(made, words, ((made.shape[1] - words.shape[1]) // 2, 0))
    return _Row(made, opens=True)


def _set(text: str, hand: Hand, width: float, align: Align) -> Plate:
    return plate(wrapped(text, hand, width), hand, align=align)


def _strip(size: tuple[int, int], height: int) -> Plate:
    return np.zeros((height, round(size[0] * (1 - 2 * _SIDE)), 4), np.uint8)


def _page_plate(page: list[_Row], size: tuple[int, int]) -> Plate:
    gap = round(size[1] * _GAP)
    gaps = [gap if row.first and index else 0 for index, row in enumerate(page)]
    made = np.zeros((sum(gaps) + sum(row.ink.shape[0] for row in page), page[0].ink.shape[1], 4), np.uint8)
    at = 0
    for row, space in zip(page, gaps, strict=True):
        at += space
        made[at : at + row.ink.shape[0]] = row.ink
        at += row.ink.shape[0]
    return made
