"""Subtitles on the frame they belong to, in three forms that players read alike."""

import html
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pysubs2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from assets import fonts
from assets.fountain import spoken
from assets.plain import clean
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


def spans_of(path: Path) -> list[tuple[int, int]]:
    return [(event.start, event.end) for event in pysubs2.load(str(path))]


@pytest.mark.parametrize(
    "times",
    [
        [(0, 48), (0, 48)],
        [(0, 48), (0, 30)],
        [(0, 48), (24, 72)],
        [(0, 200), (24, 72), (90, 120)],
        [(0, 48), (2, 50), (60, 90)],
    ],
)
def test_no_two_captions_of_srt_are_shown_at_once(tmp_path: Path, times: list[tuple[int, int]]) -> None:
    """Dual dialogue gave two cues at one time, and most players showed one of them."""
    said = [
        caption(f"Words number {index} of two.", *span).model_copy(update={"speaker": who})
        for index, (span, who) in enumerate(zip(times, ("aoi", "", "aoi"), strict=False))
    ]
    files = subtitles.write(timeline(*said), SHEET, tmp_path)

    shown = spans_of(files["srt"])
    assert all(one[1] <= other[0] for one, other in pairwise(shown))
    assert all(stop - start >= 290 for start, stop in shown)
    text = files["srt"].read_text(encoding="utf-8")
    assert all(f"Words number {index}" in text for index in range(len(times)))
    assert len(spans_of(files["vtt"])) == len(spans_of(files["ass"])) == len(times)


def test_what_is_said_at_once_is_one_caption_of_srt_with_a_dash_for_each(tmp_path: Path) -> None:
    both = (caption("Now!", 0, 48), caption("Never!", 0, 48))
    text = subtitles.write(timeline(*both), SHEET, tmp_path)["srt"].read_text(encoding="utf-8")

    assert text.count("-->") == 1 and "- Now!\n- Never!" in text


@pytest.mark.parametrize("size", [(720, 1280), (1080, 1920), (720, 720), (960, 720), (1080, 1350)])
@pytest.mark.parametrize(
    "text",
    [
        "I told you yesterday that the bus leaves at seven and not at eight, so hurry up now please.",
        "昨日も言ったけれど、バスは八時ではなくて七時に出るんだから、早く支度をしてちょうだい。",
        "彼女はきっとよろこんでくれるとおもうよ、だってずっとまえからたのしみにしていたんだもの。",
    ],
)
def test_subtitles_are_set_as_large_as_an_upright_picture_allows_and_fit_it(
    tmp_path: Path, size: tuple[int, int], text: str
) -> None:
    """On 720 x 1280 the letters were 15 pixels of 720 high."""
    told = timeline(caption(text, 0, 240)).model_copy(update={"size": size})
    file = pysubs2.load(str(subtitles.write(told, SHEET, tmp_path)["ass"]))
    style, wide = file.styles["Voice aoi"], int(file.info["PlayResX"])

    font = ImageFont.truetype(str(fonts.path(True)), round(style.fontsize))
    lines = [line for event in file for line in event.plaintext.split("\n")]
    assert max(font.getlength(line) for line in lines) <= wide - style.marginl - style.marginr
    assert style.fontsize >= 0.06 * min(wide, 720)
    assert file.info["WrapStyle"] == "0"


def test_a_short_page_of_a_caption_is_shown_for_a_second() -> None:
    long = caption(LONG + " No.", 0, 24 * 12)

    assert min(item.stop - item.start for item in subtitles.paged(timeline(long))) >= 24


