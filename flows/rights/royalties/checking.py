"""Check issued statements: compute them again from the ledger, and compare every byte of their files.

In: the ledger, OUT/royalties.      Out: what was checked; or a StorageFailed that names the first difference.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from assets.errors import StorageFailed
from assets.loader import shown
from assets.rights.royalties.statements import table
from assets.sheets.statement import Statement
from assets.store import Event, Store
from flows.rights.royalties.books import Period, issued, recomputed
from flows.rights.royalties.issuing import FOLDER
from flows.rights.royalties.signatures import Signatures, refuse_strangers


@dataclass(frozen=True)
class Checked:
    """How much was checked. ``missing``: files that are not there any more, such as OUT/royalties/Q1/P-aoi.pdf."""

    periods: int
    statements: int
    files: int
    missing: tuple[str, ...]
    keys: tuple[str, ...]


def check(store: Store, out: Path) -> Checked:
    """Check the chain, every statement, and every file of a statement that is there.

    raises  StorageFailed for the first difference
    """
    store.ledger.verify()
    refuse_strangers(store)
    periods = list(issued(store).values())
    replaced = _replaced(store)
    files, missing = 0, []
    for number, period in enumerate(periods):
        made = recomputed(store, period, periods[:number])
        _same_payees(period, made)
        for payee, event in period.events.items():
            _event(event, made[payee])
            for suffix, path in _paths(out, period.name, payee):
                if path.is_file():
                    _file(path, suffix, event, made[payee], replaced.get((period.name, payee)))
                    files += 1
                else:
                    missing.append(str(path))
    events = [event for period in periods for event in period.events.values()]
    keys = dict.fromkeys(str(event.body["public"]) for event in events)
    return Checked(len(periods), len(events), files, tuple(missing), tuple(keys))


def _paths(out: Path, period: str, payee: str) -> list[tuple[str, Path]]:
    return [(suffix, out / FOLDER / period / f"{payee}.{suffix}") for suffix in ("json", "csv", "pdf")]


def _replaced(store: Store) -> dict[tuple[str, str], str]:
    """The hashes of PDFs from which a name was erased, by period and payee. Only redactions of the ledger's keys."""
    signatures = Signatures.of(store)
    return {
        (str(event.body["period"]), event.subject): str(event.body["pdf"])
        for event in store.ledger.events(kind="royalty.statement_redacted")
        if signatures.hold(event)
    }


def _same_payees(period: Period, made: dict[str, Statement]) -> None:
    for payee in sorted(set(made) ^ set(period.events)):
        what = "is owed, and has no statement" if payee in made else "has a statement, and nothing is owed"
        raise StorageFailed(f"Period {period.name}: {payee} {what}, by the ledger. {_KEEP}")


def _event(event: Event, made: Statement) -> None:
    """Whether the ledger says of the statement what is computed again."""
    body, where = event.body, f"Statement {made.period}/{made.payee} (event {event.number})"
    totals = {str(currency): amount for currency, amount in made.totals.items()}
    if body["totals"] != totals:
        raise StorageFailed(
            f"{where}: it was issued with {body['totals']}, and the ledger gives {totals}. {_KEEP}"
        )
    for suffix, content in _computed(made).items():
        if body["files"][suffix] != sha256(content).hexdigest():
            raise StorageFailed(f"{where}: its {suffix} is not what the ledger gives. {_KEEP}")


def _computed(made: Statement) -> dict[str, bytes]:
    return {"json": made.to_json().encode(), "csv": table(made).encode()}


def _file(path: Path, suffix: str, event: Event, made: Statement, replaced: str | None) -> None:
    content = path.read_bytes()
    expected = _computed(made).get(suffix)
    if expected is not None and content != expected:
        raise StorageFailed(f"{path} was changed: {_difference(content, expected)}. {_ANEW}")
    if expected is not None:
        return
    first, hash = str(event.body["files"]["pdf"]), sha256(content).hexdigest()
    if replaced is not None and hash == first != replaced:
        raise StorageFailed(
            f"{path} still shows a name that was erased. Run `sakuga rights erase {made.payee}` again to replace it."
        )
    if hash != (replaced or first):
        raise StorageFailed(
            f"{path} was changed: its SHA-256 is not the one in event {event.number}. {_ANEW} If a name was erased "
            f"from it before redactions were signed, run `sakuga rights erase {made.payee}` again."
        )


def _difference(found: bytes, expected: bytes) -> str:
    """The first line that differs, as it is and as it should be."""
    mine, theirs = (text.decode("utf-8", "backslashreplace").split("\n") for text in (found, expected))
    for number, (one, other) in enumerate(zip(mine, theirs, strict=False), 1):
        if one != other:
            return f"line {number} is '{shown(one.strip())}' and should be '{shown(other.strip())}'"
    return f"it has {len(mine)} lines and should have {len(theirs)}"


_KEEP = "Keep the database and the files as evidence, and put a backup in their place."
_ANEW = "Keep it as evidence; without it, `sakuga royalties issue PERIOD` writes the file again."
