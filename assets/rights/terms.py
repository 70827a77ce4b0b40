"""The terms under which something may be used, and what derived material inherits.

In: the terms of everything that went in.      Out: the terms of what came out: the strictest of each.
`joined` is associative, commutative and idempotent, FREE is its neutral element, and it never widens a permission.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce
from typing import Any, get_args

from assets.rights.licences import NOTHING, Alternatives, alternatives, both, facts, written
from assets.sheets.rights import DataClass, Grant, Scope
from assets.sheets.territories import WORLDWIDE, countries

CLASSES: tuple[DataClass, ...] = get_args(DataClass)
EVERY_SCOPE: frozenset[Scope] = frozenset(get_args(Scope))


@dataclass(frozen=True)
class Terms:
    """What is allowed, and what is owed.

    territories   None: worldwide; an empty set: nowhere
    exclusive_to  clients who were promised that nobody else uses it; two of them contradict each other
    grants        ids of the grants it rests on: revoking one of them ends it
    """

    data_class: DataClass = "owned"
    licences: Alternatives = NOTHING
    scope: frozenset[Scope] = EVERY_SCOPE
    territories: frozenset[str] | None = None
    begins: date | None = None
    ends: date | None = None
    revocable: bool = False
    exclusive_to: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()
    grants: frozenset[str] = field(default_factory=frozenset)

    def permits(self, scope: Scope, territory: str, on: date) -> bool:
        """Whether this use is allowed there on that day, by the grants alone (a policy may ask for more)."""
        return (
            scope in self.scope
            and (self.territories is None or territory in self.territories)
            and (self.begins is None or self.begins <= on)
            and (self.ends is None or on <= self.ends)
        )

    def raw(self) -> dict[str, Any]:
        """Plain data for a document or the ledger."""
        return {
            "data_class": self.data_class,
            "licence": written(self.licences),
            "scope": sorted(self.scope),
            "territories": None if self.territories is None else sorted(self.territories),
            "begins": self.begins.isoformat() if self.begins else None,
            "ends": self.ends.isoformat() if self.ends else None,
            "revocable": self.revocable,
            "exclusive_to": sorted(self.exclusive_to),
            "duties": sorted(self.duties),
            "grants": sorted(self.grants),
        }


FREE = Terms()
"""The terms of what nobody has a claim on; joining it changes nothing."""

UNKNOWN = Terms(data_class="undisclosed", scope=frozenset({"generate"}))
"""The terms of what nobody has stated anything about."""


def granted(grant: Grant) -> Terms:
    """The terms of one grant."""
    return Terms(
        data_class=grant.data_class,
        licences=alternatives(grant.licence),
        scope=frozenset(grant.scope),
        territories=None if WORLDWIDE in grant.territories else countries(grant.territories) or None,
        begins=grant.begins,
        ends=grant.ends,
        revocable=grant.revocable,
        exclusive_to=frozenset({grant.exclusive_to} if grant.exclusive_to else ()),
        duties=frozenset(grant.duties),
        grants=frozenset({grant.id}),
    )


def joined(terms: Iterable[Terms]) -> Terms:
    """The terms of what derives from all of them; FREE for nothing."""
    return reduce(_both, terms, FREE)


def _both(one: Terms, other: Terms) -> Terms:
    return Terms(
        data_class=max(one.data_class, other.data_class, key=CLASSES.index),
        licences=both(one.licences, other.licences),
        scope=one.scope & other.scope,
        territories=_meet(one.territories, other.territories),
        begins=_latest(one.begins, other.begins),
        ends=_earliest(one.ends, other.ends),
        revocable=one.revocable or other.revocable,
        exclusive_to=one.exclusive_to | other.exclusive_to,
        duties=one.duties | other.duties,
        grants=one.grants | other.grants,
    )


def _meet(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _latest(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _earliest(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def contradictions(terms: Terms) -> list[str]:
    """Promises that cannot all be kept, as sentences; empty if there are none."""
    found = []
    if len(terms.exclusive_to) > 1:
        names = " and ".join(sorted(terms.exclusive_to))
        found.append(f"it was promised exclusively to {names}")
    if terms.exclusive_to and all(map(_shared, terms.licences)):
        found.append(
            f"it was promised exclusively to {', '.join(sorted(terms.exclusive_to))}, and "
            f"{written(terms.licences)} demands that derived work is shared with everybody"
        )
    if all(len(_shared(way)) > 1 for way in terms.licences):
        families = ", ".join(sorted(_shared(min(terms.licences, key=len))))
        found.append(f"{families} each demand that derived work is published under themselves")
    if not terms.scope:
        found.append("its grants have no use in common")
    if terms.territories == frozenset():
        found.append("its grants have no territory in common")
    if terms.begins and terms.ends and terms.ends < terms.begins:
        found.append("its grants have no day in common")
    return found


def _shared(way: frozenset[str]) -> frozenset[str]:
    """The share-alike families of one alternative."""
    known = facts()
    return frozenset(known[key].share_alike for key in way if key in known and known[key].share_alike)


def at_most(terms: Terms, scope: Iterable[Scope]) -> Terms:
    """The same terms, for fewer uses."""
    return replace(terms, scope=terms.scope & frozenset(scope))
