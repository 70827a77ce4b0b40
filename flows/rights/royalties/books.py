"""Read from the ledger what royalties need: the events that count, and what was issued.

In: a store.      Out: events in order; issued statements by period.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from assets.errors import InputRefused
from assets.rights.royalties.accounts import Account, account
from assets.rights.royalties.statements import statements
from assets.sheets.statement import Statement
from assets.store import Event, Store
from assets.store.ledger import Kind
from flows.rights.royalties.signatures import Signatures

COUNTED: tuple[Kind, ...] = (
    "asset.ingested", "dataset.frozen", "training.completed", "model.merged", "generation.completed",
    "delivery.completed", "royalty.rule_set",
)  # fmt: skip


@dataclass
class Period:
    """The statements of one period, as the ledger has them.

    events  by payee
    """

    name: str
    through: int
    events: dict[str, Event] = field(default_factory=dict)

    @property
    def pools(self) -> frozenset[str]:
        return frozenset(str(pool) for event in self.events.values() for pool in event.body["pools"])


def counted(store: Store, through: int | None = None) -> tuple[Event, ...]:
    """The events that decide what is owed, in order; up to number ``through``. Only rules of the ledger's keys."""
    found = [event for kind in COUNTED for event in store.ledger.events(kind=kind)]
    signatures = Signatures.of(store)
    counts = (
        one
        for one in found
        if (through is None or one.number <= through)
        and (one.kind != "royalty.rule_set" or signatures.hold(one))
    )
    return tuple(sorted(counts, key=lambda one: one.number))


def issued(store: Store) -> dict[str, Period]:
    """Every period that statements were issued for, in order. Only statements of the ledger's keys."""
    periods: dict[str, Period] = {}
    signatures = Signatures.of(store)
    for event in store.ledger.events(kind="royalty.statement_issued"):
        if not signatures.hold(event):
            continue
        name = str(event.body["period"])
        period = periods.setdefault(name, Period(name, int(event.body["through"])))
        period.events[event.subject] = event
    return periods


def last_event(store: Store, until: date | None) -> Event:
    """The newest event; with ``until``, the newest of that day or before (UTC)."""
    last = store.ledger.last()
    if until is not None and last is not None:
        later = next(
            (event for event in store.ledger.events() if event.made_at[:10] > until.isoformat()), None
        )
        last = last if later is None else store.ledger.event(later.number - 1)
    if last is None:
        raise InputRefused("The ledger has no event to that day, so nothing is owed.")
    return last


def owed(store: Store, last: Event, before: Sequence[Period]) -> Account:
    """What is owed up to an event, without the pools of earlier periods."""
    paid = frozenset[str]().union(*(period.pools for period in before))
    return account(counted(store, last.number)).without(paid)


def recomputed(store: Store, period: Period, before: Sequence[Period]) -> dict[str, Statement]:
    """The statements of an issued period, from the ledger alone."""
    last = store.ledger.event(period.through)
    if last is None:
        raise InputRefused(
            f"Period {period.name} ends at event {period.through}, which the ledger does not have. "
            "Run `sakuga ledger verify`."
        )
    return statements(period.name, last, owed(store, last, before).pools)
