"""Compute a statement of royalties again, without Sakuga: python verify_statement.py LEDGER.jsonl STATEMENT.json

LEDGER.jsonl is what `sakuga ledger export` wrote; check it first with verify_ledger.py. A statement's .csv and .pdf
beside the .json are compared with their hashes. Exits with 0 if everything agrees, 1 with the first difference, 3
without `pip install cryptography`: rules, statements and redactions count only if a key of the ledger signed them.
"""

import json
import sys
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

PARTS = ("base", "loras", "references", "voices", "music")
DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3}  # every other currency has 2
KINDS = (
    "asset.ingested", "dataset.frozen", "training.completed", "model.merged", "generation.completed",
    "delivery.completed", "royalty.rule_set", "royalty.statement_issued", "royalty.statement_redacted",
    "key.changed",
)  # fmt: skip
Shares = dict[str, Fraction]


class Differs(Exception):
    """The first difference."""


def canonical(value: Any) -> bytes:
    """RFC 8785 for what a ledger holds."""
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return b"{" + b",".join(canonical(key) + b":" + canonical(item) for key, item in ordered) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    return json.dumps(value, ensure_ascii=False).encode()


def is_signed(body: dict[str, Any], data: bytes, by: str = "public", sign: str = "signature") -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(body[by]))
        key.verify(bytes.fromhex(body[sign]), data)
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True


def ledger_keys(events: list[dict[str, Any]], store: str) -> list[str]:
    """The ledger's own keys: every one is approved by the one before it."""
    keys: list[str] = []
    for body in (event["body"] for event in events if event["kind"] == "key.changed"):
        said = {name: body.get(name) for name in ("version", "store", "public", "previous")}
        data, before = b"sakuga ledger key 1\n" + canonical(said), keys[-1] if keys else ""
        fits = (said["version"], said["store"], said["previous"]) == (1, store, before)
        approved = not before or is_signed(body, data, "previous", "approval")
        if not fits or not approved or not is_signed(body, data):
            raise Differs("the chain of the ledger's keys is broken; verify_ledger.py names the event")
        keys.append(body["public"])
    if not keys:
        raise Differs(
            "the ledger names no key of its own, so nobody can tell whose signatures count. Ask for a new export after "
            "`sakuga ledger checkpoint`"
        )
    return keys


def signed_part(event: dict[str, Any]) -> bytes:
    """What the signature of a rule, statement or redaction covers."""
    body, payee = event["body"], event["subject"]
    if event["kind"] == "royalty.rule_set":
        return b"sakuga royalty rule\n" + canonical(body["rule"])
    if event["kind"] == "royalty.statement_redacted":
        said = {"payee": payee, "period": body.get("period"), "pdf": body.get("pdf")}
        return b"sakuga royalty redaction\n" + canonical(said)
    unsigned = {key: value for key, value in body.items() if key not in ("public", "signature")}
    return b"sakuga royalty statement\n" + canonical({"payee": payee, **unsigned})


def counted(events: list[dict[str, Any]], keys: list[str]) -> list[dict[str, Any]]:
    """The events that count; raise Differs for a rule, statement or redaction that a stranger's key signed."""
    found, strangers, replaced = [], [], {}
    for event in events:
        body, kind = event["body"], event["kind"]
        if kind not in ("royalty.rule_set", "royalty.statement_issued", "royalty.statement_redacted"):
            found.append(event)
        elif (kind != "royalty.rule_set" or isinstance(body.get("rule"), dict)) and is_signed(
            body, signed_part(event)
        ):
            if body["public"] not in keys:
                strangers.append(event)
                continue
            found.append(event)
            if kind == "royalty.rule_set":
                replaced[event["subject"]] = event["number"]
        elif kind == "royalty.statement_issued":
            raise Differs(f"event {event['number']} is not signed by its key")
    for event in strangers:
        is_rule = event["kind"] == "royalty.rule_set"
        if not is_rule or replaced.get(event["subject"], 0) < event["number"]:
            raise Differs(
                f"event {event['number']} ({event['kind']} {event['subject']}) is signed by key "
                f"{event['body']['public']}, which is none of the ledger's keys ({', '.join(keys)}). "
                "Ask the studio which key it is"
            )
    return found


