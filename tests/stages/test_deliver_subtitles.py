"""Subtitles on the frame they belong to, in three forms that players read alike."""

from fractions import Fraction
from pathlib import Path

import pysubs2
import pytest

from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Caption, Ref, Segment, Timeline
from assets.timing import Span
from stages.deliver import subtitles

LONG = (
    "Do you remember? The paper plane we threw from here; I still wonder how far it went, and who found it."
)
NOTHING = Ref(sha256="0" * 64, bytes=0, media_type="video/mp4")
SHEET = Cutsheet(
    episode="ep01",
    cast=(
        Character(id="aoi", names=("AOI",), title={"en": "Aoi", "ja": "葵"}),
        Character(id="ren", names=("REN",), title={"en": "Ren"}),
    ),
    places=(Place(id="roof", names=("ROOF",)),),
    cuts=(Cut(number="C001", scene="S01", place="roof", frames=240),),
)


def caption(text: str, start: int = 0, stop: int = 240, speaker: str = "aoi") -> Caption:
    return Caption(span=Span(start=start, stop=stop), text=text, speaker=speaker, cut="C001")


def timeline(*captions: Caption, rate: Fraction = Fraction(24)) -> Timeline:
    segment = Segment(name="C001", clip=NOTHING, span=Span(start=0, stop=240), recipe="0" * 64)
    return Timeline(
        episode="ep01", rate=rate, size=(1280, 720), frames=240, segments=(segment,), captions=captions
    )


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)])
@pytest.mark.parametrize("suffix", ["ass", "srt", "vtt"])
def test_a_caption_covers_its_own_frames_and_no_other(tmp_path: Path, rate: Fraction, suffix: str) -> None:
    files = subtitles.write(timeline(caption("Hi.", 25, 77), rate=rate), SHEET, tmp_path)
    (event,) = pysubs2.load(str(files[suffix]))
    shown = [frame for frame in range(240) if event.start <= Fraction(frame * 1000) / rate < event.end]

    assert (shown[0], shown[-1]) == (25, 76)


def test_a_long_caption_is_shared_out_without_gap_or_overlap(tmp_path: Path) -> None:
    events = pysubs2.load(str(subtitles.write(timeline(caption(LONG)), SHEET, tmp_path)["srt"])).events

    assert len(events) == 2
    assert (events[0].start, events[0].end, events[1].end) == (0, events[1].start, 10_000)
    assert " ".join(event.plaintext.replace("\n", " ") for event in events) == LONG


def test_speakers_are_told_apart_by_colour_and_screen_words_stand_on_top(tmp_path: Path) -> None:
    spoken = (caption("One.", 0, 40), caption("Two.", 40, 80, "ren"), caption("Later", 80, 120, ""))
    file = pysubs2.load(str(subtitles.write(timeline(*spoken), SHEET, tmp_path)["ass"]))
    styles = [file.styles[event.style] for event in file]

    assert styles[0].primarycolor != styles[1].primarycolor
    assert [style.alignment for style in styles] == [2, 2, 8]
    assert [event.name for event in file] == ["Aoi", "Ren", ""]


def luminance(color: str) -> float:
    channels = [value / 255 for value in bytes.fromhex(color)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("color", subtitles.PALETTE)
def test_every_speaker_colour_is_readable_on_its_outline(color: str) -> None:
    assert (luminance(color) + 0.05) / (luminance("10121C") + 0.05) >= 7


def body(tmp_path: Path, text: str, suffix: str) -> str:
    """What stands in the file for one caption, as written."""
    files = subtitles.write(timeline(caption(text)), SHEET, tmp_path)
    return files[suffix].read_text(encoding="utf-8").strip().splitlines()[-1].removeprefix("<v Aoi>")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a {b} c", "a ｛b｝ c"),
        (r"go \Now", "go ＼Now"),
        ("{\\an8}", "｛＼an8｝"),
        ("<i>x</i>", "＜i>x＜/i>"),
        ("1 --> 2", "1 --＞ 2"),
        ("a & b < c", "a & b < c"),
    ],
)
def test_words_that_players_take_for_commands_are_written_in_full_width(
    tmp_path: Path, text: str, written: str
) -> None:
    assert body(tmp_path, text, "srt") == written


def test_webvtt_escapes_what_html_would(tmp_path: Path) -> None:
    assert body(tmp_path, "<b>a & b --> c", "vtt") == "&lt;b&gt;a &amp; b --&gt; c"


def test_ass_holds_no_override_block(tmp_path: Path) -> None:
    assert body(tmp_path, "{\\an8} x", "ass").endswith(",,｛＼an8｝ x")


def test_emphasis_and_notes_are_not_read_out(tmp_path: Path) -> None:
    files = subtitles.write(timeline(caption("*Now* [[louder]] go.")), SHEET, tmp_path)

    assert "Now go." in files["srt"].read_text(encoding="utf-8")


def test_haste_is_reported_with_the_cut_and_the_time_it_wants() -> None:
    (warning,) = subtitles.warnings(timeline(caption("This is far too much to read.", 0, 12)))

    assert warning.startswith("C001: ") and "0.50 s" in warning and "1.45 s" in warning
    assert subtitles.warnings(timeline(caption("Hi.", 0, 24))) == ()


def test_the_same_sheets_give_the_same_bytes(tmp_path: Path) -> None:
    first = subtitles.write(timeline(caption(LONG)), SHEET, tmp_path / "a")
    second = subtitles.write(timeline(caption(LONG)), SHEET, tmp_path / "b")

    assert [path.read_bytes() for path in first.values()] == [path.read_bytes() for path in second.values()]
