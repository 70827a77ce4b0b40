"""Verify a ledger event by event: the chain, the signed checkpoints and the keys.

In: events in order, the checkpoints.      Out: the first fault: at which event, and of which kind.
Needs memory for the checkpoints and one event, however long the ledger is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assets.store.checkpoints import Checkpoint
from assets.store.events import START, Event
from assets.store.keys import KIND, Keys
from assets.store.merkle import Tree

FaultKind = Literal[
    "changed", "missing", "inserted", "moved", "unlinked", "truncated", "checkpoint", "key", "kept"
]
"""changed     its content is not what its hash says
missing     its number is not there
inserted    it stands between two events that follow each other
moved       it is an event of another place
unlinked    it does not follow the one before it: both, or everything before, were written anew
truncated   the ledger ends before it, and a checkpoint or an event that was kept says that it existed
checkpoint  a checkpoint up to it is not signed by the key of that time, or was signed over other events
key         it changes the key and is not approved, or the key that is trusted here is none of the ledger's
kept        it is not the event that was kept elsewhere
"""

_REACH = 1000
"""How far from its place a moved event is looked for; only the wording of the fault depends on it."""


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong, as a sentence that goes on after 'event N'."""

    kind: FaultKind
    number: int
    problem: str


@dataclass(frozen=True)
class Proof:
    """What a ledger is compared with.

    store    identity of the store, which checkpoints and keys name
    trusted  a public key that must be one of the ledger's; empty: not compared
    kept     an event that was kept elsewhere
    """

    store: str
    checkpoints: Sequence[Checkpoint] = ()
    trusted: str = ""
    kept: Event | None = None


@dataclass
class _Walk:
    """Where the verification is."""

    keys: Keys
    tree: Tree
    number: int = 0
    previous: str = START
    before: str = START  # the hash two events back: shows that one event was inserted


def first_fault(events: Iterable[Event], proof: Proof) -> Fault | None:
    """The first fault of a ledger; None if there is none."""
    return next(_faults(events, proof), None)


def _faults(events: Iterable[Event], proof: Proof) -> Iterator[Fault]:
    walk = _Walk(Keys(proof.store), Tree())
    waiting = sorted(proof.checkpoints, key=lambda one: one.size, reverse=True)
    for event in events:
        fault = _of_chain(event, walk) or _of_kept(event, proof.kept)
        if fault is not None:
            yield fault
            return
        walk.tree.add(event.hash)
        walk.number, walk.previous, walk.before = event.number, event.hash, walk.previous
        if event.kind == KIND and (wrong := walk.keys.change(event.number, event.body)):
            yield Fault("key", event.number, f"changes the ledger's key, and {wrong}")
        while waiting and waiting[-1].size <= event.number:
            checkpoint = waiting.pop()
            if wrong := _of_checkpoint(checkpoint, walk, proof.store):
                yield Fault("checkpoint", checkpoint.size, f"has a checkpoint that {wrong}")
    yield from _of_end(walk, waiting, proof)


def _of_chain(event: Event, walk: _Walk) -> Fault | None:
    number = walk.number + 1
    sound = event.hash == event.computed()
    if sound and event.previous == walk.previous and event.number == number:
        return None
    place = _place(event)
    if not place:
        if event.number > number:
            return Fault("missing", number, f"is missing; event {event.number} stands in its place")
        return Fault("changed", number, "was changed after it was written")
    if place == walk.number and event.previous == walk.before and walk.number:
        return Fault("inserted", walk.number, "was inserted: the event after it follows the one before it")
    if event.number > number and place == event.number:
        return Fault("missing", number, f"is missing; event {event.number} stands in its place")
    if place != number:
        return Fault("moved", number, f"stands in the wrong place: it was written as event {place}")
    return Fault("unlinked", number, "does not follow the one before it")


def _place(event: Event) -> int:
    """The number with which the event has its hash; 0: its content was changed."""
    if event.hash == event.computed():
        return event.number
    near = range(max(1, event.number - _REACH), event.number + _REACH)
    return next((n for n in near if event.model_copy(update={"number": n}).computed() == event.hash), 0)


def _of_kept(event: Event, kept: Event | None) -> Fault | None:
    if kept is None or event.number != kept.number or event.hash == kept.hash:
        return None
    return Fault("kept", event.number, "is not the event that was kept")


def _of_checkpoint(checkpoint: Checkpoint, walk: _Walk, store: str) -> str:
    if checkpoint.size != walk.number:
        return "ends at no event"
    if checkpoint.key != walk.keys.current:
        return "was signed by a key that was not the ledger's at that time"
    if not checkpoint.is_signed(store):
        return "was changed: its signature is not its key's"
    if checkpoint.root != walk.tree.root():
        return f"was signed over other events: one of the events up to {checkpoint.size} was written anew"
    return ""


def _of_end(walk: _Walk, waiting: Sequence[Checkpoint], proof: Proof) -> Iterator[Fault]:
    if waiting:
        furthest = waiting[0]
        said = f"is gone: a checkpoint of {furthest.made_at} says that there were {furthest.size} events"
        yield Fault("truncated", walk.number + 1, said)
    if proof.kept is not None and walk.number < proof.kept.number:
        yield Fault("truncated", walk.number + 1, f"is gone; {proof.kept.number} events were known")
    if proof.trusted and walk.keys.publics and proof.trusted not in walk.keys.publics:
        yield Fault(
            "key", walk.number, f"is the last, and the key {proof.trusted[:16]}… is none of this ledger's"
        )
