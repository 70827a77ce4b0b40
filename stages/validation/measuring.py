"""Read the pictures of one column: style and identity against held-out art, and whether the cut is still readable.

In: pictures with their shots, or frames of clips; held-out art.      Out: Readings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from assets.sheets.validation import Column, Readings, Subject
from models.likeness import Mask
from models.ports import Shot
from models.style import FigureColors, style_distance

FAITHFUL = 0.8  # of what the judges read without the LoRA: below it the style has cost the content
MOVES = 0.5  # of the motion without the LoRA
CUTOUT = (256, 144)


class PictureReader(Protocol):
    """The house judges, as far as they are needed here."""

    def legible(self, picture: Still, shot: Shot) -> float:
        """Mean log-likelihood of what the shot shows; nearer 0 is easier to read."""
        ...

    def features(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, d) of pictures of one size."""
        ...


@dataclass(frozen=True)
class Seen:
    """One picture that is measured: a panel, or a frame of a clip of ``frames``."""

    picture: Still
    shot: Shot
    frame: int = 0
    frames: int = 1


@dataclass(frozen=True)
class Art:
    """Held-out art, and how pictures are compared with it.

    follows  whether the painter keeps the rig's layout, so that it is known where a character is
    """

    works: tuple[Still, ...]
    subject: Subject
    follows: bool
    reader: PictureReader | None = None


def readings(seen: Sequence[Seen], art: Art, motion: float | None = None) -> Readings:
    """What was measured on one column.

    motion  of clips; whether a cut is readable is asked of panels only
    """
    pictures = [one.picture for one in seen]
    features = legible = None
    if art.reader is not None:
        from models.house.measure import distance

        features = max(0.0, distance(_features(pictures, art.reader), _features(art.works, art.reader)))
        if motion is None:
            found = [art.reader.legible(one.picture, one.shot) for one in seen]
            legible = min(1.0, float(np.exp(np.mean(found))))
    return Readings(
        style=style_distance(pictures, art.works),
        features=features,
        identity=_identity(seen, art) if art.subject.role == "character" else None,
        legible=legible,
        motion=motion,
    )


def closed(column: Column, columns: Sequence[Column], floor: float) -> float:
    """The share of the way from the pictures without the LoRA to the art that this column has gone."""
    start = columns[0].readings.style
    return (start - column.readings.style) / (start - floor) if start > floor else 0.0


NO_GAIN = "No strength comes measurably nearer to the held-out art than without the LoRA."
LEAST = 0.02  # of the way, or of identity: less is chance


def gains(columns: Sequence[Column], floor: float) -> bool:
    """Whether any strength comes nearer to the art, in style or in identity."""
    usual = columns[0].readings.identity
    painted = [one for one in columns if one.kind == "candidate"]
    return any(
        closed(one, columns, floor) >= LEAST
        or (usual is not None and (one.readings.identity or 0) - usual >= LEAST)
        for one in painted
    )


def proposed(columns: Sequence[Column]) -> float:
    """The strength whose pictures are nearest to the art, among those in which the cuts can still be read.

    A character is judged by identity, everything else by style. The weakest one, when none can be read. A clip in which
    little moves any more counts as one that cannot be read: LoRAs trained on stills stop the motion.
    """
    usual = columns[0].readings
    painted = [one for one in columns if one.kind == "candidate"]
    readable = [
        one
        for one in painted
        if _kept(one.readings.legible, usual.legible, FAITHFUL)
        and _kept(one.readings.motion, usual.motion, MOVES)
    ]
    if not readable:
        return min(painted, key=lambda one: abs(one.strength)).strength
    return min(readable, key=lambda one: (_apart(one.readings), abs(one.strength))).strength


def _kept(now: float | None, before: float | None, share: float) -> bool:
    return now is None or before is None or now >= share * before


def _apart(found: Readings) -> float:
    return 1 - found.identity if found.identity is not None else found.style


def _identity(seen: Sequence[Seen], art: Art) -> float:
    colors = FigureColors(art.works)
    found = [
        colors.likeness(one.picture, _figure(one, art.subject.id) if art.follows else None) for one in seen
    ]
    return float(np.mean(found))


def _figure(seen: Seen, character: str) -> Mask | None:
    """Where the rig's layout has the character; None where too little of them is to be seen."""
    import cv2

    from models.cel.cutout import Cutout

    picture = seen.picture
    for figure in Cutout(seen.shot, frames=seen.frames, size=CUTOUT).figures(seen.frame):
        if figure.character == character:
            solid = np.asarray(figure.pixels[:, :, 3] >= 250, np.uint8)
            size = (picture.shape[1], picture.shape[0])
            mask = np.asarray(cv2.resize(solid, size, interpolation=cv2.INTER_NEAREST), bool)
            return mask if mask.sum() >= 60 else None
    return None


def _features(pictures: Sequence[Still], reader: PictureReader) -> NDArray[np.float32]:
    """Features of every picture and of its four quarters: a few pictures alone have no covariance."""
    from assets.media.picture import fitted

    parts = []
    for picture in pictures:
        high, wide = picture.shape[0] // 2, picture.shape[1] // 2
        quarters = [picture[top:, left:][:high, :wide] for top in (0, high) for left in (0, wide)]
        parts += [fitted(np.ascontiguousarray(part), CUTOUT) for part in (picture, *quarters)]
    return reader.features(np.stack(parts))
