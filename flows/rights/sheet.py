"""A data sheet for one person: what was trained on their works, and which takes and deliveries rest on it.

In: a person's id, the registry, the ledger.      Out: a PersonSheet, to be given to that person.
It names nobody else. Everything comes from the ledger, which is read once; memory grows with what concerns the person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from assets.errors import InputRefused
from assets.rights.registry import Registry
from assets.sheets.base import Part
from assets.sheets.rights import Grant, Work
from assets.sheets.usage import Usage
from assets.store import Event, Store
from assets.store.ledger import Kind
from assets.timing import seconds_of
from flows.rights.clearance import with_house

KINDS: tuple[Kind, ...] = (
    "dataset.frozen",
    "training.completed",
    "model.merged",
    "generation.completed",
    "delivery.completed",
)


class GrantLine(Part):
    """What the person allowed."""

    id: str
    licence: str
    data_class: str
    scope: tuple[str, ...]
    territories: tuple[str, ...]
    begins: str
    ends: str
    works: tuple[str, ...]
    revoked: str = ""


class WorkLine(Part):
    """One work of the person."""

    id: str
    title: str
    kind: str
    share: str
    files: int
    terms: str


class Trained(Part):
    """A model that learnt from the person's works."""

    model: str
    sha256: str
    dataset: str
    at: str
    event: int
    works: tuple[str, ...]
    shown: int
    of: int


class MergedModel(Part):
    """A model that was mixed from others that rest on the person's works."""

    model: str
    sha256: str
    at: str
    event: int


class UsedIn(Part):
    """A piece that rests on the person's works."""

    episode: str
    step: str
    name: str
    sha256: str
    at: str
    event: int
    by: tuple[str, ...]


class DeliveredIn(Part):
    """A delivery that rests on the person's works, and for how long they are seen or heard in it."""

    episode: str
    sha256: str
    at: str
    event: int
    current: bool
    segments: tuple[str, ...]
    seconds: str


class PersonSheet(Part):
    """Everything about one person's works."""

    person: str
    name: str
    grants: tuple[GrantLine, ...]
    works: tuple[WorkLine, ...]
    trainings: tuple[Trained, ...]
    merges: tuple[MergedModel, ...]
    pieces: tuple[UsedIn, ...]
    deliveries: tuple[DeliveredIn, ...]


@dataclass
class _Found:
    """What rests on the person's works, while the ledger is read.

    by        file hash -> the work or model it is
    datasets  root -> the person's works in it with their repeats, and all repeats of an epoch
    """

    by: dict[str, str]
    datasets: dict[str, tuple[dict[str, int], int]] = field(default_factory=dict)
    trainings: list[Trained] = field(default_factory=list)
    merges: list[MergedModel] = field(default_factory=list)
    pieces: list[UsedIn] = field(default_factory=list)
    deliveries: list[DeliveredIn] = field(default_factory=list)


def person_sheet(store: Store, person: str) -> PersonSheet:
    """The sheet of ``person``. Raises InputRefused for an id nobody has."""
    registry = with_house(store.rights.registry())
    if person not in registry.people:
        raise InputRefused(f"No person {person!r} is registered. `sakuga rights show` lists everything.")
    mine = [work for work in registry.works.values() if person in {credit.person for credit in work.made_by}]
    derived = registry.derived(work.id for work in mine)
    found = _Found({sha256: work.id for work in derived.values() for sha256 in work.files})
    with store.ledger.stream(kinds=KINDS) as events:
        for event in events:
            _READERS[event.kind](event, found)
    return PersonSheet(
        person=person,
        name=registry.people[person].name,
        grants=tuple(_grant(grant, registry) for grant in registry.grants.values() if grant.by == person),
        works=tuple(_work(work, person, registry) for work in mine),
        trainings=tuple(found.trainings),
        merges=tuple(found.merges),
        pieces=tuple(found.pieces),
        deliveries=tuple(_marked(found.deliveries)),
    )


