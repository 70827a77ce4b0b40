"""Write the ledger to a file that anybody can verify without Sakuga.

In: a store.      Out: JSON Lines in canonical JSON (RFC 8785): a header, every event, every checkpoint after the
event it ends at, and a last line with their number. Beside it copies of the programs that check the ledger and a
statement of royalties; they need nothing of Sakuga.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets import files
from assets.errors import SetupMissing
from assets.hashing import canonical
from assets.store import Store
from assets.store.events import START

VERIFIER = "verify_ledger.py"
STATEMENTS = ("verify_statement.py", "verify_shares.py")


@dataclass(frozen=True)
class Exported:
    """What was written."""

    path: Path
    verifier: Path
    events: int
    checkpoints: int


def export(store: Store, path: Path) -> Exported:
    """Write the whole ledger to ``path``, completely or not at all; memory does not grow with it."""
    counted = {"event": 0, "checkpoint": 0}
    path.parent.mkdir(parents=True, exist_ok=True)
    with files.replacing(path) as draft, draft.open("wb") as file:
        for line in _lines(store):
            file.write(canonical(line) + b"\n")
            for what in counted.keys() & line.keys():
                counted[what] += 1
    beside = path.with_name(VERIFIER)
    files.write(beside, verifier().read_bytes())
    for name in STATEMENTS:
        files.write(path.with_name(name), verifier(name).read_bytes())
    return Exported(path, beside, counted["event"], counted["checkpoint"])


def _lines(store: Store) -> Iterator[dict[str, object]]:
    waiting = list(reversed(store.ledger.checkpoints.all()))
    yield {"sheet": "ledger-export", "version": 1, "store": store.identity}
    number, last, checkpoints = 0, START, len(waiting)
    with store.ledger.stream() as events:
        for event in events:
            number, last = event.number, event.hash
            yield {"event": event.model_dump(mode="json")}
            while waiting and waiting[-1].size <= number:
                yield {"checkpoint": waiting.pop().model_dump(mode="json")}
    for checkpoint in reversed(waiting):  # of events that are gone: the verifier says so
        yield {"checkpoint": checkpoint.model_dump(mode="json")}
    yield {"end": {"events": number, "last": last, "checkpoints": checkpoints}}


def verifier(name: str = VERIFIER) -> Path:
    """A standalone verifier: in the repository, or in an installed package."""
    here = Path(__file__)
    for path in (here.parents[2] / "deploy" / name, here.parent / name):
        if path.is_file():
            return path
    raise SetupMissing(f"{name} is missing from this installation. Install sakuga again.")
