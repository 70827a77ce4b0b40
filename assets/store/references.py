"""All references from the store into the vault: documents, clips of takes, boards of gates, work sent out.

In: the store.      Out: every reference, with its episode and a short description.
Old versions, earlier rounds and takes that nobody chose are included: people may open them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, select

from assets.sheets.production import Ref
from assets.store.connection import Database
from assets.store.tables import castings, gates, papers, settled, takes
from assets.vault.naming import refs_in

REPLACED = ", replaced"
"""Marks the description of an older version of a document, which is kept but not opened."""


@dataclass(frozen=True)
class Reference:
    """One reference to a blob."""

    episode: str
    what: str
    ref: Ref


class References:
    """The references of the store into the vault."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def references(self) -> tuple[Reference, ...]:
        """Every reference of every episode. Raises StorageFailed if a row cannot be read."""
        with self._database.reading() as connection:
            found = [
                Reference(
                    row.episode, f"{row.name} (version {row.version}{REPLACED * (not last)})", _ref(row)
                )
                for row, last in _papers(connection)
            ]
            for row in connection.execute(
                select(takes.c.episode, takes.c.cut, takes.c.number, takes.c.sheet)
            ):
                found += _found(row.episode, f"take {row.number} of {row.cut}", row.sheet)
            for row in connection.execute(
                select(gates.c.episode, gates.c.kind, gates.c.round, gates.c.board)
            ):
                found += _found(row.episode, f"{row.kind} review, round {row.round}", row.board)
            for row in connection.execute(select(castings)):
                found += _found(f"{row.show}/{row.character}", f"casting, round {row.round}", row.board)
        return tuple(found)

    def recipes(self) -> dict[str, tuple[str, str]]:
        """Episode and name of the work that each recipe made last, to describe commits."""
        with self._database.reading() as connection:
            rows = connection.execute(select(settled)).all()
            made = {
                str(json.loads(row.entry)["recipe"]): (row.episode, f"{row.step} {row.name}") for row in rows
            }
            columns = (takes.c.recipe, takes.c.episode, takes.c.cut, takes.c.number)
            for row in connection.execute(select(*columns)):
                made[row.recipe] = (row.episode, f"take {row.number} of {row.cut}")
        return made


def _papers(connection: Connection) -> Iterator[tuple[Any, bool]]:
    """Every version of every document, and whether it is the newest of its name."""
    rows = connection.execute(
        select(papers).order_by(papers.c.episode, papers.c.name, papers.c.version)
    ).all()
    for row, following in zip_longest(rows, rows[1:]):
        yield row, following is None or (following.episode, following.name) != (row.episode, row.name)


def _ref(row: Any) -> Ref:
    return Ref(sha256=row.sha256, bytes=row.bytes, media_type=row.media_type)


def _found(episode: str, what: str, text: str) -> Iterator[Reference]:
    for ref in refs_in(json.loads(text)):
        yield Reference(episode, what, ref)
