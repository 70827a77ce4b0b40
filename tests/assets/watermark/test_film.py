"""Claims about the watermark in pictures and films: what is read back, what stays as it was, what has none."""

import subprocess
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from assets.errors import InputRefused, ShapeRefused
from assets.matter import Sound
from assets.media import ffmpeg, sound
from assets.media.video import VideoQuality, decode_planes, encode, probe
from assets.watermark import Marker, read_file
from assets.watermark.film import mark_film
from assets.watermark.luma import Luma

ID, OTHER = "0123456789ab", "fedcba987654"
SIZE = (640, 360)


def drawing(seed: int = 1) -> Luma:
    """Flat colours and dark lines, as in a cel."""
    draw = np.random.default_rng(seed)
    made = np.full((360, 640), 150, np.uint8)
    for _ in range(12):
        at, size = draw.integers(0, 600, 2), draw.integers(20, 120, 2)
        ends = (tuple(map(int, at)), tuple(map(int, at + size)))
        cv2.rectangle(made, *ends, int(draw.integers(60, 230)), -1)
        cv2.rectangle(made, *ends, 30, 2)
    return made


def saved(luma: Luma, to: Path) -> Path:
    """As a picture that shows this brightness."""
    full = ((luma.astype(np.float32) - 16) * 255 / 219).clip(0, 255).round().astype(np.uint8)
    assert cv2.imwrite(str(to), full)
    return to


@pytest.fixture(scope="module")
def marked() -> Luma:
    return Marker(ID, SIZE).mark(drawing())


def test_a_marked_picture_says_its_id_and_an_unmarked_one_nothing(marked, tmp_path):
    found = read_file(saved(marked, tmp_path / "marked.png"))
    nothing = read_file(saved(drawing(), tmp_path / "plain.png"))

    assert (found.id, found.tiles, found.mirrored) == (ID, 4.0, False)
    assert nothing.id is None and nothing.score < 5.5


CHANGES = {
    "jpeg.jpg": lambda luma: luma,
    "smaller.png": lambda luma: cv2.resize(luma, (448, 252), interpolation=cv2.INTER_AREA),
    "larger.png": lambda luma: cv2.resize(luma, (960, 540), interpolation=cv2.INTER_CUBIC),
    "cropped.png": lambda luma: luma[20:320, 50:600],
    "cropped and scaled.png": lambda luma: cv2.resize(luma[40:, :569], SIZE),
    "stretched.png": lambda luma: cv2.resize(luma, (480, 360), interpolation=cv2.INTER_AREA),
    "mirrored.png": lambda luma: luma[:, ::-1],
    "bordered.png": lambda luma: cv2.copyMakeBorder(luma, 140, 140, 0, 0, cv2.BORDER_CONSTANT, value=16),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_id_is_read_from_a_changed_copy(marked, tmp_path, name):
    assert read_file(saved(CHANGES[name](marked), tmp_path / name)).id == ID


def test_the_pattern_is_faint_and_black_stays_black(marked):
    plain = drawing()
    difference = marked.astype(float) - plain
    flat = cv2.dilate(plain, np.ones((25, 25))) == cv2.erode(plain, np.ones((25, 25)))
    black = np.full((360, 640), 16, np.uint8)

    assert 10 * np.log10(255**2 / (difference**2).mean()) > 46
    assert np.abs(difference[flat]).max() <= 2 and np.abs(difference[flat]).mean() < 0.4
    assert (Marker(ID, SIZE).mark(black) == black).all()


@pytest.mark.parametrize("value", [16, 128, 235])
def test_a_picture_of_one_colour_has_no_mark_that_anyone_wrote(value, tmp_path):
    assert read_file(saved(np.full((90, 160), value, np.uint8), tmp_path / "flat.png")).id is None


def test_a_film_keeps_its_length_sound_and_keys_and_says_its_id_after_another_encoding(tmp_path):
    film, marked, copy = tmp_path / "film.mp4", tmp_path / "marked.mp4", tmp_path / "copy.mkv"
    still = np.repeat(drawing()[:, :, None], 3, axis=2)
    encode([still] * 12, tmp_path / "silent.mp4", size=SIZE, rate=Fraction(24), quality=VideoQuality())
    sound.write(tmp_path / "silence.wav", Sound(np.zeros(24_000, np.float32), 48_000))
    keys = ["-movflags", "use_metadata_tags", "-metadata", 'AIGC={"Label":"1"}', "-metadata", "title=Kite"]
    sources = [*ffmpeg.source(tmp_path / "silent.mp4"), *ffmpeg.source(tmp_path / "silence.wav")]
    ffmpeg.run([*sources, "-c:v", "copy", "-c:a", "aac", *keys, str(film)])

    mark_film(film, marked, ID, VideoQuality())
    ffmpeg.run([*ffmpeg.source(marked), "-c:v", "libx264", "-crf", "23", "-an", str(copy)])
    before, after = probe(film), probe(marked)
    told = subprocess.run([ffmpeg.program(), "-i", str(marked)], capture_output=True, text=True).stderr
    assert (after.frames, after.rate, after.size, after.has_audio) == (12, before.rate, before.size, True)
    assert after.sound_seconds == before.sound_seconds
    assert 'AIGC            : {"Label":"1"}' in told and "Kite" in told
    assert read_file(film).id is None and read_file(marked).id == read_file(copy).id == ID


def test_the_colours_of_a_film_do_not_change(tmp_path):
    film, marked = tmp_path / "film.mp4", tmp_path / "marked.mp4"
    still = np.zeros((180, 320, 3), np.uint8) + np.array([200, 60, 40], np.uint8)
    encode([still] * 3, film, size=(320, 180), rate=Fraction(24), quality=VideoQuality())
    mark_film(film, marked, ID, VideoQuality())

    one, two = (next(decode_planes(path))[320 * 180 :].astype(int) for path in (film, marked))
    assert np.abs(one - two).max() <= 1


def test_a_film_that_is_too_small_for_the_pattern_is_refused(tmp_path):
    film, black = tmp_path / "film.mp4", np.zeros((90, 160, 3), np.uint8)
    encode([black], film, size=(160, 90), rate=Fraction(24), quality=VideoQuality())

    with pytest.raises(ShapeRefused, match="at least 144"):
        mark_film(film, tmp_path / "to.mp4", ID, VideoQuality())


@pytest.mark.parametrize("name", ["words.txt", "broken.png", "broken.mp4", "silence.wav"])
def test_a_file_without_a_picture_is_refused(name, tmp_path):
    if name == "silence.wav":
        sound.write(tmp_path / name, Sound(np.zeros(4_800, np.float32), 48_000))
    else:
        (tmp_path / name).write_bytes(b"no picture")

    with pytest.raises(InputRefused, match=name):
        read_file(tmp_path / name)
