"""`sakuga royalties`: publish the rule, try one, issue statements, check them, record payments."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.documents import JsonOption
from flows.cli.options import OutOption
from flows.terminal.lines import say

royalties = typer.Typer(
    help="Pay the people whose work a production rests on, by a published rule that anybody can recompute.\n\n"
    "1. rule: sign a rule into the ledger, before anything is generated under it.\n"
    "2. simulate: see who would get what.\n"
    "3. issue: write a statement for everybody who is owed something.\n"
    "4. verify: compute every statement again, and find the first difference.",
    no_args_is_help=True,
)
EPISODES = Path("episodes")
Period = Annotated[str, typer.Argument(help="Name of the period, such as 2026-Q4: letters, digits, - and _")]


@royalties.command()
def rule(
    file: Annotated[Path, typer.Argument(help="A royalty rule: .yaml or .json, see deploy/RIGHTS.md")],
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Sign it into the ledger; it cannot be taken back")
    ] = False,
    out: OutOption = EPISODES,
) -> None:
    """Show a rule; with --yes, sign it into the ledger (SAKUGA_LEDGER_KEY).

    It holds for what is generated from then on, until a later rule for the same show. No issued statement changes.
    """
    from assets.sheets.royalties import RoyaltyRule
    from flows.rights.books import entering
    from flows.rights.royalties import rules
    from flows.settings import user

    found = RoyaltyRule.read(file)
    for line in rules.told(found):
        say(line)
    with entering(out) as store:
        rules.check(store, found)
        if (before := rules.in_force(store, found)) is not None:
            say(f"This rule is in force already, since event {before.number}. Nothing was published.")
            return
        if not yes:
            say("This is not published yet. Add --yes to sign it into the ledger.")
            return
        event = rules.publish(store, found, by=user())
    earlier = ", and for what was generated before any rule was published" if found.covers_earlier else ""
    say(f"Published as event {event.number}. It holds for what is generated from then on{earlier}.")


@royalties.command()
def simulate(
    rule: Annotated[
        Path | None,
        typer.Option("--rule", help="Try this rule on everything so far. Default: the published ones"),
    ] = None,
    out: OutOption = EPISODES,
    as_json: JsonOption = False,
) -> None:
    """Show who would get what. Without --rule: what would be issued now. Nothing is written."""
    from flows.cli import documents
    from flows.rights.royalties.showing import simulated

    found = simulated(out, rule)
    if as_json:
        documents.show("royalties-simulate", found.document())
        return
    _echo(found.lines())


@royalties.command()
def issue(
    period: Period,
    until: Annotated[
        str | None,
        typer.Option("--until", help="Last day that counts, such as 2026-12-31 (UTC). Default: now"),
    ] = None,
    out: OutOption = EPISODES,
) -> None:
    """Issue everything that is owed and was not issued before: PDF, CSV and JSON for each person, and signed events.

    Given again for the same period, it writes missing files anew.
    """
    from flows.rights.books import entering
    from flows.rights.royalties import showing
    from flows.rights.royalties.issuing import issue as issue_all
    from flows.settings import user

    showing.checked_period(period)
    with entering(out) as store:
        made = issue_all(
            store, period, out, by=user(), until=showing.day(until, "--until") if until else None
        )
        _echo(showing.issued_lines(made, store))


@royalties.command()
def verify(out: OutOption = EPISODES, as_json: JsonOption = False) -> None:
    """Compute every statement again from the ledger, and compare every byte of its files.

    Names the first difference, with exit code 4.
    """
    from flows.cli import documents
    from flows.rights.books import opened
    from flows.rights.royalties.checking import check

    with opened(out) as store:
        found = check(store, out)
    if as_json:
        body = {"periods": found.periods, "statements": found.statements, "files": found.files}
        documents.show("royalties-verify", body | {"missing": list(found.missing), "keys": list(found.keys)})
        return
    _echo(
        [
            f"{found.statements} statements of {found.periods} periods are what the ledger gives; {found.files} files "
            "are as they were issued.",
            *(f"Missing: {path}. `sakuga royalties issue PERIOD` writes it again." for path in found.missing),
            *(f"Signed by {key}." for key in found.keys),
        ]
    )


@royalties.command()
def paid(
    period: Period,
    payee: Annotated[str, typer.Argument(help="Person or fund id")],
    amount: Annotated[str, typer.Option("--amount", help="Such as 12345 or 12.50")],
    currency: Annotated[
        str, typer.Option("--currency", help="Such as JPY. Default: the statement's only one")
    ] = "",
    on: Annotated[str, typer.Option("--on", help="Day of the payment. Default: today")] = "",
    reference: Annotated[
        str,
        typer.Option("--reference", help="Such as the bank's number; it stays in the ledger, so name nobody"),
    ] = "",
    out: OutOption = EPISODES,
) -> None:
    """Record in the ledger that a statement, or a part of it, was paid."""
    from flows.rights.books import entering
    from flows.rights.royalties import payments, showing
    from flows.settings import user

    day = showing.day(on, "--on") if on else datetime.now(UTC).date()
    with entering(out) as store:
        payment = showing.payment(store, (period, payee), (amount, currency), day, reference)
        payments.record(store, payment, by=user())
        left = payments.open_amounts(store, period, payee)
    _echo([f"Recorded. Open: {showing.sums(left)}."])


@royalties.command("list")
def list_all(out: OutOption = EPISODES, as_json: JsonOption = False) -> None:
    """List the issued statements, and what is still open."""
    from flows.cli import documents
    from flows.rights.books import opened
    from flows.rights.royalties import showing

    with opened(out) as store:
        found = showing.listed(store)
    if as_json:
        documents.show("royalties-list", {"statements": found})
        return
    _echo([showing.listed_line(one) for one in found] or ["No statement was issued yet."])


@royalties.command("access")
def give_access(
    person: Annotated[str, typer.Argument(help="Person or fund id")],
    ended: Annotated[bool, typer.Option("--end", help="End the person's token instead")] = False,
    out: OutOption = EPISODES,
) -> None:
    """Make a token that opens one person's own statements and data sheet in the rushes room, under /mine/.

    It is shown once. A new token ends the one before it.
    """
    from flows.rights import access
    from flows.rights.books import entering
    from flows.settings import user

    with entering(out) as store:
        if ended:
            access.end(store, person, by=user())
            _echo([f"The token of {person} opens nothing any more."])
            return
        token = access.give(store, person, by=user())
    _echo(
        [
            f"Token of {person}, shown this once: {token}",
            "It is entered in the rushes room at the address /mine/",
        ]
    )


def _echo(lines: list[str]) -> None:

    for line in lines:
        say(line)
