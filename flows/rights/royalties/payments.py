"""Record what was paid, and tell what is open.

In: a period, a payee, an amount.      Out: an event of the ledger.
"""

from dataclasses import dataclass
from datetime import date

from assets.errors import InputRefused
from assets.plain import one_line
from assets.rights.royalties.money import DECIMALS, written
from assets.sheets.royalties import Currency
from assets.store import Event, Store
from flows.rights.royalties.books import issued
from flows.rights.royalties.signatures import refuse_strangers

LONGEST = 200


@dataclass(frozen=True)
class Payment:
    """What was paid for one statement. ``reference`` stays in the ledger for ever: no names."""

    period: str
    payee: str
    amount: int
    currency: Currency
    on: date
    reference: str


def record(store: Store, payment: Payment, *, by: str) -> Event:
    """Enter a payment.

    raises  InputRefused where no such statement was issued, or more than is open was paid
    """
    if len(payment.reference) > LONGEST:
        raise InputRefused(f"The reference has more than {LONGEST} characters.")
    with store.batch():
        refuse_strangers(store)
        left = open_amounts(store, payment.period, payment.payee).get(payment.currency, 0)
        if not 0 < payment.amount <= left:
            raise InputRefused(
                f"{written(left, payment.currency)} of statement {payment.period}/{payment.payee} are open, and "
                f"{written(payment.amount, payment.currency)} cannot be recorded as paid for it."
            )
        body = {
            "period": payment.period,
            "amount": payment.amount,
            "currency": payment.currency,
            "on": payment.on.isoformat(),
            "reference": one_line(payment.reference),
        }
        return store.ledger.append("payment.recorded", payment.payee, body, by=by)


def open_amounts(store: Store, period: str, payee: str) -> dict[Currency, int]:
    """Minor units that were not paid yet, by currency."""
    found = issued(store).get(period)
    event = found.events.get(payee) if found else None
    if event is None:
        raise InputRefused(
            f"No statement {period}/{payee} was issued. Periods: {', '.join(issued(store)) or 'none'}."
        )
    left: dict[Currency, int] = dict(event.body["totals"])
    for paid in store.ledger.events(kind="payment.recorded", subject=payee):
        if paid.body["period"] == period:
            left[paid.body["currency"]] -= paid.body["amount"]
    return left


def minor_of(text: str, currency: Currency) -> int:
    """An amount that a person typed, in minor units; refused if it has more decimals than the currency."""
    whole, _, part = text.replace(",", "").partition(".")
    decimals = DECIMALS[currency]
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 15 and len(part) <= decimals) or (
        part and not (part.isascii() and part.isdigit())
    ):
        raise InputRefused(
            f"The amount is {text[:40]!r}; write a number with at most {decimals} decimals for {currency}."
        )
    return int(whole + part.ljust(decimals, "0"))
