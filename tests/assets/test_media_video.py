from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import InputRefused, ModelFailed, ShapeRefused
from assets.matter import Clip, Still
from assets.media import ffmpeg, mp4, video

SIZE = (160, 90)
FILM, NTSC = Fraction(24), Fraction(24000, 1001)
QUALITY = video.VideoQuality()


def _stills(frames: int) -> list[Still]:
    """A square walking over a ramp: every frame differs from every other."""
    ramp = np.linspace(30, 220, SIZE[0], dtype=np.uint8)
    made = []
    for frame in range(frames):
        still = np.repeat(np.tile(ramp, (SIZE[1], 1))[:, :, None], 3, axis=2).copy()
        still[30:60, frame * 2 : frame * 2 + 30] = (220, 40, 90)
        made.append(still)
    return made


def _encoded(
    path: Path, frames: int = 30, rate: Fraction = FILM, quality: video.VideoQuality = QUALITY
) -> Path:
    video.encode(_stills(frames), path, size=SIZE, rate=rate, quality=quality)
    return path


@pytest.mark.parametrize("rate", [FILM, NTSC, Fraction(30000, 1001), Fraction(25)])
def test_rate_and_frame_count_come_back_exactly(tmp_path: Path, rate: Fraction) -> None:
    info = video.probe(_encoded(tmp_path / "a.mp4", 31, rate))

    assert (info.frames, info.rate, info.size, info.codec) == (31, rate, SIZE, "avc1")
    assert info.seconds == float(31 / rate)


@pytest.mark.parametrize(
    "color",
    [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (250, 225, 205), (30, 60, 200)],
)
def test_a_solid_colour_comes_back_within_two_steps(tmp_path: Path, color: tuple[int, int, int]) -> None:
    """Wrong matrix (601 for 709) moves green by 15 steps, wrong range moves white by 16."""
    still = np.full((SIZE[1], SIZE[0], 3), color, np.uint8)
    video.encode([still], tmp_path / "a.mp4", size=SIZE, rate=FILM, quality=QUALITY)

    back = next(video.decode(tmp_path / "a.mp4", start=0, frames=1))

    assert int(np.abs(back.astype(int) - still).max()) <= 2


def test_colours_are_tagged_as_709_limited(tmp_path: Path) -> None:
    path = _encoded(tmp_path / "a.mp4", 2)

    said = ffmpeg.run([*ffmpeg.source(path), "-f", "null", "-"], log="info")

    assert "yuv420p(tv, bt709, progressive)" in said


def test_the_same_stills_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = _encoded(tmp_path / "a.mp4"), _encoded(tmp_path / "b.mp4")

    assert one.read_bytes() == other.read_bytes()


def test_any_frame_can_be_taken_out_alone(tmp_path: Path) -> None:
    path = _encoded(tmp_path / "a.mp4", 60, NTSC)
    whole = list(video.decode(path))

    assert [
        f
        for f in (0, 1, 23, 24, 47, 48, 59)
        if not np.array_equal(next(video.decode(path, start=f, frames=1)), whole[f])
    ] == []


def test_a_stretch_is_the_same_frames_as_in_the_whole(tmp_path: Path) -> None:
    path = _encoded(tmp_path / "a.mp4", 40)

    stretch, whole = list(video.decode(path, start=13, frames=9)), list(video.decode(path))

    assert all(np.array_equal(one, other) for one, other in zip(stretch, whole[13:22], strict=True))


@pytest.mark.parametrize("frames", [[0], [29], [3, 4, 5, 17], list(range(30))])
def test_some_frames_are_the_same_as_in_the_whole(tmp_path: Path, frames: list[int]) -> None:
    path = _encoded(tmp_path / "a.mp4", 30, NTSC)
    whole = list(video.decode(path))

    some = list(video.decode_some(path, frames))

    assert np.array_equal(np.stack(some), np.stack([whole[frame] for frame in frames]))


@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_inside_a_box_a_frame_is_the_same_as_in_the_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("box") / "a.mp4"
    _encoded(path, 3)
    left, top = data.draw(st.integers(0, SIZE[0] - 1)), data.draw(st.integers(0, SIZE[1] - 1))
    right, bottom = data.draw(st.integers(left + 1, SIZE[0])), data.draw(st.integers(top + 1, SIZE[1]))
    inside = slice(top, bottom), slice(left, right)

    [part] = video.decode_some(path, [2], (left, top, right, bottom))

    assert np.array_equal(part[inside], next(video.decode(path, start=2, frames=1))[inside])


def test_frames_that_are_not_there_are_refused_and_not_left_out(tmp_path: Path) -> None:
    with pytest.raises(ShapeRefused, match="0 to 4"):
        list(video.decode_some(_encoded(tmp_path / "a.mp4", 5), [2, 5]))


def test_frames_come_back_in_the_order_they_went_in(tmp_path: Path) -> None:
    went_in = _stills(30)
    path = _encoded(tmp_path / "a.mp4")

    errors = [np.abs(a.astype(int) - b).mean() for a, b in zip(went_in, video.decode(path), strict=True)]

    assert max(errors) < 3


def test_a_decoded_still_is_the_readers_own(tmp_path: Path) -> None:
    still = next(video.decode(_encoded(tmp_path / "a.mp4", 1), start=0, frames=1))

    still[:] = 0

    assert int(still.max()) == 0


