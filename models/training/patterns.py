"""Ranks and alphas of some modules: a pattern and a number, with the meaning of peft's rank_pattern and alpha_pattern.

In: texts such as "to_k|to_v=32".      Out: numbers by pattern; which pattern decides for a module.
A pattern is a regular expression for the end of a module's name, from a dot on. Where several match, the first decides.
It may come from a form, so it is limited to expressions that cannot take long.
"""

import re
from collections.abc import Iterable, Sequence

from assets.loader import shown

RANKS, ALPHAS = (1, 512), (0.01, 1024.0)
LONGEST, MOST = 200, 32
_SIGNS = re.compile(r"(?:[\w.|()\[\]^$-]|\\[.dw]|[*+?])+", re.ASCII)
_REPEATS, _GROUPS = 2, 4  # more of them can make one match take minutes


def ranks(texts: Sequence[str]) -> dict[str, int]:
    """The ranks by pattern, in the order given.

    raises  ValueError for a text that is not PATTERN=NUMBER, a number that cannot be, a pattern twice
    """
    found = _read(texts, RANKS)
    for pattern, rank in found.items():
        if rank != int(rank):
            raise ValueError(f"the rank of {pattern} is {rank:g}; a rank is a whole number")
    return {pattern: int(rank) for pattern, rank in found.items()}


def alphas(texts: Sequence[str]) -> dict[str, float]:
    """The same for alphas."""
    return _read(texts, ALPHAS)


def deciding(name: str, patterns: Iterable[str]) -> str | None:
    """The first pattern that matches a module's name, as in peft 0.19."""
    return next((each for each in patterns if re.match(rf"(.*\.)?({each})$", name)), None)


def _read(texts: Sequence[str], bounds: tuple[float, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        pattern, sign, number = text.rpartition("=")
        if not sign:
            raise ValueError(f"{shown(text)!r} is not PATTERN=NUMBER, such as to_k|to_v=32")
        _check(pattern)
        if pattern in found:
            raise ValueError(f"the pattern {pattern!r} is given twice; keep one")
        found[pattern] = _number(number, *bounds)
    return found


def _number(text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise ValueError(f"{shown(text)!r} is no number; give one from {low:g} to {high:g}") from error
    if not low <= value <= high:
        raise ValueError(f"{value:g} is outside of {low:g} to {high:g}")
    return value


def _check(pattern: str) -> None:
    """Refuse what is no regular expression, or one that may take long."""
    told = f"the pattern {shown(pattern)!r}"
    if not pattern or len(pattern) > LONGEST or not _SIGNS.fullmatch(pattern):
        raise ValueError(
            f"{told} has 1 to {LONGEST} letters, digits and signs of . _ - | ( ) [ ] ^ $ * + ? \\. \\d \\w"
        )
    repeats = re.sub(r"\\.", "", pattern)
    if len(re.findall(r"[*+?]", repeats)) > _REPEATS or repeats.count("(") > _GROUPS:
        raise ValueError(
            f"{told} has more than {_REPEATS} of * + ?, or more than {_GROUPS} groups; simplify it"
        )
    if re.search(r"\)[*+?]|\(\?", repeats):
        raise ValueError(f"{told} repeats a group, or has (?; name its modules with | instead")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{told} is no regular expression: {error}") from error
