"""The soundtrack of an episode: which effects and music it asks for, where they lie, and how loud it gets."""

from fractions import Fraction

import numpy as np
import pytest
import soundfile

from assets.matter import Sound
from assets.media.sound import to_flac_bytes
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cue, Cut, Cutsheet, Line
from assets.sheets.production import Voiced
from assets.timing import Span
from models.lease import Leased
from models.toy import ToyComposer, ToyFoley
from stages.sound import soundtrack
from stages.sound.soundtrack import CutCue, SoundtrackOptions
from stages.work_cache import WorkCache

RATE = Fraction(24)
OPTIONS = SoundtrackOptions()
FOLEY, COMPOSER = Leased(ToyFoley, "cpu"), Leased(ToyComposer, "cpu")


def cut(number: int, *, mood="none", frames=48, cues=(), lines=()) -> Cut:
    return Cut(
        number=f"C{number:03}", scene="S01", place="roof", frames=frames, mood=mood, cues=cues, lines=lines
    )


def sheet(*cuts: Cut) -> Cutsheet:
    return Cutsheet(
        episode="ep01",
        rate=RATE,
        cast=(Character(id="rin", names=("RIN",)),),
        places=(Place(id="roof", names=("ROOF",), kind="rooftop"),),
        cuts=cuts,
    )


def spans_of(of: Cutsheet, start: int = 0) -> dict[str, Span]:
    spans = {}
    for one in of.cuts:
        spans[one.number] = Span(start=start, stop=start + one.frames)
        start += one.frames
    return spans


class Studio:
    """A vault, and the soundtracks that are made in it."""

    def __init__(self, cache: WorkCache, watch):
        self.vault, self.cache, self.watch = cache.vault, cache, watch

    def effect(self, number: str, cue: Cue, of: Cutsheet):
        return soundtrack.make_effect(
            CutCue(number, 0, cue), of.rate, foley=FOLEY, cache=self.cache, options=OPTIONS
        )

    def voice(self, number: str, seconds: float) -> dict[tuple[str, int], Voiced]:
        wave = 0.3 * np.sin(2 * np.pi * 300 * np.arange(round(seconds * 48_000)) / 48_000)
        sound = self.vault.put(to_flac_bytes(Sound(wave.astype(np.float32), 48_000)), "audio/flac")
        return {(number, 0): Voiced(cut=number, index=0, sound=sound, seconds=seconds, recipe="c" * 64)}

    def record(self, of: Cutsheet, *, start=0, voiced=None, options=OPTIONS) -> soundtrack.Soundtrack:
        spans = spans_of(of, start)
        effects = {(at.cut, at.index): self.effect(at.cut, at.cue, of) for at in soundtrack.effects_of(of)}
        pieces = [
            soundtrack.compose(stretch, RATE, composer=COMPOSER, cache=self.cache, options=options)
            for stretch in soundtrack.stretches_of(of, spans, "none", options)
        ]
        return soundtrack.record(
            of, spans, soundtrack.Sounds(voiced or {}, effects, pieces), cache=self.cache, options=options
        )

    def stem(self, made: soundtrack.Soundtrack, name: str) -> np.ndarray:
        return soundfile.read(self.vault.local(made.stems[name]))[0]


@pytest.fixture
def studio(outcome_cache, outcomes) -> Studio:
    return Studio(outcome_cache, outcomes)


def test_an_effect_lies_at_its_cue_and_not_before(studio):
    of = sheet(cut(1), cut(2, cues=(Cue(sound="knock", at=12),)))

    made = studio.record(of, start=24)

    assert [(one.stem, one.at) for one in made.placed] == [("effects", 24 + 48 + 12)]
    heard = np.abs(studio.stem(made, "effects")).max(axis=1) > 1e-4
    assert int(np.argmax(heard)) == pytest.approx((24 + 48 + 12) / 24 * 48_000, abs=480)


def test_silence_is_no_effect():
    of = sheet(cut(1, cues=(Cue(sound="silence"), Cue(sound="knock"))))

    assert [(at.cut, at.index) for at in soundtrack.effects_of(of)] == [("C001", 1)]


