"""Continuity: a cut stays the same cut across edits of the script and edits by hand.

renumber   the fresh sheet under the old numbers, and what changed
edits      what a person changed in the sheet; apply puts it onto a fresh one
pictured   what the picture of a cut shows, whatever it is numbered or made with: the basis of its panel
basis      the same with what is said: the basis of its takes
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
