"""Castings: candidates for a character's sheet, and what a person decided about them.

In: a board, a deadline, a decision.      Out: the casting, open until it is decided, expired or withdrawn.
Knows nothing about who waits, how a run is resumed, or where an approved sheet goes.
"""

import json
from typing import Any

from sqlalchemy import Row, insert, select, update

from assets.errors import InputRefused
from assets.hashing import canonical
from assets.sheets.casting import CastBoard, CastDecision
from assets.sheets.review import Door
from assets.store.connection import Database
from assets.store.ledger import now
from assets.store.records import Casting, GateState, Refusal
from assets.store.tables import castings


class Castings:
    """The castings in the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_casting(
        self, show: str, round: int, *, board: CastBoard, until: str, bible: str, run: str = ""
    ) -> Casting:
        """Open a round. The same round again returns the existing one; an open one that shows the same is renewed.

        bible  its file, as seen from the episodes' folder
        run    Prefect's id of the run that waits
        """
        of_round = (
            (castings.c.show == show)
            & (castings.c.character == board.character)
            & (castings.c.round == round)
        )
        written = board.model_dump_json()
        with self._database.writing() as connection:
            known = connection.execute(select(castings).where(of_round)).first()
            if known is not None:
                if known.state != "open" or known.seen != board.seen:
                    return casting_of(known)
                fresh = {"run": run, "until": until, "board": written, "bible": bible}
                renewed = update(castings).where(of_round).values(fresh)
                return casting_of(connection.execute(renewed.returning(*castings.c)).one())
            row = {
                "show": show,
                "character": board.character,
                "round": round,
                "seen": board.seen,
                "state": "open",
                "run": run,
                "bible": bible,
                "opened_at": now(),
                "until": until,
                "board": written,
                "refusals": "[]",
                "candidate": 0,
                "note": "",
            }
            return casting_of(connection.execute(insert(castings).values(row).returning(*castings.c)).one())

    def casting(self, id: int) -> Casting:
        with self._database.reading() as connection:
            found = connection.execute(select(castings).where(castings.c.id == id)).first()
        if found is None:
            raise InputRefused(f"There is no casting {id}. `sakuga cast CHARACTER --show SHOW` opens one.")
        return casting_of(found)

    def castings(self, show: str | None = None, character: str | None = None) -> tuple[Casting, ...]:
        """Every round, in the order they were opened; of one show, of one character."""
        wanted = select(castings).order_by(castings.c.id)
        if show is not None:
            wanted = wanted.where(castings.c.show == show)
        if character is not None:
            wanted = wanted.where(castings.c.character == character)
        with self._database.reading() as connection:
            return tuple(casting_of(row) for row in connection.execute(wanted))

    def unread_castings(self) -> tuple[Casting, ...]:
        """Decided rounds whose run has not read the decision yet."""
        wanted = select(castings).where(
            castings.c.state == "decided", castings.c.run != "", castings.c.read_at.is_(None)
        )
        with self._database.reading() as connection:
            return tuple(casting_of(row) for row in connection.execute(wanted.order_by(castings.c.id)))

    def decide_casting(self, id: int, decision: CastDecision, *, by: str, door: Door) -> Casting:
        """Record the decision; the first one counts, and a second one changes nothing."""
        taken = {
            "state": "decided",
            "verdict": decision.verdict,
            "candidate": decision.candidate,
            "note": decision.note,
            "door": door,
            "made_by": by,
            "closed_at": now(),
        }
        return self._changed(id, taken, only_open=True)

    def close_casting(self, id: int, state: GateState) -> Casting:
        """Close a round without a decision: expired or withdrawn. Calling it again changes nothing."""
        return self._changed(id, {"state": state, "closed_at": now()}, only_open=True)

    def read_casting(self, id: int) -> Casting:
        """Note that the run which waits has read the decision."""
        return self._changed(id, {"read_at": now()}, only_open=False)

    def keep_casting_refusal(self, id: int, refusal: Refusal) -> Casting:
        """Store an answer that was refused, and the reason that was given."""
        with self._database.batch():
            kept = canonical([*self.casting(id).refusals, refusal]).decode()
            return self._changed(id, {"refusals": kept}, only_open=False)

    def _changed(self, id: int, values: dict[str, Any], *, only_open: bool) -> Casting:
        mine = castings.c.id == id
        if only_open:
            mine &= castings.c.state == "open"
        with self._database.batch(), self._database.writing() as connection:
            connection.execute(update(castings).where(mine).values(values))
            return self.casting(id)


def casting_of(row: Row[Any]) -> Casting:
    found = dict(row._mapping)
    return Casting(**{**found, "refusals": json.loads(found["refusals"])})
