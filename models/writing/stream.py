"""Put an answer together that a server sends piece by piece (server-sent events).

In: the bytes of the body as they arrive.      Out: the same object that an answer in one piece has.
Bytes of strangers: an event that is not understood is left out, and a stream without an end is not an answer.
"""

import json
from collections.abc import Callable
from typing import Any

MEDIA_TYPE = "text/event-stream"


class Joined:
    """One streamed answer, as far as it has arrived."""

    def __init__(self, told: Callable[[int], None]) -> None:
        self._told, self._rest = told, b""
        self._text: list[str] = []
        self._arguments: list[str] = []
        self._refusal: list[str] = []
        self._letters = 0
        self._ended: str | None = None
        self._usage: dict[str, Any] | None = None
        self.whole = False

    def take(self, piece: bytes) -> None:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._line(line.strip())

    def reply(self) -> dict[str, Any]:
        """As a server that does not stream would have answered."""
        message: dict[str, Any] = {"content": "".join(self._text), "refusal": "".join(self._refusal) or None}
        if self._arguments:
            message["tool_calls"] = [{"function": {"arguments": "".join(self._arguments)}}]
        choice = {"message": message, "finish_reason": self._ended}
        return {"choices": [choice], **({"usage": self._usage} if self._usage else {})}

    def _line(self, line: bytes) -> None:
        if not line.startswith(b"data:"):
            return
        data = line[5:].strip()
        if data == b"[DONE]":
            self.whole = True
            return
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            return
        if isinstance(event, dict):
            self._event(event)

    def _event(self, event: dict[str, Any]) -> None:
        if isinstance(event.get("usage"), dict):
            self._usage = event["usage"]
        try:
            choice = event["choices"][0]
            delta, ended = choice.get("delta") or {}, choice.get("finish_reason")
            called = (delta.get("tool_calls") or [{}])[0].get("function", {}).get("arguments")
            told = (
                (self._text, delta.get("content")),
                (self._arguments, called),
                (self._refusal, delta.get("refusal")),
            )
        except (KeyError, IndexError, TypeError, AttributeError):
            return
        for kept, piece in told:
            if isinstance(piece, str) and piece:
                kept.append(piece)
                self._letters += len(piece)
        self._told(self._letters)
        if isinstance(ended, str):
            self._ended, self.whole = ended, True
