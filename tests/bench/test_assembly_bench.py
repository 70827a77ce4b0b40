"""How fast the reel is assembled, and what it costs in memory. Prints; judges nothing.

Every pair of rivals joins the same segments with the same encoder settings, taking turns so that
a busy machine is busy for both; the best of their rounds counts.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import pytest

from assets import fonts
from assets.matter import Still
from assets.media import ffmpeg, video
from assets.sheets.production import Caption
from assets.timing import Span
from stages.assemble.reel import join
from stages.assemble.segments import Encoding, SegmentPlan, render_segment

pytestmark = pytest.mark.bench

SIZE, RATE, CUT = (1280, 720), Fraction(24), 48
QUALITY = video.VideoQuality()
ROUNDS = 3
WORDS = "まだ間に合う。走れば三分だ！"
ASS = """[Script Info]
PlayResX: 1280
PlayResY: 720

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, Outline, Alignment, MarginV
Style: D,Noto Sans JP,45,&H00FFFFFF,&H00181010,4,2,54

[Events]
Format: Layer, Start, End, Style, Text
"""


def _cel(seed: int) -> Iterator[Still]:
    """A flat figure on twos over a gradient: what an animatic's encoder gets."""
    random = np.random.default_rng(seed)
    set_ = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
    set_[:] = np.linspace((250, 190, 150), (120, 150, 210), SIZE[1])[:, None]
    for x, y in zip(random.integers(0, SIZE[0], 40), random.integers(240, 700, 40), strict=True):
        colour = [int(tone) for tone in random.integers(60, 240, 3)]
        cv2.rectangle(set_, (int(x), int(y)), (int(x) + 90, SIZE[1]), colour, -1)
    for frame in range(CUT):
        if frame % 2 == 0:
            still = set_.copy()
            middle = (640 + int(60 * np.sin(frame / 9)), 400)
            cv2.ellipse(still, middle, (150, 180), 0, 0, 360, (250, 225, 205), -1, cv2.LINE_AA)
            cv2.ellipse(still, middle, (150, 180), 0, 0, 360, (50, 30, 40), 4, cv2.LINE_AA)
        yield still


@pytest.fixture(scope="module")
def cuts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("cuts")
    paths = [folder / f"C{number:03d}.mp4" for number in range(5)]
    for number, path in enumerate(paths):
        video.encode(_cel(number), path, size=SIZE, rate=RATE, quality=QUALITY)
    return paths


