"""The line that names a speaker: ``NAME (EXTENSION) ^``.

In: the line's text.      Out: name, extension and whether it is dual dialogue, and back.
A single plain extension is kept without its brackets. Several, nested or full-width ones are kept
with them, so that printing gives the writer's own characters back.
"""

import unicodedata
from dataclasses import dataclass

OPENERS, CLOSERS = "(（", ")）"
HIDING = ("[[", "]]", "/*", "*/")
MAX_GROUPS = 8  # a name with more bracketed groups than this is not taken apart


@dataclass(frozen=True)
class CueLine:
    """Who speaks, as written."""

    name: str
    extension: str = ""
    dual: bool = False


def read_cue(text: str) -> CueLine:
    """Take a speaker's line apart; the name is never empty when ``text`` is not."""
    body = text.strip()
    dual = body.endswith("^") and not body.endswith("\\^") and bool(body[:-1].strip())
    if dual:
        body = body[:-1].rstrip()
    split = _brackets_start(body)
    name, brackets = body[:split].rstrip(), body[split:]
    if not name:
        return CueLine(body, dual=dual)
    plain = brackets[:1] + brackets[-1:] == "()" and not any(
        mark in brackets[1:-1] for mark in OPENERS + CLOSERS
    )
    inner = brackets[1:-1].strip()
    return CueLine(name, inner if plain and inner else brackets, dual)


def print_cue(cue: CueLine) -> str:
    extension = cue.extension
    if extension.startswith("（"):
        extension = f"{cue.name}{extension}"  # a full-width bracket brings its own space
    elif extension:
        extension = f"{cue.name} {extension if extension[0] in OPENERS else f'({extension})'}"
    return f"{extension or cue.name}{' ^' if cue.dual else ''}"


def extensions(extension: str) -> tuple[str, ...]:
    """Each extension by itself, without brackets: ``(V.O.) (CONT'D)`` gives two."""
    plain = extension.translate(str.maketrans("（）", "()"))
    return tuple(part for piece in plain.split(")") if (part := piece.strip(" \t\u3000("))) if plain else ()


def is_shouted(text: str) -> bool:
    """All capitals: at least one capital letter, and no letter of another kind.

    Letters without case (kanji, kana) do not count as capitals, so that a line of Japanese with
    a Latin abbreviation in it stays action; Japanese names take ``@``.
    """
    kinds = {unicodedata.category(letter) for letter in text if letter.isalpha()}
    return "Lu" in kinds and not kinds & {"Ll", "Lo", "Lt"}


def _brackets_start(body: str) -> int:
    """Where the bracketed groups at the end of ``body`` begin; its length when there are none."""
    start = end = len(body)
    for _ in range(MAX_GROUPS):
        if not end or body[end - 1] not in CLOSERS:
            break
        opener = max(body.rfind(mark, 0, end) for mark in OPENERS)
        # What opens or closes a note is not an extension, and stays where it stands.
        if opener < 0 or any(mark in body[opener:end] for mark in HIDING):
            break
        start = end = opener
        while end and body[end - 1].isspace():
            end -= 1
    return start
