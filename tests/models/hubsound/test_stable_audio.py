"""Stable Audio as a Foley: the port's contract, lengths beyond the model, and what is refused before loading."""

import json
import shutil

import numpy as np
import pytest

from assets.errors import SetupMissing, ShapeRefused
from models.foley.adapter import ProceduralFoley
from models.foley.finish import loudness
from models.lease import lease
from models.ports import Foley
from models.registry import lacks_with
from tests.models import test_ports as contract

RATE = 48_000


@pytest.mark.parametrize(
    "claim",
    [
        contract.test_a_foley_machine_makes_every_sound_there_is,
        contract.test_an_effect_is_stereo_as_long_as_asked_and_repeatable,
        contract.test_an_unknown_sound_is_refused,
    ],
    ids=lambda claim: claim.__name__.removeprefix("test_"),
)
def test_it_keeps_the_contract_of_its_port(foley, claim):
    claim(foley)


def test_another_seed_is_another_sound(foley):
    one, other = (foley.model.make("rain", seconds=1, seed=seed).samples for seed in (1, 2))

    assert not np.array_equal(one, other)


def test_another_sound_or_manner_is_another_prompt(foley):
    made = [foley.model.make(sound, seconds=1, seed=1).samples for sound in ("rain", "wind", "rain: heavily")]

    assert len({one.tobytes() for one in made}) == 3


@pytest.mark.parametrize("seconds", [0.2, 1.0, 5.9, 6.0, 6.1, 20.0])
def test_an_ambience_is_exactly_as_long_as_asked_also_beyond_what_the_model_makes_at_once(foley, seconds):
    """The tiny models make 3 s and 6 s; the real ones 47 s, and a cut may hold an ambience for longer."""
    made = foley.model.make("rain", seconds=seconds, seed=1).samples

    assert made.shape == (round(seconds * RATE), 2)
    assert np.abs(made[-RATE // 10 :]).max() > 0


def test_a_long_ambience_has_no_jump_where_its_pieces_meet(foley):
    made = foley.model.make("rain", seconds=20.0, seed=1).samples
    steps = np.abs(np.diff(made, axis=0)).max(axis=1)

    assert steps.max() < 8 * np.quantile(steps, 0.99)


def test_an_effect_without_a_length_has_the_length_of_its_recipe(foley):
    held, once = (foley.model.make(sound, seconds=0, seed=1) for sound in ("wind", "knock"))

    assert held.seconds == 8
    assert 0 < once.seconds <= 1.5


def test_an_effect_is_as_loud_as_its_recipe_says(foley):
    """It replaces a procedural effect in a mix that was balanced with that."""
    recipe, _ = ProceduralFoley.load("cpu").understood("rain", seconds=2, seed=1)

    assert loudness(foley.model.make("rain", seconds=2.0, seed=1).samples) == pytest.approx(
        recipe.level, abs=2
    )


def test_silence_needs_no_model(foley):
    assert not foley.model.make("silence", seconds=1, seed=1).samples.any()


def test_too_long_an_order_is_refused_before_the_model_is_asked(foley):
    with pytest.raises(ShapeRefused, match="300 s"):
        foley.model.make("rain", seconds=301, seed=1)


def test_half_precision_reaches_the_decoder_in_full_precision(saved):
    """The decoder is in float32; latents in bfloat16 stopped it with an error about types."""
    options = {"weights": {"path": saved("stable-audio-open")}, "steps": 2, "precision": "bfloat16"}

    with lease(Foley, "stable-audio", options=options) as leased:
        assert np.isfinite(leased.model.make("rain", seconds=1, seed=1).samples).all()


def test_a_pipeline_of_another_kind_is_refused_by_name(saved):
    options = {"weights": {"path": saved("ace-step")}}

    with (
        lease(Foley, "stable-audio", options=options) as leased,
        pytest.raises(SetupMissing, match="AceStepPipeline"),
    ):
        leased.model.make("rain", seconds=1, seed=1)


def test_a_folder_without_an_index_is_refused(saved, tmp_path):
    shutil.copytree(saved("stable-audio-open"), tmp_path / "mine")
    (tmp_path / "mine/model_index.json").unlink()

    with pytest.raises(SetupMissing, match=r"no model_index\.json"):
        lacks_with("foley", "stable-audio", {"weights": {"path": tmp_path / "mine"}})


def test_the_package_that_the_models_own_scheduler_needs_is_named_before_a_run(saved, tmp_path):
    shutil.copytree(saved("stable-audio-open"), tmp_path / "mine")
    file = tmp_path / "mine/model_index.json"
    index = json.loads(file.read_text())
    file.write_text(json.dumps({**index, "scheduler": ["diffusers", "CosineDPMSolverMultistepScheduler"]}))

    told = lacks_with("foley", "stable-audio", {"weights": {"path": tmp_path / "mine"}})

    assert told == "" or "torchsde" in told


def test_its_card_tells_the_licence_and_what_it_learnt_from():
    options = {"weights": {"hub": "stabilityai/stable-audio-3-small-sfx", "revision": "1" * 40}}

    with lease(Foley, "stable-audio", options=options) as unloaded:
        card = unloaded.card

    assert (card.weights, card.revision) == ("stabilityai/stable-audio-3-small-sfx", "1" * 40)
    assert "Stability-AI" in card.licence
    assert "Creative Commons" in card.training_data
