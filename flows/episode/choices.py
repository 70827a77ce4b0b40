"""Which adapter fills each port of a profile, with its options."""

import re
import shlex
from collections.abc import Callable
from typing import Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from assets.errors import InputRefused, SetupMissing
from assets.sheets.base import Part
from assets.sheets.bible import Language
from models.card import Card, Port
from models.lease import card_with
from models.options import options_for
from models.registry import adapter, lacks_with
from models.weights.store import PROFILE, unpinned


class AdapterChoice(Part):
    """Which adapter fills a port, and its options. A bare name in YAML means no options."""

    name: str
    options: dict[str, Any] = Field(default_factory=dict, description="Options of this adapter; see its file")

    @model_validator(mode="before")
    @classmethod
    def _from_a_bare_name(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given

    @model_serializer(mode="wrap")
    def _as_it_is_written(self, dump: SerializerFunctionWrapHandler) -> Any:
        return dump(self) if self.options else self.name


class ModelChoices(Part):
    """The adapter at each port, with its options."""

    painter: AdapterChoice
    animator: AdapterChoice
    voices: dict[Language, AdapterChoice] = Field(min_length=1, description="One voice adapter per language")
    foley: AdapterChoice
    composer: AdapterChoice
    judge: AdapterChoice | None = Field(default=None, description="Empty: takes are not measured")
    layout: AdapterChoice | None = Field(
        default=None,
        description="A painter whose picture guides the composition of the main painter; empty: none",
    )
    upscaler: AdapterChoice | None = Field(
        default=None, description="Enlarges pictures made at storyboard.size or takes.size"
    )
    writer: AdapterChoice | None = Field(
        default=None, description="Model that writes and directs; empty: none"
    )
    captioner: AdapterChoice | None = Field(
        default=None,
        exclude_if=lambda chosen: chosen is None,  # profiles that name none are written as before
        description="Proposes captions for the art of a dataset; no episode uses it. Empty: none",
    )

    @model_validator(mode="before")
    @classmethod
    def _writer_options_of_earlier_profiles(cls, given: Any) -> Any:
        """Accept ``writer_options`` beside the writer's name, as before every port took options."""
        if not isinstance(given, dict) or "writer_options" not in given:
            return given
        rest = {key: value for key, value in given.items() if key != "writer_options"}
        writer, options = rest.get("writer"), given["writer_options"]
        if not isinstance(writer, str):
            raise ValueError("writer_options needs a writer name beside it; or write writer: {name, options}")
        return {**rest, "writer": {"name": writer, "options": options}}

    def ports(self, language: Language | None = None) -> dict[Port, AdapterChoice]:
        """The adapter at each port that this profile fills; only the voice of ``language``, if one is given.

        raises  InputRefused for a language without a voice
        """
        filled: dict[Port, AdapterChoice | None] = {
            "painter": self.painter,
            "animator": self.animator,
            "voice": self.voice(language) if language else None,
            "foley": self.foley,
            "composer": self.composer,
            "judge": self.judge,
            "upscaler": self.upscaler,
            "writer": self.writer,
        }
        return {port: choice for port, choice in filled.items() if choice is not None}

    @property
    def painter_card(self) -> Card:
        return card_with("painter", self.painter.name, self.painter.options)

    @property
    def animator_card(self) -> Card:
        return card_with("animator", self.animator.name, self.animator.options)

    def named(self) -> list[tuple[Port, AdapterChoice]]:
        """Every choice in the profile with its port, the voices of all languages, layout and captioner included."""
        one_each = [(port, choice) for port, choice in self.ports().items() if port != "voice"]
        voices: list[tuple[Port, AdapterChoice]] = [("voice", choice) for choice in self.voices.values()]
        layout: list[tuple[Port, AdapterChoice]] = [("painter", self.layout)] if self.layout else []
        captioner: list[tuple[Port, AdapterChoice]] = (
            [("captioner", self.captioner)] if self.captioner else []
        )
        return one_each + voices + layout + captioner

    def mapped(self, change: Callable[[Port, AdapterChoice], AdapterChoice]) -> Self:
        """The same ports with every choice changed."""
        changed: dict[str, Any] = {
            port: change(port, choice) for port, choice in self.ports().items() if port != "voice"
        }
        changed["voices"] = {language: change("voice", choice) for language, choice in self.voices.items()}
        changed["layout"] = change("painter", self.layout) if self.layout else None
        changed["captioner"] = change("captioner", self.captioner) if self.captioner else None
        return self.model_copy(update=changed)

    def check(self, language: Language | None = None, profile: str = "PROFILE") -> None:
        """Refuse models that cannot be loaded here and options they do not take, before anything is made.

        profile  how a person names the profile, for the commands in the messages
        raises  SetupMissing naming what is missing (a writer is asked when it is called);
                InputRefused for an adapter or an option that does not exist
        """
        chosen = [*self.ports(language).items()]
        if self.layout is not None:
            chosen.append(("painter", self.layout))
            if "layout" not in self.painter_card.accepts:
                raise InputRefused(
                    f"The profile names {self.layout.name} for layouts, and the painter {self.painter.name} takes no "
                    "layout. Leave layout out, or choose a painter whose card accepts one."
                )
        for port, choice in chosen:
            options_for(adapter(port, choice.name), choice.options)
        lacking = [
            lacks_with(port, choice.name, choice.options) for port, choice in chosen if port != "writer"
        ]
        if missing := dict.fromkeys(sentence for sentence in lacking if sentence):
            raise SetupMissing(for_profile(_together(" ".join(missing)), profile))

    def voice(self, language: Language) -> AdapterChoice:
        if language not in self.voices:
            raise InputRefused(
                f"This profile has no voice for {language!r}; it speaks {', '.join(self.voices)}. "
                "Choose --language, or name a voice in the profile."
            )
        return self.voices[language]


def _together(text: str) -> str:
    """``text`` with its models without a revision named in one sentence: a studio profile has four of them."""
    hubs = list(dict.fromkeys(_UNPINNED.findall(text)))
    others = _UNPINNED.sub("", text).split()
    return " ".join([unpinned(hubs), *others]) if hubs else text


_UNPINNED = re.compile(re.escape(unpinned(["HUB"])).replace("HUB", r"(\S+)"))


def for_profile(message: str, profile: str) -> str:
    """``message`` with the profile's name in its commands."""
    return message.replace(f"--profile {PROFILE}", f"--profile {shlex.quote(profile)}")
