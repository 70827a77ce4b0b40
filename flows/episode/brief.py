"""The orders a person gives: make an episode, redo one cut, work for one GPU worker.

In:  values from the command line or a form.      Out: checked, frozen orders.
Knows nothing about how an order is carried out.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from assets.errors import InputRefused
from assets.plain import one_line, shortened
from assets.sheets.base import Part, Seed, Typed
from assets.sheets.bible import Language
from assets.sheets.cutsheet import CutNumber
from assets.sheets.review import GateKind
from assets.timing import MAX_FRAMES
from flows.episode.forms import as_episode_form, as_form, flat, looks, scripts
from flows.terminal import arguments


def _usable(path: Path) -> Path:
    try:
        return arguments.path(path, "a path")
    except InputRefused as refused:
        raise ValueError(str(refused)) from None


def _none_if_blank(value: object) -> object:
    """Read an empty text as None: a form sends an empty field as ""."""
    return None if isinstance(value, str) and not value.strip() else value


UsablePath = Annotated[Path, AfterValidator(_usable)]


Workers = Literal["auto"] | Annotated[int, Field(ge=0, le=512)]


class Brief(Part):
    """One order for one episode. Every path is on the machine that runs it."""

    model_config = ConfigDict(json_schema_extra=as_episode_form)

    script: UsablePath = Field(
        description="Path of the screenplay (.fountain, .fdx, .txt, .md, .spmd), from the project's folder on",
        json_schema_extra=scripts,
    )
    show: Annotated[str | None, BeforeValidator(_none_if_blank)] = Field(
        default=None,
        max_length=4000,
        description="Show: an id in the library, a folder or a bible.yaml. Empty: the bible beside the script",
    )
    profile: str = Field(
        default="house",
        min_length=1,
        max_length=4000,
        description="Profile that sets the look: one of the library, or a .yaml of your own",
        json_schema_extra=looks,
    )
    out: UsablePath = Field(default=Path("episodes"), description="Folder the episode's folder is made in")
    takes: int | None = Field(
        default=None,
        ge=1,
        le=16,
        description="Takes to make of each cut; the best is shown. Empty: the profile's own",
    )
    language: Annotated[Language | None, BeforeValidator(_none_if_blank)] = Field(
        default=None, description="Empty: the language of the dialogue"
    )
    seed: Seed | None = Field(default=None, description="Seed of every drawing. Empty: the profile's seed")
    refresh: bool = Field(
        default=False, description="Redo unlocked work made by an older model, seed or quality"
    )
    burn_in: bool = Field(default=False, description="Draw the subtitles into the picture")
    name: Annotated[str | None, BeforeValidator(_none_if_blank)] = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]{1,48}$",
        description="Name of the episode, where another script has the same file name. Empty: the script's own",
    )
    same_episode: bool = Field(
        default=False, description="This script replaces the one the episode was made from so far"
    )
    workers: Workers = Field(
        default=0,
        description="How many workers of the cluster draw, move and voice the cuts together; auto: as many as it "
        "has GPUs, or can get; 0: the run does it all itself",
    )
    gates: tuple[GateKind, ...] = Field(
        default=(),
        description="Gates where the run stops for a review: script (the cut sheet), storyboard, takes, "
        "final (the finished episode); none: the run never stops",
    )
    approve: Literal["person", "auto"] = Field(
        default="person", description="auto: no review; each gate is recorded as passed without one"
    )
    review_hours: float = Field(
        default=72, gt=0, le=24 * 90, description="How long a gate waits for a person before the run ends"
    )

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, order: object) -> object:
        return flat(order) if isinstance(order, Mapping) else order


class RetakeOrder(Part):
    """An order to redo one cut."""

    model_config = ConfigDict(json_schema_extra=as_form)

    cut: CutNumber = Field(
        description="Cut number, such as C004",
        json_schema_extra={"pattern": r"^\s*[Cc][0-9]{3,4}[A-Za-z]{0,2}\s*$"},
    )
    reason: Typed = Field(min_length=1, max_length=2000, description="Why; it stays in the record")
    start: int | None = Field(
        default=None,
        ge=0,
        le=MAX_FRAMES,
        description="First frame of the cut to redo, from 0. Empty: all of it",
    )
    stop: int | None = Field(
        default=None, ge=1, le=MAX_FRAMES, description="First frame after the range. Empty: to the end"
    )
    unlock: bool = Field(default=False, description="Redo it although its take is approved")


def run_name(brief: Brief) -> str:
    """The name of a run that makes the episode: "make ep01.ja (animatic)"."""
    # A profile that is not given may come from the studio's defaults, which are read later.
    look = f" ({Path(brief.profile).stem})" if "profile" in brief.model_fields_set else ""
    return shortened(one_line(f"make {brief.script.stem}{look}"), 200)


def command_of(brief: Brief) -> str:
    """The `sakuga produce` command that makes this episode."""
    words = ["sakuga", "produce", str(brief.script), "--profile", brief.profile, "--out", str(brief.out)]
    for option, value in (("--show", brief.show), ("--language", brief.language), ("--seed", brief.seed),
                          ("--takes", brief.takes), ("--name", brief.name),
                          ("--workers", brief.workers or None)):  # fmt: skip
        words += [option, str(value)] if value is not None else []
    words += ["--burn-in"] if brief.burn_in else []
    return shlex.join(words)


def retake_order(cut: str, *, reason: str, frames: str | None, unlock: bool) -> RetakeOrder:
    """The order for one cut as it was typed: ``cut`` such as C004, ``frames`` such as 24-48.

    raises  InputRefused naming the option that is wrong
    """
    start, stop = arguments.frames(frames)
    return arguments.build(
        RetakeOrder,
        cut=arguments.cut(cut),
        reason=arguments.words(reason, "--reason"),
        start=start,
        stop=stop,
        unlock=unlock,
    )
