"""The keys of the ledger: which public key signs its checkpoints, from which event on.

In: events of the kind ``key.changed``.      Out: the keys, in order; or what is wrong with one of them.
The first event introduces a key. Every later one is approved by the key before it, so that nobody without that
private key can put another in its place. Old public keys stay in the ledger, and count for the events of their time.
Private keys are outside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assets.hashing import canonical
from assets.signing import Signer, is_signed

KIND = "key.changed"
SUBJECT = "ledger"
_MARK = b"sakuga ledger key 1\n"


def change(store: str, signer: Signer, before: Signer | None = None) -> dict[str, Any]:
    """The body of the event that makes ``signer`` the key from then on.

    before  the key until now, which approves it; None: the first key
    """
    body: dict[str, Any] = {
        "version": 1,
        "store": store,
        "public": signer.public,
        "previous": before.public if before else "",
    }
    said = _MARK + canonical(body)
    return {**body, "signature": signer.sign(said), "approval": before.sign(said) if before else ""}


@dataclass(frozen=True)
class Term:
    """The time in which one key signs, as numbers of events.

    since  the event that made it the ledger's; 0 for the first key: earlier releases signed before they entered it
    until  the event that made the next one the ledger's; None: it is the ledger's now
    """

    public: str
    since: int = 0
    until: int | None = None

    def holds(self, public: str, number: int) -> bool:
        """Whether a signature of ``public`` counts at event ``number``."""
        return public == self.public and self.since <= number and (self.until is None or number < self.until)


class Keys:
    """The keys so far, in the order of their events."""

    def __init__(self, store: str) -> None:
        self._store = store
        self.publics: list[str] = []
        self._changes: list[int] = []

    @property
    def terms(self) -> tuple[Term, ...]:
        """The time of every key, in order."""
        later = self._changes[1:]
        return tuple(map(Term, self.publics, (0, *later), (*later, None)))

    @property
    def current(self) -> str:
        """The key in force; empty: there was none yet."""
        return self.publics[-1] if self.publics else ""

    def change(self, number: int, body: Mapping[str, Any]) -> str:
        """Take in one ``key.changed`` event; what is wrong with it, or nothing."""
        said = {name: body.get(name) for name in ("version", "store", "public", "previous")}
        public = str(said["public"])
        text = _MARK + canonical(said)
        if said["version"] != 1 or said["store"] != self._store:
            return "is a key of another ledger, or of a newer Sakuga"
        if said["previous"] != self.current:
            return "does not follow the key before it"
        if not is_signed(text, public=public, signature=str(body.get("signature"))):
            return "is not signed by the key it names"
        if self.current and not is_signed(text, public=self.current, signature=str(body.get("approval"))):
            return "is not approved by the key before it"
        self.publics.append(public)
        self._changes.append(number)
        return ""


def keys_of(changes: Iterable[tuple[int, Mapping[str, Any]]], store: str) -> Keys:
    """The keys of a ledger, up to the first event that is not in order."""
    keys = Keys(store)
    for number, body in changes:
        if keys.change(number, body):
            break
    return keys
