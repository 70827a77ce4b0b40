"""Notice an answer in the wrong language.

In: the texts of an answer.      Out: a sentence for the writer; empty when they are in the story's language.
"""

import re
from collections.abc import Sequence

from assets.plots import little_words
from assets.sheets.bible import Language

_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_HAN = re.compile(r"[一-鿿々]")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[A-Za-z']+")
_FEW = 20  # letters or words below which nothing can be said


def wrong(texts: Sequence[str], language: Language) -> str:
    """A sentence for the writer if ``texts`` are not in ``language``; empty when they are, or are too short to tell."""
    text = " ".join(texts)
    letters = len(_LETTER.findall(text))
    if letters < _FEW:
        return ""
    if language == "ja":
        japanese = len(_KANA.findall(text)) + len(_HAN.findall(text))
        if japanese < 0.5 * letters:
            return "It is not in Japanese. Write every text in Japanese."
        kana = len(_KANA.findall(text))
        return "" if kana >= 0.15 * letters else "It seems to be Chinese. Write every text in Japanese."
    if len(_LATIN.findall(text)) < 0.9 * letters:
        return "It is not in English. Write every text in English."
    words = [word.lower() for word in _WORD.findall(text)]
    # One word of running English in four or five is a little one.
    common = sum(word in little_words("english") for word in words)
    return (
        "It is not in English. Write every text in English."
        if len(words) > _FEW and common < 0.08 * len(words)
        else ""
    )
