"""Whole minor units of a currency (yen, cents), and how a sum is divided without losing one.

In: exact fractions.      Out: integers that add up.
"""

from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256

from assets.sheets.royalties import Currency

DECIMALS: dict[Currency, int] = {
    "JPY": 0, "KRW": 0, "VND": 0, "USD": 2, "EUR": 2, "GBP": 2, "CAD": 2, "AUD": 2, "CHF": 2, "CNY": 2, "HKD": 2,
    "SGD": 2, "TWD": 2, "THB": 2, "INR": 2, "BRL": 2, "KWD": 3,
}  # fmt: skip
"""Decimals of each currency (ISO 4217)."""


def minor(amount: Fraction, currency: Currency) -> int:
    """``amount`` in minor units, rounded to the nearest; a half is rounded up."""
    return int((amount * 10 ** DECIMALS[currency] * 2 + 1) // 2)


def written(amount: int, currency: Currency) -> str:
    """Minor units for people: 1234567 is 1,234,567 JPY and 12,345.67 USD."""
    decimals = DECIMALS[currency]
    sign, digits = "-" if amount < 0 else "", f"{abs(amount):0{decimals + 1}}"
    if not decimals:
        return f"{sign}{int(digits):,} {currency}"
    return f"{sign}{int(digits[:-decimals]):,}.{digits[-decimals:]} {currency}"


def divided(total: int, shares: Mapping[str, Fraction], salt: str) -> dict[str, int]:
    """``total`` divided by ``shares``, which are not negative; the result adds up to ``total`` exactly.

    Everybody gets the whole units of the exact part; the units left over go to the largest remainders (Hamilton's
    method). Equal remainders are ordered by the SHA-256 of ``salt`` and the id, so that nobody gains by their name.
    """
    whole = sum(shares.values(), Fraction(0))
    if total < 0 or whole <= 0 or any(share < 0 for share in shares.values()):
        raise ValueError("a sum is divided by shares of which at least one is above 0 and none below")
    exact = {id: total * share / whole for id, share in shares.items()}
    result = {id: int(part) for id, part in exact.items()}
    left = total - sum(result.values())
    order = sorted(exact, key=lambda one: (result[one] - exact[one], _tie(salt, one)))
    for id in order[:left]:
        result[id] += 1
    return result


def _tie(salt: str, id: str) -> str:
    return sha256(f"{salt}\n{id}".encode()).hexdigest()
