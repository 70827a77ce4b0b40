"""What all adapters of an OpenAI-compatible server share: how the server is named, and how its reply is read.

In: options of a profile; a reply of /chat/completions.      Out: the text of the answer, or what is wrong with it.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, ClassVar
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from assets.errors import AnswerUnusable, ModelDeclined, ModelFailed, SetupMissing
from models.connection import ServerAddress, is_here, key_in
from models.options import Options
from models.writing.answers import declined, spoken
from models.writing.line import Line, Patience


class ServerChoice(Options):
    """Which server, which model, how long to wait."""

    aside = frozenset({"base_url", "key_from", "plain", "patience"})
    advice: ClassVar[str]
    """What a person can do where the model refuses."""

    base_url: ServerAddress = Field(
        description="Up to and with the version, such as http://127.0.0.1:8000/v1"
    )
    model: str = Field(min_length=1, max_length=200, description="As the server names it")
    revision: str = Field(
        default="unstated",
        max_length=200,
        description="What the server runs, for the recipe: a commit, a date",
    )
    licence: str = Field(default="LicenseRef-unstated", description="SPDX expression of the weights or terms")
    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=2048, ge=8, le=131_072)
    key_from: str = Field(
        default="", pattern=r"^([A-Z][A-Z0-9_]{0,63})?$", description="Environment variable with the key"
    )
    plain: bool = Field(default=False, description="Send the key without TLS to a host that is not this one")
    patience: Patience = Patience()

    @model_validator(mode="after")
    def _keeps_its_key(self) -> "ServerChoice":
        parts = urlsplit(self.base_url)
        if self.key_from and parts.scheme == "http" and not self.plain and not is_here(str(parts.hostname)):
            raise ValueError(
                "the key would travel unencrypted: use https, or say plain: true for your own network"
            )
        return self


def content(reply: Mapping[str, Any], options: ServerChoice) -> str:
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


def _refused(said: str, options: ServerChoice) -> ModelDeclined:
    return ModelDeclined(f"{options.model} refused to write: {said[:200]!r}. {options.advice}")


def line(options: ServerChoice, of: str, advice: Mapping[int, str] | None = None) -> Line:
    """An open connection to the server; sends nothing yet.

    of      whose it is, for messages, such as "the openai writer"
    advice  what to do at a status, where it is not what a writer would do
    """
    if find_spec("httpx") is None:
        raise SetupMissing(f"{of[0].upper()}{of[1:]} needs httpx. `pip install httpx` brings it.")
    key = key_in(options.key_from, of) if options.key_from else ""
    here = is_here(str(urlsplit(options.base_url).hostname))
    return Line(options.base_url, key=key, direct=here, patience=options.patience, advice=advice)
