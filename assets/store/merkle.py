"""The Merkle tree of RFC 9162, section 2.1, grown leaf by leaf in memory that does not grow with it.

In: the hashes of events, in order.      Out: the root of everything so far.
"""

import hashlib

EMPTY = hashlib.sha256(b"").hexdigest()
"""The root of a tree without leaves."""


class Tree:
    """The complete subtrees on the right edge are all that the next leaf and the root need."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[tuple[int, bytes]] = []  # (leaves, root), the largest subtree first

    def add(self, event_hash: str) -> None:
        """Add an event by its hash, which is the leaf's data."""
        leaves, node = 1, hashlib.sha256(b"\x00" + bytes.fromhex(event_hash)).digest()
        while self._edge and self._edge[-1][0] == leaves:
            _, left = self._edge.pop()
            leaves, node = 2 * leaves, _joined(left, node)
        self._edge.append((leaves, node))
        self.size += 1

    def root(self) -> str:
        if not self._edge:
            return EMPTY
        _, node = self._edge[-1]
        for _, left in reversed(self._edge[:-1]):
            node = _joined(left, node)
        return node.hex()


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
