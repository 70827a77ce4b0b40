"""What the watermark survives, how visible it is, what it costs, and what it reads where there is none.

`python -m pytest tests/bench/test_watermark_bench.py -m bench -s --timeout 3600`. Prints tables; judges nothing. With
FILM=PATH.mp4 it measures that film, else the sample episode's animatic, which it makes. MARKED is a marked copy of it,
made before; TRIES is the number of unmarked pictures (default 60).
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.media import ffmpeg
from assets.media.bt709 import Planes
from assets.media.video import VideoQuality, decode_planes, encode_planes, probe
from assets.watermark import Found, Marker, mark_film, read_file
from assets.watermark.luma import Luma
from assets.watermark.reading import SEEN, fine_detail, look, search

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "assets/library/shows/clear-skies/ep01.ja.fountain"
ID, SECONDS, FROM, FRAMES = "0123456789ab", 8, 8, 6
H264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf"]


def _filtered(graph: str, crf: int = 23) -> list[str]:
    return ["-vf", graph, *H264, str(crf)]


def _cropped(percent: int, after: str = "") -> list[str]:
    """The picture without ``percent`` of its width and height, from one corner as much as from the other."""
    kept = 1 - percent / 100
    return _filtered(f"crop=trunc(iw*{kept}/2)*2:trunc(ih*{kept}/2)*2{after}")


ATTACKS = {
    "copied": ["-c:v", "copy"],
    "H.264 crf 23": [*H264, "23"],
    "H.264 crf 28": [*H264, "28"],
    "H.264 crf 33": [*H264, "33"],
    "H.264 crf 38": [*H264, "38"],
    "H.264 at 400 kbit/s": ["-c:v", "libx264", "-preset", "veryfast", "-b:v", "400k"],
    "H.265 crf 28": ["-c:v", "libx265", "-preset", "ultrafast", "-crf", "28", "-x265-params", "log-level=error"],
    "VP9 at 800 kbit/s": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "800k"],
    "scaled to 150 %": _filtered("scale=iw*1.5:-2"),
    "scaled to 75 %": _filtered("scale=iw*.75:-2"),
    "scaled to 50 %": _filtered("scale=iw*.5:-2"),
    "scaled to 25 %": _filtered("scale=iw*.25:-2"),
    "scaled to 50 %, crf 33": _filtered("scale=iw*.5:-2", 33),
    "stretched to 4:3": _filtered("scale=960:720"),
    "cropped by 5 %": _cropped(5),
    "cropped by 10 %": _cropped(10),
    "cropped by 20 %": _cropped(20),
    "cropped by 20 %, to full size": _cropped(20, ",scale=1280:720"),
    "cropped by 40 %": _cropped(40),
    "cropped to 9:16": _filtered("crop=404:720"),
    "borders to 1:1": _filtered("pad=iw:iw:0:(oh-ih)/2"),
    "mirrored": _filtered("hflip"),
    "24 to 30 frames/s": _filtered("fps=30"),
    "24 to 12 frames/s": _filtered("fps=12"),
    "brighter, less contrast": _filtered("eq=brightness=.06:contrast=.8"),
    "blurred (sigma 2)": _filtered("gblur=2"),
    "noise (sigma 10)": _filtered("noise=alls=20:allf=t"),
    "turned by 1 degree": _filtered("rotate=PI/180"),
    "slowly zoomed": _filtered("zoompan=z='1+on/2000':d=1:s=1280x720:fps=24"),
    "JPEG 80": ["-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p"],
}  # fmt: skip


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if "FILM" in os.environ:
        return Path(os.environ["FILM"]).resolve()
    folder = tmp_path_factory.mktemp("film")
    command = [sys.executable, "-m", "flows.cli", "produce", str(SCRIPT), "--profile", "animatic", "--quiet"]
    subprocess.run(command, cwd=folder, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    return folder / "episodes/clear-skies-ep01-ja/episode.mp4"


@pytest.fixture(scope="module")
def marked(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if "MARKED" in os.environ:
        return Path(os.environ["MARKED"])
    made, seconds = tmp_path_factory.mktemp("marked") / "film.mp4", probe(film).seconds
    began, used = time.perf_counter(), os.times()
    mark_film(film, made, ID, VideoQuality())
    now = os.times()
    spent = now.user + now.system + now.children_user + now.children_system
    spent -= used.user + used.system + used.children_user + used.children_system
    wall = time.perf_counter() - began
    print(
        f"\nmarking: {wall / seconds:.2f} s of wall time and {spent / seconds:.2f} s of processor time per second"
    )
    print(f"bytes: {film.stat().st_size:,} -> {made.stat().st_size:,}")
    return made


@pytest.mark.bench
def test_how_much_of_the_picture_is_the_mark(film: Path, marked: Path, tmp_path: Path):
    info = probe(film)
    marker, (width, height) = Marker(ID, info.size), info.size

    def with_mark(planes: Planes) -> Planes:
        luma = planes[: width * height].reshape(height, width)
        return np.concatenate([marker.mark(luma).ravel(), planes[width * height :]])

    some = list(islice(decode_planes(film, start=FROM * 24), 0, 480, 20))
    exact = VideoQuality(crf=0)
    encode_planes(some, tmp_path / "plain.mp4", size=info.size, rate=info.rate, quality=exact)
    encode_planes(map(with_mark, some), tmp_path / "mark.mp4", size=info.size, rate=info.rate, quality=exact)
    again = tmp_path / "again.mp4"
    encode_planes(decode_planes(film), again, size=info.size, rate=info.rate, quality=VideoQuality())
    print("\nthe mark alone:              ", _compared(tmp_path / "plain.mp4", tmp_path / "mark.mp4"))
    print("another encoding, no mark:   ", _compared(film, again))
    print("the marked film, as delivered:", _compared(film, marked))


@pytest.mark.bench
def test_what_it_survives(marked: Path, tmp_path: Path):
    part = tmp_path / "part.mp4"
    ffmpeg.run(["-ss", str(FROM), "-t", str(SECONDS), *ffmpeg.source(marked), "-an", "-c", "copy", str(part)])
    print(f"\n{'':32}{'film':>6}{'score':>7}{'tiles':>7}{'seconds':>9}{'frames':>8}")
    for name, words in ATTACKS.items():
        copy = tmp_path / ("copy.mkv" if "VP9" in name or "JPEG" in name else "copy.mp4")
        ffmpeg.run(["-y", *ffmpeg.source(part), *words, "-an", str(copy)])
        began = time.perf_counter()
        found = read_file(copy)
        seconds = time.perf_counter() - began
        single = sum(read_file(still).id == ID for still in _stills(copy, tmp_path))
        said = "yes" if found.id == ID else "WRONG" if found.id else "no"
        print(
            f"{name:32}{said:>6}{found.score:7.1f}{found.tiles:7.2f}{seconds:9.1f}{single:>5}/{FRAMES}",
            flush=True,
        )


@pytest.mark.bench
def test_what_it_reads_where_there_is_none(film: Path):
    """Unmarked pictures, whole and cropped: none may name an id."""
    tries, found = int(os.environ.get("TRIES", "60")), list[Found]()
    draw = np.random.default_rng(1)
    for luma in islice(_endless(film), tries):
        high, wide = (int(side * draw.uniform(0.6, 1)) for side in luma.shape)
        detail = fine_detail(np.ascontiguousarray(luma[-high:, :wide]))
        found += [look(detail), search(detail)]
    scores = sorted(one.score for one in found)
    named = sum(one.id is not None for one in found)
    over = sum(score >= SEEN for score in scores)
    print(
        f"\n{tries} unmarked pictures: {named} named an id, {over} scored {SEEN} or more; highest {scores[-1]:.2f}"
    )


def _endless(film: Path) -> Iterator[Luma]:
    """Other pictures each time round."""
    (width, height), frames = probe(film).size, probe(film).frames
    for start in count():
        for at in range(start * 5, frames, 31):
            planes = next(decode_planes(film, start=at, frames=1))
            yield planes[: width * height].reshape(height, width)


def _stills(film: Path, folder: Path) -> list[Path]:
    """Screenshots, spread over the film."""
    for old in folder.glob("shot*.png"):
        old.unlink()
    every = f"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{SECONDS / FRAMES - 0.1})'"
    args = ["-y", *ffmpeg.source(film), "-vf", every, "-fps_mode", "passthrough", "-frames:v", str(FRAMES)]
    ffmpeg.run([*args, str(folder / "shot%d.png")])
    return sorted(folder.glob("shot*.png"))


def _compared(one: Path, two: Path) -> str:
    """PSNR and SSIM of the brightness."""
    graph = "[0:v][1:v]psnr;[0:v][1:v]ssim"
    log = ffmpeg.run(
        [*ffmpeg.source(two), *ffmpeg.source(one), "-lavfi", graph, "-f", "null", "-"], log="info"
    )
    psnr, ssim = re.search(r"PSNR y:([\d.]+|inf)", log), re.search(r"SSIM Y:([\d.]+)", log)
    return f"PSNR {psnr[1] if psnr else '?'} dB, SSIM {ssim[1] if ssim else '?'}"


@pytest.mark.bench
def test_the_pattern_to_look_at(film: Path, tmp_path: Path):
    """With LOOK=FOLDER: a frame, the marked frame, and the difference 20 times as strong, side by side."""
    folder = Path(os.environ.get("LOOK", tmp_path))
    (width, height), at = probe(film).size, [200, 700, 1300]
    for frame in at:
        luma = next(decode_planes(film, start=frame, frames=1))[: width * height].reshape(height, width)
        shown = Marker(ID, (width, height)).mark(luma)
        strong = ((shown.astype(int) - luma) * 20 + 128).clip(0, 255).astype(np.uint8)
        assert cv2.imwrite(str(folder / f"watermark-{frame}.png"), np.hstack([luma, shown, strong]))
