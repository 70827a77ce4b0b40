"""People's decisions: reviews at the gates, and retakes they order.

In: verdicts and orders, with who and why.      Out: the same, in order, and the open orders.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from assets.errors import InputRefused
from assets.hashing import canonical
from assets.sheets.review import Decision, Door
from assets.store.connection import Database
from assets.store.episodes import required
from assets.store.ledger import now
from assets.store.records import Retake, Review, Stage
from assets.store.tables import retakes, reviews
from assets.store.takes import required_cut
from assets.timing import Span

_LISTS = ("remarks", "choices", "locks")


@dataclass(frozen=True)
class ReviewedGate:
    """Where a decision was made; ``seen`` is the digest of what the reviewer looked at."""

    kind: str
    seen: str
    round: int = 1


class Reviews:
    """The reviews and retakes in the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_review(
        self, episode: str, decision: Decision, at: ReviewedGate, *, by: str, door: Door = "terminal"
    ) -> Review:
        """Store one decision."""
        made = Review(
            id=0,
            gate=at.kind,
            round=at.round,
            door=door,
            seen=at.seen,
            made_by=by,
            made_at=now(),
            **{name: getattr(decision, name) for name in type(decision).model_fields},
        )
        row = made.model_dump(exclude={"id", *_LISTS})
        row |= {name: canonical(getattr(made, name)).decode() for name in _LISTS}
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
            return tuple(review_of(row) for row in connection.execute(wanted))

    def order_retake(
        self,
        episode: str,
        cut: str,
        *,
        reason: str,
        by: str,
        frames: Span | None = None,
        stage: Stage = "takes",
    ) -> Retake:
        """Order a retake of one cut, or of some of its frames: its take, or its panel."""
        if not reason.strip():
            raise InputRefused(f"A retake of {cut} was ordered without a reason. Say what should be better.")
        row = {
            "episode": episode,
            "cut": cut,
            "reason": reason,
            "start": frames.start if frames else None,
            "stop": frames.stop if frames else None,
            "made_at": now(),
            "made_by": by,
            "stage": stage,
        }
        with self._database.writing() as connection:
            required_cut(connection, episode, cut)
            entered = connection.execute(insert(retakes).values(row).returning(*retakes.c)).one()
        return retake_of(entered)

    def open_retakes(self, episode: str, stage: Stage = "takes") -> tuple[Retake, ...]:
        """The open orders of one stage, oldest first."""
        return tuple(order for order in self.retakes(episode, stage) if order.closed_at is None)

    def retakes(self, episode: str, stage: Stage = "takes") -> tuple[Retake, ...]:
        """Every order of one stage, open or closed, oldest first."""
        of_stage = (retakes.c.episode == episode) & (retakes.c.stage == stage)
        with self._database.reading() as connection:
            rows = connection.execute(select(retakes).where(of_stage).order_by(retakes.c.id))
            return tuple(retake_of(row) for row in rows)

    def close_retake(self, retake: int, *, take: int | None = None, by: str = "sakuga") -> Retake:
        """Close a retake: answered by ``take``, or withdrawn (None). Calling it again changes nothing."""
        closing = {"take": take, "closed_at": now(), "closed_by": by}
        of_it = retakes.c.id == retake
        with self._database.writing() as connection:
            connection.execute(update(retakes).where(of_it, retakes.c.closed_at.is_(None)).values(closing))
            found = connection.execute(select(retakes).where(of_it)).first()
        if found is None:
            raise InputRefused(f"There is no retake {retake}. open_retakes lists those that wait.")
        return retake_of(found)


def review_of(row: Row[Any]) -> Review:
    found = {name: value for name, value in row._mapping.items() if name != "episode"}
    return Review(**{**found, **{name: json.loads(found[name]) for name in _LISTS}})


def retake_of(row: Row[Any]) -> Retake:
    found = dict(row._mapping)
    del found["episode"]
    start, stop = found.pop("start"), found.pop("stop")
    frames = Span(start=start, stop=stop) if start is not None and stop is not None else None
    return Retake(**found, frames=frames)
