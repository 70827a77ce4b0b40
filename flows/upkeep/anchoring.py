"""Anchor the ledger outside the store, and detect when the store is not the one that was anchored.

In: vault, store, an episode.      Out: an anchor; or a StoreRefused that says what can be rebuilt.
Knows nothing about runs. An anchor is written when a run ends and when a person has decided something.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.errors import BlobDamaged, BlobMissing, InputRefused, StorageFailed, StoreRefused
from assets.sheets.anchor import Anchor, AnchorKind
from assets.signing import Signer, is_signed
from assets.store import Event, Store
from assets.store.ledger import START, now
from assets.store.state import Restored
from assets.vault import Vault
from flows.upkeep.signing import checkpointed, signer, trusted

STATE = "application/octet-stream"


@dataclass(frozen=True)
class Anchoring:
    """Where anchors are written, and the key that signs them."""

    vault: Vault
    store: Store
    signer: Signer | None = None

    @classmethod
    def of(cls, vault: Vault, store: Store) -> "Anchoring":
        """Build it from the settings."""
        return cls(vault, store, signer())

    def write(self, episode: str, kind: AnchorKind, *, by: str, note: str = "") -> Anchor | None:
        """Anchor the current ledger; None when nothing has changed since the last anchor."""
        store, last = self.store.identity, self.store.ledger.last()
        state = self.vault.keep(self.store.packed(episode), STATE)
        number, hash = (last.number, last.hash) if last else (0, START)
        before = self.vault.anchors.newest(episode, store)
        stood = (before.number, before.hash, before.state) if before is not None else None
        if kind in ("run", "review") and stood == (number, hash, state):
            return None
        anchor = Anchor(
            kind=kind,
            store=store,
            episode=episode,
            number=number,
            hash=hash,
            state=state,
            made_at=now(),
            made_by=by,
            note=note,
        )
        if self.signer is not None:
            signed = {"key": self.signer.public, "signature": self.signer.sign(anchor.signed_part)}
            anchor = anchor.model_copy(update=signed)
        self.vault.anchors.write(anchor)
        return anchor

    def required(self, episode: str, evidence: Path | None = None) -> None:
        """Refuse a store that has lost anchored records of the episode.

        evidence  a file that exists only if the episode was made before on this machine
        raises    StoreRefused: nothing is lost yet, and the message says how to continue
        """
        problem = self.problem(episode, evidence)
        if problem:
            raise StoreRefused(problem)

    def problem(self, episode: str, evidence: Path | None = None) -> str:
        """What is wrong, as a sentence; empty if store and vault agree."""
        mine = self._binding(episode)
        for anchor in mine:
            event = self.store.ledger.event(anchor.number) if anchor.number else None
            wrong = _disagreement(anchor, event)
            if wrong := wrong or self._altered(episode, anchor):
                return f"{wrong} {_ways_on(episode, anchor)}"
        if mine or self.store.takes_by_cut(episode):
            return ""  # anchored here, or made here before anchors existed
        other = self.vault.anchors.newest(episode)
        if other is not None:
            return (
                f"The vault at {self.vault.url} was anchored at event {other.number} of another store by "
                f"{other.made_by} at {other.made_at}, and the store at {self.store.url} knows nothing of {episode}: "
                f"it was emptied or replaced, and every approval in it would be lost. {_ways_on(episode, other)}"
            )
        if evidence is not None and self.store.episode(episode) is None:
            return (
                f"{evidence} says that {episode} was made here before, but the store at {self.store.url} knows "
                "nothing of it: it was emptied or replaced, and every approval in it would be lost. Put a backup in "
                f"its place, or continue without it: sakuga vault accept {_id(episode)} --reason WHY"
            )
        return ""

    def _altered(self, episode: str, anchor: Anchor) -> str:
        """A sentence about a decision that was changed or removed after it was anchored."""
        if anchor.state is None:
            return ""
        try:
            wrong = self.store.altered(episode, self.vault.get(anchor.state))
        except (BlobMissing, BlobDamaged) as error:  # `sakuga vault verify` says how to repair it
            logging.getLogger("sakuga").warning("Decisions cannot be compared with the vault: %s", error)
            return ""
        if not wrong:
            return ""
        return (
            f"The store at {self.store.url} is not as {anchor.made_by} anchored it at {anchor.made_at}: {wrong}. "
            "Decisions are never changed by Sakuga once they are recorded."
        )

    def _binding(self, episode: str) -> list[Anchor]:
        """The anchors of this store that must agree: the newest, and with a key the newest that it signed."""
        identity = self.store.identity
        newest = self.vault.anchors.newest(episode, identity)
        if newest is None or self.signer is None or self.is_ours(newest):
            return [newest] if newest else []
        signed = next((one for one in self.vault.anchors.of(episode, identity) if self.is_ours(one)), None)
        return [newest, signed] if signed else [newest]

    def is_ours(self, anchor: Anchor) -> bool:
        """Whether the key that is set here signed it, or one that it came after in the ledger."""
        if self.signer is None:
            return False
        keys = trusted(self.store, self.signer)
        # The numbers of another store's anchors are those of another ledger.
        own = anchor.store == self.store.identity
        mine = keys.holds(anchor.key, anchor.number) if own else anchor.key in keys.publics
        return mine and is_signed(anchor.signed_part, public=anchor.key, signature=anchor.signature)

    def rebuild(self, episode: str, *, by: str) -> tuple[Anchor, Restored]:
        """Restore what the newest anchored state of the episode proves, where the store lacks it."""
        anchor = self.to_rebuild_from(episode)
        if anchor.state is None:
            raise InputRefused(f"The newest anchor of {episode} names no records to rebuild from.")
        origin = f"store {anchor.store}, event {anchor.number}, state {anchor.state.sha256}"
        restored = self.store.restore(self.vault.get(anchor.state), origin=origin, by=by)
        self.write(episode, "rebuilt", by=by, note=f"from {origin}")
        return anchor, restored

    def to_rebuild_from(self, episode: str) -> Anchor:
        found = list(self.vault.anchors.of(episode))
        if self.signer is not None:
            found = [one for one in found if self.is_ours(one)] or found
        anchor = next((one for one in found if one.state is not None and self.vault.has(one.state)), None)
        if anchor is None:
            raise InputRefused(
                f"The vault at {self.vault.url} has no anchor of {episode} with its records. Put a backup of the "
                f"store in its place, or continue without it: sakuga vault accept {_id(episode)} --reason WHY"
            )
        if anchor.signature and not is_signed(
            anchor.signed_part, public=anchor.key, signature=anchor.signature
        ):
            raise StorageFailed(
                f"The signature of {anchor.name} is not its key's. Somebody changed the anchor."
            )
        return anchor

    def holds(self, episode: str, anchor: Anchor) -> bool:
        """Whether the store has exactly the records of ``anchor``."""
        return anchor.state is not None and self.store.packed(episode) == self.vault.get(anchor.state)

    def accept(self, episode: str, *, by: str, reason: str) -> Anchor:
        """Accept this store as it is: only this anchor and later ones count from now on."""
        self.store.ledger.append("store.accepted", episode, {"reason": reason}, by=by)
        anchor = self.write(episode, "accepted", by=by, note=reason)
        if anchor is None:
            raise RuntimeError("an accepted anchor is always written")
        return anchor

    def disagreements(self) -> Iterator[str]:
        """A sentence for every anchor of this store that the ledger does not match; for `sakuga ledger verify`."""
        identity = self.store.identity
        settled: set[str] = set()
        for anchor in self.vault.anchors.of("", identity):
            if anchor.signature and not is_signed(
                anchor.signed_part, public=anchor.key, signature=anchor.signature
            ):
                yield f"The signature of anchor {anchor.name} of {anchor.episode} is not its key's."
            if anchor.episode not in settled:
                wrong = _disagreement(anchor, self.store.ledger.event(anchor.number))
                if wrong:
                    yield f"{anchor.episode}: {wrong}"
            if anchor.supersedes and (self.signer is None or self.is_ours(anchor)):
                settled.add(anchor.episode)


def anchored(vault: Vault, store: Store, episode: str, kind: AnchorKind, *, by: str) -> None:
    """Write an anchor after a record was written. The record stays even if the anchor fails."""
    checkpointed(store, by=by)
    try:
        Anchoring.of(vault, store).write(episode, kind, by=by)
    except (StorageFailed, InputRefused) as error:
        # The decision is in the store; the next run or decision anchors it.
        logging.getLogger("sakuga").warning(
            "It is recorded, but could not be anchored in the vault yet: %s", error
        )


def _disagreement(anchor: Anchor, event: Event | None) -> str:
    if not anchor.number:
        return ""
    where = f"event {anchor.number}, anchored by {anchor.made_by} at {anchor.made_at},"
    if event is None:
        return f"The ledger ends before {where} so its end was cut off, or the store was replaced by an older copy."
    if event.hash != anchor.hash:
        return f"In the ledger {where} is not the event that was anchored: the ledger was rewritten."
    return ""


def _ways_on(episode: str, anchor: Anchor) -> str:
    rebuild = (
        f"`sakuga vault rebuild {_id(episode)}` to restore what the vault can prove, " if anchor.state else ""
    )
    return (
        f"Put the right store back (SAKUGA_STORE, a backup); or {rebuild}or "
        f"`sakuga vault accept {_id(episode)} --reason WHY` to continue without it."
    )


def _id(episode: str) -> str:
    return episode.partition("/")[2]
