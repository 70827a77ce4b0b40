"""Publish a rule: signed, in the ledger, before anything is generated under it.

In: a RoyaltyRule, a private key.      Out: an event of the ledger; lines that tell what the rule says.
"""

from collections.abc import Iterator

from assets.errors import InputRefused
from assets.rights.royalties.accounts import signed_part
from assets.sheets.royalties import PARTS, Pool, RoyaltyRule
from assets.signing import MAKE, Signer
from assets.store import Event, Store
from flows.rights.royalties.signatures import Signatures
from flows.settings import ledger_key
from flows.upkeep.signing import introduced


def publish(store: Store, rule: RoyaltyRule, *, by: str) -> Event:
    """Sign the rule into the ledger. It holds for what is generated from now on.

    raises  InputRefused without a key, or for a rule that names what is not registered
    """
    check(store, rule)
    with store.batch():
        signer = required_signer("A royalty rule", store, by)
        body = {"rule": rule.raw()}
        signed = {"public": signer.public, "signature": signer.sign(signed_part(body))}
        return store.ledger.append("royalty.rule_set", rule.id, {**body, **signed}, by=by)


def in_force(store: Store, rule: RoyaltyRule) -> Event | None:
    """The event that published this very rule, if no later one for its shows replaced it."""
    signatures = Signatures.of(store)
    for event in reversed([*store.ledger.events(kind="royalty.rule_set")]):
        if not signatures.hold(event):
            continue
        published = RoyaltyRule.from_raw(event.body["rule"], f"event {event.number}")
        if published == rule:
            return event
        if not (published.shows and rule.shows) or set(published.shows) & set(rule.shows):
            return None
    return None


def check(store: Store, rule: RoyaltyRule) -> None:
    """Refuse a rule whose owners are not registered, or whose fund has a person's id."""
    registry = store.rights.registry()
    for owner in rule.owners:
        if owner.work not in registry.works:
            raise InputRefused(
                f"The rule names work {owner.work} as the owner of {owner.name}, and no such work is registered here. "
                "Register it first: `sakuga rights add FILE.yaml`."
            )
    if rule.fund.id in registry.people:
        raise InputRefused(f"The fund has the id {rule.fund.id} of a registered person. Give it its own.")


def required_signer(what: str, store: Store, by: str) -> Signer:
    """The studio's key, which the ledger knows from then on. Raises InputRefused for a key that is not the ledger's."""
    file = ledger_key()
    if file is None:
        raise InputRefused(
            f"{what} is signed, and SAKUGA_LEDGER_KEY names no key. Make one outside the project: {MAKE}"
        )
    return introduced(store, Signer.read(file), by=by)


def told(rule: RoyaltyRule) -> Iterator[str]:
    """What the rule says, as lines."""
    shows = f"shows {', '.join(rule.shows)}" if rule.shows else "every show"
    yield f"Rule {rule.id}, in {rule.currency}, for {shows}."
    yield f"Each training pays {_pool(rule.training, rule, 'exposure (a work shown once)')}."
    yield f"Each delivery pays {_pool(rule.usage, rule, 'second of an accepted cut')}."
    yield f"A cut is shared: {split(rule)}."
    yield (
        "The part of what a cut does not use is shared between what it does use."
        if rule.absent == "shared"
        else f"The part of what a cut does not use goes to the fund {rule.fund.id}."
    )
    yield f"Makers of a LoRA or merge keep {rule.makers_keep} % of its share; the rest goes to what it derives from."
    yield f"What belongs to nobody known goes to the fund {rule.fund.id} ({rule.fund.name})."
    yield from (f"{owner.part} {owner.name} belongs to work {owner.work}." for owner in rule.owners)
    if rule.covers_earlier:
        yield "It also covers what was generated before any rule was published."
    if rule.note:
        yield rule.note


def split(rule: RoyaltyRule) -> str:
    """The table in one line."""
    whole = sum(rule.split.of(part) for part in PARTS)
    return ", ".join(f"{part} {rule.split.of(part)}/{whole}" for part in PARTS if rule.split.of(part))


def _pool(pool: Pool, rule: RoyaltyRule, unit: str) -> str:
    parts = [f"{pool.fixed} {rule.currency}"] if float(pool.fixed) else []
    parts += [f"{pool.per_unit} {rule.currency} per {unit}"] if float(pool.per_unit) else []
    most = f", at most {pool.most} {rule.currency}" if pool.most is not None else ""
    return (" and ".join(parts) or f"0 {rule.currency}") + most
