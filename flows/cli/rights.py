"""`sakuga rights`: who made which work, what they allow, and whether a production may use it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.documents import JsonOption
from flows.cli.options import ProfileOption
from flows.terminal.lines import say

rights = typer.Typer(
    help="Register people, works and grants; check a production against its policy; revoke a grant.",
    no_args_is_help=True,
)
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder the episodes are in")]
Reason = Annotated[
    str, typer.Option("--reason", "-r", help="Why; it stays in the ledger for ever, so name nobody")
]
EPISODES = Path("episodes")


@rights.command()
def add(
    file: Annotated[
        Path, typer.Argument(help="A rights sheet: .yaml or .json with people, works and grants")
    ],
    out: Out = EPISODES,
) -> None:
    """Enter people, works and grants from a sheet. What is already there, unchanged, is not entered again.

    A work names its files by SHA-256 (`sha256sum FILE`); what was trained on or merged from other works names them as
    its sources. See deploy/RIGHTS.md for an example.
    """
    from assets.sheets.rights import Rights
    from flows.rights.books import entering
    from flows.settings import user

    sheet = Rights.read(file)
    with entering(out) as store:
        entered = store.rights.add(sheet, by=user())
    say(
        f"Entered: {entered['person']} people, {entered['work']} works, {entered['grant']} grants."
        if entered
        else "Everything was registered already."
    )


@rights.command()
def show(
    name: Annotated[str | None, typer.Argument(help="A work, person, grant, or a file's SHA-256")] = None,
    out: Out = EPISODES,
) -> None:
    """Show what is registered; or one work, person or grant: its terms, who granted them, what derives from it."""
    from flows.rights.books import described, opened

    with opened(out) as store:
        for line in described(store, name):
            say(line)


@rights.command()
def check(
    profile: ProfileOption = "house",
    show: Annotated[
        str | None, typer.Option("--show", "-s", help="Show whose pictures and LoRAs are checked")
    ] = None,
    purpose: Annotated[str, typer.Option("--for", help="run, train, merge or export")] = "run",
    policy: Annotated[
        str | None, typer.Option("--policy", help="Another policy than the profile's: a name or a .yaml")
    ] = None,
    language: Annotated[str | None, typer.Option("--language", "-l", help="ja or en. Default: both")] = None,
    out: Out = EPISODES,
) -> None:
    """Say whether a profile and show pass their policy: every model and work, with its terms.

    Exit code 2 when something is refused; the message says what, why, and what would pass.
    """
    from flows.cli.options import language_of
    from flows.rights.books import checked

    for line in checked(profile, show, purpose, policy, language_of(language), out):
        say(line)


@rights.command()
def revoke(
    grant: Annotated[str, typer.Argument(help="Grant id")], reason: Reason, out: Out = EPISODES
) -> None:
    """End a grant for every later use, and list the works, datasets, takes and episodes that rest on it."""
    from flows.rights.books import entering, resting
    from flows.settings import user

    with entering(out) as store:
        found = store.rights.revoke(grant, reason=reason, by=user())
        say(f"Revoked: {found.id}. Nothing new is made with what it covers from now on.")
        for line in resting(store, found):
            say(line)


@rights.command()
def override(
    episode: Annotated[str, typer.Argument(help="Episode id")],
    key: Annotated[
        str, typer.Argument(help="Model and revision, or file hash, as `sakuga rights check` prints it")
    ],
    reason: Reason,
    out: Out = EPISODES,
) -> None:
    """Let one refused model or file pass for one episode: a signed event in the ledger (SAKUGA_LEDGER_KEY)."""
    from flows.rights.books import entering, episode_key
    from flows.rights.overrides import override as let_pass
    from flows.settings import user

    with entering(out) as store:
        event = let_pass(store, episode_key(store, episode), key, reason=reason, by=user())
    say(f"Event {event.number}: {key} passes for {event.subject}. Everybody who reads the ledger sees it.")


@rights.command()
def erase(
    person: Annotated[str, typer.Argument(help="Person id")],
    reason: Reason,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it; it cannot be undone")] = False,
    out: Out = EPISODES,
) -> None:
    """Erase a person's name and contact. Their id, works and grants stay, and the ledger stays whole.

    Statements that were issued stay too, and show the id from then on. Their amounts do not change.
    """
    from flows.episode.workspace import open_vault
    from flows.rights.books import entering
    from flows.rights.erasure import erase as erase_all
    from flows.settings import settings, user
    from flows.training.datasets import frozen

    with entering(out) as store:
        if not yes:
            say(f"Name and contact of {person} would be erased from this store. Add --yes to do it.")
            return
        datasets = frozen(out, open_vault(settings(out)))
        done = erase_all(store, person, out, reason=reason, by=user(), datasets=datasets)
    today = datetime.now(UTC).date()
    say(
        f"Erased in {done.versions} versions on {today}; {done.statements} statements show the id now. Backups of the "
        "store and copies of the statements still hold the name: erase those too."
    )
    for line in done.left:
        say(f"Not erased: {line}")


@rights.command()
def sheet(
    person: Annotated[str, typer.Argument(help="Person id")],
    html: Annotated[
        Path | None, typer.Option("--html", help="Write it as one HTML file, to be given to the person")
    ] = None,
    out: Out = EPISODES,
    as_json: JsonOption = False,
) -> None:
    """Show one person's data sheet: what was trained on their works, and which takes and deliveries rest on them.

    It names nobody else.
    """
    from assets.errors import InputRefused
    from assets.files import write
    from assets.store.events import now
    from flows.cli import documents
    from flows.rights import sheet_page
    from flows.rights.books import opened
    from flows.rights.sheet import person_sheet
    from flows.terminal import arguments

    if html is not None and (not arguments.path(html, "--html").name or html.is_dir()):
        raise InputRefused(f"--html is {str(html)!r}, a folder. Name the file to write, such as sheet.html.")
    with opened(out) as store:
        found = person_sheet(store, person)
    if html is not None:
        write(html, sheet_page.page(found, now()))
    if as_json:
        documents.show("data-sheet", found.model_dump(mode="json"))
    elif html is not None:
        say(f"Wrote {html}.")
    else:
        for line in sheet_page.lines(found):
            say(line)


@rights.command()
def form(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="FORM",
            help="cyclonedx or sources (of an episode), croissant (a dataset), eu-summary (a model)",
        ),
    ],
    name: Annotated[
        str, typer.Argument(help="An episode, a frozen dataset, or a model that was trained here")
    ],
    file: Annotated[Path, typer.Argument(help="The file to write")],
    out: Out = EPISODES,
) -> None:
    """Write a form that others read: a bill of materials, a list of sources, Croissant, the EU's training summary."""
    from assets.errors import InputRefused
    from assets.files import write
    from flows.rights.forms import writing
    from flows.terminal import arguments

    if not arguments.path(file, "FILE").name or file.is_dir():
        raise InputRefused(f"{str(file)!r} is a folder. Name the file to write.")
    write(file, writing.written_form(arguments.chosen(kind, writing.FORMS, "FORM"), name, out))
    say(f"Wrote {file}.")
