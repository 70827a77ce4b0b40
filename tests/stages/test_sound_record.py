from fractions import Fraction

import numpy as np
import pytest

from assets.errors import ModelFailed
from assets.matter import Sound
from assets.sheets.bible import Character, VoiceSpec
from assets.sheets.cutsheet import Line
from models.card import Card
from stages.sound.record import GATE_DB, RecordingSetup, delivery, mouths, record

RATE = 48_000
AOI = Character(id="aoi", names=("AOI",), voices={"en": VoiceSpec(voice="a", speed=1.2, pitch=2)})


class Echo:
    """A voice that remembers what it was asked and answers with a fixed sound."""

    card = Card(name="echo", port="voice", adapter_version=1, summary="for tests", licence="CC0-1.0")

    def __init__(self, sound: Sound) -> None:
        self.sound = sound
        self.asked: list[dict[str, object]] = []

    def speak(self, text: str, **asked: object) -> Sound:
        self.asked.append({"text": text, **asked})
        return self.sound


def a_line(text: str = "Hi.", manner: str = "") -> Line:
    return Line(character="aoi", text=text, manner=manner)


def recorded(line: Line, sound: Sound | None = None) -> tuple[Sound, dict[str, object]]:
    voice = Echo(sound or Sound(np.full(RATE, 0.1, np.float32), RATE))
    said = record(line, AOI, RecordingSetup(voice, "en", 5))
    return said, voice.asked[0]


def test_emphasis_and_notes_are_not_spoken():
    _, asked = recorded(a_line("I *really* mean it. [[louder?]]"))

    assert asked["text"] == "I really mean it."


def test_plain_speech_uses_the_characters_own_voice():
    said, asked = recorded(a_line())

    assert (asked["voice"], asked["character"], asked["seed"]) == (AOI.voice("en"), "aoi", 5)
    assert said.samples.max() == pytest.approx(0.1)


@pytest.mark.parametrize("manner", ["shouting", "(yells)", "叫んで", "大声で"])
def test_a_shout_is_louder_higher_and_faster(manner: str):
    said, asked = recorded(a_line(manner=manner))

    assert said.samples.max() > 0.1
    assert asked["voice"].pitch > 2
    assert asked["voice"].speed > 1.2


@pytest.mark.parametrize("manner", ["whispering", "under her breath", "ささやくように", "小声で"])
def test_a_whisper_is_softer(manner: str):
    said, _ = recorded(a_line(manner=manner))

    assert said.samples.max() < 0.1


def test_a_manner_about_something_else_changes_nothing():
    assert delivery("to the cat") == delivery("") == delivery("ほほえんで")


def test_a_shout_never_clips():
    said, _ = recorded(a_line(manner="shouting"), Sound(np.full(RATE, 0.9, np.float32), RATE))

    assert said.samples.max() <= 0.97 + 1e-6


def test_sound_outside_the_ports_contract_is_a_machines_failure():
    with pytest.raises(ModelFailed, match="echo"):
        recorded(a_line(), Sound(np.zeros((RATE, 2), np.float32), RATE))
    with pytest.raises(ModelFailed, match="24000"):
        recorded(a_line(), Sound(np.zeros(RATE, np.float32), 24_000))


def talk(seconds: float = 2.0) -> Sound:
    """Syllables four times a second, with a pause in the middle."""
    time = np.arange(round(seconds * RATE)) / RATE
    wave = 0.3 * np.sin(2 * np.pi * 200 * time) * np.maximum(0, np.sin(2 * np.pi * 4 * time)) ** 2
    wave[int(0.8 * RATE) : int(1.2 * RATE)] = 0
    return Sound(wave.astype(np.float32), RATE)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(30)])
@pytest.mark.parametrize("at", [0, 5, 12])
def test_a_mouth_has_one_opening_per_frame_held_on_twos(rate: Fraction, at: int):
    openings = mouths(talk(), at=at, frames=61, rate=rate)

    assert openings.shape == (61,)
    assert openings.dtype == np.float32
    assert (openings[: at - at % 2] == 0).all()
    assert openings.max() == pytest.approx(1.0)
    assert (openings[0:60:2] == openings[1:60:2]).all()


def test_a_mouth_is_shut_before_after_and_in_pauses():
    openings = mouths(talk(), at=12, frames=96, rate=Fraction(24))

    assert not openings[:12].any()
    assert not openings[12 + 24 : 12 + 28].any()
    assert not openings[62:].any()
    assert openings[12:30].max() > 0.8


def test_a_mouth_opens_and_closes_with_every_syllable():
    openings = mouths(talk(), at=0, frames=48, rate=Fraction(24))

    steps = np.diff((openings > 0.3).astype(int))
    assert (steps == 1).sum() >= 5


def test_quiet_noise_under_a_voice_moves_no_mouth():
    sound = talk()
    hiss = 0.3 * 10 ** ((GATE_DB - 6) / 20) * np.random.default_rng(1).uniform(-1, 1, len(sound.samples))

    openings = mouths(
        Sound((sound.samples + hiss).astype(np.float32), RATE), at=0, frames=48, rate=Fraction(24)
    )

    assert not openings[24:28].any()


def test_a_breath_moves_no_mouth():
    breath = 0.01 * np.random.default_rng(1).standard_normal(RATE).astype(np.float32)

    assert not mouths(Sound(breath, RATE), at=0, frames=24, rate=Fraction(24)).any()


def test_a_sound_longer_than_its_cut_is_read_as_far_as_the_cut_goes():
    assert mouths(talk(4.0), at=20, frames=24, rate=Fraction(24)).shape == (24,)
    assert not mouths(talk(), at=30, frames=24, rate=Fraction(24)).any()
