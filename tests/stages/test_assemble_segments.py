from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assets.errors import ShapeRefused
from assets.matter import Clip, Still
from assets.media import video
from assets.sheets.cutsheet import Cut
from assets.sheets.production import Caption
from assets.timing import Span
from stages.assemble.captions import caption_plate
from stages.assemble.grade import GRADES, Grade, graded
from stages.assemble.layout import lay_out
from stages.assemble.segments import AssembleOptions, SegmentPlan, changed, render_segment, segment_plan
from stages.assemble.transitions import mixed, wiped

SIZE, RATE = (320, 180), Fraction(24)
GREY = np.full((180, 320, 3), 120, np.uint8)
RED = np.full((180, 320, 3), (200, 30, 30), np.uint8)


def _cut(number: str = "C002", **more: object) -> Cut:
    return Cut.model_validate({"number": number, "scene": "S01", "place": "beach", "frames": 48, **more})


def _plan(cut: Cut, before: Cut | None = None, start: int = 100, **options: object) -> SegmentPlan:
    return segment_plan(
        cut,
        Span(start=start, stop=start + cut.frames),
        before=before,
        captions=[
            Caption(span=Span(start=90, stop=110), text="前のせりふ", cut="C001"),
            Caption(span=Span(start=120, stop=130), text="このせりふ", cut="C002"),
            Caption(span=Span(start=148, stop=160), text="次のせりふ", cut="C003"),
        ],
        rate=RATE,
        language="ja",
        options=AssembleOptions.model_validate(options),
    )


def _clip(still: Still, frames: int = 48) -> Clip:
    return Clip(frames, SIZE, RATE, lambda: iter([still] * frames))


def test_a_plain_cut_is_left_untouched() -> None:
    assert _plan(_cut(), _cut("C001")).untouched


@pytest.mark.parametrize(
    ("more", "options"),
    [({"join": "dissolve"}, {}), ({"join": "fade_out"}, {}), ({}, {"burn_in": True}), ({}, {"grade": True})],
)
def test_whatever_is_to_be_done_makes_the_segment_a_new_file(
    more: dict[str, object], options: dict[str, object]
) -> None:
    assert not _plan(_cut(**more), _cut("C001"), **options).untouched


def test_a_cut_gets_the_part_of_each_caption_that_falls_into_it() -> None:
    plan = _plan(_cut(), _cut("C001"), burn_in=True)

    spans = [(caption.text, caption.span.start, caption.span.stop) for caption in plan.captions]
    assert spans == [("前のせりふ", 0, 10), ("このせりふ", 20, 30)]


def test_the_mark_covers_the_first_three_seconds_of_the_episode_and_no_more() -> None:
    first, second, later = (_plan(_cut(), start=start, mark=True) for start in (0, 48, 96))

    assert (first.mark_frames, second.mark_frames, later.mark_frames) == (48, 24, 0)
    assert later.mark == ""


def test_a_dissolve_at_the_very_start_fades_in_from_black() -> None:
    plan = _plan(_cut(join="dissolve"), None)

    assert (plan.enter, plan.needs_before) == ("fade_in", False)


def test_after_a_fade_out_the_take_before_is_not_needed() -> None:
    plan = _plan(_cut(join="dissolve"), _cut("C001", join="fade_out"))

    assert (plan.before_black, plan.needs_before) == (True, False)


def test_a_join_never_takes_more_than_half_its_cut() -> None:
    assert _plan(_cut(join="wipe", frames=6), _cut("C001"), join_seconds=2.0).join_frames == 3


def test_two_plans_that_differ_in_a_word_have_different_ingredients() -> None:
    one = SegmentPlan("C001", 9, captions=(Caption(span=Span(start=0, stop=3), text="あ", cut="C001"),))
    other = SegmentPlan("C001", 9, captions=(Caption(span=Span(start=0, stop=3), text="い", cut="C001"),))

    assert one.ingredients() != other.ingredients()


@pytest.mark.parametrize("enter", ["dissolve", "wipe", "fade_in", "cut"])
def test_no_join_changes_the_length(enter: str) -> None:
    plan = SegmentPlan("C002", 48, enter=enter, leave="fade_out", join_frames=12)

    assert len(list(changed(_clip(GREY), plan, RED))) == 48


def test_a_dissolve_goes_evenly_from_the_old_picture_to_the_new() -> None:
    plan = SegmentPlan("C002", 48, enter="dissolve", join_frames=12)

    reds = [int(still[90, 160, 0]) for still in changed(_clip(GREY), plan, RED)]

    steps = np.diff([200, *reds[:13]])
    assert reds[12:] == [120] * 36
    assert steps.min() >= -8
    assert steps[:-1].max() <= -5


