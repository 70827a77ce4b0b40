"""A speech endpoint as a voice, against a server in a process of its own, faults included."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from assets.errors import InputRefused, ModelFailed, SetupMissing, ShapeRefused
from assets.sheets.bible import VoiceSpec
from models.lease import lease
from models.ports import Voice
from models.registry import lacks_with
from tests.models import test_ports as contract

QUICK = {"attempts": 3, "first_wait_s": 0.01, "wait_s": 1, "answer_s": 0.5, "megabytes": 40}
VOICES = {"": ["alloy"], "woman": ["nova", "shimmer"], "man": ["onyx"]}


@pytest.fixture(scope="module")
def server():
    script = Path(__file__).with_name("scripted_speech.py")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


def options(server, way, **other):
    return {"url": f"{server}/{way}", "model": "tts", "voices": VOICES, "patience": QUICK, **other}


@pytest.fixture(scope="module")
def voice(server):
    with lease(Voice, "speech-api", options=options(server, "good")) as leased:
        yield leased


def say(server, way, text="Look, the stars are out.", *, spec=None, character="aoi", seed=3, **other):
    with lease(Voice, "speech-api", options=options(server, way, **other)) as leased:
        return leased.model.speak(
            text, language="en", voice=spec or VoiceSpec(), character=character, seed=seed
        )


def asked(server, way):
    with urllib.request.urlopen(f"{server}/log") as answered:
        return [one for one in json.load(answered) if one["way"] == way]


@pytest.mark.parametrize(
    "claim",
    [
        contract.test_a_line_is_mono_at_48_kilohertz_bounded_and_repeatable,
        contract.test_a_language_the_voice_does_not_speak_is_refused,
    ],
    ids=lambda claim: claim.__name__.removeprefix("test_"),
)
def test_it_keeps_the_contract_of_its_port(voice, claim):
    claim(voice)


@pytest.mark.parametrize("text", ["……", "12", "", "😀", "." * 1000, contract.LONG, contract.UNREAD])
def test_a_line_is_refused_before_anything_is_sent_or_it_is_said(voice, text):
    contract.test_a_voice_refuses_before_it_is_loaded_what_it_refuses_when_it_speaks(voice, text, VoiceSpec())


def test_the_request_is_the_one_of_the_api_reference(server):
    say(server, "request", spec=VoiceSpec(speed=1.25))

    assert asked(server, "request")[-1]["asked"] == {
        "model": "tts",
        "input": "Look, the stars are out.",
        "voice": "alloy",
        "speed": 1.25,
        "response_format": "wav",
    }


def test_a_seed_and_instructions_are_sent_only_where_the_profile_says_so(server):
    say(server, "more", seeded=True, instructions="whispering", seed=2**40 + 5)

    sent = asked(server, "more")[-1]["asked"]
    assert (sent["seed"], sent["instructions"]) == (5, "whispering")


def test_characters_of_one_kind_share_its_voices_and_keep_them(server):
    for character in ("aoi", "mio", "rin", "kei", "aoi"):
        say(server, "cast", spec=VoiceSpec(voice="woman"), character=character)

    sent = [one["asked"]["voice"] for one in asked(server, "cast")]
    assert set(sent) == {"nova", "shimmer"}
    assert sent[0] == sent[-1]


def test_a_kind_without_a_voice_of_its_own_speaks_with_everybodys(server):
    say(server, "kind", spec=VoiceSpec(voice="girl"))

    assert asked(server, "kind")[-1]["asked"]["voice"] == "alloy"


def test_a_voice_that_the_bible_names_is_sent_as_it_is(server):
    say(server, "named", spec=VoiceSpec(voice="af_bella+am_adam"))

    assert asked(server, "named")[-1]["asked"]["voice"] == "af_bella+am_adam"


def test_a_pitch_in_the_bible_changes_the_sound_and_not_the_request(server):
    plain, high = say(server, "pitch"), say(server, "pitch", spec=VoiceSpec(pitch=5))

    assert asked(server, "pitch")[0]["asked"] == asked(server, "pitch")[1]["asked"]
    assert not np.array_equal(plain.samples, high.samples)


@pytest.mark.parametrize(("way", "other"), [("stereo", {}), ("streamed", {}), ("flac", {"format": "flac"})])
def test_every_usual_form_of_the_answer_is_the_same_line(server, way, other):
    made, plain = say(server, way, **other), say(server, "good")

    assert made.samples.shape == plain.samples.shape
    assert np.corrcoef(made.samples, plain.samples)[0, 1] > 0.99


@pytest.mark.parametrize("way", ["busy", "half"])
def test_an_answer_that_is_broken_once_is_asked_for_again(server, way):
    assert say(server, way).seconds > 0.3
    assert len(asked(server, way)) == 2


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("silent", "silence"),
        ("stumbling", "60.0 s of sound for 24 letters"),
        ("garbage", "no sound"),
        ("empty", "no sound"),
        ("slow", "ReadTimeout"),
        ("mp3", "sent MP3 where wav"),
        ("page", "sent a page"),
        ("broken", "cannot be used"),
        ("unknown-voice", "voice alloy does not exist"),
        ("lost", "Check the address"),
        ("other-model", "has no model 'tts'; it has other"),
    ],
)
def test_a_fault_of_the_server_is_told_as_what_it_was(server, way, said):
    with pytest.raises(ModelFailed, match=said):
        say(server, way)


def test_a_server_without_a_list_of_models_is_used(server):
    assert say(server, "no-list").seconds > 0.3


def test_a_wordless_line_is_a_breath_and_asks_nobody(server):
    assert say(server, "breath", "……!?").seconds < 1
    assert not asked(server, "breath")


def test_the_key_is_sent_and_is_in_no_message(server, monkeypatch):
    monkeypatch.setenv("STUDIO_TTS_KEY", "secret-key")

    with pytest.raises(ModelFailed, match="401") as failed:
        say(server, "locked", key_from="STUDIO_TTS_KEY")

    assert asked(server, "locked")[-1]["key"] == "Bearer secret-key"
    assert "secret-key" not in str(failed.value)


def test_a_key_that_is_not_set_is_told_before_a_line_is_sent(server):
    with pytest.raises(SetupMissing, match="NO_SUCH_KEY"):
        say(server, "good", key_from="NO_SUCH_KEY")


def test_a_server_that_is_not_there_is_told_with_what_to_check():
    with pytest.raises(ModelFailed, match="Check that the server is up"):
        say("http://127.0.0.1:9", "good")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"voices": {}}, "voices"),
        ({"voices": {"woman": ["nova"]}}, "'' has at least one"),
        ({"voices": {"": ["a"], "robot": ["b"]}}, "named for woman"),
        ({"url": "http://tts.studio:8880"}, "unencrypted"),
        ({"url": "ftp://x"}, "not an http"),
        ({"format": "mp3"}, "format"),
    ],
)
def test_options_that_cannot_work_are_refused_before_loading(server, other, said):
    with pytest.raises(InputRefused, match=said):
        lacks_with("voice", "speech-api", options(server, "good", **other))


def test_an_address_with_its_version_is_understood(server):
    with lease(Voice, "speech-api", options={**options(server, "v"), "url": f"{server}/v/v1"}) as leased:
        leased.model.speak("Hello.", language="en", voice=VoiceSpec(), character="aoi", seed=1)

    assert asked(server, "v")[-1]["at"] == "/v1/audio/speech"


def test_a_language_that_the_server_does_not_speak_is_refused(server):
    with pytest.raises(ShapeRefused, match="speaks ja"):
        say(server, "good", languages=["ja"])


def test_its_card_names_model_and_terms_and_its_address_is_not_in_the_recipe(server):
    given = options(server, "good", licence="Apache-2.0", revision="kokoro v1.0")

    with lease(Voice, "speech-api", options=given) as unloaded:
        identity = unloaded.identity()

    assert (identity["weights"], identity["revision"]) == ("tts", "kokoro v1.0")
    assert not {"url", "key_from", "patience"} & identity["options"].keys()
