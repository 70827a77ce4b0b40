"""Runs and their calls: work is recorded before it is waited for, so a kill leaves a record.

In: what begins and what ended.      Out: the same, and what never ended.
"""

from sqlalchemy import insert, select, update

from assets.errors import InputRefused
from assets.store.connection import Database
from assets.store.episodes import required
from assets.store.ledger import now
from assets.store.records import Call, Run
from assets.store.tables import calls, runs


class Runs:
    """The runs and calls in the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_run(self, episode: str, profile: str, *, by: str = "sakuga") -> int:
        """Enter a run; return its id."""
        row = {"episode": episode, "profile": profile, "made_at": now(), "made_by": by}
        with self._database.writing() as connection:
            required(connection, episode)
            return int(connection.execute(insert(runs).values(row).returning(runs.c.id)).scalar_one())

    def finish_run(self, run: int, outcome: str) -> None:
        """Record how it ended: ``finished``, ``failed``, ``stopped``, or another word."""
        ended = {"outcome": outcome, "ended_at": now()}
        with self._database.writing() as connection:
            changed = connection.execute(update(runs).where(runs.c.id == run).values(ended))
        if changed.rowcount != 1:
            raise InputRefused(f"There is no run {run} to finish. begin_run gives a run's id.")

    def runs(self, episode: str) -> tuple[Run, ...]:
        """Every run of the episode, newest first."""
        wanted = select(runs).where(runs.c.episode == episode).order_by(runs.c.id.desc())
        with self._database.reading() as connection:
            return tuple(Run(**row._mapping) for row in connection.execute(wanted))

    def begin_call(self, run: int, recipe: str, step: str, name: str) -> None:
        """Record that a piece of work begins now. Begun again in the same run, it counts as one more attempt."""
        fresh = {"attempts": 1, "began_at": now(), "ended_at": None, "seconds": None}
        of_it = (calls.c.run == run) & (calls.c.recipe == recipe)
        with self._database.writing() as connection:
            again = {**fresh, "attempts": calls.c.attempts + 1}
            if connection.execute(update(calls).where(of_it).values(again)).rowcount:
                return
            if connection.execute(select(runs.c.id).where(runs.c.id == run)).first() is None:
                raise InputRefused(f"There is no run {run} to begin {step} {name} in. begin_run gives an id.")
            row = {"run": run, "recipe": recipe, "step": step, "name": name, **fresh}
            connection.execute(insert(calls), row)

    def finish_call(self, run: int, recipe: str, seconds: float) -> None:
        """Record that it ended, and how long it took."""
        of_it = (calls.c.run == run) & (calls.c.recipe == recipe)
        ended = {"ended_at": now(), "seconds": seconds}
        with self._database.writing() as connection:
            changed = connection.execute(update(calls).where(of_it).values(ended))
        if changed.rowcount != 1:
            raise InputRefused(f"Run {run} began no call of recipe {recipe[:12]}. begin_call comes first.")

    def calls(self, run: int) -> tuple[Call, ...]:
        """Every call of a run in the order they began; ``seconds`` is None for those that never ended."""
        wanted = select(calls).where(calls.c.run == run).order_by(calls.c.began_at, calls.c.recipe)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(Call(**{name: value for name, value in row.items() if name != "run"}) for row in rows)
