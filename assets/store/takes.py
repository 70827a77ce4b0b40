"""Takes and the choice among them: numbers are never reused, approvals never lost.

In: takes, and people's decisions about them.      Out: the take that each cut shows now.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, insert, select, update

from assets.errors import InputRefused, LockHeld
from assets.hashing import canonical
from assets.sheets.production import Take
from assets.store.connection import Database
from assets.store.ledger import now
from assets.store.records import Chosen, SelectedTake
from assets.store.tables import choices, cuts, takes


class Takes:
    """The takes and choices in the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_take(self, episode: str, take: Take, *, by: str = "sakuga") -> Take:
        """Enter a take under the cut's next number, whatever number it has.

        The same recipe again returns the take that was entered first.
        """
        with self._database.writing() as connection:
            of_cut = (takes.c.episode == episode) & (takes.c.cut == take.cut)
            known = connection.execute(select(takes.c.sheet).where(of_cut, takes.c.recipe == take.recipe))
            sheet = known.scalar()
            if sheet is not None:
                return _take(sheet)
            required_cut(connection, episode, take.cut)
            last = connection.execute(select(func.max(takes.c.number)).where(of_cut)).scalar()
            entered = take.model_copy(update={"number": (last or 0) + 1})
            row = {
                "episode": episode,
                "cut": entered.cut,
                "number": entered.number,
                "recipe": entered.recipe,
                "basis": entered.basis,
                "sheet": canonical(entered).decode(),
                "made_at": now(),
                "made_by": by,
            }
            connection.execute(insert(takes), row)
        return entered

    def takes(self, episode: str, cut: str) -> tuple[Take, ...]:
        """Every take of a cut, by number."""
        wanted = select(takes.c.sheet).where(takes.c.episode == episode, takes.c.cut == cut)
        with self._database.reading() as connection:
            return tuple(
                _take(sheet) for sheet in connection.execute(wanted.order_by(takes.c.number)).scalars()
            )

    def takes_by_cut(self, episode: str) -> dict[str, tuple[Take, ...]]:
        """``takes`` of every cut at once, by cut number."""
        wanted = select(takes.c.cut, takes.c.sheet).where(takes.c.episode == episode)
        found: dict[str, list[Take]] = {}
        with self._database.reading() as connection:
            for row in connection.execute(wanted.order_by(takes.c.cut, takes.c.number)):
                found.setdefault(row.cut, []).append(_take(row.sheet))
        return {cut: tuple(entered) for cut, entered in found.items()}

    def select(self, episode: str, cut: str, number: int, *, by: str, reason: str = "") -> SelectedTake:
        """Select this take. Raises LockHeld when another one is approved; the same again changes nothing."""
        with self._database.writing() as connection:
            held = _current(connection, episode, cut)
            if held is not None and held.take.number == number:
                return held
            if held is not None and held.locked:
                raise _held(episode, cut, number, held)
            _required_take(connection, episode, cut, number)
            choice = {"take": number, "locked": False, "reason": reason, "made_by": by}
            return _chosen(connection, episode, cut, choice)

    def choose(self, episode: str, cut: str, number: int, *, by: str, reason: str) -> SelectedTake:
        """A person's choice: show this take and lock it. The same again changes nothing.

        raises  LockHeld when somebody else has locked another take; one may change one's own choice
        """
        if not reason.strip():
            raise InputRefused(f"Take {number} of {cut} was chosen without a reason. Say why.")
        with self._database.writing() as connection:
            held = _current(connection, episode, cut)
            if held is not None and held.locked and held.take.number == number:
                return held
            if held is not None and held.locked and held.made_by != by:
                raise _held(episode, cut, number, held)
            _required_take(connection, episode, cut, number)
            choice = {"take": number, "locked": True, "reason": reason, "made_by": by}
            return _chosen(connection, episode, cut, choice)

    def history(self, episode: str, cut: str) -> tuple[Chosen, ...]:
        """Every choice, lock and unlock of a cut, oldest first; the last one counts."""
        wanted = select(
            choices.c.take, choices.c.locked, choices.c.reason, choices.c.made_by, choices.c.made_at
        )
        of_cut = (choices.c.episode == episode) & (choices.c.cut == cut)
        with self._database.reading() as connection:
            rows = connection.execute(wanted.where(of_cut).order_by(choices.c.id)).all()
        return tuple(Chosen(**row._mapping) for row in rows)

    def measure(self, episode: str, cut: str, number: int, measures: Mapping[str, float]) -> None:
        """Add a judge's measures to a take; nothing else of it ever changes."""
        of_take = (takes.c.episode == episode) & (takes.c.cut == cut) & (takes.c.number == number)
        with self._database.writing() as connection:
            _required_take(connection, episode, cut, number)
            take = _take(connection.execute(select(takes.c.sheet).where(of_take)).scalar_one())
            measured = canonical(take.model_copy(update={"measures": dict(measures)})).decode()
            connection.execute(update(takes).where(of_take).values(sheet=measured))

    def selected(self, episode: str, cut: str) -> SelectedTake | None:
        """The take this cut shows now; None when none was ever selected."""
        with self._database.reading() as connection:
            return _current(connection, episode, cut)

    def selections(self, episode: str) -> dict[str, SelectedTake]:
        """``selected`` of every cut at once, by cut number."""
        with self._database.reading() as connection:
            rows = connection.execute(_OF_EPISODE, {"episode": episode}).all()
            return {row.cut: _selected(connection, row) for row in rows}

    def rebase(self, episode: str, bases: Mapping[str, tuple[str, str]]) -> None:
        """Update the content basis of takes to the value of a newer version for the same content.

        bases  by cut number: the basis of an older version for the cut as it is now, and the new one
        """
        of_episode = takes.c.episode == episode
        old = select(takes).where(of_episode, takes.c.basis.in_({earlier for earlier, _ in bases.values()}))
        with self._database.writing() as connection:
            for row in connection.execute(old).all():
                earlier, today = bases.get(row.cut, ("", ""))
                if row.basis != earlier:
                    continue
                sheet = canonical(_take(row.sheet).model_copy(update={"basis": today})).decode()
                of_take = of_episode & (takes.c.cut == row.cut) & (takes.c.number == row.number)
                connection.execute(update(takes).where(of_take).values(basis=today, sheet=sheet))

    def lock(self, episode: str, cut: str, *, by: str, reason: str = "") -> SelectedTake:
        """Approve the selected take: nothing replaces it from now on. Calling it again changes nothing."""
        return self._set_lock(episode, cut, locked=True, by=by, reason=reason)

    def unlock(self, episode: str, cut: str, *, by: str, reason: str) -> SelectedTake:
        """Withdraw the approval; the take stays selected until another one is."""
        return self._set_lock(episode, cut, locked=False, by=by, reason=reason)

    def _set_lock(self, episode: str, cut: str, *, locked: bool, by: str, reason: str) -> SelectedTake:
        with self._database.writing() as connection:
            held = _current(connection, episode, cut)
            if held is None:
                raise InputRefused(
                    f"{cut} of {episode} has no selected take to lock or unlock. Select one first."
                )
            if held.locked == locked:
                return held
            choice = {"take": held.take.number, "locked": locked, "reason": reason, "made_by": by}
            return _chosen(connection, episode, cut, choice)


