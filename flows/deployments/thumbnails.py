"""Small pictures inside a page, so that it shows them without a file server.

In: panels or clips in the vault, a limit in bytes.      Out: WebP pictures, still or moving, within the limit.
Knows nothing about the content of the page.
"""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from assets.media.video import decode
from assets.sheets.production import Ref
from assets.vault import Vault

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTHS = (320, 240, 160, 96)
MOST = 48
PICTURES_A_SECOND = 6  # enough to judge a movement, and a sixth of the bytes
SHOWN = 160  # pixels on screen; the picture is wider for high-density displays and for zooming in


def thumbnails(pictures: Mapping[str, Ref], vault: Vault, within: int) -> dict[str, bytes]:
    """One small WebP per name, as wide as possible while all together stay within ``within`` bytes."""
    small = {name: _small(vault.local(ref)) for name, ref in pictures.items()}
    for width in WIDTHS:
        found = {name: _webp(picture, width) for name, picture in small.items()}
        if sum(map(len, found.values())) <= within:
            break
    return _fitting(found, within)


def moving(clips: Mapping[str, Ref], vault: Vault, rate: Fraction, within: int) -> dict[str, bytes]:
    """One small moving WebP per clip, as smooth as possible within ``within`` bytes; none if they do not fit.

    Decoding takes about 0.2 s per clip, so there are none for more than ``MOST``.
    """
    if len(clips) > MOST:
        return {}
    drawn = {name: list(_drawn(vault.local(ref), rate)) for name, ref in clips.items()}
    for every in (1, 2, 3):
        found = {name: _animated(pictures[::every], every) for name, pictures in drawn.items()}
        if sum(map(len, found.values())) <= within:
            return found
    return {}


def image(picture: bytes, number: str, *, width: int = SHOWN) -> str:
    """The picture as HTML, or a text if it is missing."""
    if not picture:
        return "see the contact sheet"
    data = base64.b64encode(picture).decode("ascii")
    return f'<img src="data:image/webp;base64,{data}" width="{width}" alt="Panel of {escape(number)}">'


def _drawn(clip: Path, rate: Fraction) -> "Iterator[Image]":
    from PIL import Image

    step = max(1, round(rate / PICTURES_A_SECOND))
    for frame, still in enumerate(decode(clip)):
        if frame % step == 0:
            small = Image.fromarray(still)
            small.thumbnail((SHOWN, SHOWN), reducing_gap=2.0)
            yield small


def _animated(pictures: "Sequence[Image]", every: int) -> bytes:
    written = io.BytesIO()
    first, *others = pictures
    pause = round(1000 * every / PICTURES_A_SECOND)
    first.save(
        written, "WEBP", save_all=True, append_images=others, duration=pause, loop=0, quality=50, method=4
    )
    return written.getvalue()


def _fitting(found: Mapping[str, bytes], within: int) -> dict[str, bytes]:
    """As many as fit on the page, in order."""
    kept: dict[str, bytes] = {}
    for name, picture in found.items():
        if sum(map(len, kept.values())) + len(picture) <= within:
            kept[name] = picture
    return kept


def _small(path: Path) -> "Image":
    from PIL import Image

    with Image.open(path) as picture:
        small: Image.Image = picture.convert("RGB")
    small.thumbnail((WIDTHS[0], WIDTHS[0]), reducing_gap=2.0)
    return small


def _webp(picture: "Image", width: int) -> bytes:
    small = picture.copy()
    small.thumbnail((width, width))
    written = io.BytesIO()
    small.save(written, "WEBP", quality=60, method=4)
    return written.getvalue()
