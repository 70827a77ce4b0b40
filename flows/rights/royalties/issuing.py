"""Issue the statements of a period: one event and three files per person.

In: the ledger, the registry.      Out: OUT/royalties/PERIOD/PAYEE.json, .csv and .pdf; events of the ledger.
JSON and CSV have ids only, and are the same bytes whenever they are computed. The PDF shows the name; its hash in
the ledger is salted with the person's salt, which an erasure removes.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from assets import files
from assets.errors import InputRefused
from assets.plain import listed
from assets.rights.registry import Registry
from assets.rights.royalties.accounts import Uncovered
from assets.rights.royalties.statements import issued_part, statements, table
from assets.sheets.royalties import RoyaltyRule
from assets.sheets.statement import Statement
from assets.signing import Signer
from assets.store import Store
from flows.rights.royalties import pdf
from flows.rights.royalties.books import Period, issued, last_event, owed, recomputed
from flows.rights.royalties.rules import required_signer
from flows.rights.royalties.signatures import refuse_strangers

FOLDER = "royalties"
SUFFIXES = ("json", "csv", "pdf")


@dataclass(frozen=True)
class Issued:
    """What was issued. ``again``: the period was issued before, and missing files were written again."""

    statements: dict[str, Statement]
    folder: Path
    uncovered: tuple[Uncovered, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class Paper:
    """Everything that is written about one statement."""

    statement: Statement
    name: str
    salt: str
    rules: dict[int, RoyaltyRule]

    def files(self) -> dict[str, bytes]:
        """By suffix."""
        return {
            "json": self.statement.to_json().encode(),
            "csv": table(self.statement).encode(),
            "pdf": pdf.rendered(self.statement, self.name, self.salt, self.rules),
        }


def issue(store: Store, period: str, out: Path, *, by: str, until: date | None = None) -> Issued:
    """Issue everything that is owed and was not issued before.

    raises  InputRefused if nothing is owed, or there is no key to sign with; StorageFailed for a stranger's signature
    """
    with store.batch():
        refuse_strangers(store)
        before = issued(store)
        if period in before:
            return _again(store, before, period, out)
        signer = required_signer("A statement", store, by)
        last = last_event(store, until)
        account = owed(store, last, list(before.values()))
        made = statements(period, last, account.pools)
        if not made:
            raise InputRefused(_nothing(account.uncovered))
        papers = {payee: paper(store, one) for payee, one in made.items()}
        written = {payee: one.files() for payee, one in papers.items()}
        for payee, one in made.items():
            _enter(store, one, written[payee], signer, by)
    folder = _folder(out, period)
    for payee, contents in written.items():
        for suffix, content in contents.items():
            files.write(folder / f"{payee}.{suffix}", content)
    return Issued(made, folder, account.uncovered)


def paper(store: Store, statement: Statement) -> Paper:
    """A statement with the name it is for; an erased person's id stands for the name."""
    registry = store.rights.registry()
    rules = _rules(store, statement)
    name, salt = _named(registry, statement.payee, rules)
    mark = sha256(f"{salt}\n{statement.period}".encode()).hexdigest() if salt else ""
    return Paper(statement, name, mark, rules)


def _named(registry: Registry, payee: str, rules: dict[int, RoyaltyRule]) -> tuple[str, str]:
    """The name of a payee and the salt of the person."""
    person = registry.people.get(payee)
    if person is not None and payee not in registry.erased:
        return person.name, person.salt
    return next((rule.fund.name for rule in rules.values() if rule.fund.id == payee), payee), ""


def _rules(store: Store, statement: Statement) -> dict[int, RoyaltyRule]:
    found = {}
    for number in sorted({one.rule_event for one in statement.owed}):
        event = store.ledger.event(number)
        if event is not None:
            found[number] = RoyaltyRule.from_raw(event.body["rule"], f"event {number} of the ledger")
    return found


def _enter(store: Store, statement: Statement, contents: dict[str, bytes], signer: Signer, by: str) -> None:
    body = {
        "period": statement.period,
        "through": statement.through,
        "totals": statement.totals,
        "pools": [one.pool for one in statement.owed],
        "files": {suffix: sha256(content).hexdigest() for suffix, content in contents.items()},
    }
    signed = {"public": signer.public, "signature": signer.sign(issued_part(statement.payee, body))}
    store.ledger.append("royalty.statement_issued", statement.payee, {**body, **signed}, by=by)


def _again(store: Store, before: dict[str, Period], period: str, out: Path) -> Issued:
    """Write the missing files of a period that was issued."""
    earlier = list(before.values())[: list(before).index(period)]
    made = recomputed(store, before[period], earlier)
    folder = _folder(out, period)
    for payee, one in made.items():
        for suffix, content in paper(store, one).files().items():
            if not (folder / f"{payee}.{suffix}").exists():
                files.write(folder / f"{payee}.{suffix}", content)
    return Issued(made, folder, again=True)


def _folder(out: Path, period: str) -> Path:
    folder = files.folder_in(out, FOLDER, period)
    folder.parent.chmod(0o700)  # each statement is its payee's
    return folder


def _nothing(uncovered: tuple[Uncovered, ...]) -> str:
    if not uncovered:
        return "Nothing is owed that was not issued before: no training and no delivery since."
    return (
        f"Nothing is owed: no rule was published before these were generated: {told(uncovered)}. "
        "A rule with covers_earlier: true pays for them."
    )


def told(uncovered: tuple[Uncovered, ...]) -> str:
    """What no rule covers, shortened."""
    return listed([one.what for one in uncovered], 5)
