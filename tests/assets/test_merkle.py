"""Claims about the Merkle tree: RFC 9162's own definition, whatever the number of leaves."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.store.merkle import EMPTY, Tree


def defined(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + defined(leaves[:split]) + defined(leaves[split:])).digest()


@given(st.integers(0, 300))
def test_the_root_is_that_of_the_definition(count):
    leaves = [hashlib.sha256(bytes([number % 256, number // 256])).digest() for number in range(count)]
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf.hex())

    assert (tree.size, tree.root()) == (count, defined(leaves).hex())


def test_a_tree_without_leaves_has_the_hash_of_nothing():
    assert Tree().root() == EMPTY == hashlib.sha256(b"").hexdigest()


# From the test vectors of RFC 6962 implementations (certificate-transparency), whose tree RFC 9162 keeps.
@pytest.mark.parametrize(
    ("count", "root"),
    [
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_the_known_roots_are_met(count, root):
    leaves = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", bytes(range(0x50, 0x58)),
              bytes(range(0x60, 0x70))]  # fmt: skip
    tree = Tree()
    for leaf in leaves[:count]:
        tree.add(leaf.hex())

    assert tree.root() == root
