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
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from assets.errors import AnswerUnusable, InputRefused, ModelDeclined, ModelFailed, SetupMissing
from models.card import Card
from models.connection import ServerAddress, is_here, key_in
from models.options import Options
from models.ports import Draft
from models.writing import schema as schemas
from models.writing.answers import declined, spoken
from models.writing.line import Line, NotTaken, Patience

MILLION = Decimal(1_000_000)
_FALLBACKS = ("tools", "json_object", "prompt")


class ServerOptions(Options):
    """Where the server is, which model it runs, time limits, prices."""

    aside = frozenset({"base_url", "key_from", "plain", "price_in", "price_out", "patience", "stream"})

    base_url: ServerAddress = Field(
        description="Up to and with the version, such as http://127.0.0.1:8000/v1"
    )
    model: str = Field(min_length=1, max_length=200, description="As the server names it")
    revision: str = Field(
        default="unstated", description="What the server runs, for the recipe: a commit, a date"
    )
    licence: str = Field(default="LicenseRef-unstated", description="SPDX expression of the weights or terms")
    held_by: Literal["json_schema", "guided_json", "tools", "json_object", "prompt"] = Field(
        default="json_schema",
        description="How the server is told the schema: response_format json_schema; vLLM's guided_json; a tool "
        "whose arguments it is; any JSON, or any text, with the schema shown in the prompt. A server that does not "
        "take json_schema is asked by tools, then by json_object, then by the prompt alone",
    )
    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=2048, ge=8, le=131_072)
    key_from: str = Field(
        default="", pattern=r"^([A-Z][A-Z0-9_]{0,63})?$", description="Environment variable with the key"
    )
    plain: bool = Field(default=False, description="Send the key without TLS to a host that is not this one")
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
    patience: Patience = Patience()
    stream: bool = Field(default=True, description="Ask for the answer piece by piece, to show how far it is")

    @model_validator(mode="after")
    def _keeps_its_key(self) -> "ServerOptions":
        parts = urlsplit(self.base_url)
        if self.key_from and parts.scheme == "http" and not self.plain and not is_here(str(parts.hostname)):
            raise ValueError(
                "the key would travel unencrypted: use https, or say plain: true for your own network"
            )
        return self


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
        try:
            import httpx  # noqa: F401  # the line is opened with it
        except ImportError as error:
            raise SetupMissing("The openai writer needs httpx. `pip install httpx` brings it.") from error
        here = is_here(str(urlsplit(options.base_url).hostname))
        key = key_in(options.key_from, "the openai writer") if options.key_from else ""
        return cls(options, Line(options.base_url, key=key, direct=here, patience=options.patience))

    def unload(self) -> None:
        self._line.close()

    def write(self, prompt: str, *, schema: Mapping[str, Any], seed: int) -> Draft:
        """See the port. A ModelFailed says what the server did and what to do about it."""
        held = schemas.prepared(schema)
        reply, seconds = self._answered(prompt, held, seed)
        draft = replace(self._priced(reply), seconds=seconds)
        try:
            data = schemas.read(_content(reply, self._options), held, writer=self.card.name)
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


def _content(reply: Mapping[str, Any], options: ServerOptions) -> str:
    """The JSON text of the answer: a message, or the arguments of the tool that was asked for."""
    try:
        choice = reply["choices"][0]
        message, ended = choice["message"], choice.get("finish_reason")
        text, refusal = message.get("content"), message.get("refusal")
        called = message.get("tool_calls") or [{}]
        arguments = called[0].get("function", {}).get("arguments")
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ModelFailed(
            f"{options.base_url} answered without choices[0].message. Check that base_url is an "
            "OpenAI-compatible address; it usually ends in /v1."
        ) from error
    if refusal or ended == "content_filter":
        raise _refused(str(refusal or "its content filter stopped the answer"), options)
    if ended == "length":
        raise AnswerUnusable(
            f"{options.model} stopped after {options.max_tokens} tokens, inside the answer. Raise max_tokens in the "
            "profile, or ask for less."
        )
    found = arguments if isinstance(arguments, str) and arguments else text
    answer = spoken(found) if isinstance(found, str) else ""
    if not answer:
        raise AnswerUnusable(
            f"{options.model} answered with no text (finish_reason {ended!r}). If it only thinks, turn thinking "
            "off on the server."
        )
    if said := declined(answer):
        raise _refused(said, options)
    return answer


def _refused(said: str, options: ServerOptions) -> ModelDeclined:
    return ModelDeclined(f"{options.model} refused to write: {said[:200]!r}. Reword the premise.")


def _count(usage: Mapping[str, Any], name: str) -> int:
    found = usage.get(name, 0)
    return found if isinstance(found, int) and found >= 0 else 0


def _compact(held: dict[str, Any]) -> str:
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))
