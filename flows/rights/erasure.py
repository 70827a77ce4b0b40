"""Erase a person's data: name, contact and salt from the store, the name from the PDFs of their statements.

In: a person's id, a reason.      Out: what was erased, and where the name still is.
The ledger keeps ids and salted hashes, and verifies as before. Issued amounts stay; the statement shows the id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from assets import files
from assets.errors import InputRefused
from assets.plain import one_line
from assets.rights.registry import Registry
from assets.sheets.dataset import Manifest
from assets.store import Store
from flows.rights.royalties.books import issued, recomputed
from flows.rights.royalties.issuing import FOLDER, paper
from flows.rights.royalties.rules import required_signer
from flows.rights.royalties.signatures import Signatures, redacted_part

_UNSCRUBBED = (
    "Old bytes may still be in the files of the database: end everything that uses it and run this again (SQLite), "
    "or run VACUUM (PostgreSQL)."
)


@dataclass(frozen=True)
class Erased:
    """What was done. ``left``: sentences about records that say the name in free text."""

    versions: int
    statements: int
    left: tuple[str, ...]


def erase(
    store: Store, person: str, out: Path, *, reason: str, by: str, datasets: tuple[Manifest, ...] = ()
) -> Erased:
    """Erase a person. Given again for an erased one, it finishes what a stopped process left.

    reason    stays in the ledger for ever: no names
    datasets  frozen ones, to tell which name the person as a creator
    raises    InputRefused for an unknown person, without a reason, or without a key where statements are redacted
    """
    said = one_line(reason).strip()
    if len(said) < 4:
        raise InputRefused(
            "Give a reason of at least four characters, such as 'asked by mail'; it stays for ever."
        )
    with store.batch():
        registry = store.rights.registry()
        again = person in registry.erased
        left = () if again or person not in registry.people else tuple(_left(registry, person, datasets))
        versions = 0 if again else store.rights.erase(person, reason=said, by=by)
        contents = dict(_redacted(store, person, by))
    if not store.rights.scrub():
        left += (_UNSCRUBBED,)
    for period, content in contents.items():
        path = out / FOLDER / period / f"{person}.pdf"
        if path.exists():
            files.write(path, content)
    return Erased(versions, len(contents), left)


def _redacted(store: Store, person: str, by: str) -> Iterator[tuple[str, bytes]]:
    """The PDF of every statement anew, with the id as its name; the ledger gets its hash, signed, once."""
    signatures = Signatures.of(store)
    told = {
        (str(event.body["period"]), str(event.body["pdf"]))
        for event in store.ledger.events(kind="royalty.statement_redacted", subject=person)
        if signatures.hold(event)
    }
    periods = list(issued(store).values())
    for number, period in enumerate(periods):
        if person not in period.events:
            continue
        content = paper(store, recomputed(store, period, periods[:number])[person]).files()["pdf"]
        hash = sha256(content).hexdigest()
        if (period.name, hash) not in told:
            signer = required_signer("The redaction of a statement", store, by)
            body = {"period": period.name, "pdf": hash}
            signed = {"public": signer.public, "signature": signer.sign(redacted_part(person, body))}
            store.ledger.append("royalty.statement_redacted", person, {**body, **signed}, by=by)
        yield period.name, content


def _left(registry: Registry, person: str, datasets: tuple[Manifest, ...]) -> Iterator[str]:
    """Where the name is written in free text that is bound by a hash, and so cannot be changed."""
    name = registry.people[person].name
    for work in registry.works.values():
        if name in work.title:
            yield f"The title of work {work.id} says the name."
    for grant in registry.grants.values():
        if any(name in text for text in (*grant.duties, grant.exclusive_to)):
            yield f"Grant {grant.id} says the name, in a duty or as the client."
    for manifest in datasets:
        count = sum(name in each.work.rights.creator or name in each.work.file for each in manifest.works)
        if count:
            yield f"The frozen dataset {manifest.name} says the name for {count} works (use ids as creators)."
