import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.errors import InputRefused, ShapeRefused
from assets.matter import Still
from assets.media import picture


@pytest.fixture
def still() -> Still:
    return np.random.default_rng(3).integers(0, 256, (48, 64, 3), dtype=np.uint8)


def _png(image: Image.Image) -> bytes:
    data = BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def test_a_still_survives_png_bit_for_bit(still: Still) -> None:
    assert np.array_equal(picture.from_png(picture.to_png(still)), still)


def test_the_same_still_gives_the_same_png(still: Still) -> None:
    assert picture.to_png(still) == picture.to_png(still.copy())


def test_a_png_is_read_from_a_path_too(still: Still, tmp_path: Path) -> None:
    file = tmp_path / "背景.png"
    file.write_bytes(picture.to_png(still))

    assert np.array_equal(picture.from_png(file), still)


def test_what_is_transparent_shows_the_ground_that_was_chosen() -> None:
    data = _png(Image.new("RGBA", (4, 4), (255, 0, 0, 0)))

    assert picture.from_png(data, ground=(1, 2, 3))[0, 0].tolist() == [1, 2, 3]


def test_half_transparent_ink_mixes_with_white_paper() -> None:
    data = _png(Image.new("RGBA", (4, 4), (0, 0, 0, 128)))

    assert picture.from_png(data)[0, 0].tolist() == [127, 127, 127]


def test_a_grey_picture_becomes_three_channels() -> None:
    assert picture.from_png(_png(Image.new("L", (5, 3), 90))).shape == (3, 5, 3)


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    )

    with pytest.raises(InputRefused, match=r"60000x60000|exceeds limit"):
        picture.from_png(bomb)


def test_a_picture_just_over_8k_is_refused_with_its_size() -> None:
    with pytest.raises(InputRefused, match="7681x4320"):
        picture.from_png(_png(Image.new("1", (7681, 4320))))


def test_a_truncated_png_is_called_damaged(still: Still) -> None:
    with pytest.raises(InputRefused, match="damaged"):
        picture.from_png(picture.to_png(still)[:-200])


def test_a_jpeg_under_the_name_of_png_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "panel.png"
    Image.new("RGB", (8, 8)).save(file, "JPEG")

    with pytest.raises(InputRefused, match=r"panel\.png is not a PNG"):
        picture.from_png(file)


def test_sixteen_bit_pixels_are_refused_and_not_silently_clipped() -> None:
    data = _png(Image.fromarray(np.full((4, 4), 40_000, np.uint16)))

    with pytest.raises(InputRefused, match="8 bits"):
        picture.from_png(data)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=r"nowhere\.png"):
        picture.from_png(tmp_path / "nowhere.png")


def test_a_picture_of_floats_is_no_still(still: Still) -> None:
    with pytest.raises(ShapeRefused, match="float32"):
        picture.to_png(still.astype(np.float32))  # type: ignore[arg-type]


def test_cropping_fills_the_frame_and_padding_keeps_everything() -> None:
    tall = np.full((80, 40, 3), 200, np.uint8)

    cropped, padded = picture.fitted(tall, (64, 36)), picture.fitted(tall, (64, 36), how="pad")

    assert (cropped.shape, int(cropped.min())) == ((36, 64, 3), 200)
    assert (padded[0, 0].tolist(), padded[18, 32].tolist()) == ([0, 0, 0], [200, 200, 200])


@pytest.mark.parametrize("size", [(7, 5), (641, 359), (200, 2)])
def test_fitting_gives_exactly_the_size_asked(size: tuple[int, int]) -> None:
    made = picture.fitted(np.zeros((97, 131, 3), np.uint8), size)

    assert made.shape == (size[1], size[0], 3)