def required_cut(connection: Connection, episode: str, cut: str) -> None:
    """Refuse a cut that was never in a cut sheet of the episode."""
    found = connection.execute(select(cuts.c.number).where(cuts.c.episode == episode, cuts.c.number == cut))
    if found.first() is None:
        raise InputRefused(
            f"The store knows no cut {cut} in {episode!r}. Write the episode's cut sheet with "
            "record_cutsheet first; `sakuga status` lists its cuts."
        )


def _held(episode: str, cut: str, number: int, held: SelectedTake) -> LockHeld:
    return LockHeld(
        f"Take {held.take.number} of {cut} in {episode} was approved by {held.made_by} at {held.made_at} "
        f"({held.reason or 'no reason given'}); take {number} cannot replace it. "
        "Unlock the cut first, with a reason."
    )


def _required_take(connection: Connection, episode: str, cut: str, number: int) -> None:
    of_cut = (takes.c.episode == episode) & (takes.c.cut == cut)
    known = connection.execute(select(takes.c.number).where(of_cut).order_by(takes.c.number)).scalars().all()
    if number not in known:
        raise InputRefused(
            f"{cut} of {episode} has no take {number}. Takes it has: {', '.join(map(str, known)) or 'none'}."
        )


def _selection(*, of_one_cut: bool) -> Select[Any]:
    """The last choice of every cut (or of one), with its take and whether the cut has changed since."""
    last = select(func.max(choices.c.id)).where(choices.c.episode == bindparam("episode"))
    if of_one_cut:
        last = last.where(choices.c.cut == bindparam("cut"))
    take_of = and_(
        takes.c.episode == choices.c.episode, takes.c.cut == choices.c.cut, takes.c.number == choices.c.take
    )
    cut_of = and_(cuts.c.episode == choices.c.episode, cuts.c.number == choices.c.cut)
    return (
        select(
            choices.c.episode,
            choices.c.cut,
            choices.c.locked,
            choices.c.reason,
            choices.c.made_by,
            choices.c.made_at,
            takes.c.sheet,
            (takes.c.basis != cuts.c.basis).label("depicts_something_else"),
            cuts.c.panel,
        )
        .join(takes, take_of)
        .join(cuts, cut_of)
        .where(choices.c.id.in_(last.group_by(choices.c.cut)))
        .order_by(choices.c.cut)
    )


