"""Turn an account into statements, and statements into tables.

In: pools.      Out: one Statement per payee; its CSV. Both are the same bytes for the same ledger.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from assets.hashing import canonical
from assets.rights.royalties.accounts import Pool
from assets.rights.royalties.money import written
from assets.rights.royalties.works import Entry
from assets.sheets.royalties import Currency
from assets.sheets.statement import Owed, Statement, Step

HEADER = ("pool", "kind", "event", "subject", "rule", "cut", "part", "name", "share", "amount", "currency")


def statements(period: str, last: Entry, pools: Iterable[Pool]) -> dict[str, Statement]:
    """The statement of everybody who has a part of one of the pools, by payee in order.

    last  the newest event that counts
    """
    owed: dict[str, list[Owed]] = {}
    for pool in pools:
        for payee in sorted(pool.shared.amounts):
            owed.setdefault(payee, []).append(_owed(payee, pool))
    return {
        payee: Statement(
            period=period,
            payee=payee,
            through=last.number,
            through_hash=last.hash,
            totals=_totals(mine),
            owed=tuple(mine),
        )
        for payee, mine in sorted(owed.items())
    }


def _owed(payee: str, pool: Pool) -> Owed:
    shared, published = pool.shared, pool.published
    if published.entry is None:
        raise ValueError("a rule that is only tried gives no statement")
    steps: dict[tuple[str, str, str], Fraction] = {}
    for line in shared.lines:
        if line.payee == payee:
            key = (line.cut, line.part, line.name)
            steps[key] = steps.get(key, Fraction(0)) + line.share
    return Owed(
        pool=shared.id,
        kind="training" if pool.entry.kind == "training.completed" else "usage",
        event=pool.entry.number,
        event_hash=pool.entry.hash,
        subject=pool.entry.subject,
        rule=published.rule.id,
        rule_event=published.number,
        rule_hash=published.entry.hash,
        currency=published.rule.currency,
        units=str(shared.units),
        total=shared.total,
        share=_rounded_down(sum(steps.values(), Fraction(0)), 12),
        amount=shared.amounts[payee],
        steps=tuple(
            Step(cut=cut, part=part, name=name, share=str(share)) for (cut, part, name), share in steps.items()
        ),
    )  # fmt: skip


def _totals(owed: Iterable[Owed]) -> dict[Currency, int]:
    totals: dict[Currency, int] = {}
    for one in owed:
        totals[one.currency] = totals.get(one.currency, 0) + one.amount
    return dict(sorted(totals.items()))


def table(statement: Statement) -> str:
    """The statement as CSV: a row per step with its exact part, and a row per pool with the rounded amount."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for one in statement.owed:
        shown = (one.pool, one.kind, one.event, _plain(one.subject), one.rule)
        for step in one.steps:
            what = (_plain(step.cut), step.part, _plain(step.name), step.share)
            writer.writerow([*shown, *what, "", ""])
        rounded = _decimal(one.amount, one.currency)
        writer.writerow([*shown, "", "pool", "", one.share, rounded, one.currency])
    for currency, amount in statement.totals.items():
        writer.writerow(["", "", "", "", "", "", "total", "", "", _decimal(amount, currency), currency])
    return out.getvalue()


def _rounded_down(share: Fraction, decimals: int) -> str:
    whole = share.numerator * 10**decimals // share.denominator
    return f"{whole // 10**decimals}.{whole % 10**decimals:0{decimals}}"


def _decimal(amount: int, currency: Currency) -> str:
    return written(amount, currency).removesuffix(f" {currency}").replace(",", "")


def _plain(text: str) -> str:
    """Text that a spreadsheet does not run as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def issued_part(payee: str, body: Mapping[str, Any]) -> bytes:
    """What the signature of an issued statement covers."""
    unsigned = {key: value for key, value in body.items() if key not in ("public", "signature")}
    return b"sakuga royalty statement\n" + canonical({"payee": payee, **unsigned})