def test_a_wipe_begins_with_the_old_picture_and_ends_with_the_new() -> None:
    assert np.array_equal(wiped(RED, GREY, 0.0), RED)
    assert np.array_equal(wiped(RED, GREY, 1.0), GREY)


def test_half_a_dissolve_is_the_mean_of_both() -> None:
    assert mixed(RED, GREY, 0.5)[0, 0].tolist() == [160, 75, 75]


def test_fades_begin_and_end_in_black() -> None:
    plan = SegmentPlan("C002", 48, enter="fade_in", leave="fade_out", join_frames=12)

    stills = list(changed(_clip(GREY), plan))

    assert (int(stills[0].max()), int(stills[-1].max()), stills[24][0, 0, 0]) == (0, 0, 120)


def test_a_caption_is_drawn_exactly_in_its_frames_and_in_the_lower_part() -> None:
    caption = Caption(span=Span(start=10, stop=20), text="まだ間に合う", cut="C002")
    plan = SegmentPlan("C002", 48, captions=(caption,))

    stills = list(changed(_clip(GREY), plan))

    written = [frame for frame, still in enumerate(stills) if not np.array_equal(still, GREY)]
    assert written == list(range(10, 20))
    assert np.array_equal(stills[12][:90], GREY[:90])


@pytest.mark.parametrize("text", ["行こう", "長" * 120, "word " * 60, "🐈", "一\n二\n三"])
def test_a_caption_stays_inside_the_safe_width(text: str) -> None:
    assert caption_plate(text, (1280, 720)).shape[1] <= 1280 * 0.82


def test_the_mark_is_as_tall_as_the_standard_asks() -> None:
    """GB 45438-2025: letters of at least 5 % of the shortest side."""
    plan = SegmentPlan("C002", 48, mark="AI生成", mark_frames=48)
    plain = np.full((720, 1280, 3), 120, np.uint8)
    clip = Clip(1, (1280, 720), RATE, lambda: iter([plain]))

    rows = np.where((next(iter(changed(clip, plan))) > 250).all(axis=(2)).any(axis=1))[0]

    assert rows.max() - rows.min() + 1 >= 0.05 * 720


@pytest.mark.parametrize("time", sorted(GRADES))
def test_a_grade_keeps_black_black_and_moves_no_tone_far(time: str) -> None:
    ramp = np.repeat(np.tile(np.arange(256, dtype=np.uint8), (144, 1))[:, :, None], 3, axis=2)

    made = graded(ramp, GRADES[time])  # type: ignore[index]

    middle = made[72].astype(int)
    assert middle[0].max() <= 1
    assert np.abs(middle - ramp[72]).max() <= 30


def test_the_neutral_grade_changes_nothing() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (36, 64, 3), dtype=np.uint8)

    assert np.array_equal(graded(noise, Grade()), noise)


@pytest.fixture
def take(tmp_path: Path) -> Callable[[str, Still, int], Path]:
    def make(name: str, still: Still, frames: int) -> Path:
        path = tmp_path / name
        video.encode([still] * frames, path, size=SIZE, rate=RATE, quality=video.VideoQuality())
        return path

    return make


def test_a_rendered_segment_joins_like_its_take(
    take: Callable[[str, Still, int], Path], tmp_path: Path
) -> None:
    old, new, out = take("a.mp4", RED, 5), take("b.mp4", GREY, 24), tmp_path / "out.mp4"
    plan = SegmentPlan("C002", 24, enter="dissolve", join_frames=6)

    frames = render_segment(
        plan, new, out, before=old, size=SIZE, rate=RATE, quality=video.VideoQuality(crf=24)
    )

    assert (frames, video.probe(out).setup) == (24, video.probe(new).setup)
    assert video.still_from(out, 0)[90, 160, 0] > 180


def test_a_take_of_the_wrong_length_is_refused(
    take: Callable[[str, Still, int], Path], tmp_path: Path
) -> None:
    plan = SegmentPlan("C002", 24, leave="fade_out", join_frames=6)

    with pytest.raises(ShapeRefused, match="23 frames and its cut 24"):
        render_segment(
            plan,
            take("a.mp4", GREY, 23),
            tmp_path / "out.mp4",
            before=None,
            size=SIZE,
            rate=RATE,
            quality=video.VideoQuality(),
        )


def test_everything_lies_end_to_end() -> None:
    spans = lay_out([_cut("C001"), _cut("C002", frames=10)], 90, 200)

    assert [(name, span.start, span.stop) for name, span in spans.items()] == [
        ("opening", 0, 90),
        ("C001", 90, 138),
        ("C002", 138, 148),
        ("credits", 148, 348),
    ]


def test_without_titles_the_first_cut_begins_the_episode() -> None:
    assert lay_out([_cut("C001")])["C001"] == Span(start=0, stop=48)


def test_an_empty_episode_is_refused() -> None:
    with pytest.raises(ShapeRefused):
        lay_out([])
