"""A piece of work before it is done: its recipe, what it depicts, and the order that another process needs to do it.

In: a model with its options, inputs.      Out: digests that say which earlier result is the same work.
Knows nothing about where results are kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.hashing import digest, recipe_key
from assets.sheets.base import Part
from assets.sheets.production import Step
from models.lease import Leased

Result = dict[str, Any]
"""JSON data; blobs in it are references into the vault."""


@dataclass(frozen=True)
class Work:
    """One piece of work before it is done.

    model    the model that makes it, with its options; None: our own code without a model
    inputs   everything that decides the bytes besides the model and its options
    depicts  what it shows (the content basis); empty: only the exact recipe counts
    fits     what it must fit, whichever model made it (length, size, sound)
    anew     explicitly ordered again: an earlier result of another recipe is not reused
    holds    names of ``inputs`` that must be the same, or missing in both, for an earlier result to be kept
    holds_if_known  the same, but only where the earlier result had such an input
    earlier  ``depicts`` as an older version of Sakuga computed it; a result with that basis is kept as well
    """

    step: Step
    name: str
    model: Leased[Any] | None
    inputs: Mapping[str, Any]
    depicts: Mapping[str, Any] | None = None
    fits: Mapping[str, Any] = field(default_factory=dict)
    anew: bool = False
    holds: frozenset[str] = frozenset()
    holds_if_known: frozenset[str] = frozenset()
    earlier: Mapping[str, Any] | None = None

    @property
    def maker(self) -> dict[str, Any]:
        return self.model.identity() if self.model else {"name": "sakuga"}

    @property
    def maker_name(self) -> str:
        return self.model.card.name if self.model else "sakuga"

    @property
    def basis(self) -> str:
        return digest(self.depicts) if self.depicts is not None else ""

    @property
    def recipe(self) -> str:
        everything = {**self.inputs, "depicts": self.depicts, "fits": self.fits}
        return recipe_key(self.step, machine=self.maker, inputs=everything)

    def ingredients(self) -> dict[str, str]:
        """One short digest per input, so that a later run can say which of them changed."""
        parts: dict[str, Any] = {"model": self.maker, **self.inputs, **self.fits, **(self.depicts or {})}
        return {name: digest(value)[:16] for name, value in sorted(parts.items())}


@dataclass(frozen=True)
class Order:
    """Everything another process needs to do a piece of work.

    common   what the pieces of one stage share, sent once
    piece    what this piece needs in addition
    weight   expected cost relative to other pieces of its stage
    group    pieces of one group go well one after another: they need the same LoRAs
    """

    common: Part
    piece: Part
    weight: float
    group: str = ""


@dataclass(frozen=True)
class Found:
    """A result that was made earlier; ``inputs`` are those of the work that wanted it."""

    recipe: str
    result: Result
    inputs: Mapping[str, Any] = field(default_factory=dict)


class Unmade(Exception):
    """The cache is in lookup mode, and there is no result yet."""

    def __init__(self, work: Work, recipe: str, order: Order) -> None:
        super().__init__(f"{work.step} {work.name} is not made yet")
        self.work, self.recipe, self.order = work, recipe, order


Remote = Callable[[Unmade], tuple[Result, float]]
"""Has other processes make a piece of work. Returns the result, which is in the vault, and the seconds it took."""
