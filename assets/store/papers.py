"""What several machines must know of an episode besides its cuts: its input files, and finished work.

In: references to documents (the brief, the script, the cut sheet as people read it), and the journal's entries.
Out: the newest of each, from any machine.
Knows nothing about the content of a document.
"""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from assets.hashing import canonical
from assets.sheets.production import Ref
from assets.store.connection import Database
from assets.store.episodes import required
from assets.store.ledger import now
from assets.store.records import Paper
from assets.store.tables import papers, settled


class Papers:
    """The documents and the journal in the store: with them one machine continues where another stopped."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_paper(self, episode: str, name: str, ref: Ref, *, by: str = "sakuga") -> Paper:
        """Store ``ref`` as the newest version of ``name``; the same again adds no version."""
        with self._database.writing() as connection:
            required(connection, episode)
            mine = (papers.c.episode == episode) & (papers.c.name == name)
            last = connection.execute(select(papers).where(mine).order_by(papers.c.version.desc())).first()
            if last is not None and last.sha256 == ref.sha256:
                return _paper(dict(last._mapping))
            row = {
                "episode": episode,
                "name": name,
                "version": last.version + 1 if last is not None else 1,
                **ref.model_dump(),
                "made_at": now(),
                "made_by": by,
            }
            connection.execute(insert(papers), row)
        return _paper(row)

    def papers(self, episode: str) -> dict[str, Paper]:
        """The newest version of each name."""
        newest = (
            select(papers.c.name, func.max(papers.c.version).label("version"))
            .where(papers.c.episode == episode)
            .group_by(papers.c.name)
            .subquery()
        )
        wanted = select(papers).join(
            newest, (papers.c.name == newest.c.name) & (papers.c.version == newest.c.version)
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted.where(papers.c.episode == episode).order_by(papers.c.name))
            return {row.name: _paper(dict(row._mapping)) for row in rows}

    def paper_versions(self, episode: str, name: str) -> tuple[Paper, ...]:
        """Every version of ``name``, the newest first."""
        mine = (papers.c.episode == episode) & (papers.c.name == name)
        with self._database.reading() as connection:
            rows = connection.execute(select(papers).where(mine).order_by(papers.c.version.desc()))
            return tuple(_paper(dict(row._mapping)) for row in rows)

    def settle(self, episode: str, step: str, name: str, entry: Mapping[str, Any]) -> None:
        """Record how a piece of work was finished last: JSON data with a meaning known only to the writer."""
        row = {
            "episode": episode,
            "step": step,
            "name": name,
            "entry": canonical(entry).decode(),
            "made_at": now(),
        }
        dialect = sqlite if self._database.is_sqlite else postgresql
        entered = dialect.insert(settled)
        fresh = {"entry": entered.excluded.entry, "made_at": entered.excluded.made_at}
        keys = [settled.c.episode, settled.c.step, settled.c.name]
        with self._database.writing() as connection:
            required(connection, episode)
            connection.execute(entered.on_conflict_do_update(index_elements=keys, set_=fresh), row)

    def settled(self, episode: str) -> dict[tuple[str, str], dict[str, Any]]:
        """The last entry of every (step, name)."""
        wanted = select(settled.c.step, settled.c.name, settled.c.entry)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.where(settled.c.episode == episode))
            return {(row.step, row.name): json.loads(row.entry) for row in rows}

    def alone(self, episode: str, who: str) -> AbstractContextManager[str]:
        """Hold ``episode`` among all machines of this store; gives "" or the name of the holder.

        With SQLite there is one machine, whose own lock file does this: always "".
        """
        return self._database.alone(f"episode {episode}", who)


def _paper(row: Mapping[str, Any]) -> Paper:
    ref = Ref(sha256=row["sha256"], bytes=row["bytes"], media_type=row["media_type"])
    return Paper(
        name=row["name"], version=row["version"], ref=ref, made_at=row["made_at"], made_by=row["made_by"]
    )
