from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assets.errors import ModelFailed, ShapeRefused
from assets.matter import Clip, Still
from assets.media import video
from assets.media.bt709 import Planes, split
from assets.media.overlay import Overlay
from assets.sheets.cutsheet import Cut
from assets.sheets.production import Caption
from assets.timing import Span
from stages.assemble.captions import caption_plate, marked
from stages.assemble.grade import GRADES, Grade, graded
from stages.assemble.layout import lay_out
from stages.assemble.planes import black, ink
from stages.assemble.segments import (
    AssembleOptions,
    Encoding,
    EpisodeWords,
    SegmentPlan,
    changed,
    render_segment,
    segment_plan,
)
from stages.assemble.transitions import mixed, wiped

SIZE, RATE = (320, 180), Fraction(24)
GREY = np.full((180, 320, 3), 120, np.uint8)
_ONCE = Span(start=0, stop=1)
RED = np.full((180, 320, 3), (200, 30, 30), np.uint8)


def _flat(luma: int, size: tuple[int, int] = SIZE) -> Planes:
    """A grey picture in the file's own colours."""
    made = black(size)
    made[: size[0] * size[1]] = luma
    return made


def _changed(plan: SegmentPlan, luma: int = 120, before: int = 200) -> Sequence[Planes]:
    return list(changed([_flat(luma) for _ in range(plan.frames)], plan, SIZE, _flat(before)))


def _rendered(plan: SegmentPlan, folder: Path) -> Sequence[Planes]:
    """The pictures of a segment whose take is grey."""
    take, out = folder / "take.mp4", folder / "out.mp4"
    quality = video.VideoQuality()
    video.encode([GREY] * plan.frames, take, size=SIZE, rate=RATE, quality=quality)
    render_segment(plan, take, out, before=None, encoding=Encoding(SIZE, RATE, quality))
    return list(video.decode_planes(out))


def _laid(overlay: Overlay, folder: Path) -> Sequence[Still]:
    """One black picture with ``overlay`` laid on it."""
    path = folder / "laid.mp4"
    video.encode_planes(
        [black(SIZE)], path, size=SIZE, rate=RATE, quality=video.VideoQuality(crf=4), overlays=[overlay]
    )
    return list(video.decode(path))


def _cut(number: str = "C002", **more: object) -> Cut:
    return Cut.model_validate({"number": number, "scene": "S01", "place": "beach", "frames": 48, **more})


def _plan(cut: Cut, before: Cut | None = None, start: int = 100, **options: object) -> SegmentPlan:
    return segment_plan(
        cut,
        Span(start=start, stop=start + cut.frames),
        before=before,
        words=EpisodeWords(
            [
                Caption(span=Span(start=90, stop=110), text="前のせりふ", cut="C001"),
                Caption(span=Span(start=120, stop=130), text="このせりふ", cut="C002"),
                Caption(span=Span(start=148, stop=160), text="次のせりふ", cut="C003"),
            ],
            "ja",
            RATE,
        ),
        options=AssembleOptions.model_validate(options),
    )


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
    assert len(_changed(SegmentPlan("C002", 48, enter=enter, leave="fade_out", join_frames=12))) == 48


def test_a_dissolve_goes_evenly_from_the_old_picture_to_the_new() -> None:
    lumas = [int(planes[0]) for planes in _changed(SegmentPlan("C002", 48, enter="dissolve", join_frames=12))]

    steps = np.diff([200, *lumas[:13]])
    assert lumas[12:] == [120] * 36
    assert set(steps.tolist()) <= {-6, -7}


def test_a_wipe_begins_with_the_old_picture_and_ends_with_the_new() -> None:
    old, new = _flat(200), _flat(120)

    assert np.array_equal(wiped(old, new, 0.0, SIZE), old)
    assert np.array_equal(wiped(old, new, 1.0, SIZE), new)


def test_a_wipe_is_half_way_when_half_the_picture_is_new() -> None:
    half = wiped(_flat(200), _flat(120), 0.5, SIZE)

    assert 0.45 < (split(half, SIZE)[0] < 160).mean() < 0.55


def test_half_a_dissolve_is_the_mean_of_both() -> None:
    assert mixed(_flat(200), _flat(120), 0.5)[0] == 160


