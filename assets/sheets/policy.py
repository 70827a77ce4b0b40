"""A policy: which models and works a production may rest on.

In: YAML of the studio or of its client.      Out: a Policy.
Knows nothing about how it is checked (assets/rights/clearance.py).
"""

from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from assets.sheets.base import Part, Sheet, Typed
from assets.sheets.rights import DataClass
from assets.sheets.territories import WORLDWIDE, Listed


class Exempt(Part):
    """One model that the policy accepts although its rules would refuse it."""

    model: str = Field(pattern=r"^[a-z0-9-]{1,64}$", description="As its card names it")
    revision: str = Field(min_length=1, description="As its card pins it: another revision is not accepted")
    reason: Typed = Field(min_length=10, max_length=1000, description="Shown with every run that uses it")
    until: date | None = Field(default=None, description="Last day")


class Policy(Sheet):
    """The rules of one client, or of the house. Version 2 names the producer, version 3 asks for a
    watermark."""

    sheet: ClassVar[str] = "policy"
    version: ClassVar[int] = 3

    @classmethod
    def upgraded(cls, raw: dict[str, Any], version: int) -> dict[str, Any]:
        return raw if version in (1, 2) else super().upgraded(raw, version)

    name: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    about: Typed = ""
    data_classes: frozenset[DataClass] = Field(
        min_length=1, description="Allowed origins of works and of training data"
    )
    commercial: bool = Field(default=True, description="The result is sold: licences must allow it")
    revenue: int = Field(
        default=0, ge=0, description="Yearly revenue of who delivers, in US dollars; 0: not stated"
    )
    territories: frozenset[Listed] = Field(
        default=frozenset(),
        description="Where the result is shown. EU (or a member), CN and worldwide have it labelled. Empty: not "
        "stated; grants must then be worldwide, nothing is labelled, and every delivery says so",
    )
    producer: Typed = Field(
        default="",
        max_length=200,
        description="Name or registration code of who delivers, where a label's law wants it",
    )
    watermark: bool = Field(
        default=False,
        description="Put an imperceptible watermark into the signed copy of every delivered film",
    )
    client: Typed = Field(
        default="", max_length=200, description="Whom it is made for; exclusive grants name one"
    )
    forbidden_bases: frozenset[str] = Field(
        default=frozenset(), description="Model or family names that are refused whatever their licence"
    )
    train_on_takes: Literal["deny", "allow"] = "deny"
    approval: Typed = Field(
        default="", max_length=200, description="The client's written approval to train on takes"
    )
    unstated: Literal["refuse", "tell"] = Field(
        default="refuse",
        description="Where nobody has stated a grant for art, a model's licence, or the revenue",
    )
    disclosures: tuple[Typed, ...] = Field(default=(), description="Sentences that every delivery states")
    exceptions: tuple[Exempt, ...] = ()

    @property
    def everywhere(self) -> bool:
        """Whether grants must be worldwide: it is shown everywhere, or nobody has stated where."""
        return not self.territories or WORLDWIDE in self.territories

    @model_validator(mode="after")
    def _training_on_takes_is_approved(self) -> "Policy":
        if self.train_on_takes == "allow" and not self.approval:
            raise ValueError("train_on_takes is 'allow' without an approval; give the client's approval id")
        return self
