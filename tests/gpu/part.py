"""What a part of the GPU checks is, and what it finds.

In: a Place (the device, the time that is left).      Out: Findings, one after another.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Where a part works.

    gib     memory of the card; 0 without one
    tiny    models of a few thousand weights instead of full-size ones
    folder  for files of this part; it is deleted afterwards
    ends    on the monotonic clock: the part is killed then
    """

    device: str
    gib: float
    tiny: bool
    folder: Path
    ends: float

    def left(self) -> float:
        """Seconds until the part is killed."""
        return self.ends - time.monotonic()


@dataclass(frozen=True)
class Finding:
    """One figure, and what was wanted of it.

    least, most  the limits; None: told only
    timed        it says how fast or how large, which tiny models do not: not judged with them
    how          measured; estimated (computed from measured parts); told (a word, no figure)
    """

    what: str
    value: float | bool | str
    unit: str = ""
    least: float | None = None
    most: float | None = None
    timed: bool = False
    how: str = "measured"

    @property
    def wanted(self) -> str:
        found = [] if self.least is None else [f">= {self.least:g}"]
        found += [] if self.most is None else [f"<= {self.most:g}"]
        return " and ".join(found)

    @property
    def held(self) -> bool:
        """Whether it is within its limits; a value that is no number is not."""
        if not self.wanted:
            return True
        value = float(self.value)
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


Findings = Iterator[Finding]


@dataclass(frozen=True)
class Part:
    """One part. ``seconds``: its share of nine minutes; it is killed when they are over."""

    name: str
    about: str
    seconds: float
    find: Callable[[Place], Findings]
