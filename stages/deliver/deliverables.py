"""The documents an episode is delivered with: one entry per format.

In: a finished episode, the folder people open, the vault.      Out: the files that were written, by label.
A new format is one function and one line in ``DELIVERABLES``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Panel, Take, Timeline
from assets.vault import Vault
from stages.deliver import contact, media, subtitles
from stages.deliver import timeline as otio

TIMELINE = "timeline"
TIMELINE_FILE = "timeline.otio"


@dataclass(frozen=True)
class Finished:
    """An assembled episode, as its documents need it.

    title    show and episode title
    panels   the panel of each cut
    takes    the take each cut shows
    counts   how many takes each cut has
    """

    title: str
    cutsheet: Cutsheet
    timeline: Timeline
    panels: Mapping[str, Panel]
    takes: Mapping[str, Take]
    counts: Mapping[str, int]

    def ingredients(self) -> dict[str, Any]:
        """Everything that decides the documents' bytes."""
        panels = {number: panel.image.sha256 for number, panel in self.panels.items()}
        return {
            "version": 4,
            "timeline": self.timeline,
            "cutsheet": self.cutsheet,
            "panels": panels,
            "takes": self.counts,
        }


@dataclass(frozen=True)
class Deliverable:
    """One format. ``write`` puts its files into the folder and returns them by label."""

    name: str
    write: Callable[[Finished, Path, Vault], dict[str, Path]]


def _contact_sheet(finished: Finished, folder: Path, vault: Vault) -> dict[str, Path]:
    pictures = {number: vault.local(panel.image) for number, panel in finished.panels.items()}
    sheets = contact.write(
        finished.cutsheet,
        pictures,
        folder,
        title=finished.title,
        takes=finished.takes,
        counts=finished.counts,
    )
    return {"contact sheet": sheets["html"], "contact sheet (picture)": sheets["png"]}


def _timeline(finished: Finished, folder: Path, vault: Vault) -> dict[str, Path]:
    timeline = finished.timeline
    refs = [segment.clip for segment in timeline.segments] + [sound.sound for sound in timeline.sounds]
    path = folder / TIMELINE_FILE
    earlier = otio.urls(path)
    copies = media.copy_beside(timeline, {ref.sha256: vault.local(ref) for ref in refs}, folder)
    otio.write(timeline, finished.cutsheet, path, takes=finished.takes, media=copies)
    media.remove_unused(earlier, timeline, folder)
    return {TIMELINE: path}


def _subtitles(finished: Finished, folder: Path, _vault: Vault) -> dict[str, Path]:
    files = subtitles.write(finished.timeline, finished.cutsheet, folder)
    return {f"subtitles ({suffix})": path for suffix, path in files.items()}


DELIVERABLES = (
    Deliverable("contact sheet", _contact_sheet),
    Deliverable(TIMELINE, _timeline),
    Deliverable("subtitles", _subtitles),
)
