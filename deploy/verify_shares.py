"""Compute from the events of a ledger who is owed what. Used by verify_statement.py; needs nothing of Sakuga.

Every training and every delivery has a pool of money under each rule that was in force when its pieces were generated.
A pool is shared by exact fractions, and rounded once: by largest remainder, to the last minor unit.
"""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from typing import Any

Event, Shares = dict[str, Any], defaultdict[Any, Fraction]
PARTS = ("base", "loras", "references", "voices", "music")
OF_KIND = {"lora": "loras", "reference": "references", "voice": "voices"}
DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3}  # every other currency has 2


class Works:
    """Who made what, and what derives from what."""

    def __init__(self, events: list[Event]) -> None:
        self.made: dict[str, Any] = {}  # by work: the makers' parts, the weights of what it derives from
        self.files, self.datasets = dict[str, str](), dict[str, Event]()
        self.known, derived = dict[Any, Shares](), dict[str, list[Any]]()
        for event in events:
            body, id, kind = event["body"], event["subject"], event["kind"]
            if kind == "asset.ingested" and "made_by" in body:
                self.files = {file: work for file, work in self.files.items() if work != id}
                self.files |= dict.fromkeys([*body["files"], *body.get("named", ())], id)
                makers = {one["person"]: one["share"] for one in body["made_by"]}
                self.made[id] = makers, {one["work"]: Fraction(one["weight"]) for one in body["sources"]}
            elif kind == "dataset.frozen":
                self.datasets[body["root"]] = body
            elif kind == "training.completed" and body["dataset"] in self.datasets:
                derived[body["output"]] = self.datasets[body["dataset"]]["works"]
            elif kind == "model.merged":
                derived[body["output"]] = body["inputs"]
        for file, parts in derived.items():
            sources, node = Shares(Fraction), self.files.get(file, file)
            for one, weight in dict(parts).items():
                sources[self.files.get(one, one)] += abs(Fraction(weight))
            makers, registered = self.made.get(node, ({}, {}))
            used = {one: weight for one, weight in sources.items() if weight and one != node}
            self.made[node] = makers, registered or used

    def payees(self, work: str, rule: Event) -> Shares:
        """The parts of 1 that people have in a work; what is nobody's is the fund's."""
        key = work, rule["makers_keep"], rule["fund"]["id"]
        if key not in self.known:
            makers, sources = self.made.get(work, ({}, {}))
            kept = Fraction(rule["makers_keep"] if makers else 0, 100) if sources else Fraction(1)
            found = Shares(Fraction, {} if makers or sources else {rule["fund"]["id"]: Fraction(1)})
            for one, share in makers.items():
                found[one] += kept * share / sum(makers.values())
            whole = sum(sources.values())
            for source, weight in sources.items():
                for one, share in self.payees(source, rule).items():
                    found[one] += (1 - kept) * weight / whole * share
            self.known[key] = Shares(Fraction, {one: share for one, share in found.items() if share})
        return self.known[key]

    def of(self, part: str, name: str, rule: Event) -> Shares:
        owners = {(one["part"], one["name"]): one["work"] for one in rule["owners"]}
        named = owners.get((part, name)) or owners.get((part, name.partition("@")[0]))
        return self.payees(named or self.files.get(name, name), rule)


class Pool:
    """One pool of money, shared out. A line is a cut, a part, a name and its share of the pool."""

    def __init__(self, event: Event, ruled: Event, units: Fraction, lines: list[Any], works: Works) -> None:
        self.event, self.ruled, self.rule, self.units = event, ruled, ruled["body"]["rule"], units
        self.id = f"{event['number']}.{ruled['number']}"
        self.kind = "training" if event["kind"] == "training.completed" else "usage"
        money = self.rule[self.kind]
        exact = Fraction(money["fixed"]) + Fraction(money["per_unit"]) * units
        exact = exact if money["most"] is None else min(exact, Fraction(money["most"]))
        self.total = int(exact * 10 ** DECIMALS.get(self.rule["currency"], 2) + Fraction(1, 2))
        self.steps: dict[str, Shares] = {}
        for cut, part, name, share in lines or [("", "absent", "", Fraction(1))]:
            for payee, of in works.of(part, name, self.rule).items():
                self.steps.setdefault(payee, Shares(Fraction))[cut, part, name] += share * of
        due = {payee: self.total * sum(mine.values()) for payee, mine in self.steps.items()}
        self.amounts = {payee: int(part) for payee, part in due.items()}

        def place(payee: str) -> tuple[Fraction, str]:
            return self.amounts[payee] - due[payee], sha256(f"{self.id}\n{payee}".encode()).hexdigest()

        for payee in sorted(due, key=place)[: self.total - sum(self.amounts.values())]:
            self.amounts[payee] += 1


