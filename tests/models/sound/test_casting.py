import pytest

from assets.errors import InputRefused
from assets.sheets.bible import VoiceSpec
from models.hibari import VOICES as HIBARI
from models.kokoro import VOICES as KOKORO
from models.sound.casting import ANYONE, KINDS, PITCH_SPREAD, Shape, cast

NAMES = ("one", "two", "three", "four", "five")
VOICES = {
    **{name: (Shape(name),) for name in NAMES},
    "man": (Shape("one", -5, -1), Shape("two", -6, -2)),
    "": tuple(Shape(name) for name in NAMES),
}


def cast_of(character: str, spec: VoiceSpec | None = None):
    return cast(spec or VoiceSpec(), character, model="toy", voices=VOICES)


def test_a_named_voice_is_taken_exactly():
    found = cast_of("aoi", VoiceSpec(voice="two", speed=1.3, pitch=-3))

    assert (found.voice, found.speed, found.pitch) == ("two", 1.3, -3)


def test_a_character_without_a_voice_always_gets_the_same_one():
    assert cast_of("aoi") == cast_of("aoi")


def test_two_characters_never_sound_exactly_alike():
    found = {cast_of(f"person-{number}") for number in range(50)}

    assert len(found) == 50
    assert {one.voice for one in found} == set(NAMES)


def test_what_the_id_adds_stays_small():
    for number in range(100):
        found = cast_of(f"person-{number}", VoiceSpec(pitch=4, speed=1.0))

        assert abs(found.pitch - 4) <= PITCH_SPREAD
        assert 0.95 < found.speed < 1.05


def test_an_unknown_voice_is_refused_with_those_that_exist():
    with pytest.raises(InputRefused, match="one, two, three, four, five"):
        cast_of("aoi", VoiceSpec(voice="six"))


def test_a_kind_of_person_is_cast_among_its_shapes():
    found = {cast_of(f"person-{number}", VoiceSpec(voice="man")).voice for number in range(20)}

    assert found == {"one", "two"}
    assert cast_of("aoi", VoiceSpec(voice="man", pitch=1)).pitch < -2


@pytest.mark.parametrize("voices", [HIBARI, KOKORO], ids=["hibari", "kokoro"])
def test_every_voice_machine_knows_every_kind(voices: dict[str, tuple[Shape, ...]]):
    assert all(voices[kind] for kind in (*KINDS, ANYONE))
