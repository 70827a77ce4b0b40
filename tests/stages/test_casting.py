"""Whoever the bible does not know gets a look of their own, always the same one."""

from typing import get_args

import pytest

from assets.grammar import words
from assets.sheets import look as grammar
from models.sound.casting import KINDS
from models.toy import ToyVoice
from stages import casting


def test_the_same_name_has_the_same_look_whatever_its_case():
    assert casting.look("Kestrel", "") == casting.look("KESTREL", "")


def test_a_look_does_not_change_between_releases():
    """Guards the drawing from the name: a change here recasts every stranger's script."""
    look = casting.look("KESTREL", "")

    assert (look.hair, look.hair_color, look.outfit) == ("undercut", "pink", "shirt")


@pytest.mark.parametrize(
    ("said", "trait", "value"),
    [
        ("an old man", "age", "elder"),
        ("a girl with silver hair", "hair_color", "silver"),
        ("DETECTIVE", "outfit", "coat"),
        ("a burly knight", "build", "stocky"),
        ("銀髪の少女", "hair_color", "silver"),
        ("白衣の男", "outfit", "labcoat"),
    ],
)
def test_what_the_script_says_is_what_is_drawn(said, trait, value):
    assert getattr(casting.look("X", said), trait) == value


@pytest.mark.parametrize(
    ("list_", "allowed"),
    [
        ("expressions", grammar.Expression),
        ("tones", grammar.Expression),
        ("poses", grammar.Pose),
        ("props", grammar.Prop),
        ("places", grammar.PlaceKind),
        ("hours", grammar.TimeOfDay),
        ("weathers", grammar.Weather),
        ("framing", grammar.ShotSize),
        ("camera", grammar.CameraMove),
        ("moods", grammar.Mood),
    ],
)
def test_every_word_list_calls_for_things_that_can_be_drawn(list_, allowed):
    assert set(words(list_)) - {"none"} <= set(get_args(allowed))


def test_every_look_in_the_list_exists():
    known = {
        "age": grammar.Age,
        "hair": grammar.HairStyle,
        "hair_color": grammar.HairColor,
        "outfit": grammar.Outfit,
        "accessory": grammar.Accessory,
        "build": grammar.Build,
    }
    traits = [value.split(".") for value in words("looks") if not value.startswith("gender.")]

    assert all(value in get_args(known[trait]) for trait, value in traits)


@pytest.mark.parametrize(
    ("said", "age"),
    [
        ("IRIS, 60s, elegant", "elder"),
        ("PAUL, 30, a tired man", "adult"),
        ("(mid-40s)", "adult"),
        ("遥(16、女子高生)", "teen"),
        ("a boy of 9 years old", "child"),
        ("old", "elder"),
        ("a man beside an old truck", "adult"),
    ],
)
def test_an_age_is_read_where_it_is_written(said, age):
    assert casting.look("X", said).age == age


def test_a_dress_has_the_colour_it_is_given():
    assert casting.look("X", "elegant, in a long red dress").outfit_color == "red"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("a woman", "woman"),
        ("a man, 45", "man"),
        ("a schoolgirl", "girl"),
        ("a little boy", "boy"),
        ("おばあさん", "elder_woman"),
        ("an old man", "elder_man"),
    ],
)
def test_an_invented_person_has_a_voice_of_their_kind(said, kind):
    made = casting.character("x", ("X",), hints=said)

    assert {spec.voice for spec in made.voices.values()} == {kind} and kind in KINDS


def test_two_invented_men_sound_different():
    one, other = (casting.character(id, (id,), hints="a man") for id in ("al", "bo"))

    assert one.voice("en") != other.voice("en")


def test_a_toy_speaks_for_the_invented_too():
    made = casting.character("x", ("X",), hints="an old woman")

    sound = ToyVoice.load("cpu").speak("Hello.", language="en", voice=made.voice("en"), character="x", seed=1)

    assert len(sound.samples) > 0
