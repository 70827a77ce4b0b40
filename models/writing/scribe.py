"""A local language model that writes under a grammar.

In: a causal model and its tokenizer from transformers.      Out: Drafts, and likelihoods.
The loop is our own instead of ``generate``: tokens that the schema forces are read in one pass instead of chosen one
by one, and candidates with a common prompt read it only once. Each adapter provides the weights.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.errors import AnswerUnusable, InputRefused, ModelFailed, PromptTooLong
from models.ports import Draft
from models.writing import schema as schemas
from models.writing import templates
from models.writing.grammar import Grammar, Track
from models.writing.sampling import Chooser, Sampling

BLOCK = 64  # tokens; kept readings end at a multiple of it, and a block is read in one pass


class Scribe:
    """Model, tokenizer and grammar for the duration of a lease."""

    def __init__(self, name: str, model: Any, tokenizer: Any, sampling: Sampling) -> None:
        self._name, self._tokenizer, self._sampling = name, tokenizer, sampling
        size, ends = model.get_output_embeddings().weight.shape[0], _ends(model, tokenizer)
        self._grammar = Grammar(tokenizer.backend_tokenizer.to_str(), size=size, ends=ends)
        self._wordy = self._grammar.wordy()
        self._context = int(model.config.get_text_config().max_position_embeddings)
        # two readings are kept: a prompt's candidates, and the context in which they are ranked
        self._asked, self._ranked = Reading(model), Reading(model)

    def write(self, prompt: str, *, schema: Mapping[str, Any], seed: int) -> Draft:
        """See the Writer port; raises ModelFailed when the answer exceeds ``max_tokens``."""
        started = time.perf_counter()
        held = schemas.prepared(schema)
        track = self._grammar.track(held)
        ids = templates.tokens(self._tokenizer, prompt)
        self._fits(len(ids))
        chooser = Chooser(self._sampling, seed, self._wordy)
        with _failures_named(self._name):
            self._walk(track, chooser, ids)
        return Draft(
            data=schemas.read(track.text(), held, writer=self._name),
            tokens_in=len(ids),
            tokens_out=len(track.tokens),
            likelihood=chooser.likelihood,
            seconds=time.perf_counter() - started,
        )

    def score(self, before: str, candidate: str) -> float:
        """Mean log-likelihood of ``candidate``'s tokens after the text ``before``."""
        start = templates.plain(self._tokenizer, before) or [self._opening()]
        ids = templates.plain(self._tokenizer, candidate)
        if not ids:
            raise InputRefused("An empty candidate has no likelihood. Leave it out of the ranking.")
        self._fits(len(start) + len(ids), answer=0)
        with _failures_named(self._name):
            first = self._ranked.read(start)
            rest = self._ranked.go_on(ids)
        rows = np.concatenate([first[-1:], rest[:-1]]).astype(np.float64)
        peak = rows.max(axis=1)
        total = peak + np.log(np.exp(rows - peak[:, None]).sum(axis=1))
        return float((rows[np.arange(len(ids)), ids] - total).mean())

    def close(self) -> None:
        self._asked.close()
        self._ranked.close()

    def _walk(self, track: Track, chooser: Chooser, ids: list[int]) -> None:
        """From the end of the prompt to the closing brace."""
        unread, reach = list(ids), self._asked.read
        while not track.done:
            new = track.forced()
            if not new:
                logits = reach(unread)
                unread, reach = [], self._asked.go_on
                new = [chooser.choose(logits[-1], track.allowed())]
            track.take(new)
            unread += new
            if len(track.tokens) > self._sampling.max_tokens:
                raise AnswerUnusable(
                    f"{self._name} stopped after {self._sampling.max_tokens} tokens, inside the answer. Ask for "
                    "less (maxLength, maxItems in the schema), or raise max_tokens in the profile."
                )

    def _fits(self, length: int, answer: int | None = None) -> None:
        room = self._context - (self._sampling.max_tokens if answer is None else answer)
        if length > room:
            raise PromptTooLong(
                f"The prompt is {length} tokens; {self._name} reads {self._context}, which leaves {room} before "
                "the answer. Shorten the prompt, or write scene by scene."
            )

    def _opening(self) -> int:
        first = self._tokenizer.bos_token_id
        return int(self._tokenizer.eos_token_id if first is None else first)


class Reading:
    """What the model has read so far (its KV cache), kept so that a common beginning is read once.

    Blocks start at fixed positions, so a kept block has exactly the numbers that reading it again would give: an answer
    does not depend on earlier requests.
    """

    def __init__(self, model: Any) -> None:
        self._model, self._ids = model, list[int]()
        self._cache: Any = None

    def read(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Read ``ids`` from the beginning; (n, vocabulary) logits of the last block."""
        start = self._kept(ids)
        self._ids = list(ids)
        for at in range(start, len(ids), BLOCK):
            logits = self._forward(ids[at : at + BLOCK], last_only=True)
        return logits

    def go_on(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Continue reading; (len(ids), vocabulary) logits."""
        return self._forward(ids, last_only=False)

    def close(self) -> None:
        self._model, self._cache = None, None

    def _kept(self, ids: Sequence[int]) -> int:
        """How many tokens of ``ids`` are already in the cache, which is cut to them."""
        from transformers import DynamicCache
        from transformers.cache_utils import DynamicLayer

        same = next(
            (at for at, pair in enumerate(zip(ids, self._ids, strict=False)) if pair[0] != pair[1]), None
        )
        shared = min(len(ids), len(self._ids)) if same is None else same
        start = min(shared, len(ids) - 1) // BLOCK * BLOCK
        # a linear-attention or sliding-window layer cannot be cut back
        if (
            self._cache is None
            or not start
            or any(type(layer) is not DynamicLayer for layer in self._cache.layers)
        ):
            self._cache = DynamicCache(config=self._model.config)
            return 0
        self._cache.crop(start - self._cache.get_seq_length())
        return start

    def _forward(self, ids: Sequence[int], *, last_only: bool) -> NDArray[np.float32]:
        import torch

        with torch.inference_mode():
            asked = torch.tensor([list(ids)], device=self._model.device)
            keep = {"logits_to_keep": 1} if last_only else {}
            out = self._model(input_ids=asked, past_key_values=self._cache, use_cache=True, **keep)
            logits: NDArray[np.float32] = out.logits[0].float().cpu().numpy()
        return logits


def _ends(model: Any, tokenizer: Any) -> list[int]:
    said = model.generation_config.eos_token_id
    ends = said if isinstance(said, list) else [said]
    return sorted({int(end) for end in (*ends, tokenizer.eos_token_id) if end is not None})


@contextmanager
def _failures_named(name: str) -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:  # torch's error type for memory and kernels alike
        raise ModelFailed(
            f"{name} failed while writing: {error}. Free memory on its device, or choose a smaller model."
        ) from error
