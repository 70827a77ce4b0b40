"""Continuity: keep the identity of cuts when the script or the sheet is edited.

renumber   the new sheet with the old numbers, and what changed
edits      what a person changed in the sheet; apply puts it onto a new sheet
pictured   what the picture of a cut shows, whatever its number or model: the basis of its panel
basis      the same with the dialogue: the basis of its takes
"""

from stages.continuity.depiction import basis, earlier_basis, pictured
from stages.continuity.handwork import Edits, apply, edits, lost, pinned
from stages.continuity.numbering import Changed, Changes, likeness, renumber

__all__ = [
    "Changed",
    "Changes",
    "Edits",
    "apply",
    "basis",
    "earlier_basis",
    "edits",
    "likeness",
    "lost",
    "pictured",
    "pinned",
    "renumber",
]
