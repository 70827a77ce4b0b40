"""Write paragraphs whose kind is known as Fountain, forcing and escaping where a reader would err.

In: pieces, as another format or a writing machine gives them.      Out: Fountain text.
Notes and boneyard inside a piece stay what they are. Words are never changed; line breaks inside a
heading, a name, a parenthetical or a transition become spaces.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from assets.fountain.heading import can_be_forced
from assets.fountain.hidden import UnclosedBoneyard, spans
from assets.fountain.names import CLOSERS, OPENERS
from assets.fountain.reader import FORCED, HELD_OPEN, natural
from assets.fountain.speech import Run, runs
from assets.sheets.screenplay import Kind

TALK = ("character", "parenthetical", "dialogue", "lyric")
ESCAPED = re.compile(r"[\\*_]|\[(?=\[)")  # with its star escaped, /* opens nothing
BACKSLASHED = r"\\\g<0>"
STARS: dict[frozenset[str], str] = {frozenset(): "", frozenset({"italic"}): "*", frozenset({"bold"}): "**"}


@dataclass(frozen=True)
class Piece:
    """One paragraph: its kind, its words, and what goes with a heading or a name.

    A ``note`` piece may hold any Fountain line of its own: a section, a synopsis, a note.
    """

    kind: Kind
    words: tuple[Run, ...]
    number: str = ""
    dual: bool = False


def lay_out(pieces: Sequence[Piece]) -> str:
    """The pieces as Fountain text; a turn of dialogue stays together, the rest stands apart."""
    lines: list[str] = []
    talking = False
    for index, piece in enumerate(pieces):
        followed = index + 1 < len(pieces) and pieces[index + 1].kind in TALK[1:]
        goes_on = talking and piece.kind in TALK[1:]
        if lines and not goes_on:
            lines.append("")
        lines += _lines(piece, talking=goes_on, followed=followed)
        talking = piece.kind == "character" or goes_on
    return "\n".join((*lines, "")) if lines else ""


def _lines(piece: Piece, *, talking: bool, followed: bool) -> list[str]:
    text = marked(piece.words)
    one_line = " ".join(text.split("\n")).strip()
    match piece.kind:
        case "heading":
            return [_heading(one_line) + (f" #{piece.number}#" if piece.number else "")]
        case "character":
            plain = natural(one_line, one_line, followed)
            named = plain is not None and plain[0] == "character"
            return [("" if named else "@") + one_line + (" ^" if piece.dual else "")]
        case "parenthetical" if talking:
            bracketed = one_line[:1] in OPENERS and one_line[-1:] in CLOSERS
            return [one_line if bracketed else f"({one_line})"]
        case "dialogue" if talking:
            return [_said(line) for line in text.split("\n")]
        case "lyric":
            return [f"~{line}" for line in text.split("\n") if line.strip()]
        case "transition":
            return [_transition(one_line)]
        case "centered":
            return [f"> {line} <" for line in text.split("\n") if line.strip()]
        case "note":
            return text.split("\n")
        case "page_break":
            return ["==="]
        case _:
            return _action(text.split("\n"))


def _heading(text: str) -> str:
    made = natural(text, text, False)
    if made is not None and made[0] == "heading":
        return text
    return f".{text}" if can_be_forced(text) else f"!{text}"


def _transition(text: str) -> str:
    made = natural(text, text, False)
    if made is not None and made[0] == "transition":
        return text
    return f"> {text[:-1]}\\<" if text.endswith("<") else f"> {text}"


def _said(line: str) -> str:
    text = line.strip()
    bracketed = text[:1] in OPENERS and text[-1:] in CLOSERS
    return _escaped_start(text) if text[:1] in ("~", "@") or (text and bracketed) else text or HELD_OPEN


def _action(lines: list[str]) -> list[str]:
    made = natural(lines[0].strip(), lines[0].strip(), len(lines) > 1 and bool(lines[1].strip()))
    first = f"!{lines[0]}" if made else _plain_start(lines[0])
    return [first, *map(_plain_start, lines[1:])]


def _plain_start(line: str) -> str:
    return _escaped_start(line) if line.strip()[:1] in FORCED else line.rstrip()


def _escaped_start(line: str) -> str:
    """A backslash before the first letter; a full-width bracket takes none, it is no mark to escape."""
    indent = len(line) - len(line.lstrip())
    return f"{line[:indent]}\\{line[indent:]}" if line[indent].isascii() else line


def marked(words: Iterable[Run]) -> str:
    """Runs as Fountain text, with marks of emphasis where Fountain can express them."""
    pieces = tuple(words)
    plain = "".join(run.text for run in pieces)
    if not any(run.styles for run in pieces) and _reads_as(plain, plain):
        return plain
    styled = "".join(map(_styled, pieces))
    # Fountain cannot underline a part of an ASCII word, for one; then the words come first.
    return styled if _reads_as(styled, plain) else escaped(plain)


def escaped(text: str) -> str:
    """``text`` so that it reads as itself: no emphasis; its closed notes and boneyard stay hidden."""
    return "".join(piece if hidden else ESCAPED.sub(BACKSLASHED, piece) for piece, hidden in _apart(text))


def _apart(text: str) -> Iterator[tuple[str, bool]]:
    at = 0
    with suppress(UnclosedBoneyard):  # then the rest is plain
        for span in spans(text):
            yield text[at : span.start], False
            yield text[span.start : span.stop], True
            at = span.stop
    yield text[at:], False


def _reads_as(text: str, plain: str) -> bool:
    try:
        list(spans(text))
    except UnclosedBoneyard:
        return False
    return "".join(run.text for run in runs(text)) == plain


def _styled(run: Run) -> str:
    styled = []
    for piece, hidden in _apart(run.text):
        styled += (
            [piece] if hidden else ["\n".join(_styled_line(line, run.styles) for line in piece.split("\n"))]
        )
    return "".join(styled)


def _styled_line(line: str, styles: frozenset[str]) -> str:
    words = line.strip()
    if not words or not styles:
        return ESCAPED.sub(BACKSLASHED, line)
    indent = len(line) - len(line.lstrip())
    stars = STARS.get(styles - {"underline"}, "***")
    under = "_" if "underline" in styles else ""
    body = f"{under}{stars}{ESCAPED.sub(BACKSLASHED, words)}{stars}{under}"
    return line[:indent] + body + line[indent + len(words) :]
