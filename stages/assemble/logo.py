"""The lettering of a title card: the place, ink and entrance time of each letter.

In: titles, a size, a palette.      Out: sprites.
Knows nothing about motion or pictures.
"""

from dataclasses import dataclass

import numpy as np

from assets.sheets.bible import Language
from stages.assemble.lettering import Plate, TextBox, TextStyle, length, over, plate, set_in
from stages.assemble.palette import Palette

_KANA_PX = 0.86  # logos set kana smaller than kanji
_LETTERS, _TAG = 0.35, 1.15  # seconds: when the first letter enters, when the tag enters
_STAGGER = 0.9  # seconds until all letters have started
# Shares of the frame's height: the largest title, and where the episode's title must end.
_TITLE_MOST, _END = 0.62, 0.95
_MOST_LETTERS = 90  # a longer title enters line by line: 300 letters took 20 s to draw


@dataclass(frozen=True)
class Sprite:
    """One layer: its plate, its final place, when it enters."""

    ink: Plate
    rest: tuple[float, float]
    start: float


def logo(
    main: str, size: tuple[int, int], palette: Palette, language: Language
) -> tuple[list[Sprite], float]:
    """Every letter of the title as a sprite, and the bottom of the title."""
    (width, height), base = size, min(size)
    style = TextStyle(
        round(base * 0.19),
        fill=palette.light,
        edge=palette.ground,
        edge_px=round(base * 0.011),
        tracking=0.04 if language == "ja" else 0.0,
    )
    box = TextBox(
        width * 0.84,
        min(height, 2 * base) * _TITLE_MOST,
        lines=1 if len(main) <= 14 else 2,
        smallest=round(base * 0.07),
        least=round(base * 0.045),
    )
    lines, style = set_in(main, style, box)
    step = style.px * 1.22
    top = height * 0.45 - step * len(lines) / 2
    each = _STAGGER / max(1, sum(map(len, lines)))
    sprites: list[Sprite] = []
    for row, line in enumerate(lines):
        x = (width - length(line, style)) / 2
        if sum(map(len, lines)) > _MOST_LETTERS:
            ink = _shadowed(plate([line], style), palette, round(base * 0.009))
            sprites.append(Sprite(ink, (x, top + row * step), _LETTERS + _STAGGER * row / len(lines)))
            continue
        for letter in line:
            small = language == "ja" and _is_kana(letter)
            sort = TextStyle(
                round(style.px * _KANA_PX) if small else style.px, True, style.fill, style.edge, style.edge_px
            )
            lift = (style.px - sort.px) * 0.88  # both have the same baseline
            side = (length(letter, style) - length(letter, sort)) / 2
            if not letter.isspace():
                ink = _shadowed(plate([letter], sort), palette, round(base * 0.009))
                sprites.append(
                    Sprite(ink, (x + side, top + row * step + lift), _LETTERS + each * len(sprites))
                )
            x += length(letter, style) + style.tracking * style.px
    return sprites, top + step * len(lines)


def merged(letters: list[Sprite]) -> Sprite:
    """All letters on one plate, at the whole pixels of their final places."""
    spots = [(int(sprite.rest[0]), int(sprite.rest[1])) for sprite in letters]
    left, top = min(x for x, _ in spots), min(y for _, y in spots)
    right = max(x + sprite.ink.shape[1] for (x, _), sprite in zip(spots, letters, strict=True))
    bottom = max(y + sprite.ink.shape[0] for (_, y), sprite in zip(spots, letters, strict=True))
    made = np.zeros((bottom - top, right - left, 4), np.uint8)
    for (x, y), sprite in zip(spots, letters, strict=True):
        over(made, sprite.ink, (x - left, y - top))
    return Sprite(made, (left, top), letters[0].start)


def tag(under: str, size: tuple[int, int], palette: Palette, language: Language, top: float) -> list[Sprite]:
    """The episode's title: a rule, and the text below it."""
    if not under:
        return []
    (width, height), base = size, min(size)
    style = TextStyle(
        round(base * 0.062),
        fill=palette.light,
        edge=palette.ground,
        edge_px=round(base * 0.006),
        tracking=0.08 if language == "ja" else 0.03,
    )
    box = TextBox(
        width * 0.8,
        height * (_END - 0.06) - top,
        lines=1,
        smallest=round(base * 0.044),
        least=max(1, round(base * 0.033)),
    )
    lines, style = set_in(under, style, box)
    words = plate(lines, style)
    rule = np.zeros((max(3, round(base * 0.006)), min(round(width * 0.8), words.shape[1]), 4), np.uint8)
    rule[:] = (*palette.accent, 255)
    return [
        Sprite(rule, ((width - rule.shape[1]) / 2, top + height * 0.03), _TAG),
        Sprite(words, ((width - words.shape[1]) / 2, top + height * 0.06), _TAG + 0.12),
    ]


def _shadowed(ink: Plate, palette: Palette, by: int) -> Plate:
    """``ink`` with a hard shadow in the accent colour, below to the right."""
    made = np.zeros((ink.shape[0] + by, ink.shape[1] + by, 4), np.uint8)
    made[:, :, :3] = palette.accent
    made[by:, by:, 3] = ink[:, :, 3]
    over(made, ink, (0, 0))
    return made


def _is_kana(letter: str) -> bool:
    return "\u3040" <= letter <= "\u30ff"
