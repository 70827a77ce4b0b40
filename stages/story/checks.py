"""Check a line before it is used in a script, whoever wrote it.

In: a line and the lines before it.      Out: why it cannot be used; empty when it can.
The checks are for typical faults of small models: talking about themselves, repeating, breaking off, stage directions.
"""

import re
from collections.abc import Collection

from assets.plots import limits, little_words

MOST_WORDS = 16
_LETTERS = re.compile(r"[A-Za-z0-9 ,.!?;:'’…\-—]+")
_ENDS = re.compile(r"(?:[.!?…])$")
_META = re.compile(
    r"\b(?:as an ai|language model|assistant|prompt|instructions?|previous|json|script|dialogue|scene|premise|"
    r"character|story|film|movie|camera|narrator|sentence|words|material)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"[()\[\]{}<>*_#@~/\\|\"“”]")
_REPORT = re.compile(r"\b(?:he|she|they) (?:says?|said|replies|asks?|smiles)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z']+|[ぁ-ヿ一-鿿]")
_ADJECTIVE = re.compile(r"(?:ous|ful|able|ible|less|ish|ical|ly)$")
_NAME = re.compile(r"(?<=[a-z,] )([A-Z][a-z]+)")
_I = frozenset(
    ("I", "I'm", "I'll", "I've", "I'd", "Mom", "Dad", "Mum", "God", "Sunday", "Monday", "Christmas")
)


def line(
    text: str,
    *,
    speaker: str,
    cast: Collection[str],
    said: Collection[str],
    premise: str = "",
    limits_of_show: Collection[str] = (),
) -> str:
    """Check an English line that the model wrote."""
    words = text.split()
    if not _LETTERS.fullmatch(text) or _ASIDE.search(text):
        return "holds marks or letters that are not spoken"
    if not 2 <= len(words) <= MOST_WORDS:
        return f"has {len(words)} words; a line has 2 to {MOST_WORDS}"
    if not _ENDS.search(text) or text.count("...") > 1:
        return "does not end as a sentence"
    if _META.search(text) or _REPORT.search(text):
        return "talks about the script, or tells instead of speaking"
    if text.startswith(f"{speaker}:") or re.search(rf"\b{re.escape(speaker)}\b", text, re.IGNORECASE):
        return "the speaker calls their own name"
    known = {part for name in (*cast, *re.findall(r"[A-Z][a-z]+", premise)) for part in name.split()}
    if strangers := [name for name in _NAME.findall(text) if name not in known | _I]:
        return f"names {strangers[0]}, who is not in the cast"
    if touched := limited(text, limits_of_show):
        return f"touches a limit: {touched}"
    return repeats(text, said)


def gap(word: str, line: str) -> str:
    """Check the word that filled the gap of ``line``."""
    parts = word.split()
    if line.casefold().count(word) > 1:
        return "says a word of the sentence again"
    if not parts or parts[-1] in little_words("unfinished") or _ADJECTIVE.search(parts[-1]):
        return "the gap is not filled with a thing"
    return "" if all(len(part) > 1 for part in parts) else "the gap holds a letter, not a word"


def limited(text: str, limits_of_show: Collection[str] = ()) -> str:
    """The word that is not allowed; empty when there is none."""
    own = next((word for word in limits_of_show if word.casefold() in text.casefold()), "")
    return own or next((hit.text for hit in limits().hits(text)), "")


def repeats(text: str, said: Collection[str]) -> str:
    """Whether nearly the same words were said before, or one word is repeated too often."""
    mine = _WORD.findall(text.casefold())
    if len(mine) >= 6 and len(set(mine)) < len(mine) * 0.6:
        return "repeats itself"
    for other in said:
        theirs = _WORD.findall(other.casefold())
        if mine == theirs:
            return "was said before"
        shared = set(mine) & set(theirs)
        if len(mine) > 3 and len(shared) >= 0.75 * max(len(set(mine)), len(set(theirs))):
            return "was said before in nearly the same words"
    return ""
