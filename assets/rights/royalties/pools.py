"""Share out one pool: the fee of one training, or the royalty of one delivery.

In: what was used or shown, a rule, who is paid for which work.      Out: a Pool of lines and whole amounts.
Money is rounded once, for the whole pool, and never before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from assets.rights.royalties.money import divided, minor
from assets.rights.royalties.payees import Shares
from assets.sheets.royalties import PARTS, RoyaltyRule, UsedPart

PayeesOf = Callable[[str, str], Shares]
"""Who is paid for something, by its part and name."""


@dataclass(frozen=True)
class Used:
    """Something that a cut was made with.

    name    the SHA-256 of its file, or the name that the ledger has for it
    weight  of a LoRA its strength without the sign; of a voice or piece of music its seconds; else 1
    """

    part: UsedPart
    name: str
    weight: Fraction = Fraction(1)


@dataclass(frozen=True)
class CutUse:
    """One cut as it was delivered."""

    cut: str
    seconds: Fraction
    used: tuple[Used, ...]


@dataclass(frozen=True)
class Line:
    """One step of a payee's part: of a cut (or training), through one thing that was used, so much of the pool."""

    payee: str
    cut: str
    part: str
    name: str
    share: Fraction


@dataclass(frozen=True)
class Shared:
    """A pool that was shared out.

    units    exposures or seconds
    total    minor units of the rule's currency
    amounts  minor units by payee; they add up to ``total``
    """

    id: str
    units: Fraction
    total: int
    lines: tuple[Line, ...]
    amounts: Mapping[str, int]


def of_training(id: str, exposures: Mapping[str, Fraction], rule: RoyaltyRule, payees: PayeesOf) -> Shared:
    """Share out the fee of one training.

    exposures  how often each work was shown, by the SHA-256 of its file
    """
    units = sum(exposures.values(), Fraction(0))
    lines = [
        Line(payee, "", "works", name, share * count / units)
        for name, count in exposures.items()
        if count
        for payee, share in payees("works", name).items()
    ]
    return _shared(id, units, minor(rule.training.total(units), rule.currency), lines, rule)


def of_delivery(id: str, cuts: Iterable[CutUse], rule: RoyaltyRule, payees: PayeesOf) -> Shared:
    """Share out the royalty of one delivery: by seconds between the cuts, by the table within a cut."""
    counted = tuple(cuts)
    units = sum((cut.seconds for cut in counted), Fraction(0))
    lines = [
        Line(payee, cut.cut, part, name, share * of * cut.seconds / units)
        for cut in counted
        if cut.seconds
        for part, name, of in _within(cut, rule)
        for payee, share in payees(part, name).items()
    ]
    return _shared(id, units, minor(rule.usage.total(units), rule.currency), lines, rule)


def _within(cut: CutUse, rule: RoyaltyRule) -> Iterator[tuple[str, str, Fraction]]:
    """Part, name and share of everything in a cut; the shares add up to 1. No name: the fund's."""
    weights = {part: sum(used.weight for used in cut.used if used.part == part) for part in PARTS}
    table = {part: rule.split.of(part) for part in PARTS}
    present = [part for part in PARTS if weights[part] and table[part]]
    whole = sum(table[part] for part in (present if rule.absent == "shared" and present else PARTS))
    for used in cut.used:
        if used.part in present and used.weight:
            yield used.part, used.name, Fraction(table[used.part], whole) * used.weight / weights[used.part]
    nobodys = 1 - sum((Fraction(table[part], whole) for part in present), Fraction(0))
    if nobodys:
        yield "absent", "", nobodys


def _shared(id: str, units: Fraction, total: int, lines: list[Line], rule: RoyaltyRule) -> Shared:
    if not lines:  # a pool with a fixed sum and nothing in it
        lines = [Line(rule.fund.id, "", "absent", "", Fraction(1))]
    shares: dict[str, Fraction] = {}
    for line in lines:
        shares[line.payee] = shares.get(line.payee, Fraction(0)) + line.share
    return Shared(id, units, total, tuple(lines), divided(total, shares, id))
