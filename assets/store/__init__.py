"""The production store: shows, episodes, cuts, takes, reviews, runs, retakes and the ledger."""

from assets.store.ledger import Event, Ledger
from assets.store.records import Call, Episode, Paper, Remark, Retake, Review, Run, SelectedTake
from assets.store.store import Store

__all__ = [
    "Call",
    "Episode",
    "Event",
    "Ledger",
    "Paper",
    "Remark",
    "Retake",
    "Review",
    "Run",
    "SelectedTake",
    "Store",
]