def _grant(grant: Grant, registry: Registry) -> GrantLine:
    return GrantLine(
        id=grant.id,
        licence=grant.licence,
        data_class=grant.data_class,
        scope=grant.scope,
        territories=grant.territories,
        begins=str(grant.begins or ""),
        ends=str(grant.ends or ""),
        works=grant.works,
        revoked=registry.revoked.get(grant.id, ""),
    )


def _work(work: Work, person: str, registry: Registry) -> WorkLine:
    grant = registry.grants_of(work).get(person)
    part = sum(credit.share for credit in work.made_by if credit.person == person)
    return WorkLine(
        id=work.id,
        title=work.title,
        kind=work.kind,
        share=str(Fraction(part, sum(credit.share for credit in work.made_by))),
        files=len(work.files),
        terms=f"{grant.data_class}; {grant.licence}" if grant else "you have granted nothing that holds",
    )


def _frozen(event: Event, found: _Found) -> None:
    shown = {str(sha256): int(often) for sha256, often in event.body.get("works", ())}
    mine = {sha256: often for sha256, often in shown.items() if sha256 in found.by}
    if mine:
        found.datasets[str(event.body["root"])] = mine, sum(shown.values())


def _trained(event: Event, found: _Found) -> None:
    """A training shows every work in proportion to its repeats."""
    body = event.body
    known = found.datasets.get(str(body.get("dataset", "")))
    if known is None:
        return
    mine, epoch = known
    shown = int(body.get("shown", 0))
    found.by[str(body["output"])] = event.subject
    found.trainings.append(
        Trained(
            model=event.subject,
            sha256=str(body["output"]),
            dataset=str(body["dataset"]),
            at=event.made_at,
            event=event.number,
            works=tuple(sorted({found.by[sha256] for sha256 in mine})),
            shown=shown * sum(mine.values()) // epoch if epoch else 0,
            of=shown,
        )
    )


def _merged(event: Event, found: _Found) -> None:
    if any(str(sha256) in found.by for sha256, _ in event.body.get("inputs", ())):
        output = str(event.body["output"])
        found.by[output] = event.subject
        found.merges.append(
            MergedModel(model=event.subject, sha256=output, at=event.made_at, event=event.number)
        )


def _generated(event: Event, found: _Found) -> None:
    used = _names(event.body.get("ingredients", ()), found)
    if not used:
        return
    body = event.body
    key = "/".join(event.subject.split("/")[:2])
    for sha256 in body["outputs"]:
        found.pieces.append(
            UsedIn(
                episode=key,
                step=str(body["step"]),
                name=str(body["name"]),
                sha256=str(sha256),
                at=event.made_at,
                event=event.number,
                by=used,
            )
        )


def _delivered(event: Event, found: _Found) -> None:
    usage = Usage.from_raw(event.body, f"event {event.number} of the ledger")
    frames: dict[str, int] = {}
    for segment, ingredient, count in usage.each():
        if _file(ingredient.key) in found.by:
            frames[segment.name] = max(frames.get(segment.name, 0), count)
    if frames:
        found.deliveries.append(
            DeliveredIn(
                episode=event.subject,
                sha256=usage.episode,
                at=event.made_at,
                event=event.number,
                current=False,
                segments=tuple(frames),
                seconds=format(seconds_of(sum(frames.values()), usage.rate), ".3f"),
            )
        )


_READERS = {
    "dataset.frozen": _frozen,
    "training.completed": _trained,
    "model.merged": _merged,
    "generation.completed": _generated,
    "delivery.completed": _delivered,
}


def _names(ingredients: Any, found: _Found) -> tuple[str, ...]:
    keys: Iterator[str] = (_file(str(one.get("key", ""))) for one in ingredients if isinstance(one, Mapping))
    return tuple(dict.fromkeys(found.by[key] for key in keys if key in found.by))


def _file(key: str) -> str:
    """The hash in the key of an ingredient: of a file, or of a model's weights."""
    return key.rpartition("@")[2].removeprefix("sha256:")


def _marked(deliveries: list[DeliveredIn]) -> Iterator[DeliveredIn]:
    """The last delivery of an episode is the one that counts."""
    last = {one.episode: one.event for one in deliveries}
    for one in deliveries:
        yield one.model_copy(update={"current": last[one.episode] == one.event})
