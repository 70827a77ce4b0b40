"""Whose signatures count: a rule, a statement or a redaction is valid only if the ledger's own key signed it.

In: the store.      Out: a test for one event; or a StorageFailed that names the first key that is not the ledger's.
What a key signed counts also after it was changed (`sakuga ledger keys rotate`); what it signs after that counts for
nothing. Anybody can make a key, and an old one may be found, so that a signature alone says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets.errors import StorageFailed
from assets.hashing import canonical
from assets.rights.royalties.accounts import signed_part
from assets.rights.royalties.statements import issued_part
from assets.signing import is_signed
from assets.store import Event, Store
from assets.store.keys import Term
from flows.upkeep.signing import Counting, counting

_WHAT = {
    "royalty.rule_set": "Rule",
    "royalty.statement_issued": "Statement",
    "royalty.statement_redacted": "The redaction of statement",
}


@dataclass(frozen=True)
class Signatures:
    """The keys that count in one ledger."""

    keys: Counting

    @classmethod
    def of(cls, store: Store) -> "Signatures":
        return cls(counting(store))

    def hold(self, event: Event) -> bool:
        """Whether the event is signed by the key of its time."""
        return self.keys.holds(str(event.body.get("public", "")), event.number) and _is_signed(event)


def redacted_part(payee: str, body: Mapping[str, Any]) -> bytes:
    """What the signature of a redaction covers."""
    said = {"payee": payee, "period": body.get("period"), "pdf": body.get("pdf")}
    return b"sakuga royalty redaction\n" + canonical(said)


def refuse_strangers(store: Store) -> None:
    """Raise StorageFailed for the first event that a key signed which is not the ledger's.

    A rule without a valid signature is only left out, and so is an unsigned redaction of an earlier release. A rule
    that a stranger signed is left out too once a rule of its id was published after it with the ledger's key.
    """
    signatures = Signatures.of(store)
    replaced = {
        event.subject: event.number for event in _of(store, "royalty.rule_set") if signatures.hold(event)
    }
    for kind in _WHAT:
        for event in _of(store, kind):
            if signatures.hold(event):
                continue
            if kind == "royalty.statement_issued" and not _is_signed(event):
                raise StorageFailed(f"{_named(event)}: its signature is not its key's. {_KEEP}")
            anew = kind == "royalty.rule_set" and replaced.get(event.subject, 0) > event.number
            if _is_signed(event) and not anew:
                raise StorageFailed(_refused(event, signatures.keys))


def _of(store: Store, kind: Any) -> tuple[Event, ...]:
    return tuple(store.ledger.events(kind=kind))


def _is_signed(event: Event) -> bool:
    body = event.body
    if event.kind == "royalty.rule_set" and not isinstance(body.get("rule"), dict):
        return False
    part = {
        "royalty.rule_set": lambda: signed_part(dict(body)),
        "royalty.statement_issued": lambda: issued_part(event.subject, body),
        "royalty.statement_redacted": lambda: redacted_part(event.subject, body),
    }[event.kind]()
    return is_signed(part, public=str(body.get("public", "")), signature=str(body.get("signature", "")))


def _named(event: Event) -> str:
    period = f"{event.body.get('period')}/" if event.kind != "royalty.rule_set" else ""
    return f"{_WHAT[event.kind]} {period}{event.subject} (event {event.number})"


def _refused(event: Event, keys: Counting) -> str:
    public = str(event.body["public"])
    said = f"{_named(event)} is signed by key {public}, "
    if not keys.terms:
        return (
            f"{said}and neither SAKUGA_LEDGER_KEY nor the ledger names a key. If it is the studio's key, set "
            "SAKUGA_LEDGER_KEY to its file and run `sakuga ledger checkpoint`, which enters it into the ledger."
        )
    anew = (
        " If it is a rule of the studio, publish it again with the ledger's key, under the same id: "
        "`sakuga royalties rule FILE --yes`."
        if event.kind == "royalty.rule_set"
        else ""
    )
    if public in keys.publics:
        spans = " and ".join(_span(term) for term in keys.terms if term.public == public)
        return (
            f"{said}which was the ledger's key only {spans}.{anew} If nobody of the studio signed it: "
            f"{_KEEP[0].lower()}{_KEEP[1:]}"
        )
    known = ", ".join(f"{key[:16]}…" for key in sorted(keys.publics))
    return (
        f"{said}which is none of the keys that count here ({known}). "
        f"If it is the ledger's newest key, set SAKUGA_LEDGER_KEY to its file.{anew} If nobody of the studio signed "
        f"it: {_KEEP[0].lower()}{_KEEP[1:]}"
    )


def _span(term: Term) -> str:
    since = f"from event {term.since} on" if term.since else ""
    return f"{since}{' and ' if since and term.until else ''}{f'before event {term.until}' if term.until else ''}"


_KEEP = "Keep the database and the files as evidence, and put a backup in their place."