FULL = str.maketrans("｛｝＼＜＞＆：．", "{}\\<>&:.")
COMMANDS = [
    "{\\an8}", "{\\p1}m 0 0", "{", "}", "\\N", "\\h", "\\n", "<b>", "</i>", "< b >", "<v Bob>", "<c.red>",
    "<00:00:01.000>",
    "<3", "<", ">", "-->", "--", "&amp;", "&lt;", "&#60;", "&", "00:00:01,000", "01:02.50", "42", "7", "NOTE", "STYLE",
    "WEBVTT", "REGION", "\n", "\n\n", " ", "word", "もの", "☂", "\x85", "\u2028", "\x1b[31m", "\u200b", ";",
    "Dialogue:",
    "[Events]", ",", ",,", "'",
]  # fmt: skip
command_text = st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=12).map("".join)
written_text = st.one_of(command_text, st.text(max_size=60))


def squeezed(text: str) -> str:
    """Without space: where a line breaks is not what this is about. A full-width sign reads as its twin."""
    return "".join(text.translate(FULL).split())


def vtt_cues(text: str) -> list[str]:
    """What a WebVTT parser shows, as https://www.w3.org/TR/webvtt1 has it: blocks, then the cue text tokenizer."""
    cues = []
    for block in re.split(r"\n{2,}", text.replace("\r\n", "\n").replace("\r", "\n"))[1:]:
        lines = block.strip("\n").split("\n")
        timing = next((index for index, line in enumerate(lines[:2]) if "-->" in line), None)
        if timing is None:
            continue
        assert not any("-->" in line for line in lines[timing + 1 :])
        cues.append(html.unescape(re.sub(r"<[^>]*>?", "", "\n".join(lines[timing + 1 :]))))
    return cues


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(written_text, min_size=1, max_size=3), written_text)
@example(["Hello."], "{\\an8}{\\p1}m 0 0")
@example(["one\n42", "two"], "x")
@example(["from 00:00:01,000 to 00:00:02,000"], "x")
@example(["Hello."], "--")
def test_what_is_shown_is_what_was_written_in_every_format(
    tmp_path: Path, texts: list[str], name: str
) -> None:
    """A name with an override code in it made its whole line a drawing, which WebVTT left out."""
    sheet = SHEET.model_copy(update={"cast": (Character(id="aoi", names=("AOI",), title={"en": name}),)})
    captions = [caption(text, 60 * index, 60 * index + 60) for index, text in enumerate(texts)]
    files = subtitles.write(timeline(*captions), sheet, tmp_path)
    wanted = squeezed("".join(spoken(clean(text)) for text in texts))

    for suffix in ("ass", "srt"):
        events = pysubs2.load(str(files[suffix]), format_=suffix).events
        assert squeezed("".join(event.plaintext for event in events)) == wanted, suffix
    vtt = files["vtt"].read_text(encoding="utf-8")
    assert squeezed("".join(vtt_cues(vtt))) == wanted
    read = pysubs2.SSAFile.from_string(vtt, "vtt")
    assert squeezed(html.unescape("".join(event.plaintext for event in read))) == wanted


def test_a_speaker_is_named_in_webvtt_whatever_the_name_holds(tmp_path: Path) -> None:
    sheet = SHEET.model_copy(
        update={"cast": (Character(id="aoi", names=("AOI",), title={"en": "<b>&{\\p1}"}),)}
    )

    files = subtitles.write(timeline(caption("Hi.")), sheet, tmp_path)

    assert "<v &lt;b&gt;&amp;｛＼p1｝>Hi." in files["vtt"].read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [(720, 1280), (144, 4320), (1440, 1080), (1280, 720)])
def test_a_full_line_stays_inside_a_picture_of_any_shape(tmp_path: Path, size: tuple[int, int]) -> None:
    """The styles were those of a wide picture: on an upright one a line was twice as wide as the frame."""
    columns = subtitles.columns_of(size)
    upright = timeline(caption("W" * columns)).model_copy(update={"size": size})
    file = pysubs2.load(str(subtitles.write(upright, SHEET, tmp_path)["ass"]))
    style = file.styles["Voice aoi"]

    wide = int(file.info["PlayResX"])
    assert abs(wide / int(file.info["PlayResY"]) - size[0] / size[1]) < 0.01
    assert style.fontsize * columns / 2 <= wide - style.marginl - style.marginr + 1
