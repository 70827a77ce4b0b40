"""What of a text stays together: characters made of several signs, and the phrases of Japanese.

In: text.      Out: its characters as a reader counts them, or where its phrases begin.
Knows nothing about lines or widths.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# Words with what leans on them; digits and Latin letters are told by the one who breaks lines.
_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺー一-鿿㐀-䶿々]{2,}")
_LEANING = ("助詞", "助動詞")
_DEPENDENT = ("非自立", "接尾")
_LONGEST = 2_000  # letters; a longer text is no caption, and analysing it would take seconds


def clusters(text: str) -> list[str]:
    """``text`` in grapheme clusters (UAX 29): a family of emoji, a flag or a letter with its marks is one."""
    if text.isascii():
        return list(text)
    import regex

    found: list[str] = regex.findall(r"\X", text)
    return found


@lru_cache(maxsize=1024)
def phrase_starts(text: str) -> frozenset[int] | None:
    """Where in ``text`` a Japanese phrase begins (a bunsetsu); None for a text too long to ask about.

    Between two Japanese letters a line may end there and nowhere else: a word of kana has no other edge to be seen.
    """
    if len(text) > _LONGEST:
        return None
    starts: set[int] = set()
    for run in _JAPANESE.finditer(text):
        starts |= {run.start() + at for at in _starts(run.group())}
    return frozenset(starts)


def _starts(run: str) -> set[int]:
    """Where the phrases of ``run``, which is all kana and kanji, begin after its first letter."""
    import pyopenjtalk

    words = pyopenjtalk.run_frontend(run, use_sudachi_kanji_yomi=False)
    if sum(len(word["string"]) for word in words) != len(run):
        return set()  # a sign it spells otherwise: the run stays whole
    starts, at = set(), 0
    for before, word in zip([None, *words], words, strict=False):
        if before is not None and _opens(before, word):
            starts.add(at)
        at += len(word["string"])
    return starts


def _opens(before: Mapping[str, Any], word: Mapping[str, Any]) -> bool:
    """Whether ``word`` opens a phrase after ``before``: neither leans on it nor makes one word with it."""
    if word["pos"] in _LEANING or word["pos_group1"] in _DEPENDENT or before["pos"] == "接頭詞":
        return False
    compound = before["pos"] == word["pos"] == "名詞" or (
        before["pos"] == "名詞" and word["ctype"].startswith("サ変")
    )
    return not compound