def _timeline(cuts: list[Path], seconds: int) -> list[Path]:
    return [cuts[index % len(cuts)] for index in range(seconds * 24 // CUT)]


@dataclass(frozen=True)
class Cost:
    """What one rival took: the best of its rounds, waiting and computing apart."""

    seconds: float
    processor: float  # of this process and of ffmpeg


def _best(*rivals: Callable[[], object]) -> list[Cost]:
    costs: list[list[tuple[float, float]]] = [[] for _ in rivals]
    for _ in range(ROUNDS):
        for spent, rival in zip(costs, rivals, strict=True):
            began, used = perf_counter(), _processor()
            rival()
            spent.append((perf_counter() - began, _processor() - used))
    return [Cost(*(min(column) for column in zip(*spent, strict=True))) for spent in costs]


def _processor() -> float:
    return sum(os.times()[:4])


def _told(what: str, frames: int, ours: Cost, theirs: Cost, wanted: float) -> None:
    print(
        f"\n{what}: ours {frames / ours.seconds:,.0f} fps, theirs {frames / theirs.seconds:,.0f} fps, "
        f"ratio {theirs.seconds / ours.seconds:.2f} (wanted >= {wanted}); "
        f"by processor time {theirs.processor / ours.processor:.2f}"
    )


def _plain(segments: list[Path], out: Path, codec: list[str]) -> None:
    listing = out.with_suffix(".txt")
    listing.write_text("".join(f"file '{segment}'\n" for segment in segments), encoding="utf-8")
    ffmpeg.run(["-y", "-f", "concat", "-safe", "0", "-i", str(listing), *codec, str(out)])


def _x264() -> list[str]:
    speed = ["-preset", QUALITY.preset, "-crf", str(QUALITY.crf), "-threads", str(QUALITY.threads)]
    return ["-c:v", "libx264", *speed, "-bf", "0", "-g", "48"]


def _assembled(
    segments: list[Path], folder: Path, changed: int, *, enter: str = "dissolve", lanes: int = 1
) -> None:
    """Our way: every ``changed``-th cut is joined softly and captioned, the rest stay as they are."""
    caption = Caption(span=Span(start=0, stop=CUT), text=WORDS, cut="C001")

    def render(index: int) -> Path:
        if index % changed or (index == 0 and enter != "cut"):
            return segments[index]
        soft = {} if enter == "cut" else {"enter": enter, "join_frames": 12}
        plan = SegmentPlan(f"C{index:03d}", CUT, captions=(caption,), **soft)
        out, before = folder / f"s{index}.mp4", segments[index - 1]
        render_segment(plan, segments[index], out, before=before, encoding=Encoding(SIZE, RATE, QUALITY))
        return out

    with ThreadPoolExecutor(lanes) as pool:
        join(list(pool.map(render, range(len(segments)))), None, folder / "ours.mp4", rate=RATE)


def _burned(segments: list[Path], out: Path) -> None:
    """ffmpeg's own way to burn subtitles in: libass, in one run over all cuts."""
    lines = [
        f"Dialogue: 0,0:00:{2 * cut:02d}.00,0:00:{2 * cut + 2:02d}.00,D,{WORDS}"
        for cut in range(len(segments))
    ]
    subtitles = out.with_suffix(".ass")
    subtitles.write_text(ASS + "\n".join(lines), encoding="utf-8")
    fonts_folder = fonts.path(True).parent
    _plain(segments, out, ["-vf", f"subtitles={subtitles}:fontsdir={fonts_folder}", *_x264()])


def _moviepy(segments: list[Path], out: Path) -> None:
    from moviepy import VideoFileClip, concatenate_videoclips

    clips = [VideoFileClip(str(segment)) for segment in segments]
    whole = concatenate_videoclips(clips)
    options = {"codec": "libx264", "preset": QUALITY.preset, "threads": QUALITY.threads}
    whole.write_videofile(
        str(out), fps=24, audio=False, logger=None, ffmpeg_params=["-crf", str(QUALITY.crf)], **options
    )
    for clip in clips:
        clip.close()


def test_joining_by_copy_against_plain_ffmpeg(cuts: list[Path], tmp_path: Path) -> None:
    reel = _timeline(cuts, 600)

    ours, theirs = _best(
        lambda: join(reel, None, tmp_path / "ours.mp4", rate=RATE),
        lambda: _plain(reel, tmp_path / "plain.mp4", ["-c", "copy", "-movflags", "+faststart"]),
    )

    _told("join by copy, 10 minutes", len(reel) * CUT, ours, theirs, 0.8)
    assert video.frames_of(tmp_path / "ours.mp4") == video.frames_of(tmp_path / "plain.mp4")


@pytest.mark.parametrize(("changed", "what"), [(5, "every fifth cut changed"), (1, "every cut changed")])
def test_encoding_again_against_plain_ffmpeg(
    cuts: list[Path], tmp_path: Path, changed: int, what: str
) -> None:
    reel = _timeline(cuts, 20)

    ours, theirs = _best(
        lambda: _assembled(reel, tmp_path, changed, lanes=2),
        lambda: _plain(reel, tmp_path / "plain.mp4", _x264()),
    )

    _told(f"{what}, against ffmpeg encoding all", len(reel) * CUT, ours, theirs, 0.8)
    assert video.frames_of(tmp_path / "ours.mp4") == len(reel) * CUT


def test_captions_on_every_cut_against_plain_ffmpeg(cuts: list[Path], tmp_path: Path) -> None:
    reel = _timeline(cuts, 20)

    ours, burned, plain = _best(
        lambda: _assembled(reel, tmp_path, 1, enter="cut", lanes=2),
        lambda: _burned(reel, tmp_path / "burned.mp4"),
        lambda: _plain(reel, tmp_path / "plain.mp4", _x264()),
    )

    frames = len(reel) * CUT
    _told("captions on every cut, against ffmpeg's subtitles filter", frames, ours, burned, 0.8)
    _told("captions on every cut, against ffmpeg encoding without captions", frames, ours, plain, 0.8)
    assert video.frames_of(tmp_path / "ours.mp4") == frames


def test_composing_against_moviepy_alone(cuts: list[Path], tmp_path: Path) -> None:
    reel = _timeline(cuts, 10)

    copied, changed, theirs = _best(
        lambda: join(reel, None, tmp_path / "ours.mp4", rate=RATE),
        lambda: _assembled(reel, tmp_path, 5),
        lambda: _moviepy(reel, tmp_path / "moviepy.mp4"),
    )

    _told("plain cuts, against MoviePy", len(reel) * CUT, copied, theirs, 3)
    _told("every fifth cut dissolved and captioned, against MoviePy", len(reel) * CUT, changed, theirs, 3)
    assert video.frames_of(tmp_path / "ours.mp4") == len(reel) * CUT


def test_memory_stays_flat_as_the_episode_grows(cuts: list[Path], tmp_path: Path) -> None:
    minute, ten = (_peak(_timeline(cuts, seconds), tmp_path) for seconds in (60, 600))

    print(f"\npeak memory: 1 minute {minute:.0f} MiB, 10 minutes {ten:.0f} MiB, ratio {ten / minute:.2f}")
    assert minute > 0


def _peak(reel: list[Path], folder: Path) -> float:
    """Largest resident set of a process that changes every fifth cut and joins, and of its encoders."""
    (folder / "reel.txt").write_text("\n".join(map(str, reel)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, __file__, str(folder)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    return float(done.stdout.split()[-1])


def _measure(folder: Path) -> None:
    import resource

    reel = [Path(line) for line in (folder / "reel.txt").read_text(encoding="utf-8").splitlines()]
    _assembled(reel, folder, 5)
    used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(sum(used) / 1024)


if __name__ == "__main__":
    _measure(Path(sys.argv[1]))
