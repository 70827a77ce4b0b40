"""Orders for training data: one seed in, one effect and its caption out.

Captions follow a closed grammar:  subject [manner] [', ' length]
subject and manner are the recipe's own words; the manner is the one that the seed chooses when the effect is made
without a manner, so that the caption is correct.
"""

from models.foley.catalogue import RECIPES, dice, manner_of
from models.foley.performance import Recipe

LENGTHS = ((1.5, "very short"), (3.0, "short"), (6.0, "of medium length"), (float("inf"), "long"))


def sample(seed: int) -> tuple[str, float, int, str]:
    """(name, seconds, seed, caption): ``make(name, seconds=seconds, seed=seed)`` fits the caption."""
    rng = dice("sample", seed)
    names = sorted(name for name in RECIPES if name != "silence")
    recipe = RECIPES[names[int(rng.integers(len(names)))]]
    seconds = 0.0 if recipe.extent == "once" else round(float(rng.uniform(1.0, 10.0)), 1)
    own = int(rng.integers(2**31))
    return recipe.name, seconds, own, caption(recipe, seconds, own)


def caption(recipe: Recipe, seconds: float, seed: int) -> str:
    manner = manner_of(recipe, seed)
    words = f"{recipe.caption} {manner}".strip()
    if recipe.extent == "once":
        return words
    length = next(word for limit, word in LENGTHS if (seconds or recipe.seconds) <= limit)
    return f"{words}, {length}"
