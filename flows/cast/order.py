"""An order to cast a character, and the show it is about.

In: what a person gave.      Out: a checked order; the bible, its file, the character.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from assets import show as shows
from assets.errors import InputRefused
from assets.loader import shown
from assets.sheets.base import Part, Seed, Typed
from assets.sheets.bible import Bible, Character
from assets.sheets.casting import View
from flows.episode.brief import UsablePath
from flows.episode.forms import as_form, looks

ALL: tuple[View, ...] = (
    "front", "three_quarter", "profile", "back", "face", "happy", "angry", "sad", "surprised",
)  # fmt: skip


def _none_if_blank(value: object) -> object:
    """Read an empty text as None: a form sends an empty field as ""."""
    return None if isinstance(value, str) and not value.strip() else value


def _front_first(views: tuple[View, ...]) -> tuple[View, ...]:
    return tuple(view for view in ALL if view in views)


class CastOrder(Part):
    """One order. Every path is on the machine that runs it."""

    model_config = ConfigDict(json_schema_extra=as_form)

    character: Typed = Field(
        min_length=1, max_length=200, description="Id or name of a character, such as NAGI"
    )
    show: str = Field(
        min_length=1, max_length=4000, description="Show: an id in the library, a folder or a bible.yaml"
    )
    profile: str = Field(
        default="house",
        min_length=1,
        max_length=4000,
        description="Whose painter draws",
        json_schema_extra=looks,
    )
    out: UsablePath = Field(default=Path("episodes"), description="Folder the episodes are in")
    count: int = Field(default=4, ge=1, le=16, description="Candidates, each with a seed of its own")
    seed: Seed = Field(default=0, description="Seed of every candidate")
    views: Annotated[tuple[View, ...], AfterValidator(_front_first)] = Field(
        default=ALL, min_length=1, max_length=9, description="The pictures of a sheet"
    )
    again: Annotated[Typed | None, BeforeValidator(_none_if_blank)] = Field(
        default=None,
        max_length=2000,
        description="Draw other candidates, for this reason, also after an approval",
    )
    review_hours: float = Field(
        default=72, gt=0, le=24 * 90, description="How long the candidates wait for a person"
    )


@dataclass(frozen=True)
class Show:
    """A show where it lies."""

    bible: Bible
    file: Path

    @property
    def in_library(self) -> bool:
        return self.file.resolve().is_relative_to(shows.LIBRARY.resolve())

    def beside(self, out: Path) -> str:
        """The bible's file as seen from the episodes, so that a project can be moved as a whole."""
        return os.path.relpath(self.file.absolute(), out.absolute())


def show_of(order: CastOrder) -> Show:
    file = shows.located(order.show)
    return Show(Bible.read(file), file)


def character_of(bible: Bible, named: str) -> Character:
    """The character with this id or name, in any case."""
    wanted = named.strip().casefold()
    for who in bible.characters:
        if wanted in {name.casefold() for name in (who.id, *who.names, *who.title.values())}:
            return who
    known = ", ".join(f"{who.id} ({who.names[0]})" for who in bible.characters) or "none"
    raise InputRefused(f"{bible.id} has no character called '{shown(named)}'. Its characters: {known}.")


def bible_at(beside: str, out: Path) -> Path:
    """The bible's file of a casting on this machine; it may not exist here."""
    return Path(os.path.normpath(out.absolute() / beside))
