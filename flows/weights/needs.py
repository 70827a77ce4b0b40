"""Which models a profile needs, at which ports, and where each stands.

In: a profile.      Out: its needs, in the order of its ports; nothing is loaded and no hub is asked.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assets.errors import InputRefused
from assets.plain import typed
from flows.episode.profile import Profile, load, located
from models.card import Card, Port
from models.lease import card_with
from models.options import options_for
from models.registry import adapter
from models.weights.choice import Weights, wanted
from models.weights.lock import Lock, LockedModel, read_lock
from models.weights.store import note_of, store

State = Literal["here", "not here", "not pinned", "local folder"]


@dataclass(frozen=True)
class Need:
    """One model that an adapter of the profile names."""

    port: Port
    adapter: str
    weights: Weights
    card: Card


@dataclass(frozen=True)
class Needs:
    """A profile, its file, its lock and all it needs. ``named``: as a person names the profile."""

    named: str
    file: Path
    profile: Profile
    lock: Lock | None
    models: tuple[Need, ...]
    cards: tuple[Card, ...]

    @property
    def weights(self) -> tuple[Weights, ...]:
        """Every model of a hub, each once."""
        return tuple(dict.fromkeys(need.weights for need in self.models if need.weights.hub))

    def locked(self) -> tuple[LockedModel, ...]:
        """All that has to be fetched, the parts of modular pipelines included.

        raises  InputRefused where the lock does not list a model at the profile's commit
        """
        if not self.weights:
            return ()
        for weights in self.weights:
            entry = self.lock.entry(weights) if self.lock else None
            if entry is None or weights.revision != entry.revision:
                raise InputRefused(
                    f"{weights.name} is not in the lock file of {self.named}. `sakuga models pin --profile "
                    f"{typed(self.named)}` asks the hub for its commit and sums, and writes them down."
                )
        return self.lock.models if self.lock else ()


def needs(named: str) -> Needs:
    """What the profile ``named`` (a name in the library, or a file) needs."""
    file, profile = located(named), load(named)
    models, cards = [], []
    for port, choice in profile.machines.named():
        options = options_for(adapter(port, choice.name), choice.options)
        card = card_with(port, choice.name, choice.options)
        cards.append(card)
        models += [Need(port, choice.name, weights, card) for weights in wanted(options)]
    return Needs(named, file, profile, read_lock(file), tuple(models), tuple(cards))


def state(weights: Weights) -> State:
    """Where a model stands. ``here`` says that it was fetched; `sakuga models verify` reads every byte."""
    if weights.path:
        return "local folder"
    if weights.revision is None:
        return "not pinned"
    return "here" if note_of(weights).is_file() else "not here"


def free_gb() -> float:
    """Free space on the disk of the store."""
    import shutil

    place = next(folder for folder in (store(), *store().parents) if folder.exists())
    return shutil.disk_usage(place).free / 1e9
