"""Which model makes which sound: the house model where it was measured to be as good, else the procedural Foley.

In:  choice.yaml beside the weights, written by the bench.      Out: a Choice.
The list is explicit: nothing is decided while a sound is made.
"""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from assets.sheets.base import Part, Sheet

FILE = "choice.yaml"
# Steady sounds, for which adjacent windows still are the same sound; a car that passes twice is not a longer
# passing.
EVEN = frozenset({
    "footsteps", "footsteps_run", "heartbeat", "typing", "applause", "pen_write", "electricity", "paper",
    "drip", "sparkle", "alarm", "robot",
})  # fmt: skip


class Row(Part):
    """One sound, its maker, and the measurements."""

    maker: Literal["house", "desk"]
    why: str
    named: float = Field(
        ge=0, le=1, description="Share of generated sounds that the listener names correctly"
    )
    named_real: float = Field(ge=0, le=1, description="The same for the procedural ones")
    apart: float = Field(ge=0, description="Decibels between mean spectra, generated and real")
    apart_real: float = Field(ge=0, description="The same between two halves of real ones")
    shape: float = Field(ge=0, description="Worst of onsets, decay, length: in the real ones' spreads")
    variety: float = Field(ge=0, description="Distance between seeds over that of real ones")
    air: float = Field(
        ge=0,
        le=1,
        description="Share of the procedural sound's loudness above 8 kHz, which the model cannot make",
    )


class Choice(Sheet):
    """The decision for every sound of the procedural Foley."""

    sheet: ClassVar[str] = "foley-choice"

    rule: str
    sounds: dict[str, Row]

    def house(self) -> frozenset[str]:
        return frozenset(name for name, row in self.sounds.items() if row.maker == "house")


def read(folder: Path) -> Choice:
    return Choice.read(folder / FILE)
