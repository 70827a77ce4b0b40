"""What is said of one frame of a delivered episode: the parts of a Why.

Plain data, for a page, a terminal or a program.
"""

from typing import Any

from pydantic import Field

from assets.sheets.base import Part
from flows.rights.grounds import Ground


class Component(Part):
    """Something a piece was made with."""

    kind: str
    key: str
    role: str
    strength: str
    ground: Ground


class Piece(Part):
    """One file that is seen or heard in the frame, and what made it; without ``made_with`` nobody recorded that."""

    what: str
    name: str
    sha256: str
    words: str = ""
    prompt: str = ""
    recipe: str = ""
    model: dict[str, Any] = Field(default_factory=dict)
    made_with: tuple[Component, ...] = ()
    event: int = 0
    hash: str = ""
    made_at: str = ""


class Said(Part):
    """A line of the script, and whether it is heard in this frame."""

    speaker: str
    text: str
    script_line: int
    heard: bool


class Scripted(Part):
    """What the script says about the cut."""

    scene: str = ""
    place: str = ""
    action: str = ""
    lines: tuple[Said, ...] = ()
    first: int = 0
    last: int = 0
    text: str = ""
    ground: Ground = Ground()


class Decided(Part):
    """A decision about the cut, or about everything at its gate."""

    gate: str
    verdict: str
    by: str
    at: str
    door: str = ""
    said: str = ""


class Chosen(Part):
    """The take that is shown, and who chose it."""

    number: int
    of: int
    seed: int
    by: str = ""
    why: str = ""
    locked: bool = False


class Delivery(Part):
    """The delivery that is described."""

    sha256: str
    event: int
    hash: str
    at: str
    profile: str
    policy: str


class Why(Part):
    """One frame, explained."""

    episode: str
    segment: str
    frame: int
    frames: int
    at: str
    delivery: Delivery
    script: Scripted
    take: Chosen | None
    pieces: tuple[Piece, ...]
    reviews: tuple[Decided, ...]
