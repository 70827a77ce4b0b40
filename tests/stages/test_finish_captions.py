"""When a caption comes and goes: with its line, and long enough to be read where there is room."""

import re
from fractions import Fraction

import pytest

from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Line
from assets.sheets.production import Caption, Ref, Segment, Timeline
from assets.timing import Span
from stages.assemble.finish import FinishOptions, captions
from stages.deliver import subtitles

NOTHING = Ref(sha256="0" * 64, bytes=0, media_type="video/mp4")


def sheet_of(*cuts: tuple[int, list[Line]]) -> Cutsheet:
    return Cutsheet(
        episode="e",
        cast=(Character(id="rin", names=("RIN",)), Character(id="mika", names=("MIKA",))),
        places=(Place(id="room", names=("ROOM",)),),
        cuts=tuple(
            Cut(number=f"C{at:03d}", scene="S01", place="room", frames=frames, lines=tuple(lines))
            for at, (frames, lines) in enumerate(cuts, 1)
        ),
    )


def shown(sheet: Cutsheet) -> tuple[Caption, ...]:
    spans, at = {}, 0
    for cut in sheet.cuts:
        spans[cut.number] = Span(start=at, stop=at + cut.frames)
        at += cut.frames
    return captions(sheet, spans, FinishOptions())


def line(text: str, at: int, frames: int, who: str = "rin") -> Line:
    return Line(character=who, text=text, at=at, frames=frames)


def times(*found: Caption) -> list[tuple[int, int]]:
    return [(caption.span.start, caption.span.stop) for caption in found]


def test_a_short_line_is_shown_for_a_second() -> None:
    """Hi. was there for as long as it took to say: a third of a second."""
    assert times(*shown(sheet_of((40, [line("Hi.", 7, 8)])))) == [(7, 31)]
    assert times(*shown(sheet_of((40, [line("はい。", 7, 8)])))) == [(7, 31)]


def test_a_caption_ends_with_its_cut_and_before_the_next_one() -> None:
    assert times(*shown(sheet_of((20, [line("Hi.", 7, 8)]), (30, [])))) == [(7, 20)]
    both = [line("Hi.", 7, 8), line("Oh.", 20, 8, "mika")]
    assert times(*shown(sheet_of((60, both)))) == [(7, 18), (20, 44)]


def test_a_caption_that_is_spoken_fast_stays_until_it_is_read() -> None:
    text = "This is far too much to read in half of a second."
    (caption,) = shown(sheet_of((200, [line(text, 7, 12)])))

    assert caption.span.frames == pytest.approx(24 * len(text) / 20, abs=1)


def test_lines_at_once_stay_at_once() -> None:
    both = [line("Now!", 7, 8), line("Never!", 7, 10, "mika")]

    assert times(*shown(sheet_of((60, both)))) == [(7, 31), (7, 31)]


def test_captions_show_neither_directions_nor_readings() -> None:
    said = [line("（笑って）彼は憂鬱（ゆううつ）だ。", 7, 60)]

    assert [caption.text for caption in shown(sheet_of((90, said)))] == ["彼は憂鬱だ。"]


@pytest.mark.parametrize(
    "text", ["This is far too much to read.", "This is so long that it takes pages. " * 4]
)
def test_whoever_follows_the_advice_of_the_notice_is_told_no_more(text: str) -> None:
    """Holding the cut longer changed nothing: the caption went with the voice."""
    frames = 30
    (told,) = warned(text, frames)[:1]
    for _ in range(2):  # the pages of a long caption round differently
        longer = re.search(r"Hold the cut (\d+) frames", told)
        assert longer
        frames += int(longer[1])
        left = warned(text, frames)
        if not left:
            break
        (told,) = left[:1]

    assert not warned(text, frames)


def warned(text: str, frames: int) -> tuple[str, ...]:
    found = shown(sheet_of((frames, [line(text, 0, 12)])))
    segment = Segment(name="C001", clip=NOTHING, span=Span(start=0, stop=frames), recipe="0" * 64)
    return subtitles.warnings(
        Timeline(
            episode="e",
            rate=Fraction(24),
            size=(1280, 720),
            frames=frames,
            segments=(segment,),
            captions=found,
        )
    )
