"""Training orders: captions come from a closed grammar and tell the truth."""

import numpy as np

from models.foley.adapter import ProceduralFoley
from models.foley.catalogue import RECIPES, manner_of
from models.foley.sampling import LENGTHS, sample


def test_an_order_depends_on_its_seed_alone() -> None:
    assert [sample(seed) for seed in range(20)] == [sample(seed) for seed in range(20)]


def test_every_audible_effect_is_ordered_sooner_or_later() -> None:
    assert {sample(seed)[0] for seed in range(2000)} == set(RECIPES) - {"silence"}


def test_a_caption_is_subject_manner_and_length_and_nothing_else() -> None:
    for seed in range(300):
        name, seconds, own, caption = sample(seed)
        recipe = RECIPES[name]
        lengths = {"", *(f", {word}" for _, word in LENGTHS)}

        said = f"{recipe.caption} {manner_of(recipe, own)}".strip()
        assert caption.startswith(said) and caption[len(said) :] in lengths
        assert (seconds == 0) == (recipe.extent == "once")


def test_the_captioned_manner_is_the_one_that_is_made() -> None:
    foley = ProceduralFoley.load("cpu")
    name, seconds, own, _ = next(order for order in map(sample, range(100)) if order[0] == "footsteps")

    plain = foley.make(name, seconds=seconds, seed=own).samples
    named = foley.make(f"{name}: {manner_of(RECIPES[name], own)}", seconds=seconds, seed=own).samples
    assert np.array_equal(plain, named)
