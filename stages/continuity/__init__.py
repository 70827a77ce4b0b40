"""Continuity: a cut stays the same cut across edits of the script and edits by hand.

renumber   the fresh sheet under the old numbers, and what changed
edits      what a person changed in the sheet; apply puts it onto a fresh one
basis      what a cut depicts, whatever it is numbered or made with
"""

from stages.continuity.depiction import basis
from stages.continuity.handwork import Edits, apply, edits, lost, pinned
from stages.continuity.numbering import Changed, Changes, likeness, renumber

__all__ = ["Changed", "Changes", "Edits", "apply", "basis", "edits", "likeness", "lost", "pinned", "renumber"]
