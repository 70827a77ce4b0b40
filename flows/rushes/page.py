"""The data of a page about an episode, as the browser gets it.

Pictures and sounds are named by their SHA-256; their bytes are at `/episodes/{id}/media/{sha256}`. Frames are
counted at the sheet's rate. Words of the script are plain text and are shown as such; control characters from
an older store are left out.
"""

from typing import Any

from assets.sheets.base import Part, Typed
from assets.sheets.bible import Language
from assets.timing import Span
from flows.rushes.delivered import File


class ShownLine(Part):
    """Words spoken in a cut."""

    speaker: Typed
    mark: str
    text: Typed
    at: int
    frames: int
    sound: str | None  # the recording, if there is one


class ShownTake(Part):
    """One attempt at a cut."""

    number: int
    clip: str
    frames: int
    seed: int
    reason: Typed
    redone: Span | None
    stale: bool  # it was made for a cut that depicts something else now
    measures: dict[str, float]


class ShownCut(Part):
    """One cut of the econte and its state."""

    number: str
    scene: str
    frames: int
    time: str
    total: str
    shot: dict[Language, str]
    camera: str
    join: str
    action: Typed
    caption: Typed
    dialogue: tuple[ShownLine, ...]
    sounds: tuple[str, ...]
    panel: str | None
    prompt: str  # the exact text sent to the painter; empty if its model reads no text
    motion_prompt: str  # the same for the animator of the selected take
    takes: tuple[ShownTake, ...]
    selected: int | None
    locked: bool
    stale: bool
    why: Typed  # why it is stale, or what is new since the last round
    chosen_by: Typed
    chosen_why: Typed
    ordered: Typed | None  # the reason of an open retake order
    span: Span | None  # its span in the assembled episode
    unlike: bool = False  # its people are least like their character sheets, among the cuts of the episode
    edited: bool = False  # the cut sheet at hand says something else by now
    before: str | None = None  # its panel in the round before, where that was another one


class ShownScene(Part):
    """The cuts of one scene."""

    name: Typed
    where: Typed
    time: str
    cuts: tuple[str, ...]


class Reel(Part):
    """The assembled episode."""

    clip: str
    frames: int
    size: tuple[int, int]
    sound: str | None


class Waiting(Part):
    """A gate that waits for a review."""

    id: int
    kind: str
    round: int
    seen: str
    opened_at: str
    until: str
    sent_in_vain: tuple[dict[str, Any], ...]  # who sent a refused decision, and why it was refused


class Live(Part):
    """How far the run at work is."""

    step: str
    name: str
    done: int
    of: int
    left_s: float | None


class Listed(Part):
    """One line of the first page."""

    id: str
    title: Typed
    show: str
    worked_at: str
    outcome: str  # of its last run, or "waits", or "decided" until its run resumes; empty while it runs or was killed
    gate: Waiting | None
    film: bool = False  # whether there is a film to play
    live: Live | None = None


class Page(Part):
    """One episode, ready to be shown."""

    id: str
    key: str
    title: Typed
    show: str
    language: Language
    rate: str
    fps: float
    frames: int
    time: str
    size: tuple[int, int] | None
    scenes: tuple[ShownScene, ...]
    cuts: tuple[ShownCut, ...]
    missing: tuple[str, ...]
    reel: Reel | None
    gate: Waiting | None
    reviews: tuple[dict[str, Any], ...]
    run: dict[str, Any] | None
    live: Live | None = None  # while a run is at work on this machine
    problem: Typed = ""  # why the last run ended before it was finished
    files: tuple[File, ...] = ()  # what can be downloaded
    notices: tuple[Typed, ...] = ()  # lines of the script that were not read as written
    lacks: tuple[str, ...] = ()  # what cannot be shown, and how to get it again
