"""Say what a model rests on, from its card, and which other models would pass a policy.

In: a Card.      Out: a Used, for assets/rights/clearance.py.
"""

from datetime import date

from assets.rights.clearance import Purpose, Used, objections
from assets.rights.licences import alternatives
from assets.rights.terms import Terms
from assets.sheets.policy import Policy
from models.card import Card, Port, model_key
from models.registry import ADAPTERS, adapter

_STAND_INS = ("toy", "simulated")
"""Adapters for tests: offered to nobody as a replacement."""


def used(card: Card, rules: Policy, purpose: Purpose, on: date) -> Used:
    """The model of ``card``. Raises InputRefused where its licence is not an expression."""
    named = f"{card.name} ({card.weights})" if card.weights != "none" else card.name
    return Used(
        what=f"the {card.port} {named}",
        key=model_key(card.model_dump(include={"port", "name", "revision", "weights"})),
        terms=Terms(data_class=card.data, licences=alternatives(card.licence)),
        bases=frozenset(name for name in (card.name, card.lora_base, card.weights) if name),
        instead=lambda: passing(card.port, rules, purpose, on),
    )


def passing(port: Port, rules: Policy, purpose: Purpose, on: date) -> str:
    """A sentence with the models of ``port`` that pass."""
    cards = [adapter(its_port, name).card for its_port, name in ADAPTERS if its_port == port]
    able = [
        card.name
        for card in cards
        if not card.name.startswith(_STAND_INS)
        and not objections(used(card, rules, purpose, on), rules, purpose, on=on)
    ]
    way_on = "another policy in the profile, or `sakuga rights override` with a reason"
    if not able:
        return f"No {port} that is built in would pass; the ways on are {way_on}."
    return f"These {port}s would pass: {', '.join(sorted(set(able)))}. Other ways on: {way_on}."
