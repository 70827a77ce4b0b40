"""Shows, episodes, and their cut sheets as the rules last wrote them.

In: an episode and its cut sheet.      Out: both again, and which cuts are live or missing.
"""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from assets.errors import InputRefused
from assets.hashing import canonical
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.store.connection import Database
from assets.store.ledger import now
from assets.store.records import NO_SHOW, Episode
from assets.store.tables import cuts, cutsheets, episodes, shows


class Episodes:
    """The episodes and cuts in the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def upsert_episode(self, show: str | None, id: str, *, title: str, script: str, by: str) -> Episode:
        """Enter an episode, or update its title and script digest.

        show  None for an episode without a show
        """
        show = show or NO_SHOW
        stamp = now()
        made = Episode(
            key=f"{show}/{id}",
            show=show,
            id=id,
            title=title,
            script=script,
            made_at=stamp,
            changed_at=stamp,
            changed_by=by,
        )
        with self._database.writing() as connection:
            known = _found(connection, made.key)
            if known is None:
                self._enter_show(connection, show, by)
                connection.execute(insert(episodes), made.model_dump())
                return made
            if (known.title, known.script) == (title, script):
                return known
            changed = {"title": title, "script": script, "changed_at": stamp, "changed_by": by}
            connection.execute(update(episodes).where(episodes.c.key == made.key).values(changed))
            return known.model_copy(update=changed)

    def episode(self, key: str) -> Episode | None:
        with self._database.reading() as connection:
            return _found(connection, key)

    def episodes(self, show: str | None = None) -> tuple[Episode, ...]:
        """All episodes, or those of one show, by key."""
        wanted = select(episodes).order_by(episodes.c.key)
        if show is not None:
            wanted = wanted.where(episodes.c.show == show)
        with self._database.reading() as connection:
            return tuple(Episode(**row._mapping) for row in connection.execute(wanted))

    def record_cutsheet(
        self,
        episode: str,
        cutsheet: Cutsheet,
        bases: Mapping[str, str],
        *,
        added: Sequence[Cut] = (),
        by: str = "sakuga",
    ) -> int:
        """Store the sheet that the rules wrote as a new version, with what each cut depicts now.

        bases    content basis of every cut, by number
        added    cuts that a person added to the sheet; they have takes like all others
        returns  the version; the same sheet and bases again do not add one

        A cut that existed before and is not in the sheet is marked missing; its takes stay.
        """
        all_cuts = (*cutsheet.cuts, *added)
        lacking = [cut.number for cut in all_cuts if cut.number not in bases]
        if lacking:
            raise InputRefused(
                f"Cuts {', '.join(lacking[:5])} came without a basis. Give one for each of the "
                f"{len(all_cuts)} cuts, as assets.hashing.digest of what it depicts."
            )
        stamp = {"changed_at": now(), "changed_by": by}
        with self._database.writing() as connection:
            required(connection, episode)
            version = _new_version(connection, episode, cutsheet.to_json(), by)
            rows = [
                {
                    "episode": episode,
                    "number": cut.number,
                    "status": "live",
                    "basis": bases[cut.number],
                    "sheet": canonical(cut).decode(),
                    **stamp,
                }
                for cut in all_cuts
            ]
            self._enter_cuts(connection, episode, rows, stamp)
        return version

    def cutsheet(self, episode: str, version: int | None = None) -> Cutsheet | None:
        """The sheet the rules wrote last (or an older version): hand edits are found by comparing with it."""
        wanted = select(cutsheets.c.sheet).where(cutsheets.c.episode == episode)
        if version is not None:
            wanted = wanted.where(cutsheets.c.version == version)
        with self._database.reading() as connection:
            sheet = connection.execute(wanted.order_by(cutsheets.c.version.desc()).limit(1)).scalar()
        if sheet is None:
            return None
        return Cutsheet.from_raw(json.loads(sheet), f"the cut sheet of {episode} in {self._database.shown}")

    def show_panels(self, episode: str, panels: Mapping[str, str]) -> None:
        """Remember the SHA-256 of the panel that each cut shows from now on, by cut number."""
        with self._database.writing() as connection:
            for number, sha256 in panels.items():
                of_cut = (cuts.c.episode == episode) & (cuts.c.number == number)
                connection.execute(update(cuts).where(of_cut).values(panel=sha256))

    def bases(self, episode: str) -> dict[str, str]:
        """What every live cut depicts now (its content basis), by cut number."""
        live = (cuts.c.episode == episode) & (cuts.c.status == "live")
        with self._database.reading() as connection:
            rows = connection.execute(select(cuts.c.number, cuts.c.basis).where(live)).all()
        return {row.number: row.basis for row in rows}

    def _enter_show(self, connection: Connection, show: str, by: str) -> None:
        if connection.execute(select(shows.c.id).where(shows.c.id == show)).first() is None:
            connection.execute(insert(shows), {"id": show, "made_at": now(), "made_by": by})

    def _enter_cuts(
        self, connection: Connection, episode: str, rows: list[dict[str, str]], stamp: dict[str, str]
    ) -> None:
        live = {row["number"] for row in rows}
        known = connection.execute(
            select(cuts.c.number).where(cuts.c.episode == episode, cuts.c.status == "live")
        ).scalars()
        gone = [number for number in known if number not in live]
        if gone:
            of_them = (cuts.c.episode == episode) & cuts.c.number.in_(gone)
            connection.execute(update(cuts).where(of_them).values(status="missing", **stamp))
        if rows:
            dialect = sqlite if self._database.is_sqlite else postgresql
            entered = dialect.insert(cuts)
            fresh = {name: entered.excluded[name] for name in rows[0] if name not in ("episode", "number")}
            keys = [cuts.c.episode, cuts.c.number]
            connection.execute(entered.on_conflict_do_update(index_elements=keys, set_=fresh), rows)


def required(connection: Connection, key: str) -> None:
    """Refuse an episode that was never entered, and name those that exist."""
    if connection.execute(select(episodes.c.key).where(episodes.c.key == key)).first() is None:
        known = connection.execute(select(episodes.c.key).order_by(episodes.c.key).limit(6)).scalars().all()
        raise InputRefused(
            f"The store knows no episode {key!r}. A key is show/id; there are: {', '.join(known) or 'none'}. "
            "Enter it with upsert_episode first."
        )


def _found(connection: Connection, key: str) -> Episode | None:
    row = connection.execute(select(episodes).where(episodes.c.key == key)).first()
    return Episode(**row._mapping) if row else None


def _new_version(connection: Connection, episode: str, sheet: str, by: str) -> int:
    last = connection.execute(
        select(cutsheets.c.version, cutsheets.c.sheet)
        .where(cutsheets.c.episode == episode)
        .order_by(cutsheets.c.version.desc())
        .limit(1)
    ).first()
    if last is not None and last.sheet == sheet:
        return int(last.version)
    version = int(last.version) + 1 if last is not None else 1
    row = {"episode": episode, "version": version, "sheet": sheet, "made_at": now(), "made_by": by}
    connection.execute(insert(cutsheets), row)
    return version
