"""Read the registry for people: what is registered, what a grant holds up, whether a profile is cleared.

In: a store.      Out: lines of text. Decides nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar, cast, get_args

from assets import show as shows
from assets.errors import InputRefused, RightsRefused
from assets.loader import shown
from assets.plain import counted, listed
from assets.rights import clearance as rules
from assets.rights import labels
from assets.rights.clearance import Purpose
from assets.rights.licences import written
from assets.rights.registry import Registry
from assets.rights.terms import Terms
from assets.sheets.bible import Art, Bible, Language
from assets.sheets.rights import Grant
from assets.store import Store
from flows.episode import known
from flows.episode import profile as profiles
from flows.rights.clearance import Production, required, with_house
from flows.rights.resting import Resting, resting_on
from flows.settings import settings, user
from flows.upkeep.signing import checkpointed
from models.sealed import sha256

MOST_LISTED = 6


@contextmanager
def opened(out: Path) -> Iterator[Store]:
    """The store of the episodes under ``out``; made if there is none."""
    with Store.open(settings(out).store) as store:
        yield store


@contextmanager
def entering(out: Path) -> Iterator[Store]:
    """The same, to enter something: where a key is set, a checkpoint signs it at the end."""
    with opened(out) as store:
        yield store
        checkpointed(store, by=user())


def episode_key(store: Store, name: str) -> str:
    """The key of an episode; one that was never made may be given as show/id."""
    keys = [item.key for item in store.episodes()]
    if name.count("/") == 1 and not known.matching(name, keys):
        return name
    return known.found(name, keys)


def described(store: Store, name: str | None) -> Iterator[str]:
    """Sentences about all that is registered, or about one work, person or grant."""
    registry = with_house(store.rights.registry())
    if name is None:
        yield from _overview(registry)
    elif name in registry.people:
        person = registry.people[name]
        yield f"{person.id}: {person.name}"
        yield from (_granted(grant, registry) for grant in registry.grants.values() if grant.by == name)
    elif name in registry.grants:
        yield _granted(registry.grants[name], registry)
        yield from resting(store, registry.grants[name])
    else:
        yield from _work(registry, name)


def _overview(registry: Registry) -> Iterator[str]:
    people = counted(len(registry.people), "person", "people")
    yield f"{people}, {counted(len(registry.works), 'work')}, {counted(len(registry.grants), 'grant')}."
    if registry.people:
        yield "People:"
    for person in registry.people.values():
        yield f"  {person.id}  {shown(person.name) or 'erased'}"
    if registry.works:
        yield "Works:"
    for work in registry.works.values():
        yield f"  {work.id}  {work.kind}  {_told(registry.terms(work))}"
    if registry.grants:
        yield "Grants:"
    for grant in registry.grants.values():
        yield f"  {_granted(grant, registry)} by {grant.by} for {listed(grant.works, MOST_LISTED)}"


def _unknown(registry: Registry, name: str) -> InputRefused:
    """With the registered ids that are nearest, or the first ones."""
    ids = list(dict.fromkeys([*registry.grants, *registry.works, *registry.people]))
    near = get_close_matches(name, ids, n=MOST_LISTED, cutoff=0.5)
    there = f"Near it: {', '.join(near)}." if near else f"There are: {listed(ids, MOST_LISTED) or 'none'}."
    return InputRefused(
        f"Nothing registered is called {shown(name)!r}. {there} `sakuga rights show` lists everything."
    )


def _work(registry: Registry, name: str) -> Iterator[str]:
    work = registry.works.get(name) or registry.work_of(name)
    if work is None:
        raise _unknown(registry, name)
    yield f"{work.id}: {work.title} ({work.kind}, {counted(len(work.files), 'file')})"
    yield _told(registry.terms(work))
    own = registry.grants_of(work)
    for credit in work.made_by:
        grant = own.get(credit.person)
        has = _granted(grant, registry) if grant else "has granted nothing that holds"
        part = (
            f" ({credit.share} of {sum(one.share for one in work.made_by)} parts)" if work.made_by[1:] else ""
        )
        yield f"  made by {credit.person}{part}: {has}"
    whole = sum(source.weight for source in work.sources)
    for source in work.sources:
        yield f"  derives from {source.work} (weight {source.weight} of {whole}: {source.weight / whole:.2%})"
    for other in registry.derived([work.id]):
        if other != work.id:
            yield f"  {other} derives from it"


def _granted(grant: Grant, registry: Registry) -> str:
    ends = f"until {grant.ends}" if grant.ends else "without an end"
    revoked = f", REVOKED: {registry.revoked[grant.id]}" if grant.id in registry.revoked else ""
    return f"{grant.id} ({grant.licence}, {grant.data_class}, {', '.join(grant.scope)}, {ends}{revoked})"


def _told(terms: Terms) -> str:
    where = "worldwide" if terms.territories is None else ", ".join(sorted(terms.territories)) or "nowhere"
    ends = f"until {terms.ends}" if terms.ends else "without an end"
    scope = ", ".join(sorted(terms.scope)) or "no use"
    return f"{terms.data_class}; {written(terms.licences)}; {scope}; {where}; {ends}"


def resting(store: Store, grant: Grant) -> Iterator[str]:
    """What rests on a grant, as lines."""
    found: Resting = resting_on(store, with_house(store.rights.registry()), grant)
    rest = (
        counted(len(found.works), "work"),
        counted(len(found.datasets), "frozen dataset"),
        counted(len(found.episodes), "episode"),
        counted(len(found.takes), "take"),
    )
    yield f"On {grant.id} rest {', '.join(rest[:3])} and {rest[3]}."
    yield from (f"  work {id}" for id in found.works)
    yield from (f"  dataset {name}" for name in found.datasets)
    yield from (f"  episode {key}" for key in found.episodes)
    yield from (f"  take {name}" for name in found.takes)


def checked(
    profile: str, show: str | None, purpose: str, policy: str | None, language: Language | None, out: Path
) -> Iterator[str]:
    """Clear a profile and show; a line for everything that passes. Raises RightsRefused where it does not."""
    if purpose not in get_args(Purpose):
        raise InputRefused(f"--for is {purpose!r}; write {', '.join(get_args(Purpose))}.")
    found = profiles.load(profile)
    if policy is not None:
        found = found.model_copy(update={"policy": policy})
    bible = _hashed(show) if show else None
    spoken = (language,) if language else tuple(found.machines.voices)
    told: dict[str, str] = {}
    notes: dict[str, None] = {}
    refused: dict[str, None] = {}
    with opened(out) as store:
        for one in spoken:
            try:
                cleared = required(Production(found, one, bible), store, "", cast("Purpose", purpose))
            except RightsRefused as error:  # so that what the other language's voice meets is told as well
                refused |= dict.fromkeys(str(error).split("\n"))
                continue
            told |= {
                used.what: f"  {used.what}: {_told(used.terms)}; key {used.key}" for used in cleared.used
            }
            said = labels.unstated(cleared.policy) if purpose in ("run", "export") else ()
            notes |= dict.fromkeys([*cleared.notes, *said])
    if refused:
        raise RightsRefused("\n".join(refused))
    yield f"{found.name} passes {rules.policy(found.policy).name} for the purpose '{purpose}':"
    yield from told.values()
    yield from notes


AnyArt = TypeVar("AnyArt", bound=Art)


def _hashed(show: str) -> Bible:
    """The show's bible, every art file with its hash."""
    file = shows.located(show)

    def kept(art: AnyArt) -> AnyArt:
        update = {
            name: tuple(
                one.model_copy(update={"sha256": one.sha256 or sha256(file.parent / one.file)})
                for one in getattr(art, name)
            )
            for name in ("references", "loras")
        }
        return art.model_copy(update=update)

    bible = shows.load(show)
    return bible.model_copy(
        update={
            "characters": tuple(who.model_copy(update={"art": kept(who.art)}) for who in bible.characters),
            "places": tuple(place.model_copy(update={"art": kept(place.art)}) for place in bible.places),
            "style": kept(bible.style),
        }
    )
