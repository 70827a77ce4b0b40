"""Use any OpenAI-compatible server as the writer: vLLM, llama.cpp, Ollama, or a paid service.

In: a prompt, a JSON schema, a seed; a base URL from the profile.      Out: a Draft, with its price.
The server is asked to follow the schema, but every answer is checked here. The key is read from the environment
variable that the profile names, and is in no message, log or sheet.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import Field

from assets.errors import AnswerUnusable, InputRefused
from models.card import Card
from models.ports import Draft
from models.writing import schema as schemas
from models.writing.completions import ServerChoice, content, line
from models.writing.line import Line, NotTaken

MILLION = Decimal(1_000_000)
_FALLBACKS = ("tools", "json_object", "prompt")


class ServerOptions(ServerChoice):
    """How the server is told the schema, and its prices."""

    aside = ServerChoice.aside | {"price_in", "price_out", "stream"}
    advice = "Reword the premise."

    held_by: Literal["json_schema", "guided_json", "tools", "json_object", "prompt"] = Field(
        default="json_schema",
        description="How the server is told the schema: response_format json_schema; vLLM's guided_json; a tool "
        "whose arguments it is; any JSON, or any text, with the schema shown in the prompt. A server that does not "
        "take json_schema is asked by tools, then by json_object, then by the prompt alone",
    )
    price_in: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=1_000_000,
        decimal_places=9,
        description="US dollars per million tokens read",
    )
    price_out: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=1_000_000,
        decimal_places=9,
        description="US dollars per million tokens written",
    )
    stream: bool = Field(default=True, description="Ask for the answer piece by piece, to show how far it is")


class OpenAIServer:
    """Port Writer over HTTP."""

    Options = ServerOptions
    card: Card = Card(
        name="openai",
        port="writer",
        adapter_version=1,
        summary="Any OpenAI-compatible server, asked for answers under a schema",
        licence="LicenseRef-unstated",
        weights="as the server's",
        revision="unstated",
        training_data="as stated by whoever runs the server",
        languages=("ja", "en"),
        writes_freely=True,
    )

    def __init__(self, options: ServerOptions, line: Line) -> None:
        self.card = self.carded(options)
        self._options, self._line = options, line
        more = _FALLBACKS if options.held_by == "json_schema" else ()
        self._ways: tuple[str, ...] = (options.held_by, *more)
        self._shows_schema = False  # set when the server answered as if it had not been told the schema
        self.told: Callable[[int], None] = lambda letters: None

    @classmethod
    def lacks(cls) -> str:
        return "The openai writer needs a server: give base_url and model as its options in the profile."

    @classmethod
    def lacks_with(cls, options: ServerOptions) -> str:
        """Nothing, once its options name a server."""
        return ""

    @classmethod
    def carded(cls, options: ServerOptions) -> Card:
        said = {"licence": options.licence, "weights": options.model, "revision": options.revision}
        return cls.card.model_copy(update=said)

    @classmethod
    def load(cls, device: str, options: ServerOptions | None = None) -> Self:
        """Open a connection to the server; sends nothing yet. ``device`` is ignored."""
        if options is None:
            raise InputRefused(cls.lacks())
        return cls(options, line(options, "the openai writer"))

    def unload(self) -> None:
        self._line.close()

    def write(self, prompt: str, *, schema: Mapping[str, Any], seed: int) -> Draft:
        """See the port. A ModelFailed says what the server did and what to do about it."""
        held = schemas.prepared(schema)
        reply, seconds = self._answered(prompt, held, seed)
        draft = replace(self._priced(reply), seconds=seconds)
        try:
            data = schemas.read(content(reply, self._options), held, writer=self.card.name)
        except AnswerUnusable as error:
            self._shows_schema = True
            raise type(error)(
                str(error), tokens_in=draft.tokens_in, tokens_out=draft.tokens_out, cost_usd=draft.cost_usd,
                seconds=seconds,
            ) from error  # fmt: skip
        return replace(draft, data=data)

    def _answered(self, prompt: str, held: dict[str, Any], seed: int) -> tuple[dict[str, Any], float]:
        """The reply, asked in the first way that the server takes; that way is kept for the next question."""
        refused: NotTaken | None = None
        for way in self._ways:
            question = self._question(prompt, held, seed, way)
            try:
                answered = self._line.post("/chat/completions", question, seed=seed, told=self.told)
            except NotTaken as error:
                refused = refused or error
                continue
            self._ways = (way,)
            return answered
        assert refused is not None  # noqa: S101 - there is at least one way
        raise refused

    def _question(self, prompt: str, held: dict[str, Any], seed: int, way: str) -> dict[str, Any]:
        options = self._options
        shown = f"{prompt}\n\nAnswer with one JSON object valid under this JSON Schema:\n{_compact(held)}"
        shows = way in ("json_object", "prompt") or self._shows_schema
        asked: dict[str, Any] = {
            "model": options.model,
            "messages": [{"role": "user", "content": shown if shows else prompt}],
            "temperature": options.temperature,
            "max_tokens": options.max_tokens,
            "seed": seed % 2**31,
        }
        if options.stream:
            asked |= {"stream": True, "stream_options": {"include_usage": True}}
        named = {"name": "answer", "strict": True}
        match way:
            case "json_schema":
                asked["response_format"] = {"type": "json_schema", "json_schema": {**named, "schema": held}}
            case "guided_json":
                asked["guided_json"] = held
            case "tools":
                asked["tools"] = [{"type": "function", "function": {**named, "parameters": held}}]
                asked["tool_choice"] = {"type": "function", "function": {"name": "answer"}}
            case "json_object":
                asked["response_format"] = {"type": "json_object"}
        return asked

    def _priced(self, reply: Mapping[str, Any]) -> Draft:
        usage = reply.get("usage")
        counts = usage if isinstance(usage, dict) else {}
        read, written = _count(counts, "prompt_tokens"), _count(counts, "completion_tokens")
        cost = (read * self._options.price_in + written * self._options.price_out) / MILLION
        notes = () if counts else ("The server gave no token counts: the cost is not known.",)
        return Draft(data={}, tokens_in=read, tokens_out=written, cost_usd=f"{cost:f}", notes=notes)


def _count(usage: Mapping[str, Any], name: str) -> int:
    found = usage.get(name, 0)
    return found if isinstance(found, int) and found >= 0 else 0


def _compact(held: dict[str, Any]) -> str:
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))
