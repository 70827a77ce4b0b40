"""Strings that break things, and ways to spoil a good text.

In: a seeded generator.      Out: text or bytes.
"""

import re
from collections.abc import Callable, Sequence
from random import Random

NAUGHTY = (
    "", " ", "\x00", "\x07", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b31m", "a\x85b", "a\u2028b\u2029c",
    "\u202egnp.exe", "\u2066a\u2069", "\ufeff", "\u200b", "\ud7ff", "\uffff", "\U0010ffff", "e\u0301" * 30,
    "Z̸̧͠a̷lgo", "👩‍👩‍👧‍👦", "𝕳𝖊𝖑𝖑𝖔", "ﷺ" * 10, "한글", "العربية", "नमस्ते", "ß", "İ", "ǆ",
    "凪" * 40, "あ" * 200, "—–…“”", "{\\an8}{\\p1}m 0 0", "<script>alert(1)</script>", "<v Name>", "-->",
    "&amp;&lt;", "'\"`$(id);|&", "%s%n%d", "%00", "../../etc/passwd", "/dev/null", "con", "C:\\x", "~",
    "*" * 200, "_" * 200, "[[" * 50, "]]" * 50, "/*", "*/", "(((((", ")))", "^", "@", ".", "!", "#", "=" * 80,
    "===", ">", "<", "> <", "~la", "INT.", "EXT. ", "(CONT'D)", "1e999999999", "9" * 400, "-1", "NaN", "inf",
    "null", "true", "2026-13-45", "0x7fffffff", "1/0", "24000/1001", "YOUNG CAPTAIN UMBRELLAS", "W" * 400,
    "i" * 400, "A " * 300, "\t\t", "\r", "\r\n", "\x0c", "\x0b",
)  # fmt: skip
LETTERS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz ", "あいうえおかきくけこんーっゃ", "凪蓮駅長学校屋上晴雨",
    "アイウエオカキクケコ", "0123456789 -'.", "éüßøłçñ", "абвгд", "αβγδ", "汉字测试", "🙂🚀", "\u3000 ",
)  # fmt: skip

# A terminal command goes as a whole, with the letters in it: colours, cursor, titles.
COMMAND = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90-\x9f\r\n]*(?:\x07|\x1b\\|\x9c)"
)


def name(chance: Random) -> str:
    """A name as people have it: one to five words in one script."""
    letters = chance.choice(LETTERS[:5] * 3 + LETTERS)
    words = ("".join(chance.choices(letters, k=chance.randint(1, 14))) for _ in range(chance.randint(1, 5)))
    return " ".join(words).strip() or "ANN"


def odd(chance: Random) -> str:
    """A hostile string, or several of them, or any characters at all."""
    how = chance.random()
    if how < 0.5:
        return chance.choice(NAUGHTY)
    if how < 0.7:
        return "".join(chance.choices(NAUGHTY, k=chance.randint(2, 4)))
    if how < 0.9:
        return any_text(chance, chance.randint(1, 60))
    return chance.choice(NAUGHTY)[:8] * chance.randint(50, 3000)


def any_text(chance: Random, length: int) -> str:
    """Any code points but surrogates, most of them from the first planes that scripts use."""
    found = []
    for _ in range(length):
        limit = chance.choice((0x80, 0x100, 0x3000, 0xFFFF, 0x10FFFF))
        point = chance.randrange(limit)
        found.append(chr(point) if not 0xD800 <= point < 0xE000 else "\ufffd")
    return "".join(found)


def mutated(chance: Random, text: str, pieces: Sequence[str] = NAUGHTY) -> str:
    """``text`` with a few edits: lines moved, doubled, lost; pieces put in; characters changed."""
    lines = text.split("\n")
    for _ in range(chance.randint(1, 6)):
        edit: Callable[[Random, list[str], Sequence[str]], None] = chance.choice(_EDITS)
        if lines:
            edit(chance, lines, pieces)
    return "\n".join(lines)


def spoiled(chance: Random, data: bytes) -> bytes:
    """``data`` with a few bytes flipped, cut, doubled or put in."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(found) + 1)
        how = chance.randrange(4)
        if how == 0 and found:
            found[min(at, len(found) - 1)] = chance.randrange(256)
        elif how == 1:
            found[at:at] = chance.randbytes(chance.randint(1, 6))
        elif how == 2:
            del found[at : at + chance.randint(1, 40)]
        else:
            found[at:at] = found[at : at + chance.randint(1, 200)]
    return bytes(found)


def encoded(chance: Random, text: str) -> bytes:
    """``text`` as UTF-8, and now and then as something else."""
    how = chance.random()
    if how < 0.9:
        return text.encode("utf-8", "surrogatepass")
    return text.encode(
        chance.choice(("utf-16", "utf-16-le", "latin-1", "utf-32", "shift_jis", "utf-8-sig")), "replace"
    )


def _moved(chance: Random, lines: list[str], pieces: Sequence[str]) -> None:
    lines.insert(chance.randrange(len(lines) + 1), lines.pop(chance.randrange(len(lines))))


def _lost(chance: Random, lines: list[str], pieces: Sequence[str]) -> None:
    at = chance.randrange(len(lines))
    del lines[at : at + chance.randint(1, 4)]


def _doubled(chance: Random, lines: list[str], pieces: Sequence[str]) -> None:
    at = chance.randrange(len(lines))
    lines[at:at] = lines[at : at + chance.randint(1, 4)] * chance.randint(1, 3)


def _put_in(chance: Random, lines: list[str], pieces: Sequence[str]) -> None:
    at = chance.randrange(len(lines))
    spot = chance.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:spot] + chance.choice(pieces) + lines[at][spot:]


def _replaced(chance: Random, lines: list[str], pieces: Sequence[str]) -> None:
    lines[chance.randrange(len(lines))] = chance.choice(pieces)


def _cut(chance: Random, lines: list[str], pieces: Sequence[str]) -> None:
    at = chance.randrange(len(lines))
    lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]


def _valued(chance: Random, lines: list[str], pieces: Sequence[str]) -> None:
    """Another value behind the colon of a line: what a key of YAML or of a title page holds."""
    at = chance.randrange(len(lines))
    key, colon, _ = lines[at].partition(":")
    lines[at] = f"{key}: {chance.choice(pieces)}" if colon else lines[at]


_EDITS = (_moved, _lost, _doubled, _put_in, _replaced, _cut, _valued, _valued)
