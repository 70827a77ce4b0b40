"""Constrained decoding: which tokens are allowed next under a schema, with llguidance.

In: a tokenizer and a prepared schema.      Out: a Track that follows one answer.
An answer cannot leave the schema. Knows nothing about models or likelihood.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.errors import InputRefused, ModelFailed, SetupMissing

# one way to write each value, spaced as most training data is: no tokens are spent on white space
_LAYOUT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


class Grammar:
    """The vocabulary of one tokenizer, usable with any schema."""

    def __init__(self, tokenizer: str, *, size: int, ends: Sequence[int]) -> None:
        """``tokenizer`` is the text of a tokenizer.json; ``size`` the model's vocabulary, padding included."""
        try:
            import llguidance
        except ImportError as error:
            raise SetupMissing(
                "Writers keep to schemas with llguidance. `pip install llguidance`."
            ) from error
        self.size = size
        self._matcher: Any = llguidance.LLMatcher
        slices = llguidance.LLTokenizer.json_slices()
        self._vocabulary = llguidance.LLTokenizer(
            tokenizer, n_vocab=size, eos_token=list(ends), slices=slices
        )

    def wordy(self) -> NDArray[np.bool_]:
        """(size,) True for each token with a letter, kana or kanji."""
        texts = (self._vocabulary.decode_str([token]) for token in range(self.size))
        return np.array([any(sign.isalpha() for sign in text) for text in texts])

    def track(self, schema: Mapping[str, Any]) -> "Track":
        """A fresh walk under a prepared ``schema``."""
        grammar = self._matcher.grammar_from_json_schema(json.dumps(schema), overrides=_LAYOUT)
        matcher = self._matcher(self._vocabulary, grammar, log_level=0)
        if matcher.is_error():
            raise InputRefused(f"A writer cannot keep to this schema: {matcher.get_error()}. Simplify it.")
        return Track(matcher, self._vocabulary, self.size)


class Track:
    """The state of one answer while it is written."""

    def __init__(self, matcher: Any, vocabulary: Any, size: int) -> None:
        self._matcher, self._vocabulary, self._size = matcher, vocabulary, size
        self.tokens: list[int] = []

    @property
    def done(self) -> bool:
        return bool(self._matcher.is_stopped())

    def forced(self) -> list[int]:
        """The tokens that must come next whatever the model predicts: keys, punctuation, the rest of a word."""
        return list(self._matcher.compute_ff_tokens())

    def allowed(self) -> NDArray[np.bool_]:
        """(size,) True for each token that continues some valid answer."""
        bits = np.unpackbits(np.frombuffer(self._matcher.compute_bitmask(), np.uint8), bitorder="little")
        self._unbroken()
        return bits[: self._size].astype(bool)

    def take(self, tokens: Sequence[int]) -> None:
        self._matcher.consume_tokens(list(tokens))
        self._unbroken()
        self.tokens += tokens

    def text(self) -> str:
        # bytes, not the tokenizer's decoder, which may strip spaces or correct assumed mistakes
        return bytes(self._vocabulary.decode_bytes(self.tokens)).decode()

    def _unbroken(self) -> None:
        if self._matcher.is_error():
            raise ModelFailed(
                f"The schema's grammar gave up: {self._matcher.get_error()}. Simplify the schema."
            )
