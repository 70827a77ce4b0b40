"""The order for one training, from the command line or from a form.

In: values of options or of a form.      Out: a checked, frozen Order.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from assets.sheets.base import Part
from assets.sheets.bible import Expert
from assets.sheets.rights import DataClass
from models.house.painter import HousePainter
from models.house.weights import LIBRARY
from models.training import patterns
from models.training.families import FAMILIES
from models.training.optimizers import OPTIMIZERS, RATES, Optimizer

Style = Literal["diffusers", "comfyui"]
DECIDES = (
    "base", "family", "expert", "rank", "alpha", "batch", "accumulate", "optimizer", "prior"
)  # fmt: skip
"""What decides the weights, beside the dataset, the rate and the device; more steps go on from a shorter training."""
DECIDES_IF_GIVEN = ("rank_of", "alpha_of")

USUAL: dict[str, dict[str, Any]] = {
    "house": {
        "base": LIBRARY, "licence": HousePainter.card.licence, "data": HousePainter.card.data, "rank": 8, "alpha": 8.0,
        "batch": 4, "rate": 2e-3,
    }
}  # fmt: skip
"""What an order has for a family where nothing else is said."""


def _here(path: Path) -> Path:
    if "\0" in str(path) or len(str(path)) > 4000:
        raise ValueError("a path has at most 4000 characters, and no NUL")
    return path


def _trained_here(family: str) -> str:
    if family not in FAMILIES:
        raise ValueError(f"LoRAs of {family!r} are not trained here; there are {', '.join(FAMILIES)}")
    return family


def _ranks(texts: tuple[str, ...]) -> tuple[str, ...]:
    patterns.ranks(texts)
    return texts


def _alphas(texts: tuple[str, ...]) -> tuple[str, ...]:
    patterns.alphas(texts)
    return texts


_Texts = tuple[Annotated[str, Field(max_length=patterns.LONGEST + 20)], ...]
Family = Annotated[str, AfterValidator(_trained_here)]
RankOf = Annotated[_Texts, AfterValidator(_ranks)]
AlphaOf = Annotated[_Texts, AfterValidator(_alphas)]


def _blank(schema: dict[str, Any]) -> None:
    """A form shows an empty field, and what is usual for the family is used."""
    schema.pop("default", None)


class Order(Part):
    """One LoRA to train. Every path is on the machine that runs it."""

    dataset: str = Field(
        min_length=1, max_length=64, description="Name of a frozen dataset: sakuga dataset freeze"
    )
    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="Name of the LoRA: letters, digits, and . _ - inside",
    )
    family: Family = Field(
        default="sdxl", description="Family of the base model", json_schema_extra={"enum": list(FAMILIES)}
    )
    base: Annotated[Path, AfterValidator(_here)] = Field(
        default=Path(),
        description="Folder of the base model, as diffusers saves it. For house: empty",
        json_schema_extra=_blank,
    )
    licence: str = Field(
        default="",
        max_length=200,
        description="Licence of the base model: SPDX expression, or its own id. For house: empty",
        json_schema_extra=_blank,
    )
    data: DataClass = Field(default="undisclosed", description="Origin of the base model's training data")
    expert: Expert = Field(
        default="", description="For a base with two experts: high or low; train each once. Else empty"
    )
    rank: int = Field(
        default=16,
        ge=1,
        le=512,
        description="Size of the LoRA. Empty: 16; house: 8",
        json_schema_extra=_blank,
    )
    alpha: float = Field(
        default=16.0, ge=0.01, le=1024, description="Strength: alpha / rank. Empty: 16; house: 8"
    )
    rank_of: RankOf = Field(
        default=(),
        max_length=patterns.MOST,
        description="Rank of some modules, as PATTERN=RANK: to_k|to_v=32. Patterns are those of peft's rank_pattern",
    )
    alpha_of: AlphaOf = Field(
        default=(),
        max_length=patterns.MOST,
        description="Alpha of some modules, as PATTERN=ALPHA. Their strength is alpha / rank",
    )
    batch: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Works shown at once. Empty: 1; house: 4",
        json_schema_extra=_blank,
    )
    accumulate: int = Field(default=1, ge=1, le=64, description="Batches in one step")
    steps: int = Field(default=1000, ge=1, le=1_000_000, description="In all, those before a stop included")
    optimizer: Optimizer = Field(
        default="adamw",
        description="adamw; adamw8bit: less memory, CUDA only; prodigy: finds the learning rate itself",
        json_schema_extra={"enum": list(OPTIMIZERS)},
    )
    rate: float | None = Field(
        default=None,
        ge=1e-8,
        le=10.0,
        description="Peak learning rate. Empty: 0.0001; house: 0.002; prodigy: 1",
    )
    prior: float = Field(
        default=1.0, ge=0, le=10, description="Weight of works that show the class and not the subject"
    )
    style: Style = Field(default="diffusers", description="Keys of the file")
    policy: str = Field(
        default="own-or-licensed",
        min_length=1,
        max_length=4000,
        description="Rights policy that base and works must pass",
    )
    device: str = Field(
        default="", max_length=16, description="cpu, cuda, cuda:1. Empty: as SAKUGA_DEVICE says"
    )

    @model_validator(mode="before")
    @classmethod
    def _as_usual(cls, given: Any) -> Any:
        """What is left out, or empty in a form, is as usual for the family."""
        if not isinstance(given, dict):
            return given
        said = {key: value for key, value in given.items() if value is not None and value != ""}
        usual = USUAL.get(str(said.get("family")), {})
        if said.get("optimizer") == "prodigy":
            usual = {key: value for key, value in usual.items() if key != "rate"}
        return usual | said

    @model_validator(mode="after")
    def _has_a_base(self) -> "Order":
        if not self.licence or self.base == Path():
            raise ValueError(
                f"a LoRA of {self.family} needs base and licence: the base model's folder, and its licence"
            )
        return self

    @model_validator(mode="after")
    def _rate_fits(self) -> "Order":
        if self.optimizer == "prodigy" and self.rate is not None and self.rate < 0.1:
            raise ValueError(
                f"prodigy finds the learning rate itself and multiplies it with rate, which is {self.rate:g}: "
                "leave it out, or give one from 0.1 on"
            )
        return self

    @property
    def peak(self) -> float:
        """The peak learning rate."""
        return RATES[self.optimizer] if self.rate is None else self.rate

    def decides(self) -> dict[str, Any]:
        """Plain data that decides the weights. What came later is there only if given: older runs are gone on with."""
        plain = self.model_dump(mode="json")
        later = {key: plain[key] for key in DECIDES_IF_GIVEN if plain[key]}
        return {key: plain[key] for key in DECIDES} | {"rate": self.peak} | later
