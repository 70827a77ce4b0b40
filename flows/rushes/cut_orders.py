"""Orders for one cut outside a review: make another take, show a chosen take, unlock.

In: the text a page sent.      Out: a sentence that says what will happen; or a refusal, and no change.
While a gate is open, such orders are part of its decision and are sent there.
"""

from typing import Literal

from pydantic import Field

from assets.errors import DecisionRefused, LockHeld
from assets.sheets.base import Part, Typed
from assets.sheets.cutsheet import CutNumber
from assets.sheets.review import CutRemark
from assets.store.records import Episode
from flows.review import take_choices
from flows.rushes.archive import Archive
from flows.rushes.page import ShownCut
from flows.rushes.sent import Name, Number, read
from flows.upkeep.anchoring import anchored


class CutOrder(Part):
    """The JSON that a page sends."""

    wish: Literal["retake", "choose", "unlock"]
    cut: CutNumber
    by: Name
    take: Number | None = Field(default=None, description="The take to show and lock")
    why: Typed = Field(default="", max_length=2000, description="Reason of the choice or unlock")
    remark: CutRemark | None = Field(default=None, description="What should be better in a retake")


def carry_out(id: str, text: bytes, archive: Archive) -> dict[str, str]:
    """Carry out the order, and return a sentence about it."""
    item, order = archive.find(id), read(text, CutOrder, again="Load the page again.")
    page = archive.page(id, fresh=True).page
    if page.gate is not None:
        raise DecisionRefused(
            f"The {page.gate.kind} review, round {page.gate.round}, waits now. Send this with its decision."
        )
    cut = next((cut for cut in page.cuts if cut.number == order.cut), None)
    if cut is None:
        raise DecisionRefused(f"There is no cut {order.cut} in {id}. Load the page again.")
    try:
        return {"did": _carried_out(item, cut, order, archive)}
    finally:
        archive.page(id, fresh=True)


def _carried_out(item: Episode, cut: ShownCut, order: CutOrder, archive: Archive) -> str:
    store = archive.store
    if order.wish == "choose":
        if order.take is None:
            raise DecisionRefused(f"Which take of {cut.number}? It has {len(cut.takes)}.")
        take_choices.choose(store, item.key, cut.number, order.take, by=order.by, reason=order.why)
        anchored(archive.vault, store, item.key, "review", by=order.by)
        return f"{cut.number} shows take {order.take} from now on, and it is locked."
    if order.wish == "unlock":
        take_choices.unlock(store, item.key, cut.number, by=order.by, reason=order.why)
        anchored(archive.vault, store, item.key, "review", by=order.by)
        return f"{cut.number} is unlocked."
    remark = _valid_remark(order, cut)
    store.order_retake(item.key, cut.number, reason=remark.describe(), by=order.by, frames=remark.frames)
    return f"The retake of {cut.number} is ordered. The next run of the episode makes it."


def _valid_remark(order: CutOrder, cut: ShownCut) -> CutRemark:
    """The remark of a retake that can be made."""
    remark = order.remark
    if remark is None or remark.cut != cut.number or not remark.describe():
        raise DecisionRefused(f"A retake of {cut.number} needs a remark about what should be better.")
    if cut.locked:
        raise LockHeld(f"Take {cut.selected} of {cut.number} is locked by {cut.chosen_by}. Unlock it first.")
    frames = remark.frames
    if frames is not None and not 0 <= frames.start < frames.stop <= cut.frames:
        raise DecisionRefused(f"{cut.number} has the frames 0-{cut.frames}; choose a range inside it.")
    marked = [pin.frame for pin in remark.pins] + [stroke.frame for stroke in remark.strokes]
    if marked and max(marked) >= cut.frames:
        raise DecisionRefused(
            f"{cut.number} has {cut.frames} frames, 0-{cut.frames - 1}; a mark is on frame {max(marked)}."
        )
    if frames is not None and not any(
        take.number == cut.selected and take.frames == cut.frames for take in cut.takes
    ):
        raise DecisionRefused(
            f"{cut.number} has no take of its present length whose other frames could stay. Redo the whole cut."
        )
    return remark
