"""The lists of readings: how a word is said that a voice's own dictionary does not know.

In: ``assets/library/readings/*.yaml``.      Out: tables, and expressions that find their words.
Knows nothing about what a word stands beside; each front end does.
"""

import re
from functools import cache

from assets import grammar

FOLDER = grammar.FOLDER.parent / "readings"


@cache
def table(name: str) -> dict[str, str]:
    """The list ``name``: written form -> how it is said."""
    words = grammar.WordList.read(FOLDER / f"{name}.yaml").words
    return {written: said for said, forms in words.items() for written in forms}


@cache
def finder(before: str, names: tuple[str, ...], after: str, flags: int = 0) -> re.Pattern[str]:
    """An expression for every word of these lists, the longer ones first, between two expressions; group 1."""
    words = sorted((word for name in names for word in table(name)), key=len, reverse=True)
    return re.compile(f"{before}({'|'.join(map(re.escape, words))}){after}", flags)
