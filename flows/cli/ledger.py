"""`sakuga ledger`: options and output. Heavy parts are imported when a command runs."""

from pathlib import Path
from typing import Annotated

import typer

from assets.errors import InputRefused, StorageFailed
from flows.cli.documents import JsonOption, show
from flows.terminal.lines import say

ledger = typer.Typer(
    help="Verify, sign and export the ledger: the record of everything that was granted, made and decided.",
    no_args_is_help=True,
)
keys = typer.Typer(
    help="The keys that sign the ledger. Private keys stay outside the project.", no_args_is_help=True
)
ledger.add_typer(keys, name="keys")

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder the episodes are in")]
EPISODES = Path("episodes")


@ledger.command()
def verify(out: Out = EPISODES, as_json: JsonOption = False) -> None:
    """Verify the whole chain, its signed checkpoints and keys, and the anchors in the vault; name the first fault.

    Exit code 4 when an event was changed, removed, inserted or moved, the end was cut off, or a signature is wrong.
    """
    from flows.cli.vault import opened_rooms
    from flows.upkeep.anchoring import Anchoring
    from flows.upkeep.signing import signer

    with opened_rooms(out) as rooms:
        mine, chain = signer(), rooms.store.ledger
        chain.verify(trusted=mine.public if mine else "")
        anchoring, identity = Anchoring.of(rooms.vault, rooms.store), rooms.store.identity
        for wrong in anchoring.disagreements():
            raise StorageFailed(f"{wrong} Keep this database as evidence and put a backup in its place.")
        anchors = list(rooms.vault.anchors.of("", identity))
        unread = len(rooms.vault.anchors.names()) - sum(1 for _ in rooms.vault.anchors.of())
        last, checkpoints = chain.last(), chain.checkpoints.all()
        events, covered = last.number if last else 0, checkpoints[-1].size if checkpoints else 0
        publics = chain.checkpoints.keys().publics
        signed = sum(bool(one.signature) for one in anchors)
        if as_json:
            body = {"events": events, "checkpoints": len(checkpoints), "covered": covered, "keys": publics}
            show(
                "ledger-verify", {**body, "anchors": len(anchors), "anchors_signed": signed, "unread": unread}
            )
        else:
            say(
                f"{events} events, one unbroken chain. {len(anchors)} anchors agree with it ({signed} signed)."
            )
            say(_signed(len(checkpoints), covered, publics))
        if unread:
            raise StorageFailed(
                f"{unread} anchors in {rooms.vault.url} cannot be read: they were changed or cut short."
            )


@ledger.command()
def checkpoint(out: Out = EPISODES) -> None:
    """Sign the ledger as it is now with SAKUGA_LEDGER_KEY. With a key, every run and review does it at its end."""
    from flows.rights.books import opened
    from flows.settings import user
    from flows.upkeep import signing

    with opened(out) as store:
        made = signing.checkpoint(store, by=user())
    say(
        f"Signed: {made.size} events, root {made.root}."
        if made
        else "Nothing has happened since the last checkpoint."
    )


@ledger.command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write: JSON Lines")], out: Out = EPISODES
) -> None:
    """Write the whole ledger to a file, with a verifier beside it that needs nothing of Sakuga."""
    from flows.rights.books import opened
    from flows.terminal import arguments
    from flows.upkeep.exporting import export as write

    if not arguments.path(file, "FILE").name or file.is_dir():
        raise InputRefused(f"{str(file)!r} is a folder. Name the file to write, such as ledger.jsonl.")
    with opened(out) as store:
        made = write(store, file)
    say(f"Wrote {made.path}: {made.events} events, {made.checkpoints} checkpoints.")
    say(f"Verify it anywhere: python {made.verifier} {made.path}")


@keys.command("show")
def show_keys(out: Out = EPISODES) -> None:
    """List the public keys of the ledger, the newest last. Give them to whoever verifies it later."""
    from flows.rights.books import opened

    with opened(out) as store:
        publics = store.ledger.checkpoints.keys().publics
    for public in publics:
        say(public)
    if not publics:
        say("The ledger has no key yet. Make one: sakuga ledger keys rotate FILE")


@keys.command()
def rotate(
    file: Annotated[Path, typer.Argument(help="A new file for the private key, outside the project")],
    out: Out = EPISODES,
) -> None:
    """Make a new key, approved by the one until now (SAKUGA_LEDGER_KEY). Old public keys stay in the ledger."""
    from flows.rights.books import opened
    from flows.settings import user
    from flows.terminal import arguments
    from flows.upkeep import signing

    arguments.path(file, "FILE")
    with opened(out) as store:
        event, made = signing.rotate(store, file, out, by=user())
    say(f"Event {event.number}: the ledger's key is {made.public}.")
    say(f"From now on set SAKUGA_LEDGER_KEY={file.absolute()}, and keep a copy of that file in a safe place.")


def _signed(count: int, covered: int, publics: list[str]) -> str:
    if not count:
        return (
            "No checkpoint is signed: whoever can write to store and vault could rewrite it. Make a key: "
            "sakuga ledger keys rotate FILE"
        )
    return f"{count} checkpoints cover {covered} events, signed by {len(publics)} keys, now {publics[-1]}."
