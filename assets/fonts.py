"""The shipped typeface: its files, and what it can draw.

In: text.      Out: font files, the characters no glyph exists for, or the text without them.
Draws nothing itself, and never falls back to a system font: the same script must look the same on every machine.
"""

import struct
from functools import cache
from pathlib import Path

from assets.errors import SetupMissing
from assets.phrasing import clusters
from assets.plain import clean

FOLDER = Path(__file__).parent / "library" / "fonts"
REGULAR, BOLD = "BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf"
FAMILY = "BIZ UDPGothic"

# Joiners, variation selectors and direction marks change a glyph; they have none of their own.
_INVISIBLE = frozenset({0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)})


def path(bold: bool = False) -> Path:
    """The font file of one weight; both draw the same characters."""
    file = FOLDER / (BOLD if bold else REGULAR)
    if not file.is_file():
        raise SetupMissing(
            f"The font {file} is missing, and titles, captions and panels are drawn with it. "
            f"It ships with Sakuga: install the package again, or restore assets/library/fonts."
        )
    return file


GETA = "〓"  # the mark for a missing glyph in Japanese typesetting


def drawable(text: str) -> str:
    """``text`` as it is set: what the typeface lacks as one 〓, so that the gap is seen; what steers is left out."""
    text = clean(text)
    lacking = covers(text)
    if not lacking:
        return "".join(sign for sign in text if ord(sign) not in _INVISIBLE)
    return "".join(_set(cluster, lacking) for cluster in clusters(text))


def _set(cluster: str, lacking: set[str]) -> str:
    """One character, perhaps of several signs: without the marks there is no glyph for, or a 〓 for all of it."""
    signs = [sign for sign in cluster if ord(sign) not in _INVISIBLE]
    if signs and signs[0] in lacking:
        return GETA
    return "".join(sign for sign in signs if sign not in lacking)


def covers(text: str) -> set[str]:
    """The characters of ``text`` that cannot be drawn; empty when all is well."""
    known = _characters(path())
    return {
        character
        for character in text
        if ord(character) not in known and not character.isspace() and ord(character) not in _INVISIBLE
    }


@cache
def _characters(file: Path) -> frozenset[int]:
    """Code points with a glyph, from the full-repertoire table (OpenType cmap, format 12)."""
    data = file.read_bytes()
    cmap = _table(data, b"cmap", file)
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * index)
        if (platform, encoding) == (3, 10):
            return frozenset(_format_12(data, cmap + offset))
    raise SetupMissing(f"The font {file} has no full Unicode table. Restore the one Sakuga ships.")


def _table(data: bytes, tag: bytes, file: Path) -> int:
    count = struct.unpack_from(">H", data, 4)[0]
    for index in range(count):
        name, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise SetupMissing(f"{file} is not a TrueType font Sakuga can read. Restore the one it ships.")


def _format_12(data: bytes, start: int) -> list[int]:
    groups = struct.unpack_from(">I", data, start + 12)[0]
    points: list[int] = []
    for index in range(groups):
        first, last, _ = struct.unpack_from(">III", data, start + 16 + 12 * index)
        points.extend(range(first, last + 1))
    return points
