"""What the notes of a decision will change, told before it is sent.

In: a decision, the board it is about, the cut sheet.      Out: a reading of each cut to do again.
"""

from collections.abc import Sequence
from pathlib import Path

from assets.errors import DecisionRefused
from assets.sheets.base import Part
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.review import Board, CutRemark, Decision
from assets.store import Store
from assets.timing import MAX_FRAMES, Span
from flows.episode import inputs
from flows.episode.brief import RetakeOrder
from flows.episode.profile import load
from flows.settings import settings
from models.registry import card
from stages.retake_notes import CHOICES, CHOICES_JA, understood
from stages.shots.shot import reads_notes


class Reading(Part):
    """What becomes of one remark.

    changes   of the cut sheet, in words
    problems  what of it cannot be done
    heard     whether anything of it reaches the picture: an edit, or a model that reads the words
    """

    cut: str
    changes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    heard: bool

    @property
    def unheard(self) -> str:
        """What to say of a remark that changes nothing; empty when it does."""
        if self.heard:
            return ""
        because = " ".join(self.problems) or f"{self.cut}: nothing in the reason or the note was understood."
        return f"{because} The model that does it again does not read notes, so it may come out the same."


def readings(decision: Decision, board: Board, sheet: Cutsheet) -> list[Reading]:
    """Of every cut the decision sends back; none where the gate draws nothing."""
    if decision.verdict != "retake" or board.kind == "script":
        return []
    return [read(remark, sheet, reads=board.reads) for remark in decision.remarks]


def read(remark: CutRemark, sheet: Cutsheet, *, reads: bool) -> Reading:
    cut = next((cut for cut in sheet.cuts if cut.number == remark.cut), None)
    if cut is None:
        return Reading(cut=remark.cut, heard=True)  # another rule refuses it
    found = understood(remark.describe(), cut, sheet, part=remark.frames is not None)
    changes = tuple(edit.describe() for edit in found.edits)
    return Reading(cut=remark.cut, changes=changes, problems=found.problems, heard=bool(changes) or reads)


def of_order(episode: str, order: RetakeOrder, out: Path) -> Reading | None:
    """What the words of an ordered take will change; None where the episode has no cut sheet yet."""
    chosen = settings(out)
    brief = inputs.remembered(episode, out, chosen)
    with Store.open(chosen.store) as store:
        sheet = store.cutsheet(next((item.key for item in store.episodes() if item.id == episode), ""))
    if sheet is None:
        return None
    animator = load(brief.profile).machines.ports(sheet.language)["animator"].name
    part = (
        None
        if order.start is None and order.stop is None
        else Span(start=order.start or 0, stop=order.stop or MAX_FRAMES)
    )
    remark = CutRemark(cut=order.cut, note=order.reason, frames=part)
    return read(remark, sheet, reads=reads_notes(card("animator", animator)))


def offered() -> str:
    """What a note may say, in the languages of the studio."""
    return f"What is understood: {CHOICES}. {CHOICES_JA}。"


def required_heard(found: Sequence[Reading], insist: str) -> None:
    """Refuse a decision of which a remark changes nothing.

    insist  how to send it all the same
    """
    silent = [reading.unheard for reading in found if not reading.heard]
    if silent:
        raise DecisionRefused(" ".join((*silent[:5], offered(), insist)))