# Built once: building them each time took half the time of a selection.
_OF_EPISODE = _selection(of_one_cut=False)
_OF_CUT = _selection(of_one_cut=True)


def _chosen(connection: Connection, episode: str, cut: str, choice: dict[str, Any]) -> SelectedTake:
    connection.execute(insert(choices), {"episode": episode, "cut": cut, "made_at": now(), **choice})
    return _selected(connection, connection.execute(_OF_CUT, {"episode": episode, "cut": cut}).one())


def _current(connection: Connection, episode: str, cut: str) -> SelectedTake | None:
    row = connection.execute(_OF_CUT, {"episode": episode, "cut": cut}).first()
    return _selected(connection, row) if row else None


def _selected(connection: Connection, row: Row[Any]) -> SelectedTake:
    take = _take(row.sheet)
    why = _why_stale(take, row, _panel_at_end(connection, row.episode, take))
    return SelectedTake(
        take=take,
        locked=row.locked,
        stale=bool(why),
        why_stale=why,
        reason=row.reason,
        made_by=row.made_by,
        made_at=row.made_at,
    )


def _panel_at_end(connection: Connection, episode: str, take: Take) -> str | None:
    """What the cut that continues ``take`` shows now; None if no cut does, or if it shows none yet."""
    if take.ends is None:
        return None
    of_cut = (cuts.c.episode == episode) & (cuts.c.number == take.ends.cut)
    return connection.execute(select(cuts.c.panel).where(of_cut)).scalar()


def _why_stale(take: Take, row: Row[Any], at_end: str | None) -> str:
    """Why the take is not what the cut sheet and its panels ask for; empty: it is."""
    if row.depicts_something_else:
        return "the cut depicts something else now"
    # An old record does not say which panel it began with, and a cut may have none yet.
    if None not in (take.panel, row.panel) and take.panel != row.panel:
        return "it began with another panel"
    if take.ends is not None and at_end not in (None, take.ends.panel):
        return f"it ends with another panel of {take.ends.cut}"
    return ""


def _take(sheet: str) -> Take:
    return Take.model_validate(json.loads(sheet))
