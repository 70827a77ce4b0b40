"""Overrides: a person lets one thing pass for one episode, signed, with a reason, for everybody to read.

In: an episode, a key, a reason, a private key.      Out: an event of the ledger.
"""

from collections.abc import Iterator, Mapping

from assets.errors import InputRefused
from assets.hashing import canonical
from assets.plain import one_line
from assets.signing import MAKE, Signer, is_signed
from assets.store import Event, Store
from flows.settings import ledger_key
from flows.upkeep.signing import counting, introduced


def override(store: Store, episode: str, key: str, *, reason: str, by: str) -> Event:
    """Let what ``key`` names pass for ``episode``.

    key     as `sakuga rights check` prints it: a model's name and revision, or a file's hash
    raises  InputRefused without a reason, without a key to sign with, or with one that is not the ledger's
    """
    said = one_line(reason).strip()
    if len(said) < 10:
        raise InputRefused("Give a reason of at least ten characters; it stays in the ledger.")
    file = ledger_key()
    if file is None:
        raise InputRefused(
            f"An override is signed, and SAKUGA_LEDGER_KEY names no key. Make one outside the project: {MAKE}"
        )
    signer = introduced(store, Signer.read(file), by=by)
    body = {"key": key, "reason": said, "by": by}
    signed = {"public": signer.public, "signature": signer.sign(_signed(episode, body))}
    return store.ledger.append("rights.overridden", episode, {**body, **signed}, by=by)


def overridden(store: Store, episode: str) -> Iterator[str]:
    """The keys that signed overrides let pass for ``episode``. One that is not signed counts for nothing."""
    keys = counting(store)
    for event in store.ledger.events(kind="rights.overridden", subject=episode):
        public = str(event.body.get("public", ""))
        # Where a key is known, only the ledger's keys count, each in its own time.
        if (not keys.terms or keys.holds(public, event.number)) and _is_signed(episode, event.body):
            yield str(event.body["key"])


def _is_signed(episode: str, body: dict[str, object]) -> bool:
    content = {name: body.get(name) for name in ("key", "reason", "by")}
    public, signature = str(body.get("public", "")), str(body.get("signature", ""))
    return is_signed(_signed(episode, content), public=public, signature=signature)


def _signed(episode: str, content: Mapping[str, object]) -> bytes:
    return b"sakuga override\n" + canonical({"episode": episode, **content})
