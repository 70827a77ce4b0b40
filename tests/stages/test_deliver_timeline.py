"""The timeline opens in OpenTimelineIO with every frame in its place."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from assets.errors import ShapeRefused
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Line
from assets.sheets.production import Placed, Ref, Segment, Take, Timeline
from assets.timing import Span
from stages.deliver import timeline as delivery


def ref(digit: str) -> Ref:
    return Ref(sha256=digit * 64, bytes=1, media_type="video/mp4")


SHEET = Cutsheet(
    episode="ep01",
    cast=(Character(id="aoi", names=("AOI",)),),
    places=(Place(id="roof", names=("ROOF",)), Place(id="pier", names=("PIER",))),
    cuts=(
        Cut(number="C001", scene="S01", place="roof", frames=61, action="Wind."),
        Cut(number="C002", scene="S01", place="roof", frames=40, lines=(Line(character="aoi", text="Go!"),)),
        Cut(number="C003", scene="S02", place="pier", frames=33),
    ),
)


def segment(name: str, start: int, stop: int, digit: str) -> Segment:
    return Segment(name=name, clip=ref(digit), span=Span(start=start, stop=stop), recipe="e" * 64)


def sound(stem: Any, name: str, at: int, frames: int) -> Placed:
    return Placed(stem=stem, name=name, sound=ref("9"), at=at, frames=frames, gain_db=-3)


SEGMENTS = (
    segment("opening", 0, 48, "1"),
    segment("C001", 48, 109, "2"),
    segment("C002", 109, 149, "3"),
    segment("C003", 149, 182, "4"),
)
SOUNDS = (
    sound("voice", "C002-0", 112, 20),
    sound("effects", "wind", 48, 61),
    sound("effects", "door", 60, 10),
    sound("effects", "bell", 150, 30),
    sound("music", "calm", 0, 182),
)


def episode(rate: Fraction, segments: tuple[Segment, ...] = SEGMENTS) -> Timeline:
    return Timeline(
        episode="ep01",
        title="Paper",
        rate=rate,
        size=(1280, 720),
        frames=182,
        segments=segments,
        sounds=SOUNDS,
    )


def opened(path: Path) -> Any:
    return otio.adapters.read_from_file(str(path))


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(60000, 1001)])
def test_reading_back_gives_the_same_frames_at_the_same_rate(tmp_path: Path, rate: Fraction) -> None:
    made = opened(delivery.write(episode(rate), SHEET, tmp_path / "ep.otio"))
    clips = list(made.tracks[0].find_clips())
    spans = [clip.range_in_parent() for clip in clips]

    assert [clip.name for clip in clips] == ["opening", "C001", "C002", "C003"]
    assert [(s.start_time.value, s.duration.value) for s in spans] == [
        (0, 48),
        (48, 61),
        (109, 40),
        (149, 33),
    ]
    assert made.duration().value == 182
    assert made.duration().rate == float(rate)
    assert Fraction(made.metadata["sakuga"]["rate"]) == rate


def test_overlapping_sounds_get_a_track_each_and_keep_their_place(tmp_path: Path) -> None:
    made = opened(delivery.write(episode(Fraction(24)), SHEET, tmp_path / "ep.otio"))
    placed = {
        clip.name: (track.name, clip.range_in_parent().start_time.value, clip.duration().value)
        for track in made.audio_tracks()
        for clip in track.find_clips()
    }

    assert placed == {
        "C002-0": ("voice", 112, 20),
        "wind": ("effects 1", 48, 61),
        "door": ("effects 2", 60, 10),
        "bell": ("effects 1", 150, 30),
        "calm": ("music", 0, 182),
    }


def test_scenes_are_marked_from_their_first_cut_to_their_last(tmp_path: Path) -> None:
    made = opened(delivery.write(episode(Fraction(24)), SHEET, tmp_path / "ep.otio"))
    markers = [
        (marker.name, marker.marked_range.start_time.value, marker.marked_range.duration.value)
        for marker in made.tracks.markers
    ]

    assert markers == [("S01 ROOF", 48, 101), ("S02 PIER", 149, 33)]


def test_a_clip_says_what_it_shows_and_which_take_it_is(tmp_path: Path) -> None:
    take = Take(
        cut="C002",
        number=3,
        clip=ref("3"),
        frames=40,
        size=(1280, 720),
        recipe="a" * 64,
        basis="b" * 64,
        seed=7,
    )
    made = opened(delivery.write(episode(Fraction(24)), SHEET, tmp_path / "ep.otio", takes={"C002": take}))
    about = made.tracks[0][2].metadata["sakuga"]

    assert (about["cut"], about["scene"], about["take"], about["seed"]) == ("C002", "S01", 3, 7)
    assert about["recipe"] == "e" * 64
    assert about["lines"][0]["text"] == "Go!"


def test_media_is_linked_where_it_is_known_and_named_by_its_hash_where_not(tmp_path: Path) -> None:
    media = {"2" * 64: Path("/media/C001.mp4")}
    made = opened(delivery.write(episode(Fraction(24)), SHEET, tmp_path / "ep.otio", media=media))
    known, unknown = made.tracks[0][1].media_reference, made.tracks[0][2].media_reference

    assert known.target_url == "file:///media/C001.mp4"
    assert unknown.is_missing_reference and unknown.metadata["sakuga"]["sha256"] == "3" * 64


def test_a_hole_between_segments_is_a_gap_and_an_overlap_is_refused(tmp_path: Path) -> None:
    apart = (SEGMENTS[0], segment("C001", 60, 121, "2"))
    over = (SEGMENTS[0], segment("C001", 40, 101, "2"))
    made = opened(delivery.write(episode(Fraction(24), apart), SHEET, tmp_path / "ep.otio"))

    assert made.tracks[0][1].duration().value == 12
    with pytest.raises(ShapeRefused, match="C001 begins at frame 40, but what is before it ends at 48"):
        delivery.write(episode(Fraction(24), over), SHEET, tmp_path / "ep.otio")
