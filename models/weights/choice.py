"""How an adapter's options name a model: by hub id and revision, or by a local folder."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from assets.sheets.base import Part
from models.options import Ingredient
from models.weights.catalogue import known
from models.weights.local import folder_digest

UNSTATED = "LicenseRef-unstated"
HUB_ID = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9][A-Za-z0-9_.-]{0,95}$"
REVISION = r"^[0-9a-f]{40}$"


class Weights(Ingredient):
    """One model. ``hub`` with a revision is a model of the hub; ``path`` is a folder of your own."""

    hub: str = Field(default="", pattern=rf"^$|{HUB_ID}", description="As the hub names it: owner/name")
    revision: str | None = Field(
        default=None,
        pattern=REVISION,
        description="The commit, 40 hex digits; null: the one in the profile's lock file",
    )
    path: Path | None = Field(
        default=None, description="A local folder instead; its files are hashed into the recipe"
    )
    files: tuple[str, ...] = Field(
        default=(), description="Only these files of the repository (* matches); empty: the whole model"
    )
    variant: str = Field(
        default="", pattern=r"^[a-z0-9]{0,16}$", description="Which variant of each file, such as fp16"
    )
    licence: str = Field(
        default="", description="SPDX expression of the weights, where the adapter cannot know it"
    )

    @model_validator(mode="after")
    def _is_named_once(self) -> Self:
        if bool(self.hub) == bool(self.path):
            raise ValueError("give either hub (owner/name) or path (a local folder)")
        if self.path and self.revision:
            raise ValueError("a local folder has no revision: its files are hashed")
        return self

    @property
    def name(self) -> str:
        """For messages: the hub id with the start of its revision, or the folder."""
        if self.path:
            return str(self.path)
        return f"{self.hub} at {self.revision[:12]}" if self.revision else self.hub

    @property
    def selection(self) -> tuple[str, str, tuple[str, ...]]:
        """Which files of which repository are meant; a lock has one entry for each."""
        return self.hub, self.variant, tuple(sorted(self.files))

    def said(self) -> dict[str, str]:
        """The fields of a card that this choice decides."""
        about = known(self.hub)
        return {
            "weights": self.hub or f"local folder {self.path.name if self.path else ''}",
            "revision": self.revision or "",
            "licence": self.licence or (about.licence if about else UNSTATED),
            "training_data": about.training_data if about else "as stated on the model's page",
        }

    def ingredients(self) -> dict[str, Any]:
        """What the recipe holds: the commit, or the digest of the local files. A licence changes no picture."""
        if self.path:
            return {"sha256": folder_digest(self.path), "variant": self.variant}
        chosen = {"hub": self.hub, "revision": self.revision, "variant": self.variant}
        return {**chosen, "files": sorted(self.files)}


def wanted(options: object) -> tuple[Weights, ...]:
    """Every model that ``options`` name, in the order of their fields, each once.

    Options that use only some of them under some conditions have a method ``wanted`` of their own.
    """
    own = getattr(options, "wanted", None)
    return tuple(dict.fromkeys(own() if callable(own) else _held(options)))


def _held(value: object) -> Iterator[Weights]:
    if isinstance(value, Weights):
        yield value
    elif isinstance(value, Part):
        for name in type(value).model_fields:
            yield from _held(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _held(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _held(item)
