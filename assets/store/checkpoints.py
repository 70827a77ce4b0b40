"""Signed checkpoints of the ledger: the Merkle root of its first events, in the table ``checkpoints``.

In: a ledger, a private key.      Out: a Checkpoint. It can be signed only where it continues the one before it.
Whoever holds a copy of one can show that an event up to it was changed, removed or added.
"""

import json
from collections.abc import Callable, Iterator

from pydantic import Field
from sqlalchemy import Connection, insert, select

from assets.errors import InputRefused, StorageFailed
from assets.hashing import canonical
from assets.sheets.base import Part
from assets.sheets.production import Digest
from assets.signing import Signer, is_signed
from assets.store import keys
from assets.store.connection import Database
from assets.store.events import now
from assets.store.merkle import Tree
from assets.store.tables import checkpoints, identity, ledger

_MARK = b"sakuga ledger checkpoint 1\n"
Enter = Callable[[str, str, dict[str, object], str], None]


class Checkpoint(Part):
    """One signed root."""

    size: int = Field(ge=1, description="It covers events 1 to this one")
    root: Digest
    made_at: str
    key: Digest = Field(description="Ed25519 public key")
    signature: str = Field(pattern=r"^[0-9a-f]{128}$")

    def is_signed(self, store: str) -> bool:
        said = signed_part(store, self.size, self.root, self.made_at)
        return is_signed(said, public=self.key, signature=self.signature)


def signed_part(store: str, size: int, root: str, made_at: str) -> bytes:
    """What a checkpoint's signature covers; ``store`` is the identity of its store."""
    return _MARK + canonical({"store": store, "size": size, "root": root, "made_at": made_at})


class Checkpoints:
    """Read and sign the checkpoints of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tree = Tree()  # what this process has read already

    def all(self) -> tuple[Checkpoint, ...]:
        """In the order of the events they cover."""
        with self._database.reading() as connection:
            return tuple(_all(connection, self._database.shown))

    def keys(self) -> keys.Keys:
        """The ledger's keys, in order."""
        with self._database.reading() as connection:
            return _keys(connection)

    def sign(self, signer: Signer, enter: Enter, *, by: str) -> Checkpoint | None:
        """Sign the ledger as it is now; None when nothing has happened since the last checkpoint.

        enter   appends an event; the first checkpoint introduces the key
        raises  InputRefused for a key that is not the ledger's; StorageFailed where events that were signed changed
        """
        with self._database.batch(), self._database.writing() as connection:
            store = _identity(connection)
            current = _keys(connection).current
            if not current:
                enter(keys.KIND, keys.SUBJECT, keys.change(store, signer), by)
            elif current != signer.public:
                raise InputRefused(
                    f"The ledger's key is {current[:16]}…, and the one set here is {signer.public[:16]}…. Set "
                    "SAKUGA_LEDGER_KEY to the right file, or change the key: sakuga ledger keys rotate FILE"
                )
            signed = list(_all(connection, self._database.shown))
            self._read(connection, signed, store)
            if not self._tree.size or (signed and signed[-1].size == self._tree.size):
                return None
            size, root, made_at = self._tree.size, self._tree.root(), now()
            signature = signer.sign(signed_part(store, size, root, made_at))
            made = Checkpoint(size=size, root=root, made_at=made_at, key=signer.public, signature=signature)
            connection.execute(insert(checkpoints), made.model_dump())
        return made

    def _read(self, connection: Connection, signed: list[Checkpoint], store: str) -> None:
        """Bring the tree to the ledger's end, and compare it with every checkpoint on the way."""
        if self._tree.size and (not signed or self._tree.size > max(one.size for one in signed)):
            self._tree = Tree()  # a transaction of this process was rolled back
        at = {one.size: one for one in signed}
        new = (
            select(ledger.c.number, ledger.c.hash)
            .where(ledger.c.number > self._tree.size)
            .order_by(ledger.c.number)
        )
        for number, hash in connection.execute(new, execution_options={"yield_per": 1000}):
            self._tree.add(str(hash))
            if number != self._tree.size:
                raise StorageFailed(
                    f"Event {self._tree.size} of the ledger in {self._database.shown} is missing. It is not signed. "
                    "Run `sakuga ledger verify`."
                )
            known = at.get(self._tree.size)
            if known is not None and (known.root != self._tree.root() or not known.is_signed(store)):
                raise StorageFailed(
                    f"The ledger in {self._database.shown} is not what was signed at {known.made_at}: an event up to "
                    f"{known.size} was changed. It is not signed again. Run `sakuga ledger verify`."
                )


def _all(connection: Connection, shown: str) -> Iterator[Checkpoint]:
    for row in connection.execute(select(checkpoints).order_by(checkpoints.c.size)):
        try:
            yield Checkpoint(**row._mapping)
        except ValueError as error:
            raise StorageFailed(
                f"The checkpoint of {row.size} events in {shown} cannot be read any more. Somebody changed it outside "
                "Sakuga; put a backup of the database in its place."
            ) from error


def _keys(connection: Connection) -> keys.Keys:
    rows = connection.execute(
        select(ledger.c.number, ledger.c.body).where(ledger.c.kind == keys.KIND).order_by(ledger.c.number)
    )
    return keys.keys_of(((row.number, json.loads(row.body)) for row in rows), _identity(connection))


def _identity(connection: Connection) -> str:
    return str(connection.execute(select(identity.c.id)).scalar_one())
