"""The shipped weights: whole, small, told of, and able to sound."""

import json

import numpy as np
import pytest

from assets.sheets.sounds import SOUNDS
from models.house import weights
from models.house.foley import choice
from models.lease import lease
from models.ports import Foley
from models.registry import card, lacks

FOLDER = weights.LIBRARY / "foley"
pytestmark = pytest.mark.skipif(
    bool(lacks("foley", "house")), reason="the house foley's weights are not here"
)


def test_every_file_is_whole_and_none_is_larger_than_a_repository_carries():
    assert weights.folder("foley") == FOLDER
    assert all(path.stat().st_size <= weights.LARGEST for path in FOLDER.rglob("*"))


def test_every_sound_is_decided_with_a_reason():
    chosen = choice.read(FOLDER)

    assert set(chosen.sounds) == set(SOUNDS) - {"silence"}
    assert all(row.why for row in chosen.sounds.values())


def test_what_the_model_may_make_meets_the_stated_rule():
    made = {name: row for name, row in choice.read(FOLDER).sounds.items() if row.maker == "house"}

    assert made
    for name, row in made.items():
        assert row.named >= 0.8 and row.shape <= 1.5 and row.variety >= 0.5 and row.air <= 0.05, name


def test_the_recipe_tells_data_licence_and_steps():
    told = json.loads((FOLDER / "recipe.json").read_text())

    assert told["licence"] == told["lessons"]["licence"] == "Apache-2.0"
    assert len(told["lessons"]["sha256"]) == 64 and told["model"]["steps"] > 0
    assert set(choice.read(FOLDER).house()) <= set(told["taught"])


def test_the_leased_card_has_the_weights_revision_and_says_how_many_sounds_they_make():
    with lease(Foley, "house") as leased:
        assert leased.card.revision == weights.revision("foley") != card("foley", "house").revision
        assert f"{len(choice.read(FOLDER).house())} of 66" in leased.card.summary


@pytest.mark.slow
def test_the_shipped_weights_make_rain_that_is_heard_and_repeats_to_the_byte():
    with lease(Foley, "house", options={"makes": "all"}) as leased:
        one, again = (leased.model.make("rain", seconds=1.5, seed=3).samples for _ in range(2))

    assert one.tobytes() == again.tobytes()
    assert np.sqrt(np.mean(one**2)) > 0.003
