"""ACE-Step as a composer: the port's contract, moods, lengths."""

import numpy as np
import pytest

from assets.errors import InputRefused, SetupMissing, ShapeRefused
from models.composer.styles import STYLES
from models.hubsound.ace_step import TOLD, score
from models.lease import lease
from models.ports import Composer
from tests.models import test_ports as contract


@pytest.mark.parametrize(
    "claim",
    [contract.test_music_is_exactly_as_long_as_asked_and_repeatable, contract.test_the_mood_none_is_silence],
    ids=lambda claim: claim.__name__.removeprefix("test_"),
)
def test_it_keeps_the_contract_of_its_port(composer, claim):
    claim(composer)


@pytest.mark.parametrize("seconds", [0.5, 9.99, 12.0])
def test_music_of_any_length_ends_in_a_fade(composer, seconds):
    made = composer.model.compose("sad", seconds=seconds, seed=2).samples

    assert made.shape == (round(seconds * 48_000), 2)
    assert np.abs(made[-48:]).max() < 0.01


def test_every_mood_is_told_and_sounds_different(composer):
    made = {composer.model.compose(mood, seconds=1, seed=1).samples.tobytes() for mood in TOLD}

    assert set(TOLD) == set(STYLES)
    assert len(made) == len(TOLD)


def test_tempo_and_key_follow_the_mood_and_the_seed():
    assert {score("action", seed)[0] for seed in range(60)} <= set(range(138, 153))
    assert all(score("sad", seed)[1].endswith("minor") for seed in range(20))
    assert score("warm", 3) == score("warm", 3)
    assert len({score("warm", seed) for seed in range(20)}) > 5


@pytest.mark.parametrize("seconds", [0, -1, 601, float("nan")])
def test_a_length_that_no_piece_can_have_is_refused(composer, seconds):
    with pytest.raises(ShapeRefused, match="600 s"):
        composer.model.compose("sad", seconds=seconds, seed=1)


def test_an_unknown_mood_is_refused(composer):
    with pytest.raises(InputRefused, match="angry"):
        composer.model.compose("angry", seconds=5, seed=1)


def test_a_model_without_a_revision_is_refused_with_the_command_that_pins_it():
    with lease(Composer, "ace-step") as leased, pytest.raises(SetupMissing, match="sakuga models pin"):
        leased.model.compose("sad", seconds=5, seed=1)
