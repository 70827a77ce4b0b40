"""The line that names a speaker: ``NAME (EXTENSION) ^``.

In: the line's text.      Out: name, extension and whether it is dual dialogue, and back.
A single plain extension is kept without its brackets. Several, nested or full-width ones are kept with them, so
that printing gives back the writer's characters.
"""

import unicodedata
from dataclasses import dataclass

OPENERS, CLOSERS = "(（", ")）"
HIDING = ("[[", "]]", "/*", "*/")
MAX_GROUPS = 8  # a name with more bracketed groups is not split


@dataclass(frozen=True)
class CueLine:
    """Who speaks, as written."""

    name: str
    extension: str = ""
    dual: bool = False


def read_cue(text: str) -> CueLine:
    """Split a speaker's line; the name is never empty when ``text`` is not."""
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
        extension = f"{cue.name}{extension}"  # a full-width bracket includes its own space
    elif extension:
        extension = f"{cue.name} {extension if extension[0] in OPENERS else f'({extension})'}"
    return f"{extension or cue.name}{' ^' if cue.dual else ''}"


def extensions(extension: str) -> tuple[str, ...]:
    """Each extension alone, without brackets: ``(V.O.) (CONT'D)`` gives two."""
    plain = extension.translate(str.maketrans("（）", "()"))
    return tuple(part for piece in plain.split(")") if (part := piece.strip(" \t\u3000("))) if plain else ()


def is_shouted(text: str) -> bool:
    """Whether all letters are capitals: at least one capital letter, and no letter of another kind.

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
        # The marks of a note are not an extension, and stay in place.
        if opener < 0 or any(mark in body[opener:end] for mark in HIDING):
            break
        start = end = opener
        while end and body[end - 1].isspace():
            end -= 1
    return start
