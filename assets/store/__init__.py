"""The production store: shows, episodes, cuts, takes, gates, reviews, runs, retakes and the ledger."""

from assets.store.ledger import Event, Ledger
from assets.store.records import Call, Episode, Gate, Paper, Retake, Review, Run, SelectedTake
from assets.store.store import Store

__all__ = [
    "Call",
    "Episode",
    "Event",
    "Gate",
    "Ledger",
    "Paper",
    "Retake",
    "Review",
    "Run",
    "SelectedTake",
    "Store",
]
