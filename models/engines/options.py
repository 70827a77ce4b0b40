"""Where an engine is, how long it is waited for, and what its model accepts: options of the remote adapters."""

from collections.abc import Callable
from fractions import Fraction
from typing import Literal, Protocol, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, JsonValue, field_validator, model_validator

from assets.errors import SakugaError
from assets.timing import Rate
from models.card import Accepted
from models.connection import Connection, ServerAddress, is_here, key_in
from models.connection import Patience as AnswerPatience
from models.options import Options

AddressT = TypeVar("AddressT", bound="Address")
Engine = Literal["vllm-omni", "sglang", "lightx2v"]


class Loaded(Protocol):
    """An adapter that is connected."""

    def unload(self) -> None: ...


class Patience(AnswerPatience):
    """Time limits of one request, and of the work that it starts."""

    megabytes: float = Field(
        default=256, gt=0, le=4096, description="Largest picture, clip or sound that is read"
    )
    work_s: float = Field(default=3600, gt=0, le=86_400, description="For one picture, clip or sound")
    silent_s: float = Field(
        default=900, gt=0, le=86_400, description="Longest time without progress before it counts as hung"
    )
    poll_s: float = Field(default=1, gt=0, le=60, description="Between two questions for progress")


class Address(Options):
    """Where a server is. None of it changes the result."""

    aside = frozenset({"url", "key_from", "plain", "patience"})

    url: ServerAddress = Field(
        description="Address of the engine, without a path such as /v1: http://127.0.0.1:8091"
    )
    key_from: str = Field(
        default="", pattern=r"^([A-Z][A-Z0-9_]{0,63})?$", description="Environment variable with the key"
    )
    plain: bool = Field(default=False, description="Allow an unencrypted connection to another computer")
    patience: Patience = Patience()

    @model_validator(mode="after")
    def _is_encrypted_or_here(self) -> "Address":
        parts = urlsplit(self.url)
        if parts.scheme == "http" and not self.plain and not is_here(str(parts.hostname)):
            raise ValueError(
                "pictures and prompts would travel unencrypted: use https, or say plain: true for your own network"
            )
        return self

    def hurried(self) -> Self:
        """The same with two attempts: for a question before a run starts."""
        patience = self.patience.model_copy(update={"attempts": min(2, self.patience.attempts)})
        return self.model_copy(update={"patience": patience})

    def connect(self, adapter: str) -> Connection:
        """An open connection; nothing is sent yet."""
        key = key_in(self.key_from, adapter) if self.key_from else ""
        here = is_here(str(urlsplit(self.url).hostname))
        return Connection(self.url, key=key, direct=here, patience=self.patience)


def unanswered(load: Callable[[str, AddressT], Loaded], options: AddressT) -> str:
    """Ask the server now, before anything is made: what it lacks, or that it does not answer; else empty."""
    try:
        load("cpu", options.hurried()).unload()
    except SakugaError as error:
        return str(error)
    return ""


class RemoteOptions(Address):
    """What the engine runs, and how it is asked."""

    aside = Address.aside | {"lora_folder"}

    engine: Engine = Field(description="Which protocol it speaks")
    model: str = Field(
        min_length=1, max_length=300, description="As the engine names it; refused if it runs another"
    )
    revision: str = Field(
        default="unstated", description="What the engine loaded, for the recipe: a commit, a date"
    )
    version: str = Field(default="", description="The engine's own version, if it must be this one")
    licence: str = Field(default="LicenseRef-unstated", description="SPDX expression of the weights or terms")
    training_data: str = Field(default="as stated by whoever runs the engine")
    steps: int | None = Field(
        default=None, ge=1, le=200, description="Diffusion steps; none: the engine's default"
    )
    guidance: float | None = Field(default=None, ge=0, le=20, description="none: the engine's default")
    extra: dict[str, JsonValue] = Field(
        default_factory=dict, description="Fields of the engine's own protocol, sent as they are written"
    )
    dialect: Literal["prose", "tags"] = Field(default="prose", description="How prompts are written")
    accepts: frozenset[Accepted] = Field(
        default=frozenset(), description="What the model takes besides the cut"
    )
    side_step: int = Field(default=16, ge=1, le=256, description="Picture sides are multiples of this")
    lora_base: str = Field(default="", description="The family of LoRAs it can load")
    lora_folder: str = Field(
        default="",
        description="Folder on the engine's computer with the LoRA files, each named by its SHA-256 and "
        ".safetensors; empty: it reads the same disk as this computer",
    )


class RemoteClipOptions(RemoteOptions):
    """The model's own grid and rates: no engine tells them."""

    guidance_2: float | None = Field(
        default=None, ge=0, le=20, description="Of the low-noise expert of Wan 2.2"
    )
    frame_step: int = Field(default=4, ge=1, le=64, description="Clips have k * frame_step + 1 frames")
    max_frames: int = Field(default=81, ge=1, le=2000)
    rates: tuple[Rate, ...] = Field(
        default=(Fraction(16),), min_length=1, description="Whole frames per second it was trained at"
    )

    @field_validator("rates")
    @classmethod
    def _are_whole(cls, value: tuple[Rate, ...]) -> tuple[Rate, ...]:
        if any(rate.denominator != 1 for rate in value):
            raise ValueError("engines take whole frames per second, such as 16 or 24")
        return value
