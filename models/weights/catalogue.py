"""What is known of models before one is fetched: licence, duties, estimated sizes (assets/library/models.yaml)."""

from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from assets.sheets.base import Part, Sheet

FILE = Path(__file__).parents[2] / "assets" / "library" / "models.yaml"


class Known(Part):
    """One model of the hub."""

    hub: str
    licence: str = Field(description="SPDX expression, or LicenseRef-NAME")
    commercial: Literal["yes", "conditions", "no"] = Field(
        default="yes", description="Whether work made with it may be sold"
    )
    duties: tuple[str, ...] = Field(default=(), description="What the licence asks of whoever uses it")
    gated: bool = Field(default=False, description="The hub asks for an accepted licence and a token")
    training_data: str = "undisclosed"
    download_gb: float = Field(default=0, ge=0, description="Estimate from the parameters; 0: not known")


class Catalogue(Sheet):
    """All known models."""

    sheet: ClassVar[str] = "model-catalogue"
    version: ClassVar[int] = 1

    models: tuple[Known, ...]


def known(hub: str) -> Known | None:
    """What is known of a model; None for one that nobody wrote down."""
    return _all().get(hub)


@cache
def _all() -> dict[str, Known]:
    return {one.hub: one for one in Catalogue.read(FILE).models}
