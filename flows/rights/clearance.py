"""Clear a production: everything its profile and show would use, against the profile's policy.

In: a profile, a show, the store.      Out: a Cleared, or a RightsRefused before anything is paid for or leaves.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from assets.rights import clearance
from assets.rights.clearance import Cleared, Purpose, Used
from assets.rights.licences import alternatives
from assets.rights.registry import Registry
from assets.rights.terms import UNKNOWN
from assets.sheets.bible import Art, Bible, Language
from assets.sheets.policy import Policy
from assets.sheets.rights import Rights, Work
from assets.store import Store
from flows.episode.profile import Profile
from flows.rights.consents import Speaking, consents
from flows.rights.overrides import overridden
from models.card import Card
from models.clearance import used as used_of
from models.lease import card_with

HOUSE = Path(__file__).parents[2] / "assets" / "library" / "rights" / "house.yaml"
"""The works that are shipped, such as the font of every subtitle."""
FONT = "sakuga-font"


@dataclass(frozen=True)
class Production:
    """What is to be made: the models a profile chooses, and the show's own art.

    language  of the episode; None before it is known: then no voice is checked
    """

    profile: Profile
    language: Language | None
    bible: Bible | None


def required(made: Production, store: Store, episode: str, purpose: Purpose) -> Cleared:
    """Raise RightsRefused unless the profile's policy lets the production be made, or leave.

    episode  its key in the store; signed overrides are given for one episode
    """
    on = datetime.now(UTC).date()
    rules = clearance.policy(made.profile.policy)
    registry = with_house(store.rights.registry())
    used = [*_models(made, rules, purpose), *_art(made, registry, rules), _font(registry)]
    used += consents(made.bible, _speaking(made), registry)
    return clearance.clear(used, rules, purpose, on=on, allowed=overridden(store, episode))


def required_models(made: Production, store: Store | None, episode: str) -> None:
    """Raise RightsRefused unless the policy lets the profile's models run; no store, no overrides."""
    rules = clearance.policy(made.profile.policy)
    allowed = overridden(store, episode) if store is not None else ()
    clearance.clear(_models(made, rules, "run"), rules, "run", on=datetime.now(UTC).date(), allowed=allowed)


def with_house(registry: Registry) -> Registry:
    """The registry with the works that are shipped beneath its own."""
    house = Registry().with_added(_house())
    return Registry(
        {**house.people, **registry.people},
        {**house.works, **registry.works},
        {**house.grants, **registry.grants},
        registry.revoked,
        registry.erased,
    )


@cache
def _house() -> Rights:
    return Rights.read(HOUSE)


def cards(made: Production) -> list[Card]:
    """The card of every model that the production uses."""
    machines = made.profile.machines
    chosen = [*machines.ports(made.language).items()]
    if made.profile.director is None:
        chosen = [
            (port, choice) for port, choice in chosen if port != "writer"
        ]  # it is named, and never asked
    if machines.layout is not None:
        chosen.append(("painter", machines.layout))
    return [card_with(port, choice.name, choice.options) for port, choice in chosen]


def _speaking(made: Production) -> Speaking | None:
    if made.language is None:
        return None
    return Speaking(made.profile.machines.voice(made.language).name, made.language)


def _models(made: Production, rules: Policy, purpose: Purpose) -> Iterator[Used]:
    on = datetime.now(UTC).date()
    yield from (used_of(card, rules, purpose, on) for card in cards(made))


def _art(made: Production, registry: Registry, rules: Policy) -> Iterator[Used]:
    """The pictures and LoRAs of the show that its models take."""
    takes = frozenset().union(*(card.accepts for card in cards(made)))
    for owner, art in _owners(made.bible):
        if "references" in takes:
            for picture in art.references:
                yield of_file(f"the reference {picture.file} of {owner}", picture.sha256, registry, rules)
        if "loras" in takes:
            for lora in art.loras:
                yield of_file(f"the LoRA {lora.file} of {owner}", lora.sha256, registry, rules)


def of_file(what: str, sha256: str, registry: Registry, rules: Policy) -> Used:
    """A file of the show by its record in the registry; without one nothing is known of it."""
    work = registry.work_of(sha256)
    if work is not None:
        return _work(what, sha256, work, registry)

    def instead() -> str:
        return "Register the work and its grant: `sakuga rights add FILE.yaml`."

    if rules.unstated == "tell":
        return Used(
            what, sha256, replace(UNKNOWN, licences=alternatives(clearance.UNSTATED)), instead=instead
        )
    return Used(f"{what}, which is not registered", sha256, UNKNOWN, instead=instead)


def _work(what: str, key: str, work: Work, registry: Registry) -> Used:
    terms = registry.terms(work)
    return Used(
        f"{what} (work {work.id})",
        key,
        terms,
        instead=lambda: (
            f"`sakuga rights show {work.id}` names the grants it has, and those that are missing."
        ),
        scope="voice" if work.kind == "voice" else None,
    )


def _font(registry: Registry) -> Used:
    return _work("the font", FONT, registry.works[FONT], registry)


def _owners(bible: Bible | None) -> list[tuple[str, Art]]:
    if bible is None:
        return []
    people = [(who.id, who.art) for who in bible.characters]
    return [*people, *((place.id, place.art) for place in bible.places), ("the style", bible.style)]