class Works:
    """Who made what, and what derives from what."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self.made: dict[str, tuple[dict[str, int], dict[str, Fraction]]] = {}
        self.files: dict[str, str] = {}
        self.derived: dict[str, dict[str, Fraction]] = {}
        self.datasets: dict[str, Any] = {}
        self.known: dict[Any, dict[str, Shares]] = {}  # by what a rule decides of it
        for event in events:
            body, kind = event["body"], event["kind"]
            if kind == "asset.ingested" and "made_by" in body:
                self.files = {file: work for file, work in self.files.items() if work != event["subject"]}
                self.files.update(dict.fromkeys([*body["files"], *body.get("named", ())], event["subject"]))
                makers = {one["person"]: one["share"] for one in body["made_by"]}
                sources = {one["work"]: Fraction(one["weight"]) for one in body["sources"]}
                self.made[event["subject"]] = makers, sources
            elif kind == "dataset.frozen":
                self.datasets[body["root"]] = body
            elif kind == "training.completed" and body["dataset"] in self.datasets:
                shown = self.datasets[body["dataset"]]["works"]
                self.derived[body["output"]] = {file: Fraction(often) for file, often in shown}
            elif kind == "model.merged":
                self.derived[body["output"]] = {
                    file: abs(Fraction(weight)) for file, weight in body["inputs"]
                }
        for file, parts in self.derived.items():
            node, joined = self.files.get(file, file), dict[str, Fraction]()
            for one, weight in parts.items():
                below = self.files.get(one, one)
                if weight and below != node:
                    joined[below] = joined.get(below, Fraction(0)) + weight
            makers, sources = self.made.get(node, ({}, {}))
            self.made[node] = makers, sources or joined

    def payees(self, work: str, rule: dict[str, Any]) -> Shares:
        """The parts of 1 that people have in a work; what is nobody's is the fund's."""
        fund, keep = rule["fund"]["id"], Fraction(rule["makers_keep"], 100)
        known = self.known.setdefault((fund, keep), {})
        waiting = [work]
        while waiting:
            id = waiting[-1]
            makers, sources = self.made.get(id, ({}, {}))
            missing = [one for one in sources if one not in known]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            kept = Fraction(1) if not sources else keep if makers else Fraction(0)
            if id in known:
                continue
            known[id] = {} if makers or sources else {fund: Fraction(1)}
            parts = [(one, kept * share / sum(makers.values())) for one, share in makers.items()]
            for source, weight in sources.items():
                part = (1 - kept) * weight / sum(sources.values())
                parts += [(one, part * share) for one, share in known[source].items()]
            for one, share in parts:
                known[id][one] = known[id].get(one, Fraction(0)) + share
        return {one: share for one, share in known[work].items() if share}

    def of(self, part: str, name: str, rule: dict[str, Any]) -> Shares:
        owners = {(one["part"], one["name"]): one["work"] for one in rule["owners"]}
        named = owners.get((part, name), owners.get((part, name.partition("@")[0])))
        return self.payees(named or self.files.get(name, name), rule)


def within(uses: list[tuple[str, str, Fraction]], rule: dict[str, Any]) -> list[tuple[str, str, Fraction]]:
    """Part, name and share of everything in a cut."""
    weights = {part: sum((weight for p, _, weight in uses if p == part), Fraction(0)) for part in PARTS}
    present = [part for part in PARTS if weights[part] and rule["split"][part]]
    counted = present if present and rule["absent"] == "shared" else PARTS
    whole = sum(rule["split"][part] for part in counted)
    lines = [
        (part, name, Fraction(rule["split"][part], whole) * weight / weights[part])
        for part, name, weight in uses
        if part in present and weight
    ]
    left = 1 - sum((Fraction(rule["split"][part], whole) for part in present), Fraction(0))
    return lines + ([("absent", "", left)] if left else [])


def pool(
    id: str, pool_rule: str, units: Fraction, lines: list[Any], rule: dict[str, Any], works: Works
) -> Any:
    """Share out: lines are (cut, part, name, share)."""
    money, steps = rule[pool_rule], dict[str, dict[Any, Fraction]]()
    exact = Fraction(money["fixed"]) + Fraction(money["per_unit"]) * units
    if money["most"] is not None:
        exact = min(exact, Fraction(money["most"]))
    total = (exact * 10 ** DECIMALS.get(rule["currency"], 2) * 2 + 1) // 2
    for cut, part, name, share in lines or [("", "absent", "", Fraction(1))]:
        for payee, of in works.of(part, name, rule).items():
            mine = steps.setdefault(payee, {})
            mine[cut, part, name] = mine.get((cut, part, name), Fraction(0)) + share * of
    parts = {payee: total * sum(mine.values(), Fraction(0)) for payee, mine in steps.items()}
    amounts = {payee: int(part) for payee, part in parts.items()}
    tie = {payee: sha256(f"{id}\n{payee}".encode()).hexdigest() for payee in parts}
    order = sorted(parts, key=lambda payee: (amounts[payee] - parts[payee], tie[payee]))
    for payee in order[: total - sum(amounts.values())]:
        amounts[payee] += 1
    return {"id": id, "units": units, "total": total, "steps": steps, "amounts": amounts}


def pools(events: list[dict[str, Any]]) -> Any:
    """Every pool that these events, which all count, give; with its event and its rule's event."""
    works, rules = Works(events), []
    first: dict[str, int] = {}
    shown: dict[str, int] = {}
    counted: set[Any] = set()
    rules += [event for event in events if event["kind"] == "royalty.rule_set"]

    def in_force(show: str, number: int) -> Any:
        mine = [
            one for one in rules if not one["body"]["rule"]["shows"] or show in one["body"]["rule"]["shows"]
        ]
        before = [one for one in mine if one["number"] < number]
        return (
            before[-1]
            if before
            else next((one for one in mine if one["body"]["rule"]["covers_earlier"]), None)
        )

    for event in events:
        body, number = event["body"], event["number"]
        if event["kind"] == "generation.completed":
            for file in body.get("outputs", ()):
                first.setdefault(file, number)
        elif event["kind"] == "training.completed":
            new = body["shown"] - shown.get(body["run"], 0)
            shown[body["run"]] = max(body["shown"], shown.get(body["run"], 0))
            dataset = works.datasets[body["dataset"]]
            rule = in_force(dataset["show"], number)
            if new > 0 and rule:
                whole = sum(often for _, often in dataset["works"])
                lines = [("", "works", file, Fraction(often, whole)) for file, often in dataset["works"]]
                id = f"{number}.{rule['number']}"
                yield event, rule, pool(id, "training", Fraction(new), lines, rule["body"]["rule"], works)
        elif event["kind"] == "delivery.completed":
            by_rule: dict[int, Any] = {}
            for segment in body["segments"]:
                key = (event["subject"], segment["name"], segment.get("clip", ""))
                if not segment.get("take") or key in counted:
                    continue
                counted.add(key)
                rule = in_force(
                    event["subject"].partition("/")[0], first.get(segment.get("clip", ""), number)
                )
                if rule:
                    by_rule.setdefault(rule["number"], (rule, []))[1].append(segment)
            for _, (rule, cuts) in sorted(by_rule.items()):
                seconds = [Fraction(cut["frames"]) / Fraction(body["rate"]) for cut in cuts]
                lines = [
                    (cut["name"], part, name, share * long / sum(seconds))
                    for cut, long in zip(cuts, seconds, strict=True)
                    for part, name, share in within(uses(cut, body), rule["body"]["rule"])
                ]
                id = f"{number}.{rule['number']}"
                yield (
                    event,
                    rule,
                    pool(id, "usage", sum(seconds, Fraction(0)), lines, rule["body"]["rule"], works),
                )


