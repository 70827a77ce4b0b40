"""Reference pictures for editing models: which ones, in which order and size; and the result laid over the layout.

In: a shot's references, the layout, the size wanted.      Out: pictures for the pipeline, words that name them; a
canvas on the model's grid; the result in the size wanted, its shift undone.
Editing models take their output size from a reference unless told, and shift or zoom what they edit by some pixels
when sides are off their grid (Qwen-Image#229, #160; Wan2GP#1165).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from models.ports import ReferencePicture, Shot

GRID = 32
WHITE = 255
# Correlations of edges, measured on the rig's own layouts: one pixel of shift costs 0.09, four cost 0.34; two
# different compositions on one set match with 0.55 and gain nothing by a small shift.
GAIN, MATCH = 0.05, 0.2  # how much better a shift must match than none, and how well, before it is believed
REACH = 0.03  # of the picture's height: larger shifts are another composition, not a fault


@dataclass(frozen=True)
class Shown:
    """One picture for the model, and what the prompt calls it."""

    picture: Still
    words: str


def chosen(shot: Shot, layout: Still | None, *, most: int) -> list[Shown]:
    """The layout first, then one sheet of each character staged, the place, further sheets; at most ``most``.

    A shot of one character takes all of their sheets before the place: identity is lost before scenery is.
    """
    names = {who.id: who.shown("en") for who in shot.cast}
    people = [one for one in shot.references if one.role == "character" and one.subject in names]
    firsts = list({one.subject: one for one in reversed(people)}.values())[::-1]
    others = [one for one in people if not any(one is first for first in firsts)]
    rest = [one for one in shot.references if one.role == "place"]
    styles = [one for one in shot.references if one.role == "style"]
    order = [*firsts, *others, *rest, *styles] if len(firsts) == 1 else [*firsts, *rest, *others, *styles]
    found = (
        [Shown(layout, "the layout: keep its composition, poses and camera")] if layout is not None else []
    )
    found += [Shown(one.picture, _words(one, names)) for one in order]
    return found[:most]


def told(prompt: str, shown: Sequence[Shown]) -> str:
    """The prompt with a sentence that says what each picture is."""
    if not shown:
        return prompt
    pictures = "; ".join(f"image {number} is {one.words}" for number, one in enumerate(shown, 1))
    return f"{prompt} {pictures[0].upper()}{pictures[1:]}."


def canvas(size: tuple[int, int], grid: int = GRID) -> tuple[int, int]:
    """The smallest size on the grid that holds ``size``; never exactly 1024 a side where that makes haloes.

    diffusers#14824, ComfyUI#16435: an edit at exactly 1024x1024 has haloes; one more step of the grid has none.
    """
    wide, high = (-(-side // grid) * grid for side in size)
    return (wide + grid, high + grid) if (wide, high) == (1024, 1024) else (wide, high)


def padded(picture: Still, size: tuple[int, int]) -> Still:
    """``picture`` in the middle of ``size``, its edges repeated: what ``cropped`` takes away again."""
    import cv2

    top, left = (size[1] - picture.shape[0]) // 2, (size[0] - picture.shape[1]) // 2
    bottom, right = size[1] - picture.shape[0] - top, size[0] - picture.shape[1] - left
    if not any((top, bottom, left, right)):
        return picture
    return np.asarray(cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)


def cropped(picture: Still, size: tuple[int, int]) -> Still:
    """The middle of ``picture``."""
    top, left = (picture.shape[0] - size[1]) // 2, (picture.shape[1] - size[0]) // 2
    return np.ascontiguousarray(picture[top : top + size[1], left : left + size[0]])


def sheet(picture: Still, *, most: int, grid: int = GRID, least: int = 64) -> Still:
    """A reference on white, its sides on the grid and its area at most ``most`` pixels: nothing is cut off or bent."""
    import cv2

    high, wide = picture.shape[:2]
    scale = min(1.0, (most / (wide * high)) ** 0.5)
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    made = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    room = [max(least, -(-side // grid) * grid) for side in size]
    if (
        scale < 1
    ):  # rounding up may not lift the area over the limit again: the library would shrink it off the grid
        while room[0] * room[1] > most:
            room[room[0] < room[1]] -= grid
        fit = min(1.0, room[0] / size[0], room[1] / size[1])
        size = int(size[0] * fit), int(size[1] * fit)
        made = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    whole = np.full((room[1], room[0], 3), WHITE, np.uint8)
    top, left = (room[1] - size[1]) // 2, (room[0] - size[0]) // 2
    whole[top : top + size[1], left : left + size[0]] = made
    return whole


def at_area(size: tuple[int, int], area: int, grid: int = GRID) -> tuple[int, int]:
    """The size of about ``area`` pixels and the ratio of ``size``, on the grid: as the pipeline sizes a reference."""
    ratio = size[0] / size[1]
    wide = (area * ratio) ** 0.5
    return round(wide / grid) * grid, round(wide / ratio / grid) * grid


def shrunk(picture: Still, *, most: int, grid: int = GRID) -> Still:
    """``picture`` as it is, or, above ``most`` pixels, brought to a size on the grid below it."""
    import cv2

    high, wide = picture.shape[:2]
    if wide * high <= most:
        return picture
    scale = (most / (wide * high)) ** 0.5
    size = int(wide * scale) // grid * grid, int(high * scale) // grid * grid
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def shift(picture: Still, layout: Still) -> tuple[int, int]:
    """By how many pixels (right, down) ``picture`` lies beside ``layout``; (0, 0) where that cannot be told.

    Edges are compared, not colours: an edited picture has other colours on the same lines.
    """
    import cv2

    one, other = (_edges(each) for each in (layout, picture))
    (dx, dy), _ = cv2.phaseCorrelate(one, other, cv2.createHanningWindow(one.shape[::-1], cv2.CV_64F))
    reach = REACH * layout.shape[0]
    found = round(dx), round(dy)
    if found == (0, 0) or max(abs(dx), abs(dy)) > reach:
        return 0, 0
    plain, moved = _match(one, other), _match(one, _moved(other, found))
    return found if moved > max(MATCH, plain + GAIN) else (0, 0)


def unshifted(picture: Still, by: tuple[int, int]) -> Still:
    """``picture`` moved back by ``by``; the edge that comes free repeats its neighbours."""
    if by == (0, 0):
        return picture
    import cv2

    back = np.array([[1, 0, -by[0]], [0, 1, -by[1]]], np.float32)
    size = picture.shape[1], picture.shape[0]
    return np.asarray(cv2.warpAffine(picture, back, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _words(one: ReferencePicture, names: dict[str, str]) -> str:
    if one.role == "character":
        return f"the character sheet of {names[one.subject]}: keep their face, hair and clothes"
    return (
        "the place: keep its architecture and colours" if one.role == "place" else "the drawing style to use"
    )


def _edges(picture: Still) -> NDArray[np.float64]:
    import cv2

    grey = cv2.GaussianBlur(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    grey = grey.astype(np.float64)
    found = np.hypot(cv2.Sobel(grey, cv2.CV_64F, 1, 0), cv2.Sobel(grey, cv2.CV_64F, 0, 1))
    return np.asarray(np.sqrt(found), np.float64)


def _moved(edges: NDArray[np.float64], by: tuple[int, int]) -> NDArray[np.float64]:
    return np.roll(edges, (-by[1], -by[0]), (0, 1))


def _match(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Correlation of the middles: what has come in at the edges is not compared."""
    rows, columns = (max(1, round(REACH * side)) for side in one.shape)
    a, b = (each[rows:-rows, columns:-columns].ravel() for each in (one, other))
    if a.std() < 1e-6 or b.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
