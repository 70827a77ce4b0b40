"""An anchor: the state of the ledger when an episode was worked on, kept outside the store.

Written once and never changed. If the store is emptied, replaced or truncated, its anchors still say which store
it was, how far its ledger went, and where a copy of the episode's records is.
"""

from typing import Literal

from pydantic import Field

from assets.hashing import canonical, digest
from assets.sheets.base import Part
from assets.sheets.production import Digest, Ref

AnchorKind = Literal["run", "review", "accepted", "rebuilt"]


class Anchor(Part):
    """One anchor. Its signature covers everything but ``key`` and ``signature``."""

    version: Literal[1] = 1
    kind: AnchorKind = Field(
        description="accepted, rebuilt: earlier anchors do not bind any more; `note` says why"
    )
    store: str = Field(min_length=1, max_length=64, description="Identity of the store")
    episode: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}/[A-Za-z0-9_-]{1,64}$")
    number: int = Field(ge=0, description="The ledger's last event; 0: it had none")
    hash: Digest
    state: Ref | None = Field(default=None, description="The episode's records at that moment")
    made_at: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$")
    made_by: str
    note: str = ""
    key: str = Field(
        default="", pattern=r"^([0-9a-f]{64})?$", description="Ed25519 public key; empty: unsigned"
    )
    signature: str = Field(default="", pattern=r"^([0-9a-f]{128})?$")

    @property
    def supersedes(self) -> bool:
        """Whether a person said that earlier anchors are not binding any more."""
        return self.kind in ("accepted", "rebuilt")

    @property
    def signed_part(self) -> bytes:
        return canonical(self.model_dump(mode="json", exclude={"key", "signature"}))

    @property
    def name(self) -> str:
        """Names sort by time and contain the store. The digest binds a name to one content."""
        stamp = "".join(character for character in self.made_at if character.isalnum())
        return f"{stamp}-{self.store[:8]}-{self.number:09d}-{digest(self)[:16]}"
