"""The finished picture: what becomes of takes, captions, the mark, title and credits."""

from fractions import Fraction

import numpy as np
import pytest

from assets import fountain
from assets.matter import Clip
from assets.media.picture import to_png
from assets.media.video import VideoQuality, decode, encode
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Cutsheet, Line, Staged
from assets.sheets.production import Caption, Panel, Segment, Take
from assets.timing import Span
from models.toy import ToyPainter, ToyVoice
from stages.assemble import finish
from stages.assemble.finish import FinishOptions, SegmentOrder, TitleWords, captions
from stages.assemble.segments import AssembleOptions
from stages.breakdown import BreakdownOptions, break_down
from stages.work_cache import WorkCache

SIZE = (160, 90)
RATE = Fraction(24)
CARDS = (ToyPainter.card, ToyVoice.card)
SAID = Line(character="rin", text="Hello.", at=2, frames=12)
SHEET = Cutsheet(
    episode="ep01",
    title="The Kite",
    rate=RATE,
    cast=(Character(id="rin", names=("Rin",)), Character(id="bou", names=("Bou",))),
    places=(Place(id="roof", names=("ROOF",), kind="rooftop"),),
    cuts=(
        Cut(
            number="C001",
            scene="S01",
            place="roof",
            frames=24,
            staged=(Staged(character="rin"),),
            lines=(SAID,),
        ),
        Cut(number="C002", scene="S01", place="roof", frames=24, staged=(Staged(character="bou"),)),
    ),
)
SPANS = {
    "opening": Span(start=0, stop=24),
    "C001": Span(start=0, stop=24),
    "C002": Span(start=24, stop=48),
    "credits": Span(start=480, stop=504),
}


class Studio:
    """A vault with a take of every cut and a panel, and the segments that are made of them."""

    def __init__(self, folder, cache: WorkCache, watch):
        self.vault, self.cache, self.watch = cache.vault, cache, watch
        still = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
        image = self.vault.put(to_png(still), "image/png")
        self.panel = Panel(cut="C001", image=image, recipe="a" * 64, basis="b" * 64)
        self.takes = {
            cut.number: self.take(folder, cut.number, still + np.uint8(20 * at))
            for at, cut in enumerate(SHEET.cuts)
        }

    def take(self, folder, number: str, still: np.ndarray) -> Take:
        clip = Clip(24, SIZE, RATE, lambda: iter([still] * 24))
        encode(clip, folder / "take.mp4", size=SIZE, rate=RATE, quality=VideoQuality())
        ref = self.vault.put_file(folder / "take.mp4", "video/mp4", move=True)
        return Take(
            cut=number, number=1, clip=ref, frames=24, size=SIZE, recipe="a" * 64, basis="b" * 64, seed=1
        )

    def segment(self, number: str, *, options=None, captions=(), spans=SPANS) -> Segment:
        order = SegmentOrder(SHEET, spans, captions, SIZE, options or FinishOptions())
        return finish.cut_segment(SHEET.cut(number), self.takes, order, self.cache)

    def title(self, name: str, *, show="Kite", options=None) -> Segment:
        order = SegmentOrder(SHEET, SPANS, (), SIZE, options or FinishOptions())
        words = TitleWords(show, "calm", tuple(finish.sections(SHEET, CARDS, ())))
        return finish.title_segment(name, words, self.panel, order, self.cache)

    def pictures(self, segment: Segment) -> list[np.ndarray]:
        return list(decode(self.vault.local(segment.clip)))


@pytest.fixture
def studio(tmp_path, outcome_cache, outcomes) -> Studio:
    return Studio(tmp_path, outcome_cache, outcomes)


def test_a_line_that_two_say_at_once_is_one_caption():
    script = "INT. LAB - DAY\n\nRIN\nWhat?\n\nMIKA\nWhat?\n\nBOTH\nOh!\n"
    sheet = break_down(fountain.parse(script), None, episode="ep", language=None, options=BreakdownOptions())
    spans = {
        cut.number: Span(start=100 * index, stop=100 * index + cut.frames)
        for index, cut in enumerate(sheet.cuts)
    }

    assert [caption.text for caption in captions(sheet, spans, FinishOptions())] == ["What?", "What?", "Oh!"]


def test_a_take_that_nothing_is_done_to_is_its_segment_byte_for_byte(studio):
    segment = studio.segment("C002")

    assert (segment.clip, segment.recipe) == (studio.takes["C002"].clip, studio.takes["C002"].recipe)
    assert studio.watch.outcomes == []


def test_a_caption_that_is_burned_in_makes_another_clip_of_the_same_length_once(studio):
    line = Caption(span=Span(start=30, stop=40), text="Hello.", speaker="rin", cut="C002")
    options = FinishOptions(assemble=AssembleOptions(burn_in=True))

    written, again, without = (
        studio.segment(name, options=options, captions=(line,)) for name in ("C002", "C002", "C001")
    )

    assert written.clip != studio.takes["C002"].clip
    assert len(studio.pictures(written)) == 24
    assert again == written
    assert without.clip == studio.takes["C001"].clip
    assert studio.watch.outcomes == ["made", "reused"]


def test_the_mark_is_written_on_the_start_of_the_episode_and_on_no_later_cut(studio):
    options = FinishOptions(assemble=AssembleOptions(mark=True))
    late = {"C001": Span(start=0, stop=24), "C002": Span(start=480, stop=504)}

    first, later = (studio.segment(name, options=options, spans=late) for name in ("C001", "C002"))

    assert first.clip != studio.takes["C001"].clip
    assert later.clip == studio.takes["C002"].clip


def test_a_title_has_its_frames_and_is_made_again_only_for_other_words(studio):
    one, again, other = (studio.title("opening", show=show) for show in ("Kite", "Kite", "Rain"))

    assert len(studio.pictures(one)) == 24
    assert one == again
    assert other.clip != one.clip
    assert studio.watch.outcomes == ["made", "reused", "made"]


def test_the_mark_changes_a_title_at_the_start_and_not_the_credits_at_the_end(studio):
    def marked(name: str) -> bool:
        plain, written = (
            studio.title(name, options=FinishOptions(assemble=AssembleOptions(mark=mark)))
            for mark in (False, True)
        )
        return plain.clip != written.clip

    assert marked("opening")
    assert not marked("credits")


def test_title_and_credits_take_room_on_the_timeline_only_where_they_are_wanted():
    credit = finish.sections(SHEET, CARDS, ())

    both = finish.lay_out(SHEET, credit, SIZE, FinishOptions())
    neither = finish.lay_out(SHEET, credit, SIZE, FinishOptions(opening=False, credits=False))

    assert list(both) == ["opening", "C001", "C002", "credits"]
    assert both["C001"].start == both["opening"].frames
    assert list(neither) == ["C001", "C002"]
    assert neither["C001"].start == 0


def test_credits_name_who_speaks_with_their_voice_every_model_and_the_shows_own_lines():
    cast, made, people = finish.sections(SHEET, CARDS, ("Written by A. B.",))
    silent = finish.sections(SHEET.model_copy(update={"cuts": SHEET.cuts[1:]}), CARDS, ())

    assert [cast.heading, made.heading, people.heading] == ["Cast", "Made with", "Credits"]
    assert [(name, "toy" in voice) for name, voice in cast.entries] == [("Rin", True)]
    assert people.entries == (("", "Written by A. B."),)
    assert [section.heading for section in silent] == ["Made with"]
