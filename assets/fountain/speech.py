"""The spoken or readable part of a text: without emphasis marks, notes and boneyard, escapes resolved.

In: an element's text.      Out: plain words, or runs of them with their styles.
Emphasis opens before a letter and closes after one, possibly some lines later but not after an empty one; a mark
without a partner is plain text, as are lone ones (``3 * 4``) and rules of four stars and more.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from assets.fountain.hidden import UnclosedBoneyard, spans

TOKEN = re.compile(r"\\[!-/:-@\[-`{-~]|\n|\*+|_+|[^\\*_\n]+|\\")
STYLES = {"*": ("italic",), "**": ("bold",), "***": ("bold", "italic"), "_": ("underline",)}
SPECIAL = re.compile(r"[\\*_]|/\*|\[\[")
SPACES = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True)
class Run:
    """Words in one style; ``styles`` holds bold, italic and underline."""

    text: str
    styles: frozenset[str] = frozenset()
    hidden: bool = False  # a note or boneyard, verbatim


@dataclass(slots=True)
class _Token:
    text: str
    hidden: bool = False
    marks: str = ""  # the part of it that is not emphasis, or not yet
    opens: list[str] = field(default_factory=list)
    closes: list[str] = field(default_factory=list)

    @property
    def is_mark(self) -> bool:
        return not self.hidden and self.text[0] in "*_"

    @property
    def plain(self) -> str:
        if self.is_mark:
            return self.marks
        escaped = not self.hidden and len(self.text) == 2 and self.text[0] == "\\"
        return self.text[1:] if escaped else self.text


def spoken(text: str) -> str:
    """``text`` as it is spoken or shown as a subtitle; line breaks stay, empty lines are removed."""
    plain = "".join(run.text for run in runs(text) if not run.hidden)
    lines = (SPACES.sub(" ", line).strip() for line in plain.split("\n"))
    return "\n".join(line for line in lines if line)


def runs(text: str) -> tuple[Run, ...]:
    """Split ``text`` where its style changes, and around hidden text."""
    if not SPECIAL.search(text):
        return (Run(text),) if text else ()
    tokens = list(_tokens(text))
    _pair(tokens)
    grouped = groupby(_pieces(tokens), key=lambda piece: piece[1:])
    return tuple(Run("".join(piece[0] for piece in same), *key) for key, same in grouped)


def _pieces(tokens: Sequence[_Token]) -> Iterator[tuple[str, frozenset[str], bool]]:
    active: Counter[str] = Counter()
    styles: frozenset[str] = frozenset()
    for token in tokens:
        if token.closes:
            active.subtract(style for mark in token.closes for style in STYLES[mark])
            styles = frozenset(+active)
        if plain := token.plain:
            yield plain, styles, token.hidden
        if token.opens:
            active.update(style for mark in token.opens for style in STYLES[mark])
            styles = frozenset(+active)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    try:
        for span in spans(text):
            yield from map(_Token, TOKEN.findall(text, at, span.start))
            yield _Token(text[span.start : span.stop], hidden=True)
            at = span.stop
    except UnclosedBoneyard:
        pass  # a script with one is refused; in a single text it is plain
    yield from map(_Token, TOKEN.findall(text, at))


def _pair(tokens: list[_Token]) -> None:
    """Match each closing mark with the nearest open one; stars and underscores do not mix."""
    waiting: dict[str, list[_Token]] = {"*": [], "_": []}
    for index, token in enumerate(tokens):
        if token.text == "\n" and _ends_paragraph(tokens, index):
            waiting = {"*": [], "_": []}
        if not token.is_mark:
            continue
        token.marks = token.text
        if len(token.text) > 3 or token.text.startswith("__"):
            continue
        kind = token.text[0]
        before = tokens[index - 1].text[-1] if index else " "
        after = tokens[index + 1].text[0] if index + 1 < len(tokens) else " "
        if _may_close(kind, before, after):
            _close(token, waiting[kind])
        if token.marks and _may_open(kind, before, after):
            waiting[kind].append(token)


def _ends_paragraph(tokens: list[_Token], index: int) -> bool:
    """Whether an empty line follows the line end at ``index``."""
    after = tokens[index + 1 : index + 3]
    return bool(after) and (
        after[0].text == "\n" or (not after[0].text.strip() and len(after) > 1 and after[1].text == "\n")
    )


def _close(token: _Token, waiting: list[_Token]) -> None:
    while token.marks and waiting:
        opener = waiting[-1]
        size = min(len(opener.marks), len(token.marks))
        if size < len(opener.marks) < 3:
            return  # *one star* cannot close **two
        mark = token.marks[:size]
        token.marks, opener.marks = token.marks[size:], opener.marks[size:]
        token.closes.append(mark)
        opener.opens.insert(0, mark)
        if not opener.marks:
            waiting.pop()


def _may_open(kind: str, before: str, after: str) -> bool:
    # An underscore inside an ASCII word (snake_case) is part of it; in Japanese it is a mark.
    return not after.isspace() and not (kind == "_" and before.isascii() and before.isalnum())


def _may_close(kind: str, before: str, after: str) -> bool:
    return not before.isspace() and not (kind == "_" and after.isascii() and after.isalnum())