def test_a_frame_past_the_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ShapeRefused, match="frames 0 to 4"):
        next(video.decode(_encoded(tmp_path / "a.mp4", 5), start=5, frames=1))


def test_another_crf_keeps_the_decoder_set_up(tmp_path: Path) -> None:
    fine = video.probe(_encoded(tmp_path / "a.mp4", quality=video.VideoQuality(crf=10)))
    coarse = video.probe(_encoded(tmp_path / "b.mp4", quality=video.VideoQuality(crf=30)))

    assert fine.setup == coarse.setup


def test_a_faster_encoder_keeps_the_decoder_set_up(tmp_path: Path) -> None:
    """An earlier take of an animatic is joined by copy with segments that are encoded with its preset of today."""
    fast = video.VideoQuality(preset="superfast", lookahead=10)

    setups = {
        video.probe(_encoded(tmp_path / f"{quality.preset}.mp4", quality=quality)).setup
        for quality in (QUALITY, fast)
    }

    assert len(setups) == 1


def test_a_lookahead_changes_the_bytes_and_stands_in_the_recipe_only_where_it_is_set(tmp_path: Path) -> None:
    plain, ahead = (video.VideoQuality(preset="superfast", lookahead=frames) for frames in (None, 10))

    files = [
        _encoded(tmp_path / f"{quality.lookahead}.mp4", quality=quality).read_bytes()
        for quality in (plain, ahead)
    ]

    assert files[0] != files[1]
    assert "lookahead" not in plain.model_dump(mode="json")
    assert ahead.model_dump(mode="json")["lookahead"] == 10


def test_a_held_drawing_gives_the_bytes_of_one_that_is_drawn_again(tmp_path: Path) -> None:
    stills = [still for still in _stills(6) for _ in range(2)]
    drawn_again = [still.copy() for still in stills]

    for name, pictures in (("held", stills), ("again", drawn_again)):
        video.encode(pictures, tmp_path / name, size=SIZE, rate=FILM, quality=QUALITY)

    assert (tmp_path / "held").read_bytes() == (tmp_path / "again").read_bytes()


def test_drawing_that_fails_leaves_no_file_behind(tmp_path: Path) -> None:
    def draw() -> Iterator[Still]:
        yield from _stills(3)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        video.encode(Clip(9, SIZE, FILM, draw), tmp_path / "a.mp4", size=SIZE, rate=FILM, quality=QUALITY)

    assert list(tmp_path.iterdir()) == []


def test_a_failed_encoding_leaves_the_older_file_as_it_was(tmp_path: Path) -> None:
    path = _encoded(tmp_path / "a.mp4", 3)
    before = path.read_bytes()

    with pytest.raises(ModelFailed):
        video.encode([np.zeros((8, 8, 3), np.uint8)], path, size=SIZE, rate=FILM, quality=QUALITY)

    assert path.read_bytes() == before


def test_a_clip_that_breaks_its_promise_is_refused(tmp_path: Path) -> None:
    clip = Clip(10, SIZE, FILM, lambda: iter(_stills(9)))

    with pytest.raises(ModelFailed, match="promised 10 frames and drew 9"):
        video.encode(clip, tmp_path / "a.mp4", size=SIZE, rate=FILM, quality=QUALITY)


def test_no_frames_are_no_video(tmp_path: Path) -> None:
    with pytest.raises((ShapeRefused, ModelFailed)):
        video.encode([], tmp_path / "a.mp4", size=SIZE, rate=FILM, quality=QUALITY)


def test_odd_sides_are_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    def draw() -> Iterator[Still]:
        raise AssertionError("drawn")
        yield

    with pytest.raises(ShapeRefused, match="even"):
        video.encode(
            Clip(1, (161, 90), FILM, draw), tmp_path / "a.mp4", size=(161, 90), rate=FILM, quality=QUALITY
        )


def test_a_file_cut_short_is_refused_when_it_is_read(tmp_path: Path) -> None:
    path = _encoded(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(InputRefused, match="not a whole MP4"):
        video.probe(path)


def test_a_file_with_damaged_frames_does_not_pass_for_whole(tmp_path: Path) -> None:
    path = _encoded(tmp_path / "a.mp4")
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    data[start : start + 4000] = bytes(4000)
    path.write_bytes(bytes(data[: len(data)]))

    with pytest.raises((ModelFailed, InputRefused)):
        list(video.decode(path))


@pytest.mark.parametrize("junk", [b"", b"hello", b"\0\0\0\x10moov\0\0\0\x08trak", b"\xff" * 64])
def test_what_is_no_mp4_is_refused_and_never_crashes(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "junk.mp4").write_bytes(junk)

    with pytest.raises(InputRefused):
        video.probe(tmp_path / "junk.mp4")


def test_an_index_flipped_anywhere_is_read_or_refused(tmp_path: Path) -> None:
    path = _encoded(tmp_path / "a.mp4", 4)
    data = path.read_bytes()
    start = data.index(b"moov")
    random, outcomes = np.random.default_rng(11), []

    for spot in random.integers(start, len(data), 200):
        broken = bytearray(data)
        broken[spot] ^= 0xFF
        path.write_bytes(bytes(broken))
        try:
            outcomes.append(len(mp4.tracks(path)))
        except InputRefused:
            outcomes.append("refused")

    assert len(outcomes) == 200
    assert {1, "refused"} <= set(outcomes)
