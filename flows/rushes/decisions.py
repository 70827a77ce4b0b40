"""Pass a decision from the browser to the review service, and report the result.

In: the text a page sent.      Out: the recorded review, and a warning if the run could not be resumed.
Refusals are the messages of the service; the page keeps what was typed.
"""

from typing import Any

from pydantic import Field

from assets.errors import DecisionRefused, RunAsleep
from assets.sheets.base import Part
from assets.sheets.production import Digest
from assets.sheets.review import Decision
from assets.store import Review
from flows.review import service
from flows.review.rules import Reviewer
from flows.rushes.archive import Archive
from flows.rushes.sent import Name, Number, read


class Sent(Part):
    """The JSON that a page sends."""

    gate: Number
    seen: Digest = Field(description="Of what was shown to the reviewer")
    by: Name
    decision: Decision


def decide(id: str, text: bytes, archive: Archive) -> dict[str, Any]:
    """Record the decision about episode ``id``; every later page shows it."""
    sent = read(text, Sent, again="Load the page again; drafts are kept.")
    try:
        return _recorded(id, sent, archive)
    finally:
        archive.page(id, fresh=True)  # also after a refusal: what is shown may have changed


def _recorded(id: str, sent: Sent, archive: Archive) -> dict[str, Any]:
    gate = archive.store.gate(sent.gate)
    if gate.episode != archive.find(id).key:
        raise DecisionRefused(f"Gate {sent.gate} is one of {gate.episode}, not of {id}. Load the page again.")
    try:
        review = service.decide(archive, sent.gate, sent.decision, Reviewer(sent.by, "rushes", sent.seen))
    except RunAsleep as asleep:
        return _answer(_review_of(sent.gate, archive), str(asleep))
    return _answer(review, "")


def _review_of(gate: int, archive: Archive) -> Review:
    decided = archive.store.gate(gate)
    return next(item for item in archive.store.reviews(decided.episode) if item.id == decided.review)


def _answer(review: Review, warning: str) -> dict[str, Any]:
    return {**review.model_dump(mode="json"), "warning": warning}
