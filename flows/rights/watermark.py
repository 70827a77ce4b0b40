"""The watermark of an episode: its id is issued once, and recorded in the ledger, which names the episode by it.

In: an episode, or an id that was read.      Out: the id, or the episode.
The picture part is assets/watermark.
"""

from dataclasses import dataclass
from typing import Final

from assets.errors import SetupMissing
from assets.rights import clearance
from assets.store import Store
from assets.watermark import new_id
from flows.episode.profile import Profile
from flows.rights.credentials import required_identity

ISSUED: Final = "watermark.issued"


@dataclass(frozen=True)
class Marked:
    """The episode of a watermark. ``signed``: how many of its deliveries were signed with it."""

    episode: str
    issued: str
    event: int
    signed: int


def wanted(policy: str) -> bool:
    """Whether the policy of a profile, by name or file, asks for a watermark."""
    return clearance.policy(policy).watermark


def required(profile: Profile) -> None:
    """Before a run.

    raises  SetupMissing where the policy asks for a watermark and nothing will be signed
    """
    if wanted(profile.policy) and required_identity() is None:
        raise SetupMissing(
            f"Policy {clearance.policy(profile.policy).name} asks for a watermark, which is in the signed copy of the "
            "film, and no identity is set that signs. Make one: sakuga credentials studio FOLDER --name STUDIO, then "
            "set SAKUGA_CREDENTIALS; or take 'watermark: true' out of the policy."
        )


def issued(key: str, store: Store, *, by: str) -> str:
    """The id of an episode; a new one where it has none."""
    known = store.ledger.events(kind=ISSUED, subject=key)
    if not known:
        store.ledger.append(ISSUED, key, {"id": new_id()}, by=by)
        known = store.ledger.events(kind=ISSUED, subject=key)
    return str(known[0].body["id"])


def marked(id: str, store: Store) -> Marked | None:
    """The episode that an id was issued for; None where this ledger never issued it."""
    for event in store.ledger.events(kind=ISSUED):
        if event.body.get("id") == id:
            signings = store.ledger.events(kind="delivery.signed", subject=event.subject)
            count = sum(one.body.get("watermark") == id for one in signings)
            return Marked(event.subject, event.made_at, event.number, count)
    return None
