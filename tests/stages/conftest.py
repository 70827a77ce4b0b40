"""A work cache in a vault of its own, which records how it came to each result."""

from pathlib import Path

import pytest

from assets.sheets.production import Done, Step
from assets.vault import Vault
from stages.work_cache import WorkCache


class Outcomes:
    """The watch and the book of calls of a cache; keeps the outcome of each piece of work."""

    run = 1

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def began(self, step: Step, total: int) -> None: ...
    def moved(self, step: Step, name: str, part: float) -> None: ...
    def begin(self, recipe: str, step: str, name: str) -> None: ...
    def finish(self, recipe: str, seconds: float) -> None: ...

    def done(self, done: Done) -> None:
        self.outcomes.append(done.outcome)


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()


@pytest.fixture
def outcome_cache(tmp_path: Path, outcomes: Outcomes) -> WorkCache:
    """A cache that tells ``outcomes`` what it did."""
    return WorkCache(Vault.open(tmp_path / "vault"), None, calls=outcomes, watch=outcomes)
