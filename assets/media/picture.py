"""Convert still pictures to PNG and WebP and back, and to other sizes.

In: stills, or image files from outside.      Out: bytes, or stills.
A file from outside is measured before it is decoded.  Knows nothing about shows or cuts.
"""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from assets.errors import InputRefused, ShapeRefused
from assets.matter import Still

if TYPE_CHECKING:
    from PIL import Image

MAX_BYTES = 100_000_000
MAX_PIXELS = 7680 * 4320  # 8K: anything larger is a mistake or a decompression bomb
WHITE = (255, 255, 255)
_EIGHT_BIT = ("1", "L", "LA", "P", "PA", "RGB", "RGBA")


def to_png(still: Still) -> bytes:
    """Lossless; the same still gives the same bytes."""
    import cv2

    # a 1280x720 cel with its paper: 35 ms and 540 kB; level 6 with the usual strategy 125 ms and 530 kB
    how = [cv2.IMWRITE_PNG_COMPRESSION, 2, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE]
    done, data = cv2.imencode(".png", _bgr(still), how)
    if not done:
        raise ShapeRefused(f"A picture of shape {still.shape} cannot be written as PNG.")
    return bytes(data)


def from_png(source: bytes | Path, *, ground: tuple[int, int, int] = WHITE) -> Still:
    """Read one PNG. Transparent pixels show ``ground``, because a still has no alpha."""
    from PIL import Image, UnidentifiedImageError

    name = str(source) if isinstance(source, Path) else "the picture"
    data = _bounded(source, name)
    try:
        with Image.open(BytesIO(data), formats=["PNG"]) as image:
            _refuse_unusable(image, name)
            return _flattened(image, ground)
    except UnidentifiedImageError as error:
        raise InputRefused(f"{name} is not a PNG file. Export it as PNG, 8 bits a channel.") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputRefused(f"{name} is a damaged PNG ({error}). Export it again.") from error


def from_art(source: Path, *, ground: tuple[int, int, int] = WHITE) -> Still:
    """Read a picture that a person made: PNG, JPEG or WebP, turned upright as its EXIF orientation says.

    Transparent pixels show ``ground``; what colour lies under them does not show.
    raises  InputRefused for a damaged or too large picture, several frames, or pixels that are not 8-bit RGB or grey
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    data = _bounded(source, str(source))
    try:
        with Image.open(BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as image:
            _refuse_unusable(image, str(source))
            if getattr(image, "n_frames", 1) > 1:
                raise InputRefused(f"{source} holds {image.n_frames} frames. Export the one that is meant.")
            return _flattened(ImageOps.exif_transpose(image), ground)
    except UnidentifiedImageError as error:
        raise InputRefused(f"{source} is neither PNG, JPEG nor WebP, whatever its name says.") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputRefused(f"{source} is a damaged picture ({error}). Export it again.") from error


def resized(still: Still, size: tuple[int, int]) -> Still:
    """Scale to exactly ``size`` (width, height); stretched when the ratio differs."""
    import cv2

    _checked(still)
    if (still.shape[1], still.shape[0]) == size:
        return still
    smaller = size[0] * size[1] < still.shape[0] * still.shape[1]
    made = cv2.resize(still, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
    return np.ascontiguousarray(made, dtype=np.uint8)


def fitted(still: Still, size: tuple[int, int], *, how: Literal["crop", "pad"] = "crop") -> Still:
    """Scale to ``size`` with the ratio kept: ``crop`` fills the frame, ``pad`` adds black borders."""
    _checked(still)
    ratios = (size[0] / still.shape[1], size[1] / still.shape[0])
    scale = max(ratios) if how == "crop" else min(ratios)
    whole = (max(1, round(still.shape[1] * scale)), max(1, round(still.shape[0] * scale)))
    scaled = resized(still, whole)
    if how == "crop":
        left, top = (whole[0] - size[0]) // 2, (whole[1] - size[1]) // 2
        return np.ascontiguousarray(scaled[max(0, top) :, max(0, left) :][: size[1], : size[0]])
    frame = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - whole[0]) // 2, (size[1] - whole[1]) // 2
    frame[top : top + whole[1], left : left + whole[0]] = scaled
    return frame


def _checked(still: Still) -> Still:
    if still.ndim != 3 or still.shape[2] != 3 or still.dtype != np.uint8 or 0 in still.shape:
        raise ShapeRefused(f"A still is (H, W, 3) uint8; this is {still.dtype} {still.shape}.")
    return still


def _bgr(still: Still) -> Still:
    return np.ascontiguousarray(_checked(still)[:, :, ::-1])


def _bounded(source: bytes | Path, name: str) -> bytes:
    try:
        size = source.stat().st_size if isinstance(source, Path) else len(source)
        if size > MAX_BYTES:
            raise InputRefused(f"{name} has {size:,} bytes; a picture file has at most {MAX_BYTES:,}.")
        return source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise InputRefused(f"{name} cannot be read ({error.strerror}).") from error


def _refuse_unusable(image: "Image.Image", name: str) -> None:
    """Check the header alone, before a pixel is decoded."""
    if image.width * image.height > MAX_PIXELS:
        raise InputRefused(
            f"{name} would unpack to {image.width}x{image.height} pixels; at most {MAX_PIXELS:,} "
            f"(8K) are read. Export it smaller."
        )
    if image.mode not in _EIGHT_BIT:
        raise InputRefused(f"{name} has pixels of kind {image.mode}. Export it as RGB with 8 bits a channel.")


def _flattened(image: "Image.Image", ground: tuple[int, int, int]) -> Still:
    from PIL import Image

    if "A" not in image.getbands() and "transparency" not in image.info:
        return np.array(image.convert("RGB"), dtype=np.uint8)
    sheet = Image.new("RGBA", image.size, (*ground, 255))
    sheet.alpha_composite(image.convert("RGBA"))
    return np.array(sheet.convert("RGB"), dtype=np.uint8)
