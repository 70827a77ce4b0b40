"""Say what the words of a retake will change, while they are typed.

In: the text a page sent.      Out: the changes, or what else can be said. Records nothing.
"""

import json
from typing import Any

from pydantic import Field

from assets.errors import DecisionRefused
from assets.sheets.base import Part
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.review import CutRemark
from flows.review.retake_readings import read as read_remark
from flows.rushes.archive import Archive
from flows.rushes.sent import Number, read
from stages.retake_notes import CHOICES, CHOICES_JA


class Asked(Part):
    """What a page sends."""

    gate: Number | None = Field(default=None, description="The open gate; none: nothing waits")
    remark: CutRemark


def reading(id: str, text: bytes, archive: Archive) -> dict[str, Any]:
    """What the remark would change if it were sent now."""
    item, asked = archive.find(id), read(text, Asked, again="Load the page again.")
    reads = False
    if asked.gate is not None:
        gate = archive.store.gate(asked.gate)
        if gate.episode != item.key:
            raise DecisionRefused(
                f"Gate {asked.gate} is one of {gate.episode}, not of {id}. Load the page again."
            )
        board = gate.shows
        reads = board.reads
        sheet = Cutsheet.from_raw(json.loads(archive.vault.get(board.sheet)), f"the cut sheet of {id}")
    else:
        known = archive.store.cutsheet(item.key)
        if known is None:
            raise DecisionRefused(f"{id} has no cut sheet yet.")
        sheet = known
    told = read_remark(asked.remark, sheet, reads=reads)
    return {
        **told.model_dump(mode="json"),
        "reads": reads,
        "offered": {"en": _words(CHOICES, ";", ","), "ja": _words(CHOICES_JA, "／", "、")},
    }


def _words(choices: str, group: str, word: str) -> list[str]:
    return [said.strip() for one in choices.split(group) for said in one.split(word)]
