import pytest

from assets.errors import InputRefused
from assets.sheets.bible import VoiceSpec
from models.sound.casting import PITCH_SPREAD, cast

VOICES = ("one", "two", "three", "four", "five")


def cast_of(character: str, spec: VoiceSpec | None = None):
    return cast(spec or VoiceSpec(), character, machine="toy", voices=VOICES)


def test_a_named_voice_is_taken_exactly():
    found = cast_of("aoi", VoiceSpec(voice="two", speed=1.3, pitch=-3))

    assert (found.voice, found.speed, found.pitch) == ("two", 1.3, -3)


def test_a_character_without_a_voice_always_gets_the_same_one():
    assert cast_of("aoi") == cast_of("aoi")


def test_two_characters_never_sound_exactly_alike():
    found = {cast_of(f"person-{number}") for number in range(50)}

    assert len(found) == 50
    assert {one.voice for one in found} == set(VOICES)


def test_what_the_id_adds_stays_small():
    for number in range(100):
        found = cast_of(f"person-{number}", VoiceSpec(pitch=4, speed=1.0))

        assert abs(found.pitch - 4) <= PITCH_SPREAD
        assert 0.95 < found.speed < 1.05


def test_an_unknown_voice_is_refused_with_those_that_exist():
    with pytest.raises(InputRefused, match="one, two, three, four, five"):
        cast_of("aoi", VoiceSpec(voice="six"))
