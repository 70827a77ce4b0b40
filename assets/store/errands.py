"""Errands: pieces of work sent out to be done by whichever hand is free, and the hands that do them.

In: errands posted, taken and settled.      Out: the same, and how far they have come.
A hand is one process beside a machine. What it takes is lent to it: unless it says in time that it is
still alive, another hand may take it. Times of leases are seconds since 1970; the clocks of machines
that share a store may differ by a few seconds.
"""

import json
import time
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from assets.hashing import canonical
from assets.store.connection import Database
from assets.store.episodes import required
from assets.store.ledger import now
from assets.store.records import Errand, Hand, Progress, Settled
from assets.store.tables import errands, hands

MOST_TRIES = 3
"""How often one errand may be taken: one that kills its hand each time must not kill them for ever."""

_WAITING = ("open", "taken")


class Errands:
    """The part of the store that knows errands and hands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def post_errands(self, episode: str, posted: Sequence[Errand]) -> None:
        """Ask for work. What is open or in somebody's hands already stays there; what ended is asked again."""
        stamp = now()
        with self._database.writing() as connection:
            required(connection, episode)
            wanted = select(errands.c.recipe, errands.c.state).where(errands.c.episode == episode)
            known = {row.recipe: row.state for row in connection.execute(wanted)}
            for errand in posted:
                if known.get(errand.recipe) in _WAITING:
                    continue
                row = {
                    **errand.model_dump(exclude={"common", "piece"}),
                    "common": canonical(errand.common).decode(),
                    "piece": canonical(errand.piece).decode(),
                    "state": "open",
                    "tries": 0,
                    "hand": "",
                    "until": 0.0,
                    "outcome": "",
                    "posted_at": stamp,
                    "taken_at": None,
                    "ended_at": None,
                }
                of_it = (errands.c.episode == episode) & (errands.c.recipe == errand.recipe)
                if errand.recipe in known:
                    connection.execute(update(errands).where(of_it).values(row))
                else:
                    connection.execute(insert(errands), {"episode": episode, **row})

    def take_errand(
        self, episode: str, hand: str, *, lease_s: float, scene: str = "", ahead: bool = False
    ) -> Errand | None:
        """The best next errand for ``hand``, lent to it for ``lease_s``; None when there is none.

        scene  where the hand was last: it stays there while there is work, because what a scene shares
               (its set, its characters) is then at hand
        ahead  it is only got ready, because the machine has something to do: None when so few are left
               that another hand may be free for it
        """
        current = time.time()
        columns = (errands.c.recipe, errands.c.scene, errands.c.weight, errands.c.state, errands.c.tries)
        free = (errands.c.state == "open") | ((errands.c.state == "taken") & (errands.c.until < current))
        with self._database.reading() as connection:
            # Looked at before a turn is taken: idle hands ask often, and writers wait for one another.
            if (
                connection.execute(select(errands.c.recipe).where(_of(episode), free).limit(1)).first()
                is None
            ):
                return None
        with self._database.writing() as connection:
            rows = connection.execute(select(*columns).where(_of(episode), free)).all()
            spent = [row.recipe for row in rows if row.tries >= MOST_TRIES]
            _given_up(connection, episode, spent)
            left = [(row.recipe, row.scene, row.weight) for row in rows if row.tries < MOST_TRIES]
            if len(left) <= (_at_work(connection, episode) if ahead else 0):
                return None
            of_it = _of(episode) & (errands.c.recipe == chosen(left, scene))
            taken = {"state": "taken", "hand": hand, "until": current + lease_s, "taken_at": now()}
            connection.execute(update(errands).where(of_it).values(**taken, tries=errands.c.tries + 1))
            row = connection.execute(select(errands).where(of_it)).mappings().one()
        fields = {name: row[name] for name in Errand.model_fields}
        read = {"common": json.loads(row["common"]), "piece": json.loads(row["piece"])}
        return Errand.model_validate({**fields, **read})

    def settle_errand(self, episode: str, recipe: str, hand: str, settled: Settled) -> None:
        """Say how it ended. With an error that may pass (``again``) it is open once more, up to its tries.

        A hand that was given up meanwhile says nothing: the errand is another's now.
        """
        mine = _of(episode) & (errands.c.recipe == recipe) & (errands.c.hand == hand)
        with self._database.writing() as connection:
            found = connection.execute(
                select(errands.c.tries).where(mine, errands.c.state == "taken")
            ).scalar()
            if found is None:
                return
            again = bool(settled.error) and settled.again and found < MOST_TRIES
            state = "open" if again else "failed" if settled.error else "done"
            ended = None if again else now()
            told = {"state": state, "outcome": canonical(settled).decode(), "ended_at": ended}
            connection.execute(update(errands).where(mine).values(told))

    def errands(self, episode: str, among: Collection[str] | None = None) -> dict[str, Progress]:
        """How far the episode's errands (those ``among`` the recipes) have come, by recipe."""
        which = _of(episode) if among is None else _of(episode) & errands.c.recipe.in_(among)
        return {one.recipe: one for one in self._progress(which)}

    def ended_errands(self, episode: str, among: Collection[str]) -> tuple[Progress, ...]:
        """Those ``among`` the recipes that have ended, however they did."""
        ended = errands.c.state.not_in(_WAITING)
        return tuple(self._progress(_of(episode) & ended & errands.c.recipe.in_(among)))

    def _progress(self, which: ColumnElement[bool]) -> list[Progress]:
        columns = [errands.c[name] for name in Progress.model_fields]
        with self._database.reading() as connection:
            rows = (
                connection.execute(select(*columns).where(which).order_by(errands.c.recipe)).mappings().all()
            )
        return [progress_of(dict(row)) for row in rows]

    def withdraw_errands(self, episode: str, *, why: str) -> int:
        """Ask for nothing any more; what is in somebody's hands may still be finished. How many were open."""
        gone = {"state": "withdrawn", "outcome": canonical(Settled(error=why)).decode(), "ended_at": now()}
        wanted = update(errands).where(_of(episode), errands.c.state == "open").values(gone)
        with self._database.writing() as connection:
            return int(connection.execute(wanted).rowcount)

    def enter_hand(self, id: str, episode: str, place: str) -> None:
        """A hand comes to work. ``place`` tells people where it is: host and device."""
        fresh = {"episode": episode, "place": place, "began_at": now(), "seen": time.time()}
        clear = {"ended_at": None, "dismissed": False, "done": 0, "loads": "{}", "peak_mb": 0.0}
        with self._database.writing() as connection:
            required(connection, episode)
            if not connection.execute(
                update(hands).where(hands.c.id == id).values(**fresh, **clear)
            ).rowcount:
                connection.execute(insert(hands), {"id": id, **fresh, **clear})

    def hand_lives(self, id: str, *, lease_s: float) -> bool:
        """Renew all that is lent to the hand; False when it is asked to go home."""
        current = time.time()
        mine = (errands.c.hand == id) & (errands.c.state == "taken")
        with self._database.writing() as connection:
            connection.execute(update(errands).where(mine).values(until=current + lease_s))
            connection.execute(update(hands).where(hands.c.id == id).values(seen=current))
            return not connection.execute(select(hands.c.dismissed).where(hands.c.id == id)).scalar()

    def hand_leaves(self, id: str, *, done: int, loads: dict[str, int], peak_mb: float) -> None:
        """It goes home; what it had taken and not settled is open again."""
        card = {"done": done, "loads": canonical(loads).decode(), "peak_mb": peak_mb, "ended_at": now()}
        with self._database.writing() as connection:
            _let_go(connection, id)
            connection.execute(update(hands).where(hands.c.id == id).values(card))

    def hand_lost(self, id: str) -> None:
        """It was killed, or was heard of no more: what it had taken is open again."""
        with self._database.writing() as connection:
            _let_go(connection, id)
            gone = (hands.c.id == id) & hands.c.ended_at.is_(None)
            connection.execute(update(hands).where(gone).values(ended_at=now()))

    def dismiss_hands(self, episode: str) -> None:
        """Nothing more will be asked for: hands that wait need not wait any longer."""
        there = (hands.c.episode == episode) & hands.c.ended_at.is_(None)
        with self._database.writing() as connection:
            connection.execute(update(hands).where(there).values(dismissed=True))

    def hands(self, episode: str) -> tuple[Hand, ...]:
        """Every hand that ever worked at the episode, in the order they came."""
        wanted = select(hands).where(hands.c.episode == episode).order_by(hands.c.began_at, hands.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).mappings().all()
        return tuple(Hand(**{**row, "loads": json.loads(row["loads"])}) for row in rows)


