from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from assets.errors import InputRefused, ShapeRefused
from assets.media import ffmpeg, video
from assets.media.mp4 import tracks
from stages.assemble.reel import join

SIZE, FILM, NTSC = (160, 90), Fraction(24), Fraction(24000, 1001)


def _segment(
    path: Path,
    frames: int,
    tone: int,
    *,
    rate: Fraction = FILM,
    size: tuple[int, int] = SIZE,
    **quality: object,
) -> Path:
    stills = [np.full((size[1], size[0], 3), (tone + frame * 3) % 256, np.uint8) for frame in range(frames)]
    video.encode(stills, path, size=size, rate=rate, quality=video.VideoQuality.model_validate(quality))
    return path


def _segments(folder: Path, lengths: Sequence[int] = (1, 7, 33, 50), rate: Fraction = FILM) -> list[Path]:
    return [_segment(folder / f"s{n}.mp4", frames, n * 40, rate=rate) for n, frames in enumerate(lengths)]


def _sound(path: Path, seconds: Fraction) -> Path:
    tone = f"sine=440:r=48000:d={float(seconds):.6f}"
    ffmpeg.run(["-y", "-f", "lavfi", "-i", tone, "-c:a", "aac", "-b:a", "128k", "-ac", "2", str(path)])
    return path


@pytest.mark.parametrize("rate", [FILM, NTSC])
def test_every_frame_of_every_segment_is_there_unchanged(tmp_path: Path, rate: Fraction) -> None:
    segments = _segments(tmp_path, rate=rate)
    wanted = [still for segment in segments for still in video.decode(segment)]

    info = join(segments, None, tmp_path / "out.mp4", rate=rate)

    assert (info.frames, info.rate) == (91, rate)
    found = video.decode(tmp_path / "out.mp4")
    assert all(np.array_equal(one, other) for one, other in zip(wanted, found, strict=True))


@pytest.mark.parametrize("rate", [FILM, NTSC])
def test_picture_and_sound_are_the_same_length_to_within_a_frame(tmp_path: Path, rate: Fraction) -> None:
    segments, sound = _segments(tmp_path, rate=rate), _sound(tmp_path / "mix.m4a", 91 / rate)

    info = join(segments, sound, tmp_path / "out.mp4", rate=rate)

    assert info.has_audio
    assert abs(info.seconds - info.sound_seconds) <= 1 / rate


def test_frames_stay_on_the_grid_through_a_thousand_segments(tmp_path: Path) -> None:
    """The list reader counts in microseconds; at 24000/1001 the last frames drifted off the grid."""
    one = _segment(tmp_path / "one.mp4", 1, 90, rate=NTSC)

    join([one] * 1000, None, tmp_path / "out.mp4", rate=NTSC)

    picture = tracks(tmp_path / "out.mp4")[0]
    assert (picture.samples, picture.step) == (1000, Fraction(1001, 24000))


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    segments, sound = _segments(tmp_path), _sound(tmp_path / "mix.m4a", 91 / FILM)
    outs = [tmp_path / "one.mp4", tmp_path / "two.mp4"]

    for out in outs:
        join(segments, sound, out, rate=FILM, metadata={"title": "第一話", "show": "潮騒"})

    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_title_show_and_comment_are_written(tmp_path: Path) -> None:
    words = {"title": "最後の'汽笛'", "show": "Shiosai; No. 1 = \\o/", "comment": "made by Sakuga"}

    join(_segments(tmp_path), None, tmp_path / "out.mp4", rate=FILM, metadata=words)

    said = ffmpeg.run([*ffmpeg.source(tmp_path / "out.mp4"), "-f", "null", "-"], log="info")
    assert all(word in said for word in words.values())


def test_a_key_of_ones_own_is_written_too(tmp_path: Path) -> None:
    join(_segments(tmp_path), None, tmp_path / "out.mp4", rate=FILM, metadata={"AIGC": '{"Label":"1"}'})

    said = ffmpeg.run([*ffmpeg.source(tmp_path / "out.mp4"), "-f", "null", "-"], log="info")
    assert '{"Label":"1"}' in said


def test_the_index_lies_before_the_pictures(tmp_path: Path) -> None:
    join(_segments(tmp_path), None, tmp_path / "out.mp4", rate=FILM)

    data = (tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_paths_with_quotes_blanks_and_kana_are_joined(tmp_path: Path) -> None:
    folder = tmp_path / "it's 第 1 話\\x"
    folder.mkdir()

    assert join(_segments(folder, (2, 3)), None, folder / "o'ut.mp4", rate=FILM).frames == 5


def test_the_odd_one_out_is_named_by_its_size(tmp_path: Path) -> None:
    segments = [*_segments(tmp_path, (3, 4)), _segment(tmp_path / "C007.mp4", 3, 0, size=(320, 180))]

    with pytest.raises(ShapeRefused, match=r"C007\.mp4 is 320x180"):
        join(segments, None, tmp_path / "out.mp4", rate=FILM)


def test_the_odd_one_out_is_named_by_its_rate(tmp_path: Path) -> None:
    segments = [*_segments(tmp_path, (3, 4)), _segment(tmp_path / "C007.mp4", 3, 0, rate=NTSC)]

    with pytest.raises(ShapeRefused, match=r"C007\.mp4 runs at 24000/1001"):
        join(segments, None, tmp_path / "out.mp4", rate=FILM)


def test_the_odd_one_out_is_named_by_its_encoder_settings(tmp_path: Path) -> None:
    segments = [*_segments(tmp_path, (3, 4)), _segment(tmp_path / "C007.mp4", 3, 0, preset="ultrafast")]

    with pytest.raises(ShapeRefused, match=r"C007\.mp4 was encoded with other settings"):
        join(segments, None, tmp_path / "out.mp4", rate=FILM)


def test_sound_of_another_length_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    segments, sound = _segments(tmp_path), _sound(tmp_path / "mix.m4a", 94 / FILM)

    with pytest.raises(ShapeRefused, match=r"mix\.m4a lasts 3\.9"):
        join(segments, sound, tmp_path / "out.mp4", rate=FILM)

    assert not (tmp_path / "out.mp4").exists()


def test_a_segment_cut_short_is_refused(tmp_path: Path) -> None:
    segments = _segments(tmp_path)
    segments[2].write_bytes(segments[2].read_bytes()[:-60])

    with pytest.raises(InputRefused, match=r"s2\.mp4"):
        join(segments, None, tmp_path / "out.mp4", rate=FILM)


def test_no_segments_are_no_episode(tmp_path: Path) -> None:
    with pytest.raises(ShapeRefused, match="no segment"):
        join([], None, tmp_path / "out.mp4", rate=FILM)


def test_nothing_but_the_episode_is_left_behind(tmp_path: Path) -> None:
    segments = _segments(tmp_path, (2, 2))
    (tmp_path / "out").mkdir()

    join(segments, None, tmp_path / "out" / "episode.mp4", rate=FILM)

    assert [file.name for file in (tmp_path / "out").iterdir()] == ["episode.mp4"]


@pytest.mark.parametrize("title", ["長" * 200_000, "a\0b", "two\nlines", "=;#\\", "-i /etc/passwd", "\ud800"])
def test_any_title_can_be_written_into_the_file(tmp_path: Path, title: str) -> None:
    """A long one and one with a zero byte were refused by the system before ffmpeg began."""
    made = join(_segments(tmp_path), None, tmp_path / "out.mp4", rate=FILM, metadata={"title": title})

    assert made.frames > 0
