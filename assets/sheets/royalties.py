"""The rule by which the people are paid whose work a production rests on.

In: royalty rule YAML.      Out: a RoyaltyRule. Computes nothing: assets/rights/royalties does.
A rule is published before anything is generated under it. A change is a new rule; it changes no earlier statement.
"""

import re
from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self, get_args

from pydantic import BeforeValidator, Field, model_validator

from assets.sheets.base import Part, Sheet, Typed
from assets.sheets.bible import Id

Currency = Literal[
    "JPY", "KRW", "VND", "USD", "EUR", "GBP", "CAD", "AUD", "CHF", "CNY", "HKD", "SGD", "TWD", "THB", "INR", "BRL",
    "KWD",
]  # fmt: skip
"""ISO 4217. A currency is added with its minor units in assets/rights/royalties/money.py."""

UsedPart = Literal["base", "loras", "references", "voices", "music"]
"""What a delivered cut was made with: the models themselves, LoRAs, pictures shown to them, voices, music."""
PARTS: tuple[UsedPart, ...] = get_args(UsedPart)

_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)


def _as_amount(value: object) -> object:
    if isinstance(value, float):
        raise ValueError(f"{value!r} is not exact; write it in quotes, such as '{value}'")
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise ValueError("this is not an amount such as 300000 or '12.50' (at most 12 digits, 6 decimals)")
    return text


Amount = Annotated[str, BeforeValidator(_as_amount)]
"""Money in the rule's currency, exact: a decimal number as text."""

Parts = Annotated[int, Field(ge=0, le=1_000_000)]


class Pool(Part):
    """How much is shared out: ``fixed`` plus ``per_unit`` for every unit, at most ``most``."""

    fixed: Amount = "0"
    per_unit: Amount = "0"
    most: Amount | None = None

    def total(self, units: Fraction) -> Fraction:
        """The money in the pool, not rounded yet."""
        sum = Fraction(self.fixed) + Fraction(self.per_unit) * units
        return sum if self.most is None else min(sum, Fraction(self.most))


class Split(Part):
    """The table that shares a cut between what it was made with, in parts of their sum."""

    base: Parts
    loras: Parts
    references: Parts
    voices: Parts
    music: Parts

    @model_validator(mode="after")
    def _gives_something(self) -> Self:
        if not any(self.of(part) for part in PARTS):
            raise ValueError("every part is 0; at least one must be more")
        return self

    def of(self, part: UsedPart) -> int:
        return int(getattr(self, part))


class Owner(Part):
    """The registered work that stands for a model, voice or piece of music that is not a file of its own."""

    part: UsedPart
    name: str = Field(
        min_length=1, max_length=300, description="As the ledger names it, or without its @revision"
    )
    work: Id = Field(description="Its makers are paid")


class Fund(Part):
    """Gets every share that belongs to nobody known, so that it is not lost. No person has its id."""

    id: Id
    name: Typed = Field(min_length=1, max_length=200)


class RoyaltyRule(Sheet):
    """How money is shared out; see deploy/RIGHTS.md for an example."""

    sheet: ClassVar[str] = "royalty-rule"

    id: Id
    currency: Currency
    training: Pool = Field(description="For one training; the unit is one exposure: a work shown once")
    usage: Pool = Field(description="For one delivery; the unit is one second of an accepted cut")
    split: Split
    absent: Literal["shared", "fund"] = Field(
        default="shared",
        description="The part of what a cut does not use: shared between what it does use, or to the fund",
    )
    makers_keep: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Per cent that those credited for a LoRA or merge keep; the rest goes to what it derives from",
    )
    fund: Fund
    shows: tuple[Id, ...] = Field(default=(), max_length=1000, description="Ids; empty: every show")
    owners: tuple[Owner, ...] = Field(default=(), max_length=1000)
    covers_earlier: bool = Field(
        default=False, description="Also pay for what was generated before any rule was published"
    )
    note: Typed = Field(default="", max_length=2000, description="For those who read it")

    @model_validator(mode="after")
    def _owners_are_named_once(self) -> Self:
        seen: set[tuple[str, str]] = set()
        for owner in self.owners:
            if (owner.part, owner.name) in seen:
                raise ValueError(f"{owner.part} {owner.name!r} has two owners")
            seen.add((owner.part, owner.name))
        return self
