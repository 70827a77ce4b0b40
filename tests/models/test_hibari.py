import socket
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from assets.errors import InputRefused, ShapeRefused
from assets.sheets.bible import VoiceSpec
from models.hibari import SHAPES, HibariVoice, _anglicised
from models.sound import level, melody, reading

LINE = "Look, the satellite is falling! We have to run."


@pytest.fixture(scope="module")
def hibari() -> Iterator[HibariVoice]:
    voice = HibariVoice.load("cpu")
    yield voice
    voice.unload()


def say(hibari: HibariVoice, text: str, character: str = "aoi", seed: int = 1, **spec: object):
    voice = VoiceSpec.model_validate(spec)
    return hibari.speak(text, language="en", voice=voice, character=character, seed=seed)


def test_a_line_is_spoken_at_line_level_between_short_silences(hibari: HibariVoice):
    sound = say(hibari, LINE)

    loud = np.flatnonzero(np.abs(sound.samples) > 0.01)
    assert sound.rate == 48_000
    assert sound.samples.dtype == np.float32
    assert 1.5 < sound.seconds < 5
    assert level.loudness(sound.samples) == pytest.approx(level.LINE_LUFS, abs=0.3)
    assert loud[0] < 4800
    assert len(sound.samples) - loud[-1] < 4800


def test_the_same_line_and_seed_are_the_same_samples(hibari: HibariVoice):
    assert (say(hibari, LINE).samples == say(hibari, LINE).samples).all()


@pytest.mark.parametrize("semitones", [-4, 4])
def test_pitch_moves_by_the_semitones_asked_and_time_does_not(hibari: HibariVoice, semitones: float):
    plain = say(hibari, LINE, voice="heart")

    moved = say(hibari, LINE, voice="heart", pitch=semitones)

    ratio = melody.median_hz(moved.samples, 48_000) / melody.median_hz(plain.samples, 48_000)
    assert 12 * np.log2(ratio) == pytest.approx(semitones, abs=0.5)
    assert moved.seconds == pytest.approx(plain.seconds, abs=0.05)


def test_speed_shortens_a_line(hibari: HibariVoice):
    assert (
        say(hibari, LINE, voice="heart", speed=1.4).seconds < 0.85 * say(hibari, LINE, voice="heart").seconds
    )


def test_the_shapes_lie_apart_in_pitch(hibari: HibariVoice):
    heights = sorted(melody.median_hz(say(hibari, LINE, voice=name).samples, 48_000) for name in SHAPES)

    assert all(upper > 1.08 * lower for lower, upper in pairwise(heights))


def test_japanese_words_in_an_english_line_are_heard(hibari: HibariVoice):
    assert say(hibari, "おはよう, friend.").seconds > say(hibari, "friend.").seconds + 0.3


def test_japanese_sounds_become_english_ones_with_a_stress():
    assert _anglicised("konniʨiβa") == "kOnniʧˈiwɑ"


def test_a_script_it_cannot_read_is_refused(hibari: HibariVoice):
    with pytest.raises(ShapeRefused, match="Respell"):
        say(hibari, "Привет")


def test_another_language_is_refused(hibari: HibariVoice):
    with pytest.raises(ShapeRefused, match="kokoro"):
        hibari.speak("はい", language="ja", voice=VoiceSpec(), character="aoi", seed=1)


def test_an_unknown_voice_is_refused_without_a_download(hibari: HibariVoice, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket, "socket", None)

    with pytest.raises(InputRefused, match="heart_low"):
        say(hibari, LINE, voice="emma")


@pytest.mark.parametrize("text", ["……", "!?", "", "..."])
def test_a_wordless_line_is_a_breath_of_one_length(hibari: HibariVoice, text: str):
    sound = say(hibari, text)

    assert sound.seconds == pytest.approx(0.55)
    assert np.abs(sound.samples).max() < 0.02


@pytest.mark.slow
def test_a_long_speech_is_spoken_whole(hibari: HibariVoice):
    once = say(hibari, LINE, voice="heart")

    assert say(hibari, " ".join([LINE] * 20), voice="heart").seconds > 18 * once.seconds


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["ＯＫ！", "Shh.", "AAAAH!", "Pfft", "H-hello?", "No. 5", "20 ℃", "½", "Zzz"]
)
def test_a_short_line_is_heard(hibari: HibariVoice, text: str):
    sound = say(hibari, text)

    assert 0.2 < sound.seconds < 2
    assert np.abs(sound.samples).max() > 0.1


def test_a_number_after_a_short_form_is_said_in_the_same_breath(hibari: HibariVoice):
    """The dot of No. 5 ended the sentence: half a second of silence stood before the five."""
    (phrase,) = reading.phrases("He lives at No. 5, St. James St.")

    assert hibari._phonemes(phrase) == ["hˌi lˈɪvz æt nˈʌmbəɹ fˈIv, sˈAnt ʤˈAmz stɹˈit."]