def test_fades_begin_and_end_in_black() -> None:
    plan = SegmentPlan("C002", 48, enter="fade_in", leave="fade_out", join_frames=12)

    pictures = _changed(plan)

    assert np.array_equal(pictures[0], black(SIZE))
    assert np.array_equal(pictures[-1], black(SIZE))
    assert pictures[24][0] == 120


def test_a_caption_is_drawn_exactly_in_its_frames_and_in_the_lower_part(tmp_path: Path) -> None:
    caption = Caption(span=Span(start=10, stop=20), text="まだ間に合う", cut="C002")

    pictures = _rendered(SegmentPlan("C002", 48, captions=(caption,)), tmp_path)

    written = [frame for frame, planes in enumerate(pictures) if planes.max() > 200]
    assert written == list(range(10, 20))
    assert np.abs(split(pictures[12], SIZE)[0][:90].astype(int) - 120).max() <= 2


def test_two_captions_at_once_stand_one_above_the_other(tmp_path: Path) -> None:
    both = [Caption(span=Span(start=0, stop=9), text=text, cut="C002") for text in ("上の人", "下の人")]

    one, two = (_rendered(SegmentPlan("C002", 9, captions=tuple(both[:n])), tmp_path)[0] for n in (1, 2))

    tops = [int(np.argmax((split(planes, SIZE)[0] > 200).any(axis=1))) for planes in (one, two)]
    assert tops[1] < tops[0] - 10


def test_a_caption_moves_up_only_while_another_one_is_below_it(tmp_path: Path) -> None:
    first = Caption(span=Span(start=0, stop=12), text="上の人", cut="C002")
    second = Caption(span=Span(start=4, stop=8), text="下の人", cut="C002")

    pictures = _rendered(SegmentPlan("C002", 12, captions=(first, second)), tmp_path)

    tops = [int(np.argmax((split(planes, SIZE)[0] > 200).any(axis=1))) for planes in pictures]
    assert len(set(tops[:4] + tops[8:])) == 1
    assert len(set(tops[4:8])) == 1
    assert tops[4] < tops[0] - 10


def test_words_are_written_on_a_joined_picture_too(tmp_path: Path) -> None:
    caption = Caption(span=Span(start=0, stop=12), text="まだ間に合う", cut="C002")
    plan = SegmentPlan("C002", 12, leave="fade_out", join_frames=6, captions=(caption,))

    last = split(_rendered(plan, tmp_path)[-1], SIZE)[0]

    assert last[:90].max() <= 18
    assert last.max() > 200


def test_a_segment_with_words_joins_like_its_take(tmp_path: Path) -> None:
    caption = Caption(span=Span(start=2, stop=5), text="まだ間に合う", cut="C002")
    plan = SegmentPlan("C002", 24, captions=(caption,), mark="AI生成", mark_frames=3)

    _rendered(plan, tmp_path)

    assert video.probe(tmp_path / "out.mp4").setup == video.probe(tmp_path / "take.mp4").setup
    assert video.frames_of(tmp_path / "out.mp4") == 24


def test_a_cut_may_have_more_captions_than_ffmpeg_usually_has_inputs(tmp_path: Path) -> None:
    captions = tuple(Caption(span=Span(start=n, stop=n + 1), text=f"{n} 番", cut="C002") for n in range(60))

    pictures = _rendered(SegmentPlan("C002", 61, captions=captions), tmp_path)

    assert [bool(planes.max() > 200) for planes in pictures] == [True] * 60 + [False]


def test_a_take_that_cannot_be_decoded_to_its_end_is_not_kept(
    take: Callable[[str, Still, int], Path], tmp_path: Path
) -> None:
    path = take("a.mp4", GREY, 96)
    data = bytearray(path.read_bytes())
    data[data.index(b"mdat") + 4 : data.index(b"mdat") + 400] = bytes(396)
    path.write_bytes(data)
    caption = Caption(span=Span(start=2, stop=5), text="まだ間に合う", cut="C002")

    with pytest.raises(ModelFailed):
        render_segment(
            SegmentPlan("C002", 96, captions=(caption,)), path, tmp_path / "out.mp4",
            before=None, encoding=Encoding(SIZE, RATE, video.VideoQuality()),
        )  # fmt: skip

    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.parametrize("color", [(255, 255, 255), (255, 0, 0), (0, 160, 255), (16, 14, 24)])
