from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assets.errors import InputRefused, ShapeRefused
from assets.sheets.bible import VoiceSpec
from models.kokoro import MOST_PHONEMES, NAMES, KokoroVoice, _pieces
from models.sound import level, melody, reading

LINE = "星が落ちてくる。走ろう！"


@pytest.fixture(scope="module")
def kokoro() -> Iterator[KokoroVoice]:
    voice = KokoroVoice.load("cpu")
    yield voice
    voice.unload()


def say(kokoro: KokoroVoice, text: str, character: str = "aoi", **spec: object):
    voice = VoiceSpec.model_validate(spec)
    return kokoro.speak(text, language="ja", voice=voice, character=character, seed=1)


def test_a_line_is_spoken_at_line_level_between_short_silences(kokoro: KokoroVoice):
    sound = say(kokoro, LINE)

    loud = np.flatnonzero(np.abs(sound.samples) > 0.01)
    assert sound.rate == 48_000
    assert sound.samples.dtype == np.float32
    assert 1.2 < sound.seconds < 5
    assert level.loudness(sound.samples) == pytest.approx(level.LINE_LUFS, abs=0.3)
    assert loud[0] < 4800
    assert len(sound.samples) - loud[-1] < 4800


def test_threads_that_wait_for_work_sleep(kokoro: KokoroVoice):
    """They span: every line cost a second core, and beside another busy process twice the time."""
    entry = kokoro._session.get_session_options().get_session_config_entry("session.intra_op.allow_spinning")

    assert entry == "0"


def test_two_lines_said_side_by_side_sound_as_one_after_the_other(kokoro: KokoroVoice):
    lines = ["走ろう！", "待って。"]
    alone = [say(kokoro, line).samples for line in lines]

    with ThreadPoolExecutor(2) as pool:
        beside = [sound.samples for sound in pool.map(lambda line: say(kokoro, line), lines)]

    assert kokoro.card.concurrent
    assert all(np.array_equal(one, other) for one, other in zip(alone, beside, strict=True))


def test_another_language_is_refused(kokoro: KokoroVoice):
    with pytest.raises(ShapeRefused, match="hibari"):
        kokoro.speak("Hello", language="en", voice=VoiceSpec(), character="aoi", seed=1)


def test_an_unknown_voice_is_refused_with_those_that_exist(kokoro: KokoroVoice):
    with pytest.raises(InputRefused, match=r"jf_alpha.*jm_kumo"):
        say(kokoro, LINE, voice="heart")


def test_a_script_it_cannot_read_is_refused(kokoro: KokoroVoice):
    with pytest.raises(ShapeRefused, match="Respell"):
        say(kokoro, "Привет")


@pytest.mark.parametrize("text", ["……", "!?", "", "♪"])
def test_a_wordless_line_is_a_breath_of_one_length(kokoro: KokoroVoice, text: str):
    sound = say(kokoro, text)

    assert sound.seconds == pytest.approx(0.55)
    assert np.abs(sound.samples).max() < 0.02


@pytest.mark.parametrize(
    ("mixed", "plain"),
    [("3つ", "三つ"), ("10本", "十本"), ("Sakuga", "さくが"), ("NASAのロケット", "ナサのロケット")],
)
def test_digits_and_latin_words_are_read_as_their_kana(kokoro: KokoroVoice, mixed: str, plain: str):
    from models.sound.reading import Phrase

    assert kokoro._phonemes(Phrase(mixed, 0)) == kokoro._phonemes(Phrase(plain, 0))


def test_an_english_word_the_dictionary_lacks_is_pronounced_not_spelled(kokoro: KokoroVoice):
    from models.sound.reading import Phrase

    assert "lˈɔnʧ" in kokoro._phonemes(Phrase("launchする", 0))


def test_phonemes_are_cut_at_commas_and_nothing_is_lost():
    phonemes = "aoi no soɾa, " * 60

    pieces = _pieces(phonemes)

    assert max(map(len, pieces)) <= MOST_PHONEMES
    assert "".join(pieces).replace(" ", "") == phonemes.replace(" ", "")


@pytest.mark.slow
def test_every_voice_speaks_pitched_and_repeats_itself_to_the_bit(kokoro: KokoroVoice):
    for name in NAMES:
        plain = say(kokoro, LINE, voice=name)
        assert (say(kokoro, LINE, voice=name).samples == plain.samples).all()

    plain, raised = say(kokoro, LINE, voice="jf_alpha"), say(kokoro, LINE, voice="jf_alpha", pitch=4)
    ratio = melody.median_hz(raised.samples, 48_000) / melody.median_hz(plain.samples, 48_000)
    assert 12 * np.log2(ratio) == pytest.approx(4, abs=0.5)
    assert raised.seconds == pytest.approx(plain.seconds, abs=0.03)


@pytest.mark.slow
def test_a_speech_past_the_models_limit_is_spoken_whole(kokoro: KokoroVoice):
    once = say(kokoro, "流れ星を見つけたら、願いごとをするんだ", voice="jf_alpha")

    many = say(kokoro, "、".join(["流れ星を見つけたら、願いごとをするんだ"] * 12), voice="jf_alpha")

    assert many.seconds > 10 * once.seconds


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("Tシャツは5kgもないよ。", "tʲiː ɕaʦɨ βa ɡo kʲiɾoɡɯɾamɯ mo nai jo."),
        ("A組のBくんが3.5km走った。", "eː kɯmʲi no bʲiː kɯɴ ɡa saɴ teɴ ɡo kʲiɾomeːtoɾɯ haɕiʔta."),
        ("ＯＫ！", "oːkeː!"),
        ("20℃", "ɲiʥɨː do"),
        ("Ａ、Ｂ、Ｃ", "eː, bʲiː, siː"),
        ("AKB", "eːkeːbʲiː"),
        ("Hmm", "həm"),
        ("YES", "jˈɛs"),
        ("Aoi", "aoi"),
        ("2.0", "ɲi teɴ ʣeɾo"),
    ],
)
def test_nothing_of_a_line_is_left_out(kokoro: KokoroVoice, text: str, phonemes: str):
    """OpenJTalk takes a single letter and most units for symbols, and the model has no sound for these."""
    assert " ".join(map(kokoro._phonemes, reading.phrases(text))) == phonemes


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["ＯＫ！", "っ！", "〇", "w", "X", "5kg", "①", "β", "Shh", "AAAAH!", "えええっ！", "しーっ。"]
)
def test_a_short_line_is_heard(kokoro: KokoroVoice, text: str):
    sound = say(kokoro, text)

    assert 0.15 < sound.seconds < 2
    assert np.abs(sound.samples).max() > 0.1


@pytest.mark.parametrize("text", ["今日は안녕です", "谢谢です", "สวัสดี", "早上好，今天天气真好。"])
def test_a_line_is_refused_whole_where_a_part_cannot_be_read(kokoro: KokoroVoice, text: str):
    """The letters were left out, and the rest was said."""
    with pytest.raises(ShapeRefused, match=r"Hangul \(안녕\)|Chinese|Thai"):
        say(kokoro, text)
