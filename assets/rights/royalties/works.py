"""The works of a studio as the ledger tells of them: who made them, and what derives from what.

In: events of the ledger.      Out: for every file and registered work, who is paid.
Events bind: works entered by a person, frozen datasets, finished trainings and merges.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

from assets.rights.royalties.payees import Made, Payees, Shares
from assets.rights.royalties.pools import PayeesOf
from assets.sheets.royalties import RoyaltyRule


class Entry(Protocol):
    """What this package reads of an event of the ledger."""

    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    @property
    def hash(self) -> str: ...


@dataclass
class Works:
    """What is known of works so far; ``read`` adds an event.

    datasets  root of a frozen dataset: its show, and how often each work is shown in an epoch, by SHA-256
    """

    registered: dict[str, Made] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    derived: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    datasets: dict[str, "Frozen"] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Works":
        works = cls()
        for entry in entries:
            works.read(entry)
        return works

    def read(self, entry: Entry) -> None:
        body = entry.body
        if entry.kind == "asset.ingested" and "made_by" in body:
            self._register(entry.subject, body)
        elif entry.kind == "dataset.frozen":
            shown = {str(sha256): int(repeats) for sha256, repeats in body["works"]}
            self.datasets[str(body["root"])] = Frozen(str(body.get("show", "")), shown)
        elif entry.kind == "training.completed" and (frozen := self.datasets.get(str(body["dataset"]))):
            self.derived[str(body["output"])] = {one: Fraction(often) for one, often in frozen.shown.items()}
        elif entry.kind == "model.merged":
            parts = {str(sha256): abs(Fraction(weight)) for sha256, weight in body["inputs"]}
            self.derived[str(body["output"])] = parts

    def _register(self, id: str, body: Mapping[str, Any]) -> None:
        makers = {str(credit["person"]): int(credit["share"]) for credit in body["made_by"]}
        sources = {str(source["work"]): Fraction(source["weight"]) for source in body["sources"]}
        self.registered[id] = Made(makers, sources)
        self.files = {
            sha256: work for sha256, work in self.files.items() if work != id
        }  # of an older version
        self.files |= dict.fromkeys(map(str, (*body["files"], *body.get("named", ()))), id)

    def payees(self, rule: RoyaltyRule) -> PayeesOf:
        """Who is paid for what a cut used or a training showed, under ``rule``."""
        known = Payees(self._graph(), Fraction(rule.makers_keep, 100), rule.fund.id)
        owners = {(owner.part, owner.name): owner.work for owner in rule.owners}

        def of(part: str, name: str) -> Shares:
            plain = name.partition("@")[0]
            named = next((owners[part, one] for one in (name, plain) if (part, one) in owners), None)  # type: ignore[index]
            return known.of(named if named is not None else self._node(name))

        return of

    def _node(self, sha256: str) -> str:
        return self.files.get(sha256, sha256)

    def _graph(self) -> dict[str, Made]:
        """Registered works by id and the other results of trainings and merges by hash.

        A registered file without sources of its own derives from what the ledger says about its making.
        """
        graph = dict(self.registered)
        for sha256, parts in self.derived.items():
            sources: dict[str, Fraction] = {}
            for one, weight in parts.items():
                if weight:
                    sources[self._node(one)] = sources.get(self._node(one), Fraction(0)) + weight
            node = self._node(sha256)
            before = graph.get(node, Made())
            if not before.sources:
                graph[node] = Made(
                    before.makers, {one: weight for one, weight in sources.items() if one != node}
                )
        return graph


@dataclass(frozen=True)
class Frozen:
    """A frozen dataset: how often each work is shown in one epoch."""

    show: str
    shown: Mapping[str, int]