def test_ink_has_its_colour_in_the_finished_file(color: tuple[int, int, int], tmp_path: Path) -> None:
    [back] = _laid(ink(np.full((60, 61, 4), (*color, 255), np.uint8), (101, 51), [_ONCE]), tmp_path)

    assert np.abs(back[80, 130].astype(int) - color).max() <= 3


@pytest.mark.parametrize("at", [(-31, -31), (310, 170), (-900, 0), (900, 900)])
def test_ink_may_hang_over_the_frame(at: tuple[int, int], tmp_path: Path) -> None:
    [back] = _laid(ink(np.full((60, 60, 4), 255, np.uint8), at, [_ONCE]), tmp_path)

    assert bool((back > 200).any()) == (-60 < at[0] < SIZE[0] and -60 < at[1] < SIZE[1])


@pytest.mark.parametrize("alpha", [0, 1, 64, 128, 254, 255])
def test_ink_covers_as_far_as_its_plate_says(alpha: int, tmp_path: Path) -> None:
    [back] = _laid(ink(np.full((64, 64, 4), (255, 255, 255, alpha), np.uint8), (100, 50), [_ONCE]), tmp_path)

    assert abs(int(back[80, 130, 1]) - alpha) <= 3


def test_a_title_can_bear_the_mark_too() -> None:
    clip = Clip(4, SIZE, RATE, lambda: iter([GREY] * 4))

    assert [np.array_equal(still, GREY) for still in marked(clip, "AI生成", 3)] == [False, False, False, True]


@pytest.mark.parametrize("text", ["行こう", "長" * 120, "word " * 60, "🐈", "一\n二\n三"])
def test_a_caption_stays_inside_the_safe_width(text: str) -> None:
    assert caption_plate(text, (1280, 720)).shape[1] <= 1280 * 0.82


def test_the_mark_is_as_tall_as_the_standard_asks(tmp_path: Path) -> None:
    """GB 45438-2025: letters of at least 5 % of the shortest side."""
    large = (1280, 720)
    plan = SegmentPlan("C002", 1, mark="AI生成", mark_frames=1)

    take = tmp_path / "take.mp4"
    video.encode_planes([_flat(120, large)], take, size=large, rate=RATE, quality=video.VideoQuality())
    render_segment(
        plan, take, tmp_path / "out.mp4", before=None, encoding=Encoding(large, RATE, video.VideoQuality())
    )
    planes = next(video.decode_planes(tmp_path / "out.mp4"))

    rows = np.where((split(planes, large)[0] > 230).any(axis=1))[0]
    assert rows.max() - rows.min() + 1 >= 0.05 * 720


@pytest.mark.parametrize("time", sorted(GRADES))
def test_a_grade_keeps_black_and_white_and_moves_no_tone_far(time: str) -> None:
    planes = black(SIZE)
    luma = split(planes, SIZE)[0]
    luma[:] = np.linspace(16, 235, SIZE[0]).round()

    made = graded(planes, GRADES[time], SIZE)  # type: ignore[index]

    middle = split(made, SIZE)[0][90].astype(int)
    assert middle[0] == 16
    assert np.abs(middle - luma[90]).max() <= 30
    assert np.abs(split(made, SIZE)[1][45, [0, -1]].astype(int) - 128).max() <= 1


def test_sunset_is_warmer_than_night() -> None:
    sunset, night = (split(graded(_flat(120), GRADES[time], SIZE), SIZE) for time in ("sunset", "night"))

    assert sunset[2].mean() > 128 > night[2].mean()
    assert sunset[1].mean() < 128 < night[1].mean()


def test_the_neutral_grade_changes_nothing() -> None:
    noise = np.random.default_rng(5).integers(16, 235, 320 * 180 * 3 // 2).astype(np.uint8)

    assert np.array_equal(graded(noise, Grade(), SIZE), noise)


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
        plan, new, out, before=old, encoding=Encoding(SIZE, RATE, video.VideoQuality(crf=24))
    )

    assert (frames, video.probe(out).setup) == (24, video.probe(new).setup)
    assert next(video.decode(out, start=0, frames=1))[90, 160, 0] > 180


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
            encoding=Encoding(SIZE, RATE, video.VideoQuality()),
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
