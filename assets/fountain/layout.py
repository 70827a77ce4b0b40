"""Write paragraphs of known kinds as Fountain, with forcing marks and escapes where a reader would misread them.

In: pieces from another format or a writer model.      Out: Fountain text.
Notes and boneyard inside a piece are kept. Words are never changed; line breaks inside a heading, a name, a
parenthetical or a transition become spaces.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from assets.fountain.heading import can_be_forced
from assets.fountain.hidden import UnclosedBoneyard, spans
from assets.fountain.names import CLOSERS, OPENERS
from assets.fountain.reader import FORCED, HELD_OPEN, is_never_said, natural
from assets.fountain.rows import rows
from assets.fountain.speech import Run, runs
from assets.sheets.screenplay import Kind

TALK = ("character", "parenthetical", "dialogue", "lyric")
ESCAPED = re.compile(r"[\\*_]|\[(?=\[)")  # the escaped star also disables /*
STARS: dict[frozenset[str], str] = {frozenset(): "", frozenset({"italic"}): "*", frozenset({"bold"}): "**"}


@dataclass(frozen=True)
class Piece:
    """One paragraph: its kind, its words, and the additions of a heading or a name.

    A ``note`` piece may be any separate Fountain line: a section, a synopsis, a note.
    """

    kind: Kind
    words: tuple[Run, ...]
    number: str = ""
    dual: bool = False
    line: int = 0  # of the file it came from


def lay_out(pieces: Sequence[Piece]) -> str:
    """The pieces as Fountain text; the lines of a speech stay together; blank lines separate the rest."""
    lines = [text for text, _ in lay_out_lines(pieces)]
    return "\n".join((*lines, "")) if lines else ""


def lay_out_lines(pieces: Sequence[Piece]) -> list[tuple[str, int]]:
    """The lines of ``lay_out``, each with the line of its piece."""
    lines: list[tuple[str, int]] = []
    talking = False
    for index, piece in enumerate(pieces):
        following = _speech_continues(pieces, index)
        goes_on = talking and (piece.kind in TALK[1:] or (following and _is_aside(piece)))
        if lines and not goes_on:
            lines.append(("", lines[-1][1]))
        made = _lines(piece, talking=goes_on, followed=following)
        lines += ((text, piece.line) for item in made for text in item.split("\n"))
        talking = piece.kind == "character" or goes_on
    return lines


def _speech_continues(pieces: Sequence[Piece], index: int) -> bool:
    """Whether the speech continues after this piece, perhaps after a note or two."""
    following = next((piece for piece in islice(pieces, index + 1, index + 9) if not _is_aside(piece)), None)
    return following is not None and following.kind in TALK[1:]


def _is_aside(piece: Piece) -> bool:
    """A note or boneyard alone, which may be inside a speech."""
    return piece.kind == "note" and all(run.hidden or not run.text.strip() for run in piece.words)


def _lines(piece: Piece, *, talking: bool, followed: bool) -> list[str]:
    text = marked(_notes_last(piece.words) if piece.kind == "heading" else piece.words)
    one_line = " ".join(text.split("\n")).strip()
    match piece.kind:
        case "heading":
            return [_heading(one_line) + (f" #{piece.number}#" if piece.number else "")]
        case "character":
            if one_line.endswith("^"):
                one_line = f"{one_line[:-1]}\\^"
            return [
                ("" if _is_natural("character", one_line, followed) else "@")
                + one_line
                + (" ^" if piece.dual else "")
            ]
        case "parenthetical" if talking:
            bracketed = one_line[:1] in OPENERS and one_line[-1:] in CLOSERS
            return [one_line if bracketed else f"({one_line})"]
        case "dialogue" if talking:
            return [_said(row.raw) for row in rows(text)]
        case "lyric":
            return [f"~{row.raw.strip()}" for row in rows(text) if not row.blank]
        case "transition":
            return [_transition(one_line)]
        case "centered":
            return [f"> {row.raw.strip()} <" for row in rows(text) if not row.blank]
        case "note":
            return text.split("\n")
        case "page_break":
            return ["==="]
        case _:
            return _action([row.raw for row in rows(text.strip("\n"))])


def _notes_last(words: Sequence[Run]) -> tuple[Run, ...]:
    """Move a note away from the start of a heading, where the reader would not recognise the heading."""
    first = next((at for at, run in enumerate(words) if not run.hidden and run.text.strip()), 0)
    notes = tuple(run for run in words[:first] if run.hidden)
    apart = (Run(" "),) if notes else ()
    return (*(run for run in words[:first] if not run.hidden), *words[first:], *apart, *notes)


def _heading(text: str) -> str:
    if _is_natural("heading", text):
        return text
    return f".{text}" if can_be_forced(text) else f"!{text}"


def _transition(text: str) -> str:
    if _is_natural("transition", text):
        return text
    return f"> {text[:-1]}\\<" if text.endswith("<") else f"> {text}"


def _is_natural(kind: Kind, text: str, followed: bool = False) -> bool:
    """Whether a paragraph of ``text`` reads as ``kind`` without being forced."""
    made = None if text[:1] in FORCED else natural(text, text, followed)
    return made is not None and made[0] == kind


def _said(line: str) -> str:
    text = line.strip()
    if not text:
        return HELD_OPEN
    bracketed = text[:1] in OPENERS and text[-1:] in CLOSERS
    return _escaped_start(text) if text[0] in "~@" or bracketed or is_never_said(text) else text


def _action(lines: list[str]) -> list[str]:
    made = natural(lines[0].strip(), lines[0].strip(), len(lines) > 1 and bool(lines[1].strip()))
    first = f"!{lines[0]}" if made else _plain_start(lines[0])
    return [first, *map(_plain_start, lines[1:])]


def _plain_start(line: str) -> str:
    return _escaped_start(line) if line.strip()[:1] in FORCED else line.rstrip()


def _escaped_start(line: str) -> str:
    """Put a backslash before the first letter; a full-width bracket needs none, it is not a mark."""
    indent = len(line) - len(line.lstrip())
    return f"{line[:indent]}\\{line[indent:]}" if line[indent].isascii() else line


def marked(words: Iterable[Run]) -> str:
    """Runs as Fountain text, with marks of emphasis where Fountain can express them."""
    pieces = tuple(words)
    plain = "".join(run.text for run in pieces)
    if not any(run.styles for run in pieces) and _reads_as(plain, pieces):
        return plain
    styled = "".join(run.text if run.hidden else _styled(run) for run in pieces)
    if _reads_as(styled, pieces):
        return styled
    # Fountain cannot underline a part of an ASCII word, for example; then write the plain words.
    return "".join(run.text if run.hidden else escaped(run.text) for run in pieces)


def escaped(text: str) -> str:
    """Escape ``text`` so that it is read as plain text: no emphasis, no note, no boneyard."""
    return ESCAPED.sub(r"\\\g<0>", text)


def _reads_as(text: str, words: Sequence[Run]) -> bool:
    try:
        list(spans(text))
    except UnclosedBoneyard:
        return False
    read = runs(text)
    return all(
        "".join(run.text for run in read if run.hidden is hidden)
        == "".join(run.text for run in words if run.hidden is hidden)
        for hidden in (False, True)
    )


def _styled(run: Run) -> str:
    return "\n".join(_styled_line(line, run.styles) for line in run.text.split("\n"))


def _styled_line(line: str, styles: frozenset[str]) -> str:
    words = line.strip()
    if not words or not styles:
        return escaped(line)
    indent = len(line) - len(line.lstrip())
    stars = STARS.get(styles - {"underline"}, "***")
    under = "_" if "underline" in styles else ""
    body = f"{under}{stars}{escaped(words)}{stars}{under}"
    return line[:indent] + body + line[indent + len(words) :]
