"""Edit a cut from its page: what can be chosen, a preview, saving, and earlier versions.

In: an episode's id, the text a page sent.      Out: data for the page; or a refusal, and no change.
The checks are those of flows/episode/cut_edits.py, as for an edit by hand.
"""

from typing import Any

from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.cutsheet import CutNumber
from flows.episode import cut_edits
from flows.episode.cut_edits import Change, Editable, editable
from flows.rushes.archive import Archive
from flows.rushes.previews import Previewer, draws
from flows.rushes.sent import Name, Number, read

AGAIN = "Load the page again; what you chose is kept."
MOST = 60  # changes of one cut at once
LISTED = 20  # versions on the page


class Edited(Part):
    """The JSON of an edit or a preview."""

    cut: CutNumber
    changes: tuple[Change, ...] = Field(max_length=MOST)


class Saved(Edited):
    by: Name


class Restored(Part):
    """Which version becomes the newest one."""

    version: Number
    by: Name


def form(id: str, cut: str, archive: Archive) -> dict[str, Any]:
    """What can be chosen for the cut, and who draws its preview."""
    episode = _editable(id, archive)
    fields = [field.model_dump(mode="json") for field in episode.fields(cut)]
    return {"cut": cut, "fields": fields, "preview": draws(episode.profile)}


def preview(id: str, text: bytes, archive: Archive, previewer: Previewer) -> bytes:
    """A picture of the cut as it would be."""
    asked, episode = read(text, Edited, again=AGAIN), _editable(id, archive)
    sheet = cut_edits.changed(episode, asked.cut, asked.changes)
    return previewer.draw(sheet, asked.cut, episode)


def save(id: str, text: bytes, archive: Archive) -> dict[str, Any]:
    """Write the changes into the cut sheet."""
    asked, episode = read(text, Saved, again=AGAIN), _editable(id, archive)
    try:
        paper = cut_edits.save(episode, asked.cut, asked.changes, by=asked.by)
    finally:
        archive.page(id, fresh=True)
    return {"version": paper.version, "changes": [change.describe() for change in asked.changes]}


def versions(id: str, archive: Archive) -> dict[str, Any]:
    """The newest versions of the cut sheet, with what each changed."""
    episode = _editable(id, archive)
    papers = cut_edits.versions(episode)[: LISTED + 1]
    sheets = [cut_edits.read_version(episode, paper) for paper in papers]
    listed = []
    for at, paper in enumerate(papers[:LISTED]):
        changes = cut_edits.difference(sheets[at + 1], sheets[at]) if at + 1 < len(papers) else ()
        listed.append(
            {
                "version": paper.version,
                "by": paper.made_by,
                "at": paper.made_at,
                "changes": list(changes[:8]),
                "more": max(0, len(changes) - 8),
                "first": at + 1 == len(papers),
            }
        )
    return {"versions": listed}


def restore(id: str, text: bytes, archive: Archive) -> dict[str, Any]:
    """Make an earlier version the newest one."""
    asked = read(text, Restored, again=AGAIN)
    try:
        paper = cut_edits.restore(_editable(id, archive), asked.version, by=asked.by)
    finally:
        archive.page(id, fresh=True)
    return {"version": paper.version}


def _editable(id: str, archive: Archive) -> Editable:
    return editable(archive.find(id), archive.out, archive.store, archive.vault)