def test_an_effect_is_made_once_for_cuts_of_one_variant_and_again_for_another(studio):
    of, knock = sheet(cut(1)), Cue(sound="knock")

    one, other, same = (studio.effect(number, knock, of) for number in ("C001", "C002", "C004"))

    assert one == same != other
    assert studio.watch.outcomes == ["made", "made", "reused"]


def test_an_ambience_is_made_at_its_own_length_and_an_effect_at_its_cues(studio):
    of = sheet(cut(1))

    def seconds(cue: Cue) -> float:
        return soundfile.info(studio.vault.local(studio.effect("C001", cue, of))).duration

    assert seconds(Cue(sound="rain", frames=48)) == OPTIONS.ambience_seconds
    assert seconds(Cue(sound="knock", frames=48)) == 2


def test_cuts_of_one_mood_share_a_piece_and_a_short_mood_gets_none():
    of = sheet(cut(1, mood="warm", frames=96), cut(2, mood="warm"), cut(3, mood="tense"), cut(4, mood="none"))

    found = soundtrack.stretches_of(of, spans_of(of), "none", OPTIONS)

    assert [(one.name, one.mood, one.span.frames) for one in found] == [("C001", "warm", 144)]


def test_title_and_credits_have_the_theme_and_a_cheerful_one_where_the_show_has_none():
    of = sheet(cut(1))
    spans = {"opening": Span(start=0, stop=24), **spans_of(of, 24), "credits": Span(start=72, stop=96)}

    found = {
        mood: [(one.name, one.mood) for one in soundtrack.stretches_of(of, spans, mood, OPTIONS)]
        for mood in ("tense", "none")
    }

    assert found["tense"] == [("opening", "tense"), ("credits", "tense")]
    assert found["none"] == [("opening", "cheerful"), ("credits", "cheerful")]


def test_a_long_stretch_gets_pieces_that_meet_and_none_is_too_long():
    of = sheet(cut(1, mood="warm", frames=24 * 25))

    found = soundtrack.stretches_of(of, spans_of(of), "none", SoundtrackOptions(longest_music=10))

    assert [one.name for one in found] == ["C001.1", "C001.2", "C001.3"]
    assert [one.span.start for one in found] + [600] == [0] + [one.span.stop for one in found]
    assert max(one.span.frames for one in found) <= 240


def test_music_is_softer_under_a_line_and_as_loud_as_before_after_it(studio):
    line = Line(character="rin", text="Hi.", heard="voice_over", at=96, frames=48)
    of = sheet(cut(1, mood="warm", frames=288, lines=(line,)))

    music = studio.stem(studio.record(of, voiced=studio.voice("C001", 2.0)), "music")

    def level(start: float, stop: float) -> float:
        return float(np.std(music[round(start * 48_000) : round(stop * 48_000)]))

    assert 20 * np.log10(level(4.2, 5.8) / level(2, 3)) == pytest.approx(-8, abs=0.5)
    assert level(8, 9) == pytest.approx(level(2, 3), rel=0.05)


def test_the_sound_meets_its_target_without_a_note(studio):
    of = sheet(cut(1, mood="warm", frames=144))

    made = studio.record(of, options=SoundtrackOptions(target_lufs=-20))

    assert made.loudness["integrated_lufs"] == pytest.approx(-20, abs=0.5)
    assert made.note == ""


def test_a_silent_episode_is_not_raised_and_the_note_says_so(studio):
    made = studio.record(sheet(cut(1)))

    assert made.loudness["gain_db"] == 0
    assert "The mix is silent" in made.note


def test_the_mix_is_reused_until_a_sound_a_place_or_the_target_changes(studio):
    def mixed(at: int, **options) -> str:
        studio.record(sheet(cut(1, cues=(Cue(sound="knock", at=at),))), options=SoundtrackOptions(**options))
        return studio.watch.outcomes[-1]

    assert [mixed(4), mixed(4), mixed(5), mixed(5, target_lufs=-20)] == ["made", "reused", "made", "made"]
