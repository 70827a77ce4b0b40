"""A statement of royalties: what one person (or the fund) is owed, with every step.

In: the account of a period.      Out: a Statement, the same bytes for the same ledger.
It has ids and hashes, no names: it can be published, and an erased person's statement stays whole.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from assets.sheets.base import Part, Sheet
from assets.sheets.bible import Id
from assets.sheets.production import Digest
from assets.sheets.royalties import Currency

Exact = Annotated[str, Field(pattern=r"^\d+(/\d+)?$", max_length=20_000)]
"""An exact fraction, such as 3/8 or 2."""


class Step(Part):
    """One thing that a work of the payee is in, and its part of the pool."""

    cut: str = Field(default="", description="Empty: a training, or what nothing was used for")
    part: str = Field(description="base, loras, references, voices, music; works of a training; absent")
    name: str = Field(default="", description="SHA-256 of the file, or the name the ledger has for it")
    share: Exact = Field(description="Of the pool")


class Owed(Part):
    """The payee's part of one pool: ``amount`` is ``share`` of ``total``, in whole minor units."""

    pool: str = Field(description="Number of its event, a dot, number of its rule's event")
    kind: Literal["training", "usage"]
    event: int = Field(ge=1)
    event_hash: Digest
    subject: str = Field(description="The episode that was delivered, or what was trained")
    rule: str = Field(description="Id of the rule")
    rule_event: int = Field(ge=1)
    rule_hash: Digest
    currency: Currency
    units: Exact = Field(description="Exposures, or seconds")
    total: int = Field(ge=0, description="Minor units in the pool")
    share: str = Field(
        pattern=r"^[01]\.\d{12}$",
        description="Rounded down; the exact share is the sum of those of the steps",
    )
    amount: int = Field(ge=0, description="Minor units for the payee")
    steps: tuple[Step, ...] = Field(min_length=1)


class Statement(Sheet):
    """What one payee is owed for one period."""

    sheet: ClassVar[str] = "royalty-statement"

    period: Id
    payee: Id
    through: int = Field(ge=1, description="Number of the last event that counts")
    through_hash: Digest
    totals: dict[Currency, int] = Field(description="Minor units by currency")
    owed: tuple[Owed, ...] = Field(min_length=1)