def uses(cut: dict[str, Any], body: dict[str, Any]) -> list[tuple[str, str, Fraction]]:
    """Part, name and weight of everything a cut was made with."""
    found = []
    for use in cut.get("uses", ()):
        one = body["ingredients"][use["ingredient"]]
        kinds = {"lora": "loras", "reference": "references", "voice": "voices"}
        part = kinds.get(one["kind"], "music" if one["role"] == "music" else "base")
        found.append((part, one["key"], use["frames"] * abs(Fraction(one.get("strength", "1")))))
    missing = [what for what in body.get("unrecorded", ()) if what.startswith(f"{cut['name']}: ")]
    return found + [("base", f"unrecorded {what}", Fraction(cut["frames"])) for what in missing]


def expected(events: list[dict[str, Any]], hashes: dict[int, str], issued: dict[str, Any]) -> Any:
    """What a statement must say, from the event that issued it."""
    period, through, payee = issued["body"]["period"], issued["body"]["through"], issued["subject"]
    of_period = [one for one in events if one["kind"] == "royalty.statement_issued"]
    start = min(one["number"] for one in of_period if one["body"]["period"] == period)
    paid = {id for one in of_period if one["number"] < start for id in one["body"]["pools"]}
    owed, totals = [], dict[str, int]()
    for event, rule, found in pools([one for one in events if one["number"] <= through]):
        if found["id"] in paid or payee not in found["amounts"]:
            continue
        currency, steps = rule["body"]["rule"]["currency"], found["steps"][payee]
        totals[currency] = totals.get(currency, 0) + found["amounts"][payee]
        part = sum(steps.values(), Fraction(0)) * 10**12 // 1
        owed.append({
            "pool": found["id"], "kind": "usage" if event["kind"] == "delivery.completed" else "training",
            "event": event["number"], "event_hash": event["hash"], "subject": event["subject"],
            "rule": rule["body"]["rule"]["id"], "rule_event": rule["number"], "rule_hash": rule["hash"],
            "currency": currency, "units": str(found["units"]), "total": found["total"],
            "share": f"{part // 10**12}.{part % 10**12:012}", "amount": found["amounts"][payee],
            "steps": [{"cut": cut, "part": of, "name": name, "share": str(share)}
                      for (cut, of, name), share in steps.items()],
        })  # fmt: skip
    return {"sheet": "royalty-statement", "version": 1, "period": period, "payee": payee, "through": through,
            "through_hash": hashes[through], "totals": totals, "owed": owed}  # fmt: skip


