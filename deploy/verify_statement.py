"""Compute statements of royalties again, without Sakuga: python verify_statement.py LEDGER.jsonl STATEMENT.json...

First verifies the ledger (verify_ledger.py), then every byte of each statement (verify_shares.py computes it), and the
.csv and .pdf beside it by their hashes. Exits with 0, or 1 with the first difference, or 3 without `pip install
cryptography`. A rule, statement or redaction counts only if the key that was the ledger's at its event signed it.
"""

import json
import sys
from functools import cached_property
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from verify_ledger import UNREADABLE, Broken, Ledger, canonical, signed, verify
from verify_shares import Event, Pool, pools

COUNTED = ("asset.ingested", "dataset.frozen", "training.completed", "model.merged", "generation.completed",
           "delivery.completed")  # fmt: skip
SIGNED = {"royalty.rule_set": "rule", "royalty.statement_issued": "statement",
          "royalty.statement_redacted": "redaction"}  # fmt: skip


class Book(Ledger):
    """A ledger that keeps its events, each with the place of the key of its time."""

    def __init__(self) -> None:
        super().__init__()
        self.hashes: list[str] = []
        self.events: list[tuple[int, Event]] = []
        self.known: dict[int, list[Pool]] = {}

    def event(self, event: Event) -> None:
        super().event(event)
        self.hashes.append(event["hash"])
        if event["kind"] in COUNTED or event["kind"] in SIGNED:
            # What was signed before any key was entered counts if the first key signed it.
            self.events.append((max(0, len(self.keys) - 1), event))

    @cached_property
    def counted(self) -> list[Event]:
        """The events that count. Another key's rule is passed over if the studio published its id again later."""
        kept, others, published = [], [], dict[str, int]()
        for place, event in self.events:
            body, what = event["body"], SIGNED.get(event["kind"])
            said = {name: body[name] for name in body if name not in ("public", "signature")}
            said = said.get("rule", "") if what == "rule" else {"payee": event["subject"], **said}
            data = f"sakuga royalty {what}\n{canonical(said)}".encode()
            if what and not signed(str(body.get("public")), str(body.get("signature")), data):
                if what == "statement":
                    raise Broken(f"event {event['number']} is not signed by its key")
            elif what and body["public"] not in self.keys[place : place + 1]:
                others.append((what, event))
            else:
                kept.append(event)
                if what == "rule":
                    published[event["subject"]] = event["number"]
        for what, event in others:
            if what != "rule" or published.get(event["subject"], 0) < event["number"]:
                raise Broken(
                    f"event {event['number']} ({event['kind']} {event['subject']}) is signed by key "
                    f"{event['body']['public']}, which was not the ledger's at that time"
                )
        return kept

    def pools(self, through: int) -> list[Pool]:
        if through not in self.known:
            self.known[through] = list(pools([one for one in self.counted if one["number"] <= through]))
        return self.known[through]


def owed(pool: Pool, payee: str) -> Event:
    """A payee's part of a pool, as a statement says it."""
    event, ruled, steps = pool.event, pool.ruled, pool.steps[payee]
    part = int(sum(steps.values()) * 10**12)
    return {
        "pool": pool.id, "kind": pool.kind,
        "event": event["number"], "event_hash": event["hash"], "subject": event["subject"],
        "rule": pool.rule["id"], "rule_event": ruled["number"], "rule_hash": ruled["hash"],
        "currency": pool.rule["currency"], "units": str(pool.units), "total": pool.total,
        "share": f"{part // 10**12}.{part % 10**12:012}", "amount": pool.amounts[payee],
        "steps": [{"cut": cut, "part": of, "name": name, "share": str(share)}
                  for (cut, of, name), share in steps.items()],
    }  # fmt: skip


def expected(book: Book, issued: Event) -> str:
    """The text of the statement that an event issued: everything up to an event that was not issued earlier."""
    period, through, payee = issued["body"]["period"], issued["body"]["through"], issued["subject"]
    all_issued = [one for one in book.counted if one["kind"] == "royalty.statement_issued"]
    start = min(one["number"] for one in all_issued if one["body"]["period"] == period)
    paid = {id for one in all_issued if one["number"] < start for id in one["body"]["pools"]}
    found = [pool for pool in book.pools(through) if pool.id not in paid and payee in pool.amounts]
    totals: dict[str, int] = {}
    for pool in found:
        currency = pool.rule["currency"]
        totals[currency] = totals.get(currency, 0) + pool.amounts[payee]
    head = {"sheet": "royalty-statement", "version": 1, "period": period, "payee": payee, "through": through}
    head |= {"through_hash": book.hashes[through - 1], "totals": dict(sorted(totals.items()))}
    document = {**head, "owed": [owed(pool, payee) for pool in found]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def check(book: Book, file: Path) -> str:
    """Check a statement and the files beside it; what was checked, in a sentence."""
    text = file.read_bytes().decode()
    name = (json.loads(text)["period"], json.loads(text)["payee"])
    mine = [one for one in book.counted if (one["body"].get("period"), one["subject"]) == name]
    issued = next((one for one in mine if one["kind"] == "royalty.statement_issued"), None)
    if issued is None:
        raise Broken(f"the ledger has no statement {name[0]}/{name[1]}")
    both = zip_longest(text.split("\n"), expected(book, issued).split("\n"), fillvalue="nothing")
    for number, (said, right) in enumerate(both, 1):
        if said != right:
            raise Broken(f"line {number} of {file.name} is {said[:200]}, and the ledger gives {right[:200]}")
    redacted = [one["body"]["pdf"] for one in mine if one["kind"] == "royalty.statement_redacted"]
    checked = []
    for suffix, hash in issued["body"]["files"].items():
        beside = file.with_suffix(f".{suffix}")
        if beside.exists():
            if sha256(beside.read_bytes()).hexdigest() not in [hash, *(redacted if suffix == "pdf" else [])]:
                raise Broken(f"{beside} is not the file that event {issued['number']} names")
            checked.append(beside.name)
    totals = ", ".join(f"{amount} minor units of {one}" for one, amount in issued["body"]["totals"].items())
    return f"{name[0]}/{name[1]}: {totals}, as the ledger gives. Unchanged: {', '.join(checked)}."


def main(*argv: str) -> int:
    if len(argv) < 2:
        print(__doc__)
        return 2
    book = Book()
    try:
        with Path(argv[0]).open(encoding="utf-8", newline="\n") as lines:
            verify(lines, ledger=book)
        print(*(check(book, Path(file)) for file in argv[1:]), sep="\n")
    except ImportError:
        print("The signatures need `pip install cryptography`.")
        return 3
    except (Broken, OSError, *UNREADABLE) as fault:
        said = fault if isinstance(fault, Broken) else f"something cannot be read ({fault!r:.200})"
        print(f"DIFFERS: {said}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
