"""Record one decision about candidates: check it, record it as a whole, store an approved sheet, wake a waiting run.

In: a casting, a decision, who decides, how it came, the hash of what they saw.
Out: the casting; or a DecisionRefused, and then nothing was changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assets.errors import DecisionRefused
from assets.sheets.casting import CastDecision
from assets.store import Store
from assets.store.ledger import now
from assets.store.records import Casting
from assets.vault import Vault
from flows.cast import entering
from flows.cast.registering import rights_of
from flows.review import rules, wake
from flows.review.rules import Reviewer
from flows.review.wake import Waits
from flows.rights.clearance import with_house


class HasCastings(Protocol):
    """A studio, or a room."""

    @property
    def store(self) -> Store: ...

    @property
    def vault(self) -> Vault: ...

    @property
    def out(self) -> Path: ...


@dataclass(frozen=True)
class Decided:
    """A recorded decision.

    file   the approved sheet beside the bible; None: nothing was approved, or the waiting run stores it
    notes  what a person should know, such as a sheet whose rights are unclear
    """

    casting: Casting
    file: Path | None = None
    notes: tuple[str, ...] = ()


def decide(
    where: HasCastings,
    id: int,
    decision: CastDecision,
    reviewer: Reviewer,
    *,
    wake: Callable[[Waits], None] = wake.wake,
) -> Decided:
    """Record ``decision``; of two people who decide at once exactly one succeeds, and the other is told who did.

    raises  DecisionRefused: nothing was changed. RunAsleep: all was recorded, but the run could not be resumed
    """
    by, door = rules.named(reviewer.name), reviewer.door
    store = where.store
    _check(store.casting(id), decision, reviewer.seen, where.out)
    with store.batch():
        casting = store.casting(id)
        _required_open(casting)
        casting = store.decide_casting(id, decision, by=by, door=door)
        _enter(casting, store)
        notes = _registered(casting, store, by) if decision.verdict == "approve" else ()
    file = settled(casting, where)
    if door != "prefect":  # with Prefect's form the run itself calls this
        wake(casting)
    return Decided(casting, file, notes)


def settled(casting: Casting, where: HasCastings) -> Path | None:
    """Store an approved sheet in the bible, if it is not there yet: a killed process may have left it out."""
    return entering.enter(casting, where.out, where.vault) if casting.verdict == "approve" else None


def _check(casting: Casting, decision: CastDecision, seen: str, out: Path) -> None:
    _required_open(casting)
    if seen != casting.seen:
        raise DecisionRefused(
            f"What you looked at is not what the casting of {casting.name} shows now. Look again, then decide."
        )
    if decision.verdict != "approve":
        if decision.candidate:
            raise DecisionRefused("A candidate is named only to approve it. Leave it out, or approve.")
        return
    candidate = casting.shows.candidate(decision.candidate)
    if candidate is None:
        numbers = ", ".join(str(one.number) for one in casting.shows.candidates)
        raise DecisionRefused(
            f"There is no candidate {decision.candidate} of {casting.character} in round {casting.round}. "
            f"There are: {numbers}."
        )
    entering.check(casting, candidate, out)


def _required_open(casting: Casting) -> None:
    title = f"The casting of {casting.name}, round {casting.round},"
    if casting.state == "decided":
        chosen = f" candidate {casting.candidate}" if casting.candidate else ""
        raise DecisionRefused(
            f"{title} was decided by {casting.made_by} at {casting.closed_at}: {casting.verdict}{chosen}."
        )
    if casting.state == "withdrawn":
        raise DecisionRefused(f"{title} is out of date. Look at the newest round.")
    if casting.state == "expired" or casting.until <= now():
        raise DecisionRefused(
            f"{title} was open until {casting.until} and is closed now. Every picture is kept: run the same command "
            "again, and it is open again."
        )


def _enter(casting: Casting, store: Store) -> None:
    board = casting.shows
    chosen = board.candidate(casting.candidate)
    store.ledger.append(
        "sheet.decided",
        f"{casting.name}/{casting.round}",
        {
            "casting": casting.id,
            "verdict": casting.verdict,
            "seen": casting.seen,
            "door": casting.door,
            "note": casting.note,
            "painter": board.maker.name,
            "revision": board.maker.revision,
            **(
                {"sheet": chosen.sheet.sha256, "recipe": chosen.recipe, "seed": str(chosen.seed)}
                if chosen
                else {}
            ),
        },
        by=casting.made_by or "",
    )


def _registered(casting: Casting, store: Store, by: str) -> tuple[str, ...]:
    board = casting.shows
    candidate = board.candidate(casting.candidate)
    if candidate is None:
        return ()
    pictures = entering.pictures_of(board, candidate)
    sheet, why = rights_of(casting, candidate, pictures, with_house(store.rights.registry()))
    if sheet is not None:
        store.rights.add(sheet, by=by)
    return (why,) if why else ()
