"""Who may make what: the rule, one fault at a time."""

import pytest

from models.house.foley import audition, listener
from models.house.foley.make import Maker
from models.house.foley.words import NAMES

FINE = {
    "named": 1.0,
    "named_real": 1.0,
    "apart": 2.5,
    "apart_real": 2.0,
    "shape": 0.4,
    "variety": 0.9,
    "air": 0.01,
}


def test_a_sound_as_near_as_the_rule_asks_has_no_fault():
    assert not list(audition._faults(FINE))


@pytest.mark.parametrize(
    ("measured", "fault"),
    [
        ({"named": 0.7}, "not named"),
        ({"named": 0.85}, "not named"),
        ({"apart": 3.1}, "spectrum"),
        ({"shape": 1.6}, "shape in time"),
        ({"variety": 0.4}, "too alike"),
        ({"air": 0.06}, "above 8 kHz"),
    ],
)
def test_each_measure_alone_can_send_a_sound_back_to_the_desk(measured, fault):
    assert [fault in said for said in audition._faults({**FINE, **measured})] == [True]


def test_a_model_that_knows_nothing_makes_nothing_and_every_sound_is_decided(tiny):
    ear = listener.fresh().train(False)

    chosen, figures = audition.held(
        Maker(tiny), ear, ["slap", "click"], orders=3, steps=2, tell=lambda said: None
    )

    assert not chosen.house()
    assert set(chosen.sounds) == set(NAMES)
    assert chosen.sounds["rain"].why == audition.UNTAUGHT != chosen.sounds["slap"].why
    assert figures["effects"] == 6 and figures["frechet_made"] > 0
