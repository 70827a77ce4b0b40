"""Everything that is owed, from the ledger alone: one pool for each training and each delivery.

In: events of the ledger, in order.      Out: pools, each shared out under the rule that was in force.
A rule is in force for what is generated after it was published, until a later one for the same show. What was issued
is computed with the events up to its own end, so that no later event changes it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from assets.errors import SheetRefused, StorageFailed
from assets.hashing import canonical
from assets.rights.royalties.pools import CutUse, Shared, Used, of_delivery, of_training
from assets.rights.royalties.works import Entry, Works
from assets.sheets.royalties import RoyaltyRule, UsedPart
from assets.sheets.usage import Ingredient, SegmentUsage, Usage
from assets.signing import is_signed


@dataclass(frozen=True)
class Published:
    """A rule, and the event that published it; event 0 for a rule that is only tried."""

    entry: Entry | None
    rule: RoyaltyRule

    @property
    def number(self) -> int:
        return self.entry.number if self.entry else 0


@dataclass(frozen=True)
class Pool:
    """The money of one training or delivery under one rule."""

    entry: Entry
    published: Published
    shared: Shared

    @property
    def id(self) -> str:
        return self.shared.id

    @property
    def kind(self) -> str:
        return "training" if self.entry.kind == "training.completed" else "usage"


@dataclass(frozen=True)
class Uncovered:
    """What no rule was published for before it was made: nothing is owed for it, and it is told."""

    entry: Entry
    what: str


@dataclass(frozen=True)
class Account:
    """What is owed. ``pools`` are in the order of their events."""

    pools: tuple[Pool, ...]
    uncovered: tuple[Uncovered, ...]

    def without(self, paid: Collection[str]) -> "Account":
        """The account without the pools that were in an earlier statement."""
        return Account(tuple(pool for pool in self.pools if pool.id not in paid), self.uncovered)


def account(entries: Sequence[Entry], tried: RoyaltyRule | None = None) -> Account:
    """Every pool of these events.

    tried  a rule to use instead of all published ones, for everything
    """
    books = _Books(Works.of(entries), _rules(entries) if tried is None else [Published(None, tried)])
    pools: list[Pool] = []
    for entry in entries:
        if entry.kind == "generation.completed":
            books.generated(entry)
        elif entry.kind == "training.completed":
            pools += books.training(entry)
        elif entry.kind == "delivery.completed":
            pools += books.delivery(entry)
    return Account(tuple(pools), tuple(books.uncovered))


def signed_part(body: dict[str, Any]) -> bytes:
    """What the signature of a published rule covers."""
    return b"sakuga royalty rule\n" + canonical(body["rule"])


def _rules(entries: Sequence[Entry]) -> list[Published]:
    """Every published rule, in order. One that is not signed counts for nothing."""
    found = []
    for entry in entries:
        body = dict(entry.body)
        if entry.kind != "royalty.rule_set" or not isinstance(body.get("rule"), dict):
            continue
        public, signature = str(body.get("public", "")), str(body.get("signature", ""))
        if is_signed(signed_part(body), public=public, signature=signature):
            found.append(Published(entry, _read(RoyaltyRule, body["rule"], entry)))
    return found


@dataclass
class _Books:
    """What has been read so far.

    first    number of the first generation whose result a file is, by SHA-256
    counted  cuts that were paid with an earlier delivery, by episode, cut and clip
    shown    pictures that a training had shown when it was recorded last, by its run
    """

    works: Works
    rules: list[Published]
    uncovered: list[Uncovered] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)
    counted: set[tuple[str, str, str]] = field(default_factory=set)
    shown: dict[str, int] = field(default_factory=dict)

    def generated(self, entry: Entry) -> None:
        for sha256 in entry.body.get("outputs", ()):
            self.first.setdefault(str(sha256), entry.number)

    def training(self, entry: Entry) -> Iterator[Pool]:
        """The pool of a training: what it showed since it was recorded last."""
        body = entry.body
        run, shown = str(body["run"]), int(body["shown"])
        new, self.shown[run] = shown - self.shown.get(run, 0), max(shown, self.shown.get(run, 0))
        frozen = self.works.datasets.get(str(body["dataset"]))
        if new <= 0:
            return
        if frozen is None:
            raise _broken(entry, f"was trained on dataset {body['dataset']}, which the ledger does not know")
        published = self._in_force(frozen.show, entry.number)
        if published is None:
            self.uncovered.append(Uncovered(entry, f"the training of {entry.subject}"))
            return
        epochs = Fraction(new, sum(frozen.shown.values()))
        exposures = {sha256: repeats * epochs for sha256, repeats in frozen.shown.items()}
        payees = self.works.payees(published.rule)
        id = f"{entry.number}.{published.number}"
        yield Pool(entry, published, of_training(id, exposures, published.rule, payees))

    def delivery(self, entry: Entry) -> Iterator[Pool]:
        """The pools of a delivery, one for each rule under which its cuts were generated."""
        usage = _read(Usage, dict(entry.body), entry)
        show = entry.subject.partition("/")[0]
        cuts: dict[int, list[CutUse]] = {}
        by_number = {published.number: published for published in self.rules}
        for segment in usage.segments:
            key = (entry.subject, segment.name, segment.clip)
            if not segment.take or key in self.counted:
                continue
            self.counted.add(key)
            published = self._in_force(show, self.first.get(segment.clip, entry.number))
            if published is None:
                self.uncovered.append(Uncovered(entry, f"{entry.subject} {segment.name}"))
            else:
                cuts.setdefault(published.number, []).append(_cut(segment, usage))
        for number, used in sorted(cuts.items()):
            published = by_number[number]
            id, payees = f"{entry.number}.{number}", self.works.payees(published.rule)
            yield Pool(entry, published, of_delivery(id, used, published.rule, payees))

    def _in_force(self, show: str, generated: int) -> Published | None:
        """The newest rule for the show that was published before event ``generated``."""
        mine = [one for one in self.rules if not one.rule.shows or show in one.rule.shows]
        before = [one for one in mine if one.number < generated]
        if before:
            return before[-1]
        return next((one for one in mine if one.rule.covers_earlier), None)


def _cut(segment: SegmentUsage, usage: Usage) -> CutUse:
    used = [_used(usage.ingredients[use.ingredient], use.frames) for use in segment.uses]
    missing = [what for what in usage.unrecorded if what.startswith(f"{segment.name}: ")]
    # Nobody knows what these were made with, so the fund gets their part of the base.
    used += [Used("base", f"unrecorded {what}", Fraction(segment.frames)) for what in missing]
    return CutUse(segment.name, segment.frames / Fraction(usage.rate), tuple(used))


def _used(one: Ingredient, frames: int) -> Used:
    part: UsedPart = "base"
    if one.kind == "model":
        part = "music" if one.role == "music" else "base"
    else:
        part = {"lora": "loras", "reference": "references", "voice": "voices"}[one.kind]  # type: ignore[assignment]
    return Used(part, one.key, frames * abs(Fraction(one.strength)))


def _read(sort: Any, raw: Any, entry: Entry) -> Any:
    try:
        return sort.from_raw(raw, f"event {entry.number} of the ledger")
    except SheetRefused as error:
        raise StorageFailed(f"{error} Run `sakuga ledger verify`.") from error


def _broken(entry: Entry, what: str) -> StorageFailed:
    return StorageFailed(f"Event {entry.number}: {entry.subject} {what}. Run `sakuga ledger verify`.")
