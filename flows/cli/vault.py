"""`sakuga vault`: options and output. Heavy parts are imported when a command runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.errors import InputRefused, StorageFailed
from assets.plain import counted
from flows.terminal.lines import say

NO_SHOW = "_"

if TYPE_CHECKING:
    from assets.sheets.production import Ref
    from assets.vault.upkeep import Told
    from flows.upkeep.repairing import Rooms

vault = typer.Typer(
    help="Check, repair and clean up the vault; rebuild the records of a lost store.\n\n"
    "Every command is safe while a run works, on a disk and in object storage.",
    no_args_is_help=True,
)

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder the episodes are in")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it; without it, only say what would be done")]
EPISODES = Path("episodes")


@vault.command()
def status(out: Out = EPISODES) -> None:
    """Show where the vault is, its size, and how much of it is unreferenced. Reads no blob."""
    with opened_rooms(out) as rooms:
        blobs = list(rooms.vault.items())
        free = rooms.vault.unreferenced(_kept(rooms), older_than_s=0)
        say(f"{rooms.vault.url}: {counted(len(blobs), 'blob')}, {_size(sum(item.bytes for item in blobs))}.")
        say(f"{len(free):,} of them ({_size(sum(item.bytes for item in free))}) are unreferenced.")
        say(f"Store {rooms.store.url}: {counted(len(rooms.store.episodes()), 'episode')}.")


@vault.command()
def verify(out: Out = EPISODES) -> None:
    """Read every blob, commit and row; list what is changed, missing or unreferenced. Changes nothing.

    Exit code 4 when something that is needed is changed or missing; `sakuga vault repair` repairs it.
    """
    from flows.upkeep import repairing

    with opened_rooms(out) as rooms:
        rows = rooms.store.faults()
        for row in rows:
            say(f"Damaged row: {row}")
        if rows:
            raise StorageFailed(
                f"{len(rows)} rows of the store are damaged. Restore a backup of the store; or move it away and run "
                "`sakuga vault rebuild EPISODE` for each episode."
            )
        with _progress("Reading blobs") as progress:
            found = repairing.examined(rooms, progress)
        recipes = rooms.store.recipes()
        wrong = [fault for fault in found.faults if repairing.matters(fault, recipes)]
        say(f"{found.blobs:,} blobs ({_size(found.bytes)}) and {found.commits:,} commits were read.")
        for fault in wrong:
            by = "; ".join(repairing.needs(fault, recipes)[:3])
            say(f"{_KINDS[fault.kind]}: {fault.name}{f' ({by})' if by else ''}")
        old = len(found.faults) - len(wrong)
        if old:
            say(f"{old} blobs are missing that only old results refer to; they are made again when needed.")
        size = _size(sum(item.bytes for item in found.unreferenced))
        say(
            f"{counted(len(found.unreferenced), 'blob')} ({size}) unreferenced; `sakuga vault collect` frees it."
        )
    if wrong:
        raise StorageFailed(
            f"Found: {counted(len(wrong), 'problem')}. `sakuga vault repair` restores what can be "
            "found, and prints the command that makes the rest."
        )
    say("Everything that is needed is present and unchanged.")


@vault.command()
def repair(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is wrong")] = False,
    out: Out = EPISODES,
) -> None:
    """Restore missing or changed blobs from other places that hold the same bytes.

    Searches the local cache, the quarantine, the episodes' folders and the store. Damaged blobs are moved
    to the vault's quarantine; nothing is deleted. What cannot be found must be made again: the command
    for it is printed.
    """
    from flows.upkeep import repairing

    if dry_run:
        verify(out)
        return
    with opened_rooms(out) as rooms:
        with _progress("Reading blobs") as progress:
            found = repairing.examined(rooms, progress)
        done = repairing.repair(rooms, found)
        say(
            f"{counted(len(done.aside), 'damaged object')} moved to the quarantine, "
            f"{counted(len(done.put_back), 'blob')} restored, {counted(done.committed, 'commit')} written again."
        )
        for sentence in repairing.commands(done.gone, rooms):
            say(sentence)
        lost = sum(map(len, done.gone.values()))
    if lost:
        raise StorageFailed(f"{lost} blobs could not be found anywhere. The commands above make them again.")
    say("Nothing that is needed is missing.")


@vault.command()
def collect(
    yes: Yes = False,
    older_than: Annotated[
        float,
        typer.Option(
            "--older-than", min=1, max=24 * 3650, help="Keep everything younger than this many hours"
        ),
    ] = 24,
    out: Out = EPISODES,
) -> None:
    """Remove blobs that nothing refers to: no episode, take, round, review or finished result.

    Takes that nobody chose are kept, because they can be chosen. Broken uploads and drafts of killed runs are removed.
    """
    with opened_rooms(out) as rooms:
        kept = _kept(rooms)
        free = rooms.vault.unreferenced(kept, older_than_s=older_than * 3600)
        size = _size(sum(item.bytes for item in free))
        if not yes:
            for item in free[:20]:
                say(f"{item.name}  {_size(item.bytes)}")
            say(f"{counted(len(free), 'blob')}, {size}, would be removed. Add --yes to do it.")
            return
        freed = rooms.vault.collect(kept, older_than_s=older_than * 3600)
        say(f"{_size(freed)} were freed.")


Episode = Annotated[str, typer.Argument(help="Episode id or folder")]


@vault.command()
def rebuild(episode: Episode, yes: Yes = False, out: Out = EPISODES) -> None:
    """Restore from the vault what it can prove of an episode whose store was emptied, replaced or truncated.

    Restores its takes, selections, reviews, approvals and retakes as of the last anchor. Records that the
    store has are not changed. Each event is entered in the ledger again, marked as rebuilt.
    """
    from flows.episode.workspace import held
    from flows.settings import user
    from flows.upkeep.anchoring import Anchoring

    with opened_rooms(out, anew=True) as rooms:
        anchoring = Anchoring.of(rooms.vault, rooms.store)
        key = _key(episode, rooms)
        anchor = anchoring.to_rebuild_from(key)
        signed = (
            "signed by the key set here"
            if anchoring.is_ours(anchor)
            else ("signed by another key" if anchor.signature else "not signed")
        )
        say(
            f"{key} was anchored by {anchor.made_by} at {anchor.made_at}, at event {anchor.number} of store "
            f"{anchor.store[:8]} ({signed})."
        )
        if not yes:
            whole = "Nothing is missing: this store has all of its records."
            lacks = "Add --yes to enter its records into this store."
            say(whole if anchoring.holds(key, anchor) else lacks)
            return
        if held(key.partition("/")[2], key, rooms.store, rooms.settings):
            raise InputRefused(f"{key} is being worked on. Wait until that run ends, or stop it first.")
        _, restored = anchoring.rebuild(key, by=user())
        rows = ", ".join(f"{count} {name}" for name, count in restored.rows.items() if count)
        say(
            f"Entered: {rows or 'nothing was missing'}. {counted(len(restored.events), 'event')} marked as rebuilt."
        )


@vault.command()
def accept(
    episode: Episode,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; it stays in the ledger and the vault")],
    out: Out = EPISODES,
) -> None:
    """Accept this store although the vault has an anchor with more events than it knows. Nothing is deleted."""
    from flows.settings import user
    from flows.upkeep.anchoring import Anchoring

    if not reason.strip():
        raise InputRefused("Give a reason: --reason.")
    with opened_rooms(out, anew=True) as rooms:
        key = _key(episode, rooms)
        anchor = Anchoring.of(rooms.vault, rooms.store).accept(key, by=user(), reason=reason.strip())
        say(f"{key} continues with store {anchor.store[:8]} from event {anchor.number} on.")


_KINDS = {
    "changed": "Changed",
    "missing": "Missing",
    "commit": "Damaged commit",
    "strange": "Not a blob or commit",
}


def _kept(rooms: "Rooms") -> "list[Ref]":
    return [one.ref for one in rooms.store.references()]


def _key(name: str, rooms: "Rooms") -> str:
    """The episode's key, from the store or from its anchors."""
    from flows.episode import known

    keys = {item.key for item in rooms.store.episodes()}
    keys |= {"/".join(anchor.split("/")[1:3]) for anchor in rooms.vault.anchors.names()}
    plain = Path(name).name
    notes = rooms.settings.home / "episodes" / plain
    if not known.matching(name, keys) and "/" not in name and (notes / "brief.json").exists():
        return f"{NO_SHOW}/{plain}"
    return known.found(name, keys)


@contextmanager
def opened_rooms(out: Path, *, anew: bool = False) -> Iterator["Rooms"]:
    """``anew``: the store may be new."""
    from assets.store import Store
    from flows.episode.workspace import open_vault
    from flows.settings import settings
    from flows.upkeep.repairing import Rooms

    chosen = settings(out)
    file = chosen.store.removeprefix("sqlite:///")
    if not anew and file != chosen.store and not Path(file).exists():
        raise InputRefused(
            f"There is no store at {file}, so the vault cannot be read. Give --out. If the store was "
            "lost, run `sakuga produce` with the script: it says what can be rebuilt."
        )
    with Store.open(chosen.store) as store:
        yield Rooms(open_vault(chosen), store, out, chosen)


@contextmanager
def _progress(what: str) -> Iterator["Told"]:
    """A progress bar on a terminal; nothing on a pipe."""
    from rich.progress import Progress

    from flows.terminal.console import PlainConsole

    console = PlainConsole(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{count / 1e3:.1f} kB"
    return f"{count / 1e6:,.1f} MB" if count < 1_000_000_000 else f"{count / 1e9:,.2f} GB"