def chosen(left: Sequence[tuple[str, str, int]], scene: str) -> str:
    """Of (recipe, scene, weight): the heaviest in the hand's scene, else in the scene with most left.

    The longest start first, so that no hand is left alone with a long one at the end.
    """
    weights: dict[str, int] = {}
    for _, where, weight in left:
        weights[where] = weights.get(where, 0) + weight
    here = scene if scene in weights else max(sorted(weights), key=lambda where: weights[where])
    recipe, _, _ = max((one for one in left if one[1] == here), key=lambda one: (one[2], one[0]))
    return recipe


def _of(episode: str) -> ColumnElement[bool]:
    return errands.c.episode == episode


def _at_work(connection: Connection, episode: str) -> int:
    there = (hands.c.episode == episode) & hands.c.ended_at.is_(None)
    return int(connection.execute(select(func.count()).select_from(hands).where(there)).scalar_one())


def _given_up(connection: Connection, episode: str, spent: Sequence[str]) -> None:
    """Errands whose every hand died."""
    if not spent:
        return
    why = f"{MOST_TRIES} workers stopped in the middle of it. Look into their logs before it is tried again."
    told = {"state": "failed", "outcome": canonical(Settled(error=why)).decode(), "ended_at": now()}
    connection.execute(update(errands).where(_of(episode), errands.c.recipe.in_(spent)).values(told))


def _let_go(connection: Connection, hand: str) -> None:
    lent = (errands.c.hand == hand) & (errands.c.state == "taken")
    connection.execute(update(errands).where(lent).values(state="open", until=0.0))


def progress_of(row: dict[str, object]) -> Progress:
    outcome = row.pop("outcome")
    settled = Settled.model_validate_json(str(outcome)) if outcome else None
    return Progress.model_validate({**row, "outcome": settled})
