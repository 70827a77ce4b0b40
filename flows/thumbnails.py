"""Small pictures that travel inside a page, so that it shows them without any file server.

In: panels in the vault, a number of bytes.      Out: WebP pictures that stay within it.
Knows nothing about what the page says.
"""

import base64
import io
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from assets.sheets.production import Ref
from assets.vault import Vault

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTHS = (320, 240, 160, 96)
SHOWN = 160  # pixels on screen; the wider pictures are for sharp displays and for zooming in


def thumbnails(pictures: Mapping[str, Ref], vault: Vault, within: int) -> dict[str, bytes]:
    """One small WebP per name, the widest that lets all of them stay ``within`` so many bytes."""
    small = {name: _small(vault.local(ref)) for name, ref in pictures.items()}
    for width in WIDTHS:
        found = {name: _webp(picture, width) for name, picture in small.items()}
        if sum(map(len, found.values())) <= within:
            break
    return _fitting(found, within)


def image(picture: bytes, number: str, *, width: int = SHOWN) -> str:
    """The picture as HTML, or a word where it is left out."""
    if not picture:
        return "see the contact sheet"
    data = base64.b64encode(picture).decode("ascii")
    return f'<img src="data:image/webp;base64,{data}" width="{width}" alt="Panel of {escape(number)}">'


def _fitting(found: Mapping[str, bytes], within: int) -> dict[str, bytes]:
    """As many as the page can hold, in order."""
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
