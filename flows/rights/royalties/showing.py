"""Royalties for people: what would be issued, what was, and what somebody typed.

In: the ledger, words from the command line.      Out: lines and documents; values that can be used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

from assets.errors import InputRefused
from assets.loader import shown
from assets.rights.royalties.accounts import Account, account
from assets.rights.royalties.money import written
from assets.sheets.royalties import Currency, RoyaltyRule
from assets.store import Store
from flows.rights.books import opened
from flows.rights.royalties.books import counted, issued
from flows.rights.royalties.issuing import Issued, told
from flows.rights.royalties.payments import Payment, minor_of, open_amounts
from flows.rights.royalties.signatures import refuse_strangers

_PERIOD = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Simulated:
    """Who would get what. ``names``: the name of a payee, by id."""

    account: Account
    names: Mapping[str, str]

    def totals(self) -> dict[str, dict[Currency, int]]:
        """Minor units by payee and currency."""
        found: dict[str, dict[Currency, int]] = {}
        for pool in self.account.pools:
            currency = pool.published.rule.currency
            for payee, amount in pool.shared.amounts.items():
                mine = found.setdefault(payee, {})
                mine[currency] = mine.get(currency, 0) + amount
        return dict(sorted(found.items()))

    def lines(self) -> list[str]:
        said = []
        for pool in self.account.pools:
            units, total = pool.shared.units, written(pool.shared.total, pool.published.rule.currency)
            what = "exposures in the training" if pool.kind == "training" else "s in the delivery"
            said.append(
                f"{total} for {float(units):,.2f} {what} of {pool.entry.subject} (rule {pool.published.rule.id})"
            )
        for payee, amounts in self.totals().items():
            said.append(f"  {_named(payee, self.names)}: {sums(amounts)}")
        if self.account.uncovered:
            said.append(
                f"Paid by no rule, because none was published before: {told(self.account.uncovered)}."
            )
        return said or ["Nothing is owed: no training and no delivery."]

    def document(self) -> dict[str, Any]:
        return {
            "pools": [
                {"event": pool.entry.number, "kind": pool.kind, "subject": pool.entry.subject,
                 "rule": pool.published.rule.id, "currency": pool.published.rule.currency,
                 "units": str(pool.shared.units), "total": pool.shared.total, "amounts": dict(pool.shared.amounts)}
                for pool in self.account.pools
            ],
            "totals": self.totals(),
            "uncovered": [{"event": one.entry.number, "what": one.what} for one in self.account.uncovered],
        }  # fmt: skip


def simulated(out: Path, rule: Path | None) -> Simulated:
    """What would be issued now; with ``rule``, what it would give for everything so far."""
    tried = RoyaltyRule.read(rule) if rule else None
    with opened(out) as store:
        refuse_strangers(store)
        found = account(counted(store), tried)
        if tried is None:
            found = found.without({pool for period in issued(store).values() for pool in period.pools})
        names = {id: person.name for id, person in store.rights.registry().people.items()}
    funds = {pool.published.rule.fund.id: pool.published.rule.fund.name for pool in found.pools}
    return Simulated(found, {**funds, **names})


def issued_lines(made: Issued, store: Store) -> list[str]:
    """What was issued, to whom."""
    names = {id: person.name for id, person in store.rights.registry().people.items()}
    said = [f"  {_named(payee, names)}: {sums(one.totals)}" for payee, one in made.statements.items()]
    what = "Issued before; missing files were written again" if made.again else "Issued"
    said.insert(0, f"{what}: {len(made.statements)} statements in {made.folder}, each as PDF, CSV and JSON.")
    if made.uncovered:
        said.append(f"Paid by no rule, because none was published before: {told(made.uncovered)}.")
    return said


def _named(payee: str, names: Mapping[str, str]) -> str:
    return f"{payee} {names.get(payee, '')}".rstrip()


def listed(store: Store) -> list[dict[str, Any]]:
    """Every issued statement with what is open, as a document."""
    return [
        {"period": period.name, "payee": payee, "event": event.number, "totals": event.body["totals"],
         "open": open_amounts(store, period.name, payee)}
        for period in issued(store).values()
        for payee, event in period.events.items()
    ]  # fmt: skip


def listed_line(one: Mapping[str, Any]) -> str:
    return f"{one['period']}/{one['payee']}: {sums(one['totals'])}; open: {sums(one['open'])}"


def sums(amounts: Mapping[Currency, int]) -> str:
    """Amounts for people."""
    return ", ".join(written(amount, currency) for currency, amount in amounts.items())


def checked_period(text: str) -> str:
    """The name of a period, which is a folder too."""
    if not _PERIOD.fullmatch(text):
        raise InputRefused(
            f"The period is {shown(text)!r}; a name has 1 to 64 letters, digits, - and _, such as 2026-Q4."
        )
    return text


def day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputRefused(f"{option} is {shown(text)!r}; write a day such as 2026-12-31.") from error


def payment(
    store: Store, statement: tuple[str, str], amount: tuple[str, str], on: date, reference: str
) -> Payment:
    """A payment as somebody typed it: ``amount`` is a number and a currency, which may be empty."""
    left = open_amounts(store, *statement)
    number, currency = amount[0], amount[1] or (next(iter(left)) if len(left) == 1 else "")
    if currency not in get_args(Currency) or currency not in left:
        raise InputRefused(f"The statement is in {', '.join(left)}; give one of these with --currency.")
    return Payment(*statement, minor_of(number, currency), currency, on, reference)