def compare(found: Any, right: Any, where: str) -> None:
    """Raise Differs with the first place where two documents differ. The order of steps does not matter."""
    if isinstance(found, dict) and isinstance(right, dict) and found.keys() == right.keys():
        for key in right:
            compare(found[key], right[key], f"{where}.{key}")
    elif isinstance(found, list) and isinstance(right, list) and len(found) == len(right):
        if where.endswith(".steps"):
            found, right = sorted(found, key=str), sorted(right, key=str)
        for number, (one, other) in enumerate(zip(found, right, strict=True)):
            compare(one, other, f"{where}[{number}]")
    elif found != right:
        raise Differs(f"{where} is {json.dumps(found)[:200]} and the ledger gives {json.dumps(right)[:200]}")


def check(ledger: Path, file: Path) -> str:
    """Check a statement and the files beside it; what was checked, in a sentence."""
    with ledger.open(encoding="utf-8") as lines:
        events, hashes, store = [], {}, json.loads(next(lines))["store"]
        for event in (found["event"] for found in map(json.loads, lines) if "event" in found):
            hashes[event["number"]] = event["hash"]
            if event["kind"] in KINDS:
                events.append(event)
    said = json.loads(file.read_bytes())
    events = counted(events, ledger_keys(events, store))
    mine = [
        one for one in events if one["kind"] == "royalty.statement_issued" and one["subject"] == said["payee"]
    ]
    issued = next((one for one in mine if one["body"]["period"] == said["period"]), None)
    if issued is None:
        raise Differs(f"the ledger has no statement {said['period']}/{said['payee']}")
    compare(said, expected(events, hashes, issued), "statement")
    redacted = [one["body"]["pdf"] for one in events if one["kind"] == "royalty.statement_redacted"
                and (one["subject"], one["body"]["period"]) == (said["payee"], said["period"])]  # fmt: skip
    checked = []
    for suffix, hash in issued["body"]["files"].items():
        beside = file.with_suffix(f".{suffix}")
        if beside.exists():
            if sha256(beside.read_bytes()).hexdigest() not in [hash, *(redacted if suffix == "pdf" else [])]:
                raise Differs(f"{beside} is not the file that event {issued['number']} names")
            checked.append(beside.name)
    amounts = ", ".join(f"{amount} minor units of {currency}" for currency, amount in said["totals"].items())
    return (
        f"{said['period']}/{said['payee']}: {amounts}, as the ledger gives. Unchanged: {', '.join(checked)}."
    )


def main(*argv: str) -> int:
    if len(argv) != 2:
        print(__doc__)
        return 2
    try:
        print(check(Path(argv[0]), Path(argv[1])))
    except ImportError:
        print("The signatures need `pip install cryptography`.")
        return 3
    except (Differs, OSError, ValueError, LookupError, TypeError, AttributeError, StopIteration) as fault:
        print(
            f"DIFFERS: {fault if isinstance(fault, Differs) else f'something cannot be read ({fault!r:.200})'}"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
