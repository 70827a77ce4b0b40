"""A writer's connection to a server: one question, one JSON object.

In: a path and a request.      Out: the JSON object of the answer, and the time it took.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from assets.errors import ModelFailed, PromptTooLong
from models.connection import ADVICE, Answer, Call, Connection, Patience, Retry, read_object
from models.writing.stream import MEDIA_TYPE, Joined

__all__ = ["Line", "NotTaken", "Patience"]

# How servers say that a prompt is too long: OpenAI, vLLM, llama.cpp, Ollama.
_TOO_LONG = re.compile(
    rb"context_length_exceeded|context length|context window|context size|too many tokens|prompt is too long"
    rb"|maximum.{0,20}tokens",
    re.IGNORECASE,
)

_ADVICE = {
    **ADVICE,
    400: "The server does not take this question: try another held_by in the profile.",
    404: "Check base_url (it usually ends in /v1) and the model's name.",
    413: "Shorten the prompt.",
    422: "The server does not take this question: try another held_by in the profile.",
    **dict.fromkeys(range(300, 400), "Check base_url."),
}


class NotTaken(ModelFailed):
    """The server does not take a question of this form; another form may be taken."""


class Line(Connection):
    """One client, kept open while a lease lasts."""

    def __init__(
        self,
        base_url: str,
        *,
        key: str,
        direct: bool,
        patience: Patience,
        advice: Mapping[int, str] | None = None,
    ) -> None:
        told = {**_ADVICE, **(advice or {})}
        super().__init__(base_url, key=key, direct=direct, patience=patience, advice=told)
        self._told: Callable[[int], None] = _untold
        self._joined = Joined(_untold)

    def post(
        self, path: str, question: dict[str, Any], *, seed: int, told: Callable[[int], None] | None = None
    ) -> tuple[dict[str, Any], float]:
        """Send the request until it is answered or the attempts are used up.

        told  is called with the letters of the answer so far, where the server streams it
        """
        started, self._told = time.perf_counter(), told or _untold
        reply = self.send(Call("POST", path, json=question), self._reply, seed=seed)
        return reply, time.perf_counter() - started

    def _reply(self, answer: Answer) -> dict[str, Any]:
        if answer.media_type != MEDIA_TYPE:
            return read_object(answer)
        if not self._joined.whole:
            raise Retry("a stream that broke off before its end")
        return self._joined.reply()

    def _once(self, call: Call) -> Answer:
        self._joined = Joined(self._told)
        return super()._once(call)

    def _arrived(self, piece: bytes) -> None:
        self._joined.take(piece)

    def _failure(self, status: int, body: bytes) -> ModelFailed:
        told = self._refusal(status, body)
        if status == 413 or (status in (400, 422) and _TOO_LONG.search(body[:4000])):
            return PromptTooLong(f"{told} The prompt is longer than the model reads; shorten it.")
        return NotTaken(told) if status in (400, 422, 501) else ModelFailed(told)


def _untold(letters: int) -> None:
    """Nobody is told."""