def within(cut: Event, body: Event, rule: Event) -> Iterator[tuple[str, str, Fraction]]:
    """What a delivered cut was made with, by the table of the rule; the shares add up to 1."""
    uses, weights, split = [], Shares(Fraction), rule["split"]
    for use in cut.get("uses", ()):
        one = body["ingredients"][use["ingredient"]]
        part = OF_KIND.get(one["kind"], "music" if one["role"] == "music" else "base")
        uses.append((part, one["key"], use["frames"] * abs(Fraction(one.get("strength", "1")))))
    missing = [what for what in body.get("unrecorded", ()) if what.startswith(f"{cut['name']}: ")]
    uses += [("base", f"unrecorded {what}", Fraction(cut["frames"])) for what in missing]
    for part, _, weight in uses:
        weights[part] += weight
    present = [part for part in PARTS if weights[part] and split[part]]
    whole = sum(split[part] for part in ((rule["absent"] == "shared" and present) or PARTS))
    for part, name, weight in uses:
        if part in present and weight:
            yield part, name, Fraction(split[part], whole) * weight / weights[part]
    if left := 1 - Fraction(sum(split[part] for part in present), whole):
        yield "absent", "", left


def pools(events: list[Event]) -> Iterator[Pool]:
    """Every pool of these events, which all count."""
    works, first, shown, paid = Works(events), dict[str, int](), dict[str, int](), set[Any]()
    rules = [event for event in events if event["kind"] == "royalty.rule_set"]

    def in_force(show: str, number: int) -> Event | None:
        mine = [one for one in rules if show in (one["body"]["rule"]["shows"] or [show])]
        early = [one for one in mine if one["body"]["rule"]["covers_earlier"]][:1]
        return ([one for one in mine if one["number"] < number] or early or [None])[-1]

    for event in events:
        body, number = event["body"], event["number"]
        if event["kind"] == "generation.completed":
            for file in body.get("outputs", ()):
                first.setdefault(file, number)
        elif event["kind"] == "training.completed":
            dataset, before = works.datasets[body["dataset"]], shown.get(body["run"], 0)
            shown[body["run"]] = max(body["shown"], before)
            if body["shown"] > before and (rule := in_force(dataset["show"], number)):
                often, whole = dict(dataset["works"]), sum(dict(dataset["works"]).values())
                lines = [("", "works", file, Fraction(n, whole)) for file, n in often.items() if n]
                yield Pool(event, rule, Fraction(body["shown"] - before), lines, works)
        elif event["kind"] == "delivery.completed":
            cuts: dict[int, tuple[Event, list[Event]]] = {}
            for cut in body["segments"]:
                key = event["subject"], cut["name"], cut.get("clip", "")
                if cut.get("take") and key not in paid:
                    paid.add(key)
                    if rule := in_force(key[0].partition("/")[0], first.get(key[2], number)):
                        cuts.setdefault(rule["number"], (rule, []))[1].append(cut)
            for _, (rule, mine) in sorted(cuts.items()):
                frames = sum(cut["frames"] for cut in mine)
                lines = [(cut["name"], part, name, share * cut["frames"] / frames)
                         for cut in mine for part, name, share in within(cut, body, rule["body"]["rule"])]  # fmt: skip
                yield Pool(event, rule, frames / Fraction(body["rate"]), lines, works)
