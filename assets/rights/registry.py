"""The registry of people, works and grants, as it stands: what may be done with a work, and what rests on it.

In: sheets, and the revoked grants.      Out: the terms of a work or file; everything that derives from one.
Knows nothing about databases; assets/store/rights.py keeps it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from assets.errors import InputRefused
from assets.rights.licences import alternatives
from assets.rights.terms import Terms, granted, joined
from assets.sheets.rights import Grant, Person, Rights, Work

UNGRANTED = Terms(data_class="undisclosed", scope=frozenset())
"""The terms of a registered work for which nobody has granted anything, or whose grant was revoked."""


@dataclass(frozen=True)
class Registry:
    """Everything that is registered.

    people, works, grants   the newest version of each, in the order they were first added
    revoked                 grant id: why, for grants that were revoked
    erased                  ids of people whose name was erased
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    works: Mapping[str, Work] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)
    revoked: Mapping[str, str] = field(default_factory=dict)
    erased: frozenset[str] = frozenset()

    def work_of(self, sha256: str) -> Work | None:
        """The registered work that this file, or the voice that models name so, belongs to."""
        id = self._files.get(sha256)
        return self.works[id] if id is not None else None

    def terms(self, work: Work) -> Terms:
        """What its makers granted, joined with the terms of everything it derives from.

        Every credited person must have granted it; of several grants by one person the newest counts. A work without
        credits needs one grant, unless it only derives from others.
        """
        if work.id in self._terms:  # a work may be reached on many ways
            return self._terms[work.id]
        own = self.grants_of(work)
        parts = [granted(grant) for grant in own.values()]
        missing = {credit.person for credit in work.made_by} - set(own)
        if missing or not (own or work.sources):
            parts.append(UNGRANTED)
        parts += [self.terms(self.works[source.work]) for source in work.sources]
        self._terms[work.id] = joined(parts)
        return self._terms[work.id]

    def grants_of(self, work: Work) -> dict[str, Grant]:
        """The grants that hold for the work itself, by the person who gave them."""
        mine = (self.grants[id] for id in self._grants_by_work.get(work.id, ()))
        return {grant.by: grant for grant in mine if grant.id not in self.revoked}

    def names(self, grant: str, work: Work) -> bool:
        """Whether the grant, revoked or not, names the work or something that it was made from."""
        return any(grant in self._grants_by_work.get(id, ()) for id in self.beneath(work))

    def beneath(self, work: Work) -> dict[str, Work]:
        """The work and everything it was made from, at any depth."""
        found, waiting = {}, [work.id]
        while waiting:
            one = self.works[waiting.pop()]
            if one.id not in found:
                found[one.id] = one
                waiting += [source.work for source in one.sources]
        return found

    def derived(self, works: Iterable[str]) -> dict[str, Work]:
        """These works and everything that was made from them, at any depth."""
        found = {id: self.works[id] for id in works}
        grown = True
        while grown:
            more = {
                work.id: work
                for work in self.works.values()
                if work.id not in found and any(source.work in found for source in work.sources)
            }
            found |= more
            grown = bool(more)
        return found

    def with_added(self, sheet: Rights) -> "Registry":
        """The registry with the sheet in it; raises InputRefused where it names what does not exist."""
        grown = Registry(
            {**self.people, **{person.id: person for person in sheet.people}},
            {**self.works, **{work.id: work for work in sheet.works}},
            {**self.grants, **{grant.id: grant for grant in sheet.grants}},
            self.revoked,
            self.erased,
        )
        for problem in _problems(grown, sheet):
            raise InputRefused(f"{problem} Nothing was added.")
        return grown

    @cached_property
    def _terms(self) -> dict[str, Terms]:
        return {}

    @cached_property
    def _files(self) -> dict[str, str]:
        return {one: work.id for work in self.works.values() for one in (*work.files, *work.named)}

    @cached_property
    def _grants_by_work(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for grant in self.grants.values():
            for work in grant.works:
                found.setdefault(work, []).append(grant.id)
        return found


def _problems(grown: Registry, sheet: Rights) -> Iterator[str]:
    for work in sheet.works:
        for credit in work.made_by:
            if credit.person not in grown.people:
                yield f"Work {work.id} is credited to {credit.person}, and no such person is registered."
        for source in work.sources:
            if source.work not in grown.works:
                yield f"Work {work.id} derives from {source.work}, and no such work is registered."
    for grant in sheet.grants:
        alternatives(grant.licence)
        if grant.by not in grown.people:
            yield f"Grant {grant.id} is given by {grant.by}, and no such person is registered."
        if grant.by in grown.erased or grant.id in grown.revoked:
            yield f"Grant {grant.id} was revoked, or its person was erased; give a new grant its own id."
        for missing in (id for id in grant.works if id not in grown.works):
            yield f"Grant {grant.id} covers {missing}, and no such work is registered."
    owners: dict[str, str] = {}
    for work in grown.works.values():
        for one in (*work.files, *work.named):
            if owners.setdefault(one, work.id) != work.id:
                what = f"file {one[:12]}" if one in work.files else f"name {one}"
                yield f"The {what} belongs to two works, {owners[one]} and {work.id}."
    if (circle := _circle(grown.works)) is not None:
        yield f"Work {circle} derives from itself."


def _circle(works: Mapping[str, Work]) -> str | None:
    """A work that is among its own sources; found without recursion, since chains may be long."""
    done: set[str] = set()
    for start in works:
        path, stack = set(), [(start, False)]
        while stack:
            id, leaving = stack.pop()
            if leaving:
                path.discard(id)
                done.add(id)
            elif id in path:
                return id
            elif id not in done and id in works:
                path.add(id)
                stack.append((id, True))
                stack += [(source.work, False) for source in works[id].sources]
    return None
