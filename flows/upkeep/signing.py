"""The key of the ledger on this machine: sign checkpoints with it, change it, and say whose signatures count.

In: the store, SAKUGA_LEDGER_KEY.      Out: checkpoints and key events in the ledger.
A private key is never kept in the project: whoever could write there could sign a rewritten ledger.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from assets.errors import InputRefused, StorageFailed
from assets.signing import Signer
from assets.store import Event, Store
from assets.store.checkpoints import Checkpoint
from assets.store.keys import Term
from flows.settings import ledger_key

EVERY = 500
"""Events that one run enters before it signs a checkpoint, besides the one at its end."""


def signer() -> Signer | None:
    """The key that is set here; None if none is."""
    file = ledger_key()
    return Signer.read(file) if file else None


def checkpointed(store: Store, *, by: str) -> None:
    """Sign a checkpoint if a key is set here. What was recorded stays even if that fails."""
    try:
        mine = signer()
        if mine is not None:
            with store.unfenced():  # it signs what everybody has recorded, whoever holds the episode
                store.ledger.checkpoint(mine, by=by)
    except (InputRefused, StorageFailed) as error:
        logging.getLogger("sakuga").warning("The ledger could not be signed: %s", error)


def checkpoint(store: Store, *, by: str) -> Checkpoint | None:
    """Sign a checkpoint now; None when nothing has happened since the last one. Raises InputRefused without a key."""
    mine = signer()
    if mine is None:
        raise InputRefused(
            "A checkpoint is signed, and SAKUGA_LEDGER_KEY names no key. Make one, outside the project: "
            "sakuga ledger keys rotate FILE"
        )
    return store.ledger.checkpoint(mine, by=by)


def rotate(store: Store, file: Path, episodes: Path, *, by: str) -> tuple[Event, Signer]:
    """Make a new key in ``file``; from now on it signs. The key until now approves it and stays in the ledger.

    raises  InputRefused inside a project, or where the ledger has a key that is not set here
    """
    refuse_inside(file, episodes)
    before, known = signer(), store.ledger.checkpoints.keys()
    if known.current and (before is None or before.public != known.current):
        raise InputRefused(
            f"The ledger's key is {known.current[:16]}…, and only its owner can name the next one. "
            "Set SAKUGA_LEDGER_KEY to its file first."
        )
    if before is not None:
        store.ledger.checkpoint(before, by=by)  # introduces it, where it never signed
    made = Signer.make(file)
    event = store.ledger.change_key(made, before, by=by)
    store.ledger.checkpoint(made, by=by)
    return event, made


@dataclass(frozen=True)
class Counting:
    """The keys whose signatures count, each in its own time: what a replaced key signs later counts for nothing.

    Whoever finds an old private key could otherwise publish a rule with it.
    """

    terms: tuple[Term, ...]

    @property
    def publics(self) -> frozenset[str]:
        return frozenset(term.public for term in self.terms)

    def holds(self, public: str, number: int) -> bool:
        """Whether a signature of ``public`` counts at event ``number`` of the ledger."""
        return any(term.holds(public, number) for term in self.terms)


def trusted(store: Store, mine: Signer) -> Counting:
    """The keys whose signatures count where ``mine`` is set: itself, and those it came after in the ledger."""
    terms = store.ledger.checkpoints.keys().terms
    publics = [term.public for term in terms]
    if mine.public not in publics:
        return Counting((Term(mine.public),))
    return Counting(terms[: publics.index(mine.public) + 1])


def counting(store: Store) -> Counting:
    """The keys whose signatures count; where no key is set, as for somebody who only reads: all of the ledger's."""
    mine = signer()
    return trusted(store, mine) if mine else Counting(store.ledger.checkpoints.keys().terms)


def introduced(store: Store, signer: Signer, *, by: str) -> Signer:
    """``signer``, after the ledger knows its key: from the ledger alone it can be told that its signatures count.

    raises  InputRefused for a key that is not the ledger's
    """
    current = store.ledger.checkpoints.keys().current
    if not current:
        store.ledger.change_key(signer, None, by=by)
    elif current != signer.public:
        raise InputRefused(
            f"The ledger's key is {current[:16]}…, and the one set here is {signer.public[:16]}…. Set "
            "SAKUGA_LEDGER_KEY to the right file, or change the key: sakuga ledger keys rotate FILE"
        )
    return signer


def refuse_inside(file: Path, episodes: Path) -> None:
    """Refuse a key in the project, which is the folder around ``episodes``, or in any folder under version control."""
    place = file.absolute().resolve().parent
    roots = {episodes.absolute().resolve(), episodes.absolute().resolve().parent, Path.cwd().resolve()}
    under = next((root for root in roots if place.is_relative_to(root)), None)
    under = under or next((one for one in (place, *place.parents) if (one / ".git").exists()), None)
    if under is not None:
        raise InputRefused(
            f"{str(file)!r} is inside {under}. A key is kept outside the project, where it is neither shared nor "
            f"committed: name a place elsewhere, such as ~/.config/sakuga/{file.name}"
        )
