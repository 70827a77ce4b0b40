"""Who may read whose statements: one token per person, which opens that person's own pages and nothing else.

In: a person's id.      Out: a token, shown once; the ledger has only a hash from which nobody gets in.
A new token ends the one before it.
"""

import hmac
import secrets
from hashlib import sha256

from assets.errors import InputRefused
from assets.store import Store
from flows.rights.royalties.books import issued


def give(store: Store, person: str, *, by: str) -> str:
    """A new token for a registered person, or for a fund that has a statement."""
    known = {*store.rights.registry().people}
    known |= {payee for period in issued(store).values() for payee in period.events}
    if person not in known:
        raise InputRefused(f"No person {person!r} is registered here, and none has a statement.")
    token = secrets.token_urlsafe(24)
    store.ledger.append("access.given", person, {"sha256": _stored(cookie_of(token))}, by=by)
    return token


def end(store: Store, person: str, *, by: str) -> None:
    """End the person's token."""
    if person not in _open(store):
        raise InputRefused(f"{person!r} has no token. `sakuga royalties access PERSON` makes one.")
    store.ledger.append("access.ended", person, {}, by=by)


def holder(store: Store, cookie: str) -> str | None:
    """Whose pages this cookie opens; None: nobody's."""
    given, found = _stored(cookie), None
    for person, known in _open(store).items():
        if hmac.compare_digest(known, given):
            found = person
    return found


def cookie_of(token: str) -> str:
    """What the browser keeps: it opens the pages, and the token cannot be computed from it."""
    return hmac.new(token.encode(), b"sakuga statements cookie", sha256).hexdigest()


def _stored(cookie: str) -> str:
    return sha256(b"sakuga statements\n" + cookie.encode()).hexdigest()


def _open(store: Store) -> dict[str, str]:
    """The hash that opens each person's pages now."""
    events = [*store.ledger.events(kind="access.given"), *store.ledger.events(kind="access.ended")]
    found: dict[str, str] = {}
    for event in sorted(events, key=lambda event: event.number):
        if event.kind == "access.given":
            found[event.subject] = str(event.body["sha256"])
        else:
            found.pop(event.subject, None)
    return found
