"""Time as whole frames at a rate; seconds are only for people.

Ranges include their start and exclude their end. Rates are exact fractions, so
24000/1001 stays what it is.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from math import ceil
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

MAX_FRAMES = 72_000
"""The longest cut: ten minutes at the highest rate."""

# At most nine digits per number, and no exponent: Fraction("1e999999999") would be computed digit by digit.
_RATE = re.compile(r"\s*[0-9]{1,9}(?:/[0-9]{1,9}|\.[0-9]{1,9})?\s*", re.ASCII)


def _as_rate(value: object) -> Fraction:
    if isinstance(value, float):
        raise ValueError(f"{value!r} is not exact; write 24, '24000/1001' or '30000/1001'")
    rate = value if isinstance(value, int | Fraction) and not isinstance(value, bool) else None
    if isinstance(value, str) and _RATE.fullmatch(value):
        with suppress(ZeroDivisionError):
            rate = Fraction(value)
    if rate is None or not 1 <= rate <= 120:
        raise ValueError("this is not a rate between 1 and 120 frames a second, such as 24 or 24000/1001")
    return Fraction(rate)


Rate = Annotated[
    Fraction, BeforeValidator(_as_rate), PlainSerializer(lambda rate: str(rate), return_type=str)
]
"""Frames per second, exact: ``24`` or ``24000/1001``."""


class Span(BaseModel):
    """Frames ``start <= f < stop`` on some timeline."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: int = Field(ge=0, lt=2**31)
    stop: int = Field(ge=0, lt=2**31)

    @model_validator(mode="after")
    def _runs_forwards(self) -> "Span":
        if self.stop < self.start:
            raise ValueError(f"a span from frame {self.start} cannot stop before it, at {self.stop}")
        return self

    @property
    def frames(self) -> int:
        return self.stop - self.start


def runs(frames: Iterable[int]) -> tuple[Span, ...]:
    """Ascending ``frames`` as spans of neighbours."""
    ends: list[tuple[int, int]] = []
    for frame in frames:
        if ends and ends[-1][1] == frame:
            ends[-1] = (ends[-1][0], frame + 1)
        else:
            ends.append((frame, frame + 1))
    return tuple(Span(start=start, stop=stop) for start, stop in ends)


def frames_covering(seconds: float, rate: Fraction) -> int:
    """The fewest whole frames that are at least ``seconds`` long, so that sound is never cut off."""
    return max(0, ceil(Fraction(seconds).limit_denominator(1_000_000) * rate))


def nearest_frames(seconds: float, rate: Fraction) -> int:
    return round(Fraction(seconds).limit_denominator(1_000_000) * rate)


def seconds_of(frames: int, rate: Fraction) -> float:
    return float(frames / rate)


def koma(frames: int, rate: Fraction) -> str:
    """Seconds plus frames, as an econte writes it: 61 frames at 24 -> ``2+13``."""
    whole = round(rate)
    return f"{frames // whole}+{frames % whole:02d}"
