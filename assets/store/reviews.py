"""What people decide: reviews at the gates, and retakes they order.

In: verdicts and orders, with who and why.      Out: the same, in order, and what is still open.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Row, insert, select, update

from assets.errors import InputRefused
from assets.hashing import canonical
from assets.store.connection import Database
from assets.store.episodes import required
from assets.store.ledger import now
from assets.store.records import Remark, Retake, Review
from assets.store.tables import retakes, reviews
from assets.store.takes import required_cut
from assets.timing import Span


class Reviews:
    """The part of the store that knows reviews and retakes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_review(
        self,
        episode: str,
        *,
        gate: str,
        verdict: Literal["approve", "retake", "stop"],
        seen: str,
        by: str,
        remarks: Sequence[Remark] = (),
        note: str = "",
    ) -> Review:
        """Keep one decision. ``seen`` is the digest of what the reviewer looked at."""
        made = Review(
            id=0,
            gate=gate,
            verdict=verdict,
            remarks=tuple(remarks),
            note=note,
            seen=seen,
            made_by=by,
            made_at=now(),
        )
        row = {**made.model_dump(exclude={"id", "remarks"}), "remarks": canonical(made.remarks).decode()}
        with self._database.writing() as connection:
            required(connection, episode)
            entered = connection.execute(
                insert(reviews).values(episode=episode, **row).returning(reviews.c.id)
            ).scalar_one()
        return made.model_copy(update={"id": entered})

    def reviews(self, episode: str) -> tuple[Review, ...]:
        """Every decision about the episode, oldest first."""
        wanted = select(reviews).where(reviews.c.episode == episode).order_by(reviews.c.id)
        with self._database.reading() as connection:
            return tuple(_review(row) for row in connection.execute(wanted))

    def order_retake(
        self, episode: str, cut: str, *, reason: str, by: str, frames: Span | None = None
    ) -> Retake:
        """Ask for one cut, or some of its frames, to be done again."""
        if not reason.strip():
            raise InputRefused(f"A retake of {cut} was ordered without a reason. Say what is to be better.")
        row = {
            "episode": episode,
            "cut": cut,
            "reason": reason,
            "start": frames.start if frames else None,
            "stop": frames.stop if frames else None,
            "made_at": now(),
            "made_by": by,
        }
        with self._database.writing() as connection:
            required_cut(connection, episode, cut)
            entered = connection.execute(insert(retakes).values(row).returning(*retakes.c)).one()
        return _retake(entered)

    def open_retakes(self, episode: str) -> tuple[Retake, ...]:
        """Those that no take has answered yet, oldest first."""
        still_open = (retakes.c.episode == episode) & retakes.c.closed_at.is_(None)
        with self._database.reading() as connection:
            rows = connection.execute(select(retakes).where(still_open).order_by(retakes.c.id))
            return tuple(_retake(row) for row in rows)

    def close_retake(self, retake: int, *, take: int | None = None, by: str = "sakuga") -> Retake:
        """Say that a retake is answered by ``take``, or withdrawn (None). Again: changes nothing."""
        closing = {"take": take, "closed_at": now(), "closed_by": by}
        of_it = retakes.c.id == retake
        with self._database.writing() as connection:
            connection.execute(update(retakes).where(of_it, retakes.c.closed_at.is_(None)).values(closing))
            found = connection.execute(select(retakes).where(of_it)).first()
        if found is None:
            raise InputRefused(f"There is no retake {retake}. open_retakes lists those that wait.")
        return _retake(found)


def _review(row: Row[Any]) -> Review:
    found = {name: value for name, value in row._mapping.items() if name != "episode"}
    return Review(**{**found, "remarks": json.loads(found["remarks"])})


def _retake(row: Row[Any]) -> Retake:
    found = dict(row._mapping)
    del found["episode"]
    start, stop = found.pop("start"), found.pop("stop")
    frames = Span(start=start, stop=stop) if start is not None and stop is not None else None
    return Retake(**found, frames=frames)
