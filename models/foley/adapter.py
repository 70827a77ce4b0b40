"""The procedural Foley model: an effect's name in, its sound out, no weights.

In:  a name ('rain'), or a name and a manner ('rain: heavily'); seconds; a seed.
Out: stereo at 48 kHz, peak <= 0.9, at the level its recipe states.
Knows nothing about cues, cuts or the mix.
"""

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar, Self

from assets.errors import InputRefused, ShapeRefused
from assets.matter import Sound
from models.card import Card

if TYPE_CHECKING:
    from models.foley.performance import Recipe

RATE = 48_000
LIMIT = 300.0  # seconds: longer ambiences are looped by the mix, and memory stays below a gigabyte


class ProceduralFoley:
    """Every effect is synthesised by this repository, so its origin is clear."""

    card: ClassVar[Card] = Card(
        name="procedural",
        port="foley",
        adapter_version=1,
        gpu_share=0,
        summary="Sound effects by modal, granular and subtractive synthesis",
        licence="Apache-2.0",
        concurrent=True,
        dialect="grammar",
    )

    def __init__(self, recipes: "dict[str, Recipe]") -> None:
        self._recipes = recipes

    @classmethod
    def load(cls, device: str) -> Self:
        """Always runs on the CPU."""
        from models.foley.catalogue import RECIPES

        return cls(RECIPES)

    def unload(self) -> None:
        """Do nothing: there are no weights."""

    def sounds(self) -> tuple[str, ...]:
        return tuple(sorted(self._recipes))

    def ambiences(self) -> tuple[str, ...]:
        """The ambiences, which fill a cut: endless, and their end continues into their beginning."""
        return tuple(name for name in self.sounds() if self._recipes[name].extent == "loop")

    def manners(self, sound: str) -> tuple[str, ...]:
        """The manners in which ``sound`` can be ordered, as in 'footsteps: on gravel'; empty when it has only one."""
        return tuple(manner for manner in self._recipe(sound).manners if manner)

    def make(self, sound: str, *, seconds: float, seed: int) -> Sound:
        """Make one effect; without a manner the seed chooses one. Effects that occur once are padded."""
        from models.foley.catalogue import perform

        recipe, manner = self.understood(sound, seconds=seconds, seed=seed)
        return Sound(perform(recipe, manner, seconds, seed), RATE)

    def understood(self, sound: str, *, seconds: float, seed: int) -> "tuple[Recipe, str]":
        """The recipe and manner of an order; refuses an order that cannot be made."""
        from models.foley.catalogue import manner_of

        if not math.isfinite(seconds) or not 0 <= seconds <= LIMIT:
            raise ShapeRefused(
                f"An effect of {seconds} s was asked for {sound!r}. Give 0 for its natural length, "
                f"or up to {LIMIT:.0f} s."
            )
        name, _, asked = sound.partition(":")
        recipe = self._recipe(name.strip())
        return recipe, self._manner(recipe, asked.strip()) if asked.strip() else manner_of(recipe, seed)

    def _recipe(self, name: str) -> "Recipe":
        if name in self._recipes:
            return self._recipes[name]
        close = get_close_matches(name.lower().replace(" ", "_"), self._recipes, n=5, cutoff=0.4)
        nearest = f"The closest are: {', '.join(close)}." if close else "Nothing is close to it."
        raise InputRefused(
            f"No effect is called {name!r}. {nearest} "
            f"All {len(self._recipes)} names: {', '.join(self.sounds())}."
        )

    def _manner(self, recipe: "Recipe", asked: str) -> str:
        if asked in recipe.manners:
            return asked
        known = ", ".join(manner for manner in recipe.manners if manner) or "none; leave it out"
        raise InputRefused(f"{recipe.name!r} cannot be made {asked!r}. Its manners: {known}.")
