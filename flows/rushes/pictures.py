"""Make small pictures and waveforms for the browser once, and cache them.

In: files of the vault.      Out: files in the room's own folder, each written completely or not at all.
The files may be deleted at any time; they are made again on request.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from threading import Semaphore

from assets import files
from assets.media.peaks import peaks

WIDTHS = (240, 480, 960)
QUALITY = 72
PER_FRAME = 4  # peaks per frame: enough for one cut across a wide screen


class PictureCache:
    """Makes at most ``workers`` files at once, so that a first visit leaves one core to other viewers."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self._folder, self._workers = folder, Semaphore(workers)

    def thumbnail(self, picture: Path, sha256: str, width: int) -> Path:
        """A WebP of the picture, at most ``width`` pixels wide."""

        def draw(to: Path) -> None:
            from PIL import Image

            with Image.open(picture) as opened:
                small = opened.convert("RGB")
                small.thumbnail((width, width * 4), reducing_gap=2.0)
                small.save(to, "WEBP", quality=QUALITY, method=4)

        return self._kept(f"{sha256}-{width}.webp", draw)

    def waveform(self, sound: Path, sha256: str, rate: Fraction) -> Path:
        """The peaks of a sound, ``PER_FRAME`` bytes per frame."""

        def draw(to: Path) -> None:
            to.write_bytes(peaks(sound, per_second=rate * PER_FRAME))

        return self._kept(f"{sha256}-{rate.numerator}-{rate.denominator}.peaks", draw)

    def _kept(self, name: str, draw: Callable[[Path], None]) -> Path:
        path = self._folder / name[:2] / name
        if path.exists():
            return path
        with self._workers:
            if path.exists():  # another request made it a moment earlier
                return path
            path.parent.mkdir(parents=True, exist_ok=True)
            with files.replacing(path) as draft:
                draw(draft)
        return path
