import pytest

from assets.errors import InputRefused
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cue, Cut, Cutsheet, Line, Staged
from assets.sheets.production import Placed, Ref
from assets.timing import Span
from stages.sound.place import Piece, PlaceOptions, place, stretches

PEOPLE = (Character(id="aoi", names=("AOI",)), Character(id="ren", names=("REN",)))
ROOF = Place(id="roof", names=("ROOF",))


def ref(name: int) -> Ref:
    return Ref(sha256=f"{name:064x}", bytes=1, media_type="audio/flac")


def a_cut(number: int, *, scene: str = "S01", frames: int = 48, **more: object) -> Cut:
    return Cut.model_validate(
        {"number": f"C{number:03d}", "scene": scene, "place": "roof", "frames": frames, **more}
    )


def placed_of(*cuts: Cut, music: tuple[Piece, ...] = (), options: PlaceOptions | None = None) -> list[Placed]:
    sheet = Cutsheet(episode="e", cast=PEOPLE, places=(ROOF,), cuts=cuts)
    spans, at = {}, 100
    for cut in cuts:
        spans[cut.number] = Span(start=at, stop=at + cut.frames)
        at += cut.frames
    voiced = {(cut.number, i): ref(i + 1) for cut in cuts for i in range(len(cut.lines))}
    effects = {(cut.number, i): ref(i + 50) for cut in cuts for i in range(len(cut.cues))}
    return list(place(sheet, spans, voiced, effects, music, options=options or PlaceOptions()))


def test_a_line_is_heard_where_its_cut_lies_and_as_long_as_it_was_measured():
    line = Line(character="aoi", text="Hi.", at=6, frames=20)

    (voice,) = placed_of(a_cut(1, lines=(line,)))

    assert (voice.stem, voice.at, voice.frames) == ("voice", 106, 20)


def test_a_voice_leans_to_the_side_on_which_it_stands():
    def pan(position: str) -> float:
        staged = (Staged(character="aoi", position=position),)
        return placed_of(a_cut(1, staged=staged, lines=(Line(character="aoi", text="Hi."),)))[0].pan

    assert pan("far_left") < pan("left") < pan("center") == 0 < pan("right") < pan("far_right") < 0.6


def test_an_off_screen_voice_is_softer_and_from_the_side():
    staged = (Staged(character="ren", position="right"),)

    (voice,) = placed_of(a_cut(1, staged=staged, lines=(Line(character="aoi", text="Hi.", heard="off"),)))

    assert voice.gain_db < 0
    assert voice.pan < 0


def test_a_voice_over_comes_from_nowhere_at_full_level():
    staged = (Staged(character="aoi", position="right"),)

    (voice,) = placed_of(
        a_cut(1, staged=staged, lines=(Line(character="aoi", text="Hi.", heard="voice_over"),))
    )

    assert (voice.gain_db, voice.pan) == (0, 0)


def test_an_effect_begins_at_its_cue_and_may_ring_into_the_next_cut():
    first, second = a_cut(1, cues=(Cue(sound="thud", at=40),)), a_cut(2)

    (thud,) = placed_of(first, second)

    assert (thud.stem, thud.at, thud.loop) == ("effects", 140, False)
    assert 148 < thud.at + thud.frames <= 196


def test_no_effect_rings_past_the_end_of_the_episode():
    (thud,) = placed_of(a_cut(1, cues=(Cue(sound="thud", at=40),)))

    assert thud.at + thud.frames == 148


def test_an_ambience_runs_through_the_cuts_that_share_it():
    rain = (Cue(sound="rain"),)

    placed = placed_of(a_cut(1, cues=rain), a_cut(2, cues=rain), a_cut(3, cues=rain), a_cut(4))

    assert [(one.at, one.frames, one.loop) for one in placed] == [(100, 144, True)]
    assert placed[0].fade_in > 0
    assert placed[0].fade_out > 0


def test_an_ambience_stops_with_its_scene_and_starts_anew_in_the_next():
    rain = (Cue(sound="rain"),)

    placed = placed_of(a_cut(1, cues=rain), a_cut(2, scene="S02", cues=rain))

    assert [(one.at, one.frames) for one in placed] == [(100, 48), (148, 48)]


def test_a_cut_without_the_ambience_breaks_its_run():
    rain = (Cue(sound="rain"),)

    placed = placed_of(a_cut(1, cues=rain), a_cut(2), a_cut(3, cues=rain))

    assert [one.at for one in placed] == [100, 196]


def test_two_ambiences_run_side_by_side():
    both = (Cue(sound="rain"), Cue(sound="wind"))

    placed = placed_of(a_cut(1, cues=both), a_cut(2, cues=both[1:]))

    assert sorted((one.name, one.frames) for one in placed) == [
        ("C001 rain (ambience)", 48),
        ("C001 wind (ambience)", 96),
    ]


def test_the_cue_silence_sounds_nothing():
    assert placed_of(a_cut(1, cues=(Cue(sound="silence"),))) == []


def test_music_lies_on_its_span_with_fades():
    piece = Piece("C001", ref(9), Span(start=100, stop=400))

    (music,) = placed_of(a_cut(1), music=(piece,))

    assert (music.stem, music.at, music.frames) == ("music", 100, 300)
    assert 0 < music.fade_in < 150


def test_a_line_without_a_sound_is_an_error_that_names_the_cut():
    cut = a_cut(7, lines=(Line(character="aoi", text="Hi."),))
    sheet = Cutsheet(episode="e", cast=PEOPLE, places=(ROOF,), cuts=(cut,))

    with pytest.raises(InputRefused, match="C007"):
        place(sheet, {"C007": Span(start=0, stop=48)}, {}, {}, ())
    with pytest.raises(InputRefused, match="span"):
        place(sheet, {}, {}, {}, ())


def test_one_mood_over_several_cuts_is_one_stretch_and_none_is_none():
    cuts = (
        a_cut(1, mood="calm", frames=96),
        a_cut(2, mood="calm"),
        a_cut(3, mood="none"),
        a_cut(4, mood="tense", frames=200),
        a_cut(5, mood="sad", frames=12),
    )
    sheet = Cutsheet(episode="e", cast=PEOPLE, places=(ROOF,), cuts=cuts)
    spans, at = {}, 0
    for cut in cuts:
        spans[cut.number] = Span(start=at, stop=at + cut.frames)
        at += cut.frames

    found = stretches(sheet, spans)

    assert [(one.name, one.mood, one.span.start, one.span.stop) for one in found] == [
        ("C001", "calm", 0, 144),
        ("C004", "tense", 192, 392),
    ]
