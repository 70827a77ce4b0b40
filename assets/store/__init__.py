"""The production store: shows, episodes, cuts, takes, gates, reviews, runs, retakes and the ledger."""

from assets.store.ledger import Event, Ledger
from assets.store.records import (
    Call,
    Episode,
    Errand,
    Gate,
    Hand,
    Paper,
    Progress,
    Retake,
    Review,
    Run,
    SelectedTake,
    Settled,
)
from assets.store.store import Store

__all__ = [
    "Call",
    "Episode",
    "Errand",
    "Event",
    "Gate",
    "Hand",
    "Ledger",
    "Paper",
    "Progress",
    "Retake",
    "Review",
    "Run",
    "SelectedTake",
    "Settled",
    "Store",
]
