"""Choose the next token among those that a grammar allows.

In: a model's logits, the allowed tokens, the tokens chosen before.      Out: one token and its likelihood.
"""

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from models.options import Options


class Sampling(Options):
    """Sampling options of a local writer; all of them are in the recipe."""

    temperature: float = Field(default=0.7, ge=0, le=2, description="0: always the likeliest token")
    top_p: float = Field(default=0.9, gt=0, le=1, description="Choose among the likeliest, up to this share")
    repetition: float = Field(default=1.1, ge=1, le=2, description="Divides the score of words already used")
    max_tokens: int = Field(default=1024, ge=8, le=16_384, description="Longest answer")


class Chooser:
    """The random choices of one answer: seeded, with a penalty for words already used."""

    def __init__(self, sampling: Sampling, seed: int, wordy: NDArray[np.bool_]) -> None:
        """``wordy`` marks tokens with letters: a penalty on quotes and commas would make strings endless."""
        self._sampling, self._wordy = sampling, wordy
        self._random = np.random.default_rng(seed % 2**64)
        self._used = np.zeros(len(wordy), bool)
        self._sum, self._count = 0.0, 0

    @property
    def likelihood(self) -> float | None:
        """Mean log-probability the model gave to the tokens it chose; None when all were forced."""
        return self._sum / self._count if self._count else None

    def choose(self, logits: NDArray[np.float32], allowed: NDArray[np.bool_]) -> int:
        ids = np.flatnonzero(allowed)
        scores = logits[ids].astype(np.float64)
        token = int(ids[self._draw(self._penalised(scores, self._used[ids]))])
        peak = float(logits.max())
        self._sum += float(logits[token]) - peak - float(np.log(np.exp(logits - peak).sum(dtype=np.float64)))
        self._count += 1
        self._used[token] = self._wordy[token]
        return token

    def _penalised(self, scores: NDArray[np.float64], used: NDArray[np.bool_]) -> NDArray[np.float64]:
        weaker = np.where(scores > 0, scores / self._sampling.repetition, scores * self._sampling.repetition)
        return np.where(used, weaker, scores)

    def _draw(self, scores: NDArray[np.float64]) -> int:
        if self._sampling.temperature == 0 or len(scores) == 1:
            return int(scores.argmax())
        chance = np.exp((scores - scores.max()) / self._sampling.temperature)
        order = np.argsort(-chance, kind="stable")
        share = np.cumsum(chance[order]) / chance.sum()
        kept = order[: int(np.searchsorted(share, self._sampling.top_p)) + 1]
        return int(self._random.choice(kept, p=chance[kept] / chance[kept].sum()))
