"""Every recipe by name. A new sound is one function in its family, and one row in that family's list."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from models.foley import (
    air,
    animals,
    bells,
    crowd,
    desk,
    doors,
    electronic,
    insects,
    steps,
    struck,
    vehicles,
    water,
)
from models.foley.finish import WRAP, finish
from models.foley.performance import Performance, Recipe, Rng, count

FAMILIES = (steps, doors, struck, bells, water, air, vehicles, desk, electronic, animals, insects, crowd)
RECIPES: dict[str, Recipe] = {recipe.name: recipe for family in FAMILIES for recipe in family.RECIPES}
LONGEST = 60.0  # seconds of an ambience made at once; longer ones repeat it, which limits memory


def dice(*words: str | int) -> Rng:
    """A random generator that depends only on ``words``."""
    seed = hashlib.sha256("\0".join(map(str, words)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(seed[:16], "big")))


def manner_of(recipe: Recipe, seed: int) -> str:
    """The manner that a seed selects when the order names none."""
    return recipe.manners[int(dice("manner", recipe.name, seed).integers(len(recipe.manners)))]


def perform(recipe: Recipe, manner: str, seconds: float, seed: int) -> NDArray[np.float32]:
    """(n, 2) at 48 kHz; ``seconds`` 0 is the recipe's own length."""
    length = seconds or recipe.seconds
    span = {"once": recipe.seconds, "held": length, "loop": min(length, LONGEST)}[recipe.extent]
    extra = WRAP if recipe.extent == "loop" else 0.0
    order = Performance(dice(recipe.name, manner, seed), span + extra, manner)
    sound = finish(recipe.perform(order), recipe, seconds)
    if recipe.extent == "loop" and len(sound) < count(length):
        sound = np.tile(sound, (-(-count(length) // len(sound)), 1))[: count(length)]
    return sound
