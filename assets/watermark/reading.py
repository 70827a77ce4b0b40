"""Find the watermark in pictures, whatever their scale and crop, and read its id.

In: brightness of a picture, or of several of one film.      Out: what was found.
A picture becomes its fine detail, levelled so that a line of the drawing weighs no more than the pattern on flat
colour. For a size of the tiles the strength of every wave is measured; the waves that all watermarks share say
whether there is one and where the tiles begin.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assets.watermark.lattice import MOST, TILES, lattice
from assets.watermark.luma import Luma, turning
from assets.watermark.payload import CODED, decoded

SEEN = 5.5
"""Score from which the checksum is asked. Unmarked pictures reach it once in a hundred times, and 6.0 at most."""
CLEAR = 8.0
"""Score from which a pattern is surely there, even where no id can be read."""
_RANGES = (2.8, 4.0), (4.0, 7.5), (1.6, 2.8)
"""Tiles along the shorter side that are searched: crops to 70 %, then pictures with borders, then smaller crops."""
_SIDE = 360  # pixels of the shorter side that are looked at; the shortest waves have 4.5 of them
_WIDE = (640, 360)  # what a stretched picture probably was
_CLOSER = 2  # sizes of a range that are looked at closely
_EVEN = 1e-3  # a picture of one colour has no more detail than this
_GRID = 64  # places along a tile
_LINE = 3.0  # steps of brightness; more is a line of the drawing
_LEAST = 0.5  # added to what a place is divided by: on flat colour there is little to divide by

Detail = NDArray[np.float32]
Waves = NDArray[np.complex128]


@dataclass(frozen=True)
class Found:
    """What pictures say.

    id        of the watermark; None where none can be read
    score     how clearly the pattern that all watermarks share is seen
    tiles     along the shorter side; 4 in a picture that was not cropped
    mirrored  left and right are exchanged
    """

    id: str | None
    score: float
    tiles: float
    mirrored: bool = False


def look(detail: Detail) -> Found:
    """Read the watermark of pictures that were at most scaled as a whole, or stretched from 16:9: some hundredths of a
    second."""
    import cv2

    found = _best(_smaller(detail), [float(TILES)])
    if found.id or abs(detail.shape[1] * _WIDE[1] / detail.shape[0] - _WIDE[0]) < 1:
        return found
    unstretched = np.asarray(cv2.resize(detail, _WIDE, interpolation=cv2.INTER_AREA), np.float32)
    other = _best(unstretched, [float(TILES)])
    return other if other.id else found


def search(detail: Detail) -> Found:
    """Read it for any crop and scale: up to a second."""
    small, step = _smaller(detail), 0.4 * min(detail.shape) / max(detail.shape) / MOST
    found: list[Found] = []
    for first, last in _RANGES if np.abs(small).max() > _EVEN else ():
        sizes = np.arange(first, last, step)
        scores = np.array(
            [max(place.score for place in _places(small, tiles, coarse=True)) for tiles in sizes]
        )
        for _ in range(_CLOSER):
            at = int(scores.argmax())
            found.append(_best(small, np.linspace(sizes[at] - step, sizes[at] + step, 7)))
            if found[-1].id:
                return found[-1]
            scores[max(0, at - 2) : at + 3] = 0
    return max(found, key=lambda one: one.score, default=Found(None, 0.0, 0.0))


def fine_detail(luma: Luma) -> Detail:
    """What a picture shows beside its drawing, as even as it can be made."""
    import cv2

    exact, size = luma.astype(np.float32), min(luma.shape) / 720
    fine = (exact - cv2.GaussianBlur(exact, (0, 0), 8 * size)).clip(-_LINE, _LINE)
    around = np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), 5 * size))
    return np.asarray(fine / (around + _LEAST), np.float32)


@dataclass(frozen=True)
class _Place:
    """Where a pattern may begin. ``waves`` are as strong as they agree with it."""

    score: float
    tiles: float
    mirrored: bool
    waves: NDArray[np.float64] = field(repr=False)


def _best(detail: Detail, sizes: Iterable[float]) -> Found:
    places = sorted((one for tiles in sizes for one in _places(detail, tiles)), key=lambda one: -one.score)
    for place in places[:3]:
        if place.score >= SEEN and (id := decoded(_soft(place))):
            return Found(id, place.score, place.tiles, place.mirrored)
    return Found(None, places[0].score, places[0].tiles, places[0].mirrored)


def _places(detail: Detail, tiles: float, *, coarse: bool = False) -> Iterator[_Place]:
    """The best place of a pattern with tiles of this size, as it is and mirrored."""
    tile = min(detail.shape) / tiles
    signal = _measured(detail, tile, 0.0)
    noise = None if coarse else _measured(detail, tile, 0.5)
    for mirrored in (False, True):
        level = _levelled(_picked(signal, mirrored), noise)
        yield _placed(level * np.exp(-1j * lattice().phase), tiles, mirrored, coarse)


def _measured(detail: Detail, tile: float, beside: float) -> Waves:
    """The strength of the waves (v, u) in the picture; of those between them with ``beside`` = 0.5."""
    down = turning(np.arange(MOST + 1) + beside, detail.shape[0], tile)
    across = turning(np.arange(-MOST, MOST + 1) + beside, detail.shape[1], tile)
    # Real products: numpy would make the whole picture complex first, which takes four times as long.
    rows = down.real @ detail - 1j * (down.imag @ detail)
    return np.asarray(rows @ across.conj().T, np.complex128)


def _picked(grid: Waves, mirrored: bool) -> Waves:
    waves = lattice()
    return grid[waves.v, (-waves.u if mirrored else waves.u) + MOST]


def _levelled(waves: Waves, noise: Waves | None) -> Waves:
    """Each wave by how much its ring is to be believed: by what lies between the waves, or all alike."""
    ring = lattice().ring
    count = np.maximum(np.bincount(ring), 1)
    power = np.bincount(ring, np.abs(waves) ** 2) / count + 1e-9
    if noise is None:
        return np.asarray(waves / np.sqrt(power)[ring])
    between = np.bincount(ring, np.abs(_picked(noise, False)) ** 2) / count + 1e-9
    own = np.maximum(power - between, 0.05 * between)
    return np.asarray(waves * (np.sqrt(own) / between)[ring])


def _placed(turned: Waves, tiles: float, mirrored: bool, coarse: bool) -> _Place:
    """The shift at which the shared waves agree best. The score of noise has a deviation of 1 at each shift."""
    waves = lattice()
    sync = waves.sync
    plane = np.zeros((_GRID, _GRID), np.complex128)
    plane[waves.v[sync], waves.u[sync] % _GRID] = turned[sync]
    agree = np.fft.ifft2(plane).real * _GRID**2
    row, column = divmod(int(agree.argmax()), _GRID)
    scale = np.sqrt((np.abs(turned[sync]) ** 2).sum() / 2) + 1e-12
    if coarse:
        return _Place(float(agree[row, column] / scale), tiles, mirrored, turned.real)
    near = np.linspace(-0.5, 0.5, 5)
    tried = [
        (turned * np.exp(2j * np.pi / _GRID * ((column + x) * waves.u + (row + y) * waves.v))).real
        for x in near
        for y in near
    ]
    best = max(tried, key=lambda one: float(one[sync].sum()))
    return _Place(float(best[sync].sum() / scale), tiles, mirrored, best)


def _soft(place: _Place) -> NDArray[np.float64]:
    waves = lattice()
    data = ~waves.sync
    return np.asarray(np.bincount(waves.bit[data], place.waves[data], CODED), np.float64)


def _smaller(detail: Detail) -> Detail:
    import cv2

    scale = _SIDE / min(detail.shape)
    if scale >= 1:
        return detail
    return np.asarray(cv2.resize(detail, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
