"""Gates: where an episode waits for a person, what it shows there, and how the waiting ended.

In: what is shown, and a deadline.      Out: the gate, open until it is decided, expired or withdrawn.
Knows nothing about who waits, or how a run is resumed.
"""

import json
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from assets.errors import InputRefused
from assets.hashing import canonical
from assets.sheets.review import Board, GateKind
from assets.store.connection import Database
from assets.store.episodes import required
from assets.store.ledger import now
from assets.store.records import Gate, GateState, Refusal
from assets.store.tables import gates, runs


class Gates:
    """The gates in the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_gate(
        self, episode: str, kind: GateKind, round: int, *, board: Board, until: str, run: str = ""
    ) -> Gate:
        """Open a gate. The same round again returns the existing gate.

        board  what is shown
        until  deadline: UTC, as ``assets.store.ledger.now`` writes it
        run    Prefect's id of the run that waits

        An open gate that shows the same is renewed: the last run that opened it waits there.
        """
        seen = board.seen
        with self._database.writing() as connection:
            required(connection, episode)
            of_round = (gates.c.episode == episode) & (gates.c.kind == kind) & (gates.c.round == round)
            known = connection.execute(select(gates).where(of_round)).first()
            if known is not None:
                if known.state != "open" or known.seen != seen:
                    return gate_of(known)
                renewed = update(gates).where(of_round).values(run=run, until=until, board=_written(board))
                return gate_of(connection.execute(renewed.returning(*gates.c)).one())
            row = {
                "episode": episode,
                "kind": kind,
                "round": round,
                "seen": seen,
                "state": "open",
                "run": run,
                "opened_at": now(),
                "until": until,
                "board": _written(board),
                "refusals": "[]",
            }
            return gate_of(connection.execute(insert(gates).values(row).returning(*gates.c)).one())

    def gate(self, id: int) -> Gate:
        with self._database.reading() as connection:
            found = connection.execute(select(gates).where(gates.c.id == id)).first()
        if found is None:
            raise InputRefused(f"There is no gate {id}. `sakuga review` lists those that wait.")
        return gate_of(found)

    def gate_state(self, id: int) -> GateState:
        """Only its state; a waiting process asks every few seconds."""
        with self._database.reading() as connection:
            found: GateState | None = connection.execute(
                select(gates.c.state).where(gates.c.id == id)
            ).scalar()
        if found is None:
            raise InputRefused(f"There is no gate {id}. `sakuga review` lists those that wait.")
        return found

    def gates(self, episode: str, kind: GateKind | None = None) -> tuple[Gate, ...]:
        """Every gate of the episode, or of one kind, in the order they were opened."""
        wanted = select(gates).where(gates.c.episode == episode).order_by(gates.c.id)
        if kind is not None:
            wanted = wanted.where(gates.c.kind == kind)
        with self._database.reading() as connection:
            return tuple(gate_of(row) for row in connection.execute(wanted))

    def open_gates(self, episode: str | None = None) -> tuple[Gate, ...]:
        """The open gates, oldest first, without expired ones."""
        wanted = select(gates).where(gates.c.state == "open", gates.c.until > now()).order_by(gates.c.id)
        if episode is not None:
            wanted = wanted.where(gates.c.episode == episode)
        with self._database.reading() as connection:
            return tuple(gate_of(row) for row in connection.execute(wanted))

    def undelivered_gates(self, episode: str | None = None) -> tuple[Gate, ...]:
        """Decided gates whose run may not have read the decision: nothing has happened to the episode since.

        The store cannot know more. Whether such a run is still suspended, its server knows.
        """
        newest = select(func.max(gates.c.id)).where(gates.c.run != "").group_by(gates.c.run)
        of_it = runs.c.episode == gates.c.episode
        later = select(runs.c.id).where(of_it, runs.c.made_at > gates.c.closed_at).exists()
        last = select(runs.c.outcome).where(of_it).order_by(runs.c.id.desc()).limit(1).scalar_subquery()
        # A run that was killed, or is still running, has no outcome.
        waits = last.is_(None) | last.in_(("waits for a review", "stopped"))
        wanted = select(gates).where(gates.c.id.in_(newest), gates.c.state == "decided", ~later, waits)
        if episode is not None:
            wanted = wanted.where(gates.c.episode == episode)
        with self._database.reading() as connection:
            return tuple(gate_of(row) for row in connection.execute(wanted.order_by(gates.c.id)))

    def close_gate(self, id: int, state: GateState, *, review: int | None = None) -> Gate:
        """Close a gate: decided (by ``review``), expired or withdrawn. Calling it again changes nothing."""
        closing = {"state": state, "review": review, "closed_at": now()}
        with self._database.batch(), self._database.writing() as connection:
            still_open = (gates.c.id == id) & (gates.c.state == "open")
            connection.execute(update(gates).where(still_open).values(closing))
            return self.gate(id)

    def keep_refusal(self, id: int, refusal: Refusal) -> Gate:
        """Store an answer that was refused, and the reason that was given."""
        with self._database.batch(), self._database.writing() as connection:
            kept = canonical([*self.gate(id).refusals, refusal]).decode()
            connection.execute(update(gates).where(gates.c.id == id).values(refusals=kept))
            return self.gate(id)


def _written(board: Board) -> str:
    return board.model_dump_json()


def gate_of(row: Row[Any]) -> Gate:
    found = dict(row._mapping)
    return Gate(**{**found, "refusals": json.loads(found["refusals"])})
