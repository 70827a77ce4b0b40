"""Verify an exported ledger without Sakuga: python verify_ledger.py LEDGER.jsonl [PUBLIC KEY THAT MUST BE ITS, IN HEX]

Needs nothing of Sakuga. Exit code: 0 whole, 1 with the first broken event, 2 no such file, 3 without cryptography.
  chain       `hash` is the SHA-256 of an event's canonical JSON (RFC 8785) without it; `previous` is the one before
  tree        a checkpoint's root is the Merkle tree hash (RFC 9162, 2.1) of the event hashes up to its size
  signatures  of checkpoints, and of changes of the key, by the Ed25519 key of that time
Who has the private key can write it all anew: compare key and an older checkpoint with what you were given earlier.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

KEY_MARK, CHECKPOINT_MARK = b"sakuga ledger key 1\n", b"sakuga ledger checkpoint 1\n"
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, StopIteration, RecursionError)


class Broken(Exception):
    """The first fault, as a sentence."""


def canonical(value: Any) -> str:
    """RFC 8785 for what a ledger holds: text, whole numbers, true, false, null, lists and objects."""
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(item)}" for key, item in ordered) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        raise ValueError("a fraction, where a ledger has decimal text")
    return json.dumps(value, ensure_ascii=False)


def read(line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line)
    if canonical(found) + "\n" != line:
        raise Broken(f"a line is not as it was written: {line[:80]!r}")
    return found


def signed(public: Any, signature: str, data: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


class Ledger:
    """What was read so far."""

    def __init__(self) -> None:
        self.store, self.number, self.previous, self.checkpoints = "", 0, "0" * 64, 0
        self.keys: list[str] = []
        self.edge: list[tuple[int, bytes]] = []  # complete subtrees: (leaves, root), the largest first

    def event(self, event: dict[str, Any]) -> None:
        number = self.number + 1
        plain = {name: value for name, value in event.items() if name != "hash"}
        if event["number"] != number:
            raise Broken(f"event {number} is missing or moved: event {event['number']} is in its place")
        if sha256(canonical(plain).encode()).hexdigest() != event["hash"]:
            raise Broken(f"event {number} was changed after it was written")
        if event["previous"] != self.previous:
            raise Broken(f"event {number} does not follow the one before it: one was added, removed or moved")
        self.number, self.previous = number, event["hash"]
        leaves, node = 1, sha256(b"\x00" + bytes.fromhex(event["hash"])).digest()
        while self.edge and self.edge[-1][0] == leaves:
            leaves, node = 2 * leaves, sha256(b"\x01" + self.edge.pop()[1] + node).digest()
        self.edge.append((leaves, node))
        if event["kind"] == "key.changed":
            self.key(event["body"])

    def key(self, body: dict[str, Any]) -> None:
        said = {name: body.get(name) for name in ("version", "store", "public", "previous")}
        text, before = KEY_MARK + canonical(said).encode(), self.keys[-1] if self.keys else ""
        fits = (said["version"], said["store"], said["previous"]) == (1, self.store, before)
        approved = not before or signed(before, body["approval"], text)
        if not fits or not approved or not signed(said["public"], body["signature"], text):
            raise Broken(f"event {self.number} changes the key, and the key before it did not approve")
        self.keys.append(body["public"])

    def checkpoint(self, found: dict[str, Any]) -> None:
        size = found["size"]
        if size != self.number:
            raise Broken(f"event {size} has a checkpoint that stands after event {self.number}")
        root = self.edge[-1][1]
        for _, left in reversed(self.edge[:-1]):
            root = sha256(b"\x01" + left + root).digest()
        said = {"store": self.store, "size": size, "root": found["root"], "made_at": found["made_at"]}
        text = CHECKPOINT_MARK + canonical(said).encode()
        if self.keys[-1:] != [found["key"]] or not signed(found["key"], found["signature"], text):
            raise Broken(f"event {size} has a checkpoint that the ledger's key did not sign")
        if found["root"] != root.hex():
            raise Broken(f"event {size} has a checkpoint of other events: one up to it was written anew")
        self.checkpoints += 1

    def end(self, found: dict[str, Any]) -> None:
        if found != {"events": self.number, "last": self.previous, "checkpoints": self.checkpoints}:
            raise Broken(f"event {self.number + 1} or a checkpoint is missing: the last line says {found}")


def verify(lines: Iterator[str], trusted: str = "", ledger: Ledger | None = None) -> Ledger:
    """Read line by line, into a new ledger; raise Broken at the first fault."""
    ledger, header, ended = ledger or Ledger(), read(next(lines)), False
    if header != {"sheet": "ledger-export", "version": 1, "store": header.get("store")}:
        raise Broken("the first line is not that of a ledger that this verifier knows")
    ledger.store = header["store"]
    for line in lines:
        ((what, found),) = read(line).items()
        if ended:
            raise Broken("something stands after the end")
        {"event": ledger.event, "checkpoint": ledger.checkpoint, "end": ledger.end}[what](found)
        ended = what == "end"
    if not ended:
        raise Broken(f"event {ledger.number + 1} is missing: the file has no last line, its end was cut off")
    if trusted and trusted not in ledger.keys:
        raise Broken(f"event {ledger.number} is the last; {trusted} is none of the ledger's keys")
    return ledger


def main(*argv: str) -> int:
    if len(argv) not in (1, 2):
        print(__doc__)
        return 2
    try:
        with Path(argv[0]).open(encoding="utf-8", newline="\n") as lines:
            found = verify(lines, *argv[1:])
    except (ImportError, OSError) as fault:
        print(
            f"Nothing was verified: {fault}. Name an export; the signatures need `pip install cryptography`."
        )
        return 3 if isinstance(fault, ImportError) else 2
    except (Broken, *UNREADABLE) as fault:
        print(f"BROKEN: {fault if isinstance(fault, Broken) else f'a line cannot be read ({fault!r:.200})'}")
        return 1
    print(f"{found.number} events, one unbroken chain; {found.checkpoints} checkpoints agree with it.")
    print(f"Keys: {', '.join(found.keys) or 'none, so nothing is signed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
