"""What every captioner asks for, and how its answer becomes a caption.

In: a dialect and a hint; the words of a model.      Out: a question; one clean line of bounded length.
"""

import re

from assets.errors import AnswerUnusable, ModelDeclined
from assets.plain import one_line
from models.ports import CaptionDialect
from models.writing.answers import declined, spoken

LONGEST = 1000
"""Characters of a caption. Text encoders of picture models read less: CLIP 77 tokens, T5 and Qwen 512."""
_ASKED: dict[CaptionDialect, str] = {
    "prose": "Describe this drawing in one sentence, for training a picture model: who or what is shown, pose, "
    "expression, clothes, place, light, framing.",
    "tags": "Describe this drawing in short tags, separated by commas, for training a picture model: who or what is "
    "shown, pose, expression, clothes, place, light, framing.",
}
_LABEL = re.compile(r"^(?:caption|description|tags|answer)\s*:\s*", re.IGNORECASE)
_QUOTES = (('"', '"'), ("“", "”"), ("「", "」"), ("`", "`"), ("**", "**"))


def question(dialect: CaptionDialect, hint: str) -> str:
    """What a model that follows instructions is asked beside the picture."""
    known = f" Known about it: {one_line(hint)}." if hint.strip() else ""
    return f"{_ASKED[dialect]}{known} Answer with the description alone."


def caption(text: str, model: str) -> str:
    """``text`` as a caption: without thinking, label and quotes, on one line; cut between words where it is too long.

    raises  AnswerUnusable if no word is left; ModelDeclined for a refusal
    """
    said = one_line(spoken(text))
    if declined(said):
        raise ModelDeclined(
            f"{model} refused to describe the picture: {said[:200]!r}. Write its caption yourself."
        )
    said = _bare(said)
    if not any(letter.isalnum() for letter in said):
        raise AnswerUnusable(f"{model} answered without a word: {text[:80]!r}. Write its caption yourself.")
    return said if len(said) <= LONGEST else _cut(said)


def _bare(said: str) -> str:
    said = _LABEL.sub("", said)
    for opening, closing in _QUOTES:
        inner = said[len(opening) : -len(closing)]
        if said.startswith(opening) and said.endswith(closing) and opening not in inner:
            return inner.strip()
    return said


def _cut(said: str) -> str:
    whole = said[: LONGEST + 1]
    end = max(whole.rfind(mark) for mark in (" ", ",", "、", "。"))
    return whole[:end].rstrip(" ,、") if end > 0 else said[:LONGEST]
