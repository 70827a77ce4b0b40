"""What is drawn once for the browser and kept: small pictures, and the shape of a sound.

In: files of the vault.      Out: files in the room's own folder, each written whole or not at all.
They may be deleted at any time; they are made again when they are asked for.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from threading import Semaphore

from assets import files
from assets.media.peaks import peaks

WIDTHS = (240, 480, 960)
QUALITY = 72
PER_FRAME = 4  # peaks a frame: enough for one cut drawn across a wide screen


class Darkroom:
    """Makes at most ``hands`` things at once, so that a first visit leaves a core to those who watch."""

    def __init__(self, folder: Path, hands: int = 2) -> None:
        self._folder, self._hands = folder, Semaphore(hands)

    def thumbnail(self, picture: Path, sha256: str, width: int) -> Path:
        """A WebP of the picture, ``width`` pixels wide or as wide as the picture is."""

        def draw(to: Path) -> None:
            from PIL import Image

            with Image.open(picture) as opened:
                small = opened.convert("RGB")
                small.thumbnail((width, width * 4), reducing_gap=2.0)
                small.save(to, "WEBP", quality=QUALITY, method=4)

        return self._kept(f"{sha256}-{width}.webp", draw)

    def waveform(self, sound: Path, sha256: str, rate: Fraction) -> Path:
        """The peaks of a sound, ``PER_FRAME`` bytes for every frame."""

        def draw(to: Path) -> None:
            to.write_bytes(peaks(sound, per_second=rate * PER_FRAME))

        return self._kept(f"{sha256}-{rate.numerator}-{rate.denominator}.peaks", draw)

    def _kept(self, name: str, draw: Callable[[Path], None]) -> Path:
        path = self._folder / name[:2] / name
        if path.exists():
            return path
        with self._hands:
            if path.exists():  # somebody else asked a moment earlier
                return path
            path.parent.mkdir(parents=True, exist_ok=True)
            with files.replacing(path) as draft:
                draw(draft)
        return path
