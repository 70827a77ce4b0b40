"""The judge of people: it reads from a picture how a person looks.

In: a picture, the positions of its heads.      Out: per person and trait the likelihood of every word.
A stock ResNet gets three crops of each person in its channels: the face for eyes and expression, the head for the
hair, the body for the outfit. The positions of heads are not guessed: the rig that made the layout knows them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from assets.sheets.cutsheet import Staged
from assets.sheets.look import Look, ShotSize
from models.cel.figure.state import Anchors
from models.cel.sampling import vocabulary
from models.house import reader, weights
from models.ports import Shot

TRAITS = ("hair", "hair_color", "eyes", "eye_color", "outfit", "outfit_color", "expression")
SIDE = 128
# The crops, in radii of the head: distance of their centre below the head's centre, and their side.
CROPS = {"face": (0.15, 2.3), "head": (0.1, 4.4), "body": (3.4, 11.0)}
CHANNELS = 3 * len(CROPS)
_FACE: tuple[ShotSize, ...] = ("medium", "medium_close", "close", "extreme_close")
_DRESS: tuple[ShotSize, ...] = ("long", "full", "medium", "medium_close")
_HAIR: tuple[ShotSize, ...] = ("long", "full", "medium", "medium_close", "close")
_SHUT = ("laughing", "pained", "sleepy")  # faces whose irises are hidden, or almost


@dataclass(frozen=True)
class Spot:
    """A head in a picture: its centre and its radius, as shares of the picture's height."""

    x: float
    y: float
    radius: float

    @classmethod
    def of(cls, anchors: Anchors, height: int) -> Self:
        return cls(anchors.head[0] / height, anchors.head[1] / height, anchors.head_radius / height)


def words() -> dict[str, tuple[str, ...]]:
    """Each trait with its possible words, in the order of the network's outputs."""
    return {trait: vocabulary()[trait] for trait in TRAITS}


def visible(look: Look, staged: Staged, size: ShotSize) -> dict[str, int]:
    """The visible traits of a person, as the numbers of their words.

    Eyes are not visible from behind, irises not in closed eyes, an outfit not in a close-up, hair colour not on a bald
    head.
    """
    seen: dict[str, str] = {}
    if size in _HAIR:
        seen["hair"] = look.hair
        if look.hair != "bald":
            seen["hair_color"] = look.hair_color
    if size in _FACE and staged.facing != "away":
        seen |= {"eyes": look.eyes, "expression": staged.expression}
        if staged.expression not in _SHUT:
            seen["eye_color"] = look.eye_color
    if size in _DRESS:
        seen |= {"outfit": look.outfit, "outfit_color": look.outfit_color}
    known = words()
    return {trait: known[trait].index(word) for trait, word in seen.items()}


def crops(picture: Still, spot: Spot) -> NDArray[np.uint8]:
    """(128, 128, 9): face, head and body of one person; areas outside the picture are grey."""
    return np.concatenate([_crop(picture, spot, *which) for which in CROPS.values()], 2)


def _crop(picture: Still, spot: Spot, below: float, side: float) -> NDArray[np.uint8]:
    import cv2

    high, wide = picture.shape[:2]
    reach = max(1, round(side * spot.radius * high / 2))
    x, y = round(spot.x * high), round((spot.y + below * spot.radius) * high)
    whole = np.full((2 * reach, 2 * reach, 3), 128, np.uint8)
    left, top = max(0, x - reach), max(0, y - reach)
    found = picture[top : max(top, min(high, y + reach)), left : max(left, min(wide, x + reach))]
    at_x, at_y = left - (x - reach), top - (y - reach)
    whole[at_y : at_y + found.shape[0], at_x : at_x + found.shape[1]] = found
    fitted = cv2.resize(whole, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(fitted, np.uint8)


def build() -> Any:
    """A new network of this judge."""
    return reader.build(words(), channels=CHANNELS, widths=(32, 64, 128, 256))


class PeopleJudge:
    """Reads people. Not a port: its result is only used to choose and to measure."""

    def __init__(self, network: Any) -> None:
        self._network = network.eval()

    @classmethod
    def load(cls, device: str, *, library: Path = weights.LIBRARY) -> Self:
        return cls(reader.load("people", device, library))

    def read(self, shown: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """(n, 128, 128, 9) crops: per trait (n, words) log-likelihoods."""
        return reader.read(self._network, reader.planes(shown), words())

    def likely(self, picture: Still, shot: Shot, spots: Mapping[str, Spot]) -> list[float]:
        """Log-likelihoods of every visible trait of everybody in the shot; nearer 0 is easier to recognise."""
        return [float(found[word]) for _, word, found in readings(self, picture, shot, spots)]


def readings(
    judge: PeopleJudge, picture: Still, shot: Shot, spots: Mapping[str, Spot]
) -> Iterator[tuple[str, int, NDArray[np.float32]]]:
    """Each visible trait of everybody whose position is known, the number of its word, and the judge's reading."""
    there = [staged for staged in shot.cut.staged if staged.character in spots]
    if not there:
        return
    looks = {person.id: person.look for person in shot.cast}
    read = judge.read(np.stack([crops(picture, spots[staged.character]) for staged in there]))
    for number, staged in enumerate(there):
        for trait, word in visible(looks[staged.character], staged, shot.cut.size).items():
            yield trait, word, read[trait][number]


def spots_of(found: Mapping[str, Anchors], height: int) -> dict[str, Spot]:
    """Positions of heads from the rig's landmarks in a picture of that height."""
    return {name: Spot.of(anchors, height) for name, anchors in found.items()}


def labels(seen: Sequence[Mapping[str, int]]) -> NDArray[np.int64]:
    """(n, 7) numbers of words, UNSEEN where a trait is not visible."""
    return np.array([[one.get(trait, reader.UNSEEN) for trait in TRAITS] for one in seen], np.int64).reshape(
        len(seen), len(TRAITS)
    )
