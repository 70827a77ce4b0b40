"""The palette of another artist: a table of colours (a 3D LUT) that is put on the rough before it is painted.

In: roughs, and what was drawn over them.      Out: for every colour of the rough the colour of the hand.
The table is fitted in closed form. A LoRA could not learn it: the denoiser's norms take mean colours out of what its
layers see, and after 700 steps flat areas had patches of other colours (deploy/decisions/2026-11-28-house-loras.md).
A table is in the header of the LoRA's file, and its change adds up like the changes of LoRAs.
"""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.errors import InputRefused
from assets.matter import Still

FIELD = "sakuga.palette"  # of a LoRA's header
SIDE = 11  # colours along red, green and blue
SMOOTH, STAY = (
    30.0,
    0.02,
)  # how much neighbours agree, and how much a colour nobody used stays as it is, in pixels

Table = NDArray[np.float32]
"""(1331, 3): changes of red, green and blue, -255..255, in the order red, green, blue."""


@dataclass(frozen=True)
class Palette:
    """What a hand changes about colours. ``change`` of zeros changes nothing."""

    change: Table

    @classmethod
    def none(cls) -> "Palette":
        return cls(np.zeros((SIDE**3, 3), np.float32))

    @classmethod
    def fit(cls, roughs: Sequence[Still], art: Sequence[Still]) -> "Palette":
        """The table that brings the roughs nearest to the art, pixel by pixel; small pictures are enough."""
        nodes, shares = _placed(np.concatenate([one.reshape(-1, 3) for one in roughs]))
        wanted = np.concatenate(
            [
                after.reshape(-1, 3).astype(float) - before.reshape(-1, 3)
                for before, after in _pairs(roughs, art)
            ]
        )
        count = SIDE**3
        within, across = _agreeing(count), np.zeros((count, 3))
        for one in range(8):
            for channel in range(3):
                across[:, channel] += np.bincount(
                    nodes[one], shares[one] * wanted[:, channel], minlength=count
                )
            for other in range(8):
                at = nodes[one] * count + nodes[other]
                within += np.bincount(at, shares[one] * shares[other], minlength=count**2).reshape(
                    count, count
                )
        return cls(np.linalg.solve(within, across).astype(np.float32))

    @classmethod
    def summed(cls, parts: "Iterable[tuple[Palette, float]]") -> "Palette":
        """The sum of the changes, each at its strength."""
        total = np.zeros((SIDE**3, 3), np.float32)
        for palette, strength in parts:
            total = total + np.float32(strength) * palette.change
        return cls(total)

    def put_on(self, picture: Still) -> Still:
        """(h, w, 3) with the colours of the hand."""
        if not self.change.any():
            return picture
        flat = picture.reshape(-1, 3)
        nodes, shares = _placed(flat)
        found = flat.astype(np.float32)
        for one in range(8):
            found += shares[one][:, None].astype(np.float32) * self.change[nodes[one]]
        return np.asarray(np.clip(found + 0.5, 0, 255), np.uint8).reshape(picture.shape)

    def told(self) -> str:
        """As text for a header; whole numbers are enough."""
        return base64.b64encode(np.clip(self.change.round(), -255, 255).astype("<i2").tobytes()).decode()

    @classmethod
    def read(cls, text: str) -> "Palette":
        """What ``told`` wrote; of an empty text the palette that changes nothing.

        raises  InputRefused for a damaged one
        """
        if not text:
            return cls.none()
        try:
            values = np.frombuffer(base64.b64decode(text, validate=True), "<i2")
            return cls(values.reshape(SIDE**3, 3).astype(np.float32))
        except ValueError as error:
            raise InputRefused(
                f"The palette in the header of a LoRA is damaged: {error}. Export the LoRA again."
            ) from error


def _pairs(roughs: Sequence[Still], art: Sequence[Still]) -> Iterable[tuple[Still, Still]]:
    return zip(roughs, art, strict=True)


def _placed(flat: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The eight colours of the table around each pixel, (8, n), and how much each counts."""
    at = flat.astype(np.float64) * (SIDE - 1) / 255
    low = np.minimum(at.astype(np.int64), SIDE - 2)
    part = at - low
    nodes, shares = [], []
    for corner in range(8):
        up = np.array([corner >> 2 & 1, corner >> 1 & 1, corner & 1])
        where = low + up
        nodes.append((where[:, 0] * SIDE + where[:, 1]) * SIDE + where[:, 2])
        shares.append(np.where(up, part, 1 - part).prod(axis=1))
    return np.stack(nodes), np.stack(shares)


def _agreeing(count: int) -> NDArray[np.float64]:
    """The penalty on neighbours that change differently, and on any change at all."""
    numbers = np.arange(count).reshape(SIDE, SIDE, SIDE)
    found = STAY * np.eye(count)
    for axis in range(3):
        one = numbers.take(range(SIDE - 1), axis).ravel()
        other = numbers.take(range(1, SIDE), axis).ravel()
        found[one, one] += SMOOTH
        found[other, other] += SMOOTH
        found[one, other] -= SMOOTH
        found[other, one] -= SMOOTH
    return found
