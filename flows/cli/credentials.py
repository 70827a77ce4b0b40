"""`sakuga credentials`: the studio's identity, signed files, and what a signed file says."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from assets.plain import counted
from flows.cli import completing
from flows.cli.documents import JsonOption
from flows.cli.options import OutOption
from flows.terminal.lines import say

if TYPE_CHECKING:
    from assets.credentials import Credentials, Identity, Training
    from flows.rights.credentials import SignedFile


class Commands(TyperGroup):
    """The commands; a first word that is none of them names a file to show."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        first = args[0]
        if first in self.commands or first.startswith("-"):
            return super().resolve_command(ctx, args)
        if not Path(first).is_file():
            ctx.fail(f"{first!r} is no file here, and none of the commands: {', '.join(self.commands)}.")
        return super().resolve_command(ctx, ["show", *args])


credentials = typer.Typer(
    cls=Commands,
    help="Content credentials (C2PA): say in the files themselves who made them, with what, and what for.\n\n"
    "`sakuga credentials FILE` reads a file; so does `sakuga credentials show FILE`.",
    no_args_is_help=True,
)
Folder = Annotated[Path, typer.Argument(help="Folder of the identity, outside the project")]
EPISODES = Path("episodes")


@credentials.command()
def studio(
    folder: Folder, name: Annotated[str, typer.Option("--name", "-n", help="The studio, as readers see it")]
) -> None:
    """Make the studio's identity: a root certificate and the leaf that signs files.

    Keep root.key offline: move it to another disk, and name it when you renew the leaf each year. Give trust.pem to
    whoever checks your files: with it they read Trusted. That is trust in this studio, not in the C2PA's own list.
    """
    from assets.credentials import make
    from assets.credentials.identity import ROOT_KEY, TRUST
    from flows.upkeep.signing import refuse_inside

    refuse_inside(folder / ROOT_KEY, EPISODES)
    made = make(folder, name)
    say(f"{folder}: {made.studio}, signs until {made.until:%Y-%m-%d}")
    say(f"Move {folder / ROOT_KEY} to a disk that is kept offline. Give {folder / TRUST} to your readers.")
    say(f"Set SAKUGA_CREDENTIALS={folder}, and every delivery is signed.")


@credentials.command()
def renew(
    folder: Folder,
    root: Annotated[
        Path | None, typer.Option("--root", help="The root's key. Default: root.key in FOLDER")
    ] = None,
) -> None:
    """Make a new leaf, for another year. What was signed before stays valid until its own certificate ends."""
    from assets.credentials import renew as renewed
    from assets.credentials.identity import ROOT_KEY

    made = renewed(folder, root or folder / ROOT_KEY)
    say(f"{folder}: {made.studio}, signs until {made.until:%Y-%m-%d}")


@credentials.command()
def sign(
    what: Annotated[
        str,
        typer.Argument(autocompletion=completing.episodes, help="Episode id or folder; or a file: see below"),
    ],
    identity: Annotated[
        Path | None, typer.Option("--identity", help="Folder of the identity. Default: SAKUGA_CREDENTIALS")
    ] = None,
    training: Annotated[
        Literal["notAllowed", "constrained", "allowed"],
        typer.Option("--training", help="Whether others may train models on these files"),
    ] = "notAllowed",
    watermark: Annotated[
        bool | None,
        typer.Option(
            "--watermark/--no-watermark",
            help="Mark the film imperceptibly before it is signed. Default: as it was signed last",
        ),
    ] = None,
    out: OutOption = EPISODES,
) -> None:
    """Sign the newest delivery of an episode, or a file of weights or a frozen dataset.

    Of an episode: copies of the film, stems, takes and stills in its folder signed/. A LoRA or merged model
    (.safetensors) and a frozen dataset (OUT/datasets/NAME.json) stay as they are, and NAME.c2pa is written beside
    them; the ledger of OUT must know what made them.
    """
    from assets.credentials import Training
    from assets.errors import SetupMissing
    from flows.rights.credentials import identity_in
    from flows.settings import credentials_folder

    folder = identity or credentials_folder()
    if folder is None:
        raise SetupMissing(
            "No identity is set. Make one: sakuga credentials studio FOLDER --name STUDIO, then set "
            "SAKUGA_CREDENTIALS, or give --identity FOLDER."
        )
    mine = identity_in(folder)
    if Path(what).is_file():
        say(f"{_model_signed(Path(what), mine, Training(training), out)}  signed by {mine.studio}")
        return
    made = _delivery_signed(what, (mine, Training(training), watermark), out)
    for one in made:
        say(f"{one.path}  {one.source.name.lower()}")
    say(f"{counted(len(made), 'file')} signed by {mine.studio}; training: {training}")


def _delivery_signed(
    episode: str, how: "tuple[Identity, Training, bool | None]", out: Path
) -> "list[SignedFile]":
    from flows.cli.vault import opened_rooms
    from flows.rights.books import episode_key
    from flows.rights.credentials import EVENT, Order, sign_delivery
    from flows.rights.watermark import issued
    from flows.settings import user

    identity, training, mark = how
    with opened_rooms(out) as rooms:
        key = episode_key(rooms.store, episode)
        before = rooms.store.ledger.events(kind=EVENT, subject=key)
        marked = bool(before and before[-1].body.get("watermark")) if mark is None else mark
        id = issued(key, rooms.store, by=user()) if marked else ""
        order = Order(key, out / key.partition("/")[2], identity, training, id)
        return sign_delivery(order, rooms.store, rooms.vault, by=user())


def _model_signed(file: Path, identity: "Identity", training: "Training", out: Path) -> Path:
    from flows.rights.books import opened
    from flows.rights.model_credentials import Signing, sign_model

    with opened(out) as store:
        return sign_model(file, Signing(identity, training), store)


@credentials.command()
def watermark(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A film, or a picture from one")],
    out: OutOption = EPISODES,
    as_json: JsonOption = False,
) -> None:
    """Read the imperceptible watermark of a film or picture, and name its episode by the ledger of OUT.

    It is read from copies that were encoded again, scaled, cropped or mirrored, and often from one frame; of a film,
    the first 24 keyframes are looked at. It shows where to look, and proves nothing: whoever has Sakuga can write any
    id. Exit code 2 where none can be read.
    """
    from assets.errors import InputRefused
    from assets.watermark import read_file
    from assets.watermark.reading import CLEAR
    from flows.cli import documents
    from flows.rights.books import opened
    from flows.rights.watermark import marked

    found = read_file(file)
    if found.id is None:
        unclear = "shows a watermark, but its id cannot be read. Try a longer or less compressed copy"
        none = "has no watermark of Sakuga that can be read"
        raise InputRefused(f"{file} {unclear if found.score >= CLEAR else none}.")
    with opened(out) as store:
        known = marked(found.id, store)
    if as_json:
        episode = {"episode": known.episode, "event": known.event} if known else {"episode": None}
        changed = {"tiles": round(found.tiles, 3), "mirrored": found.mirrored}
        documents.show("watermark", {"id": found.id, "score": round(found.score, 2), **changed, **episode})
    elif known is None:
        say(f"Watermark {found.id}: not in this ledger ({out}). It is another studio's, or another store's.")
    else:
        line = (
            f"Watermark {found.id}: episode {known.episode}, issued {known.issued[:10]} (event {known.event})"
        )
        say(f"{line}, in {known.signed} signed deliveries")


@credentials.command()
def show(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A picture, film, sound or any file")
    ],
    trust: Annotated[
        list[Path] | None,
        typer.Option(
            "--trust",
            exists=True,
            dir_okay=False,
            help="Certificates to believe: a studio's trust.pem, a time-stamp server's root; repeat it",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read the credentials of a file, and check that nothing was changed since.

    Trusted: signed by a studio whose trust.pem you gave. Valid: unchanged, signed by somebody unknown here. Invalid:
    the file or what it says was changed. Exit code 4 when invalid, 2 when the file has no credentials.
    """
    from assets.credentials import read
    from assets.errors import InputRefused, StorageFailed
    from flows.cli import documents

    found = read(file, "\n".join(one.read_text(encoding="utf-8") for one in trust or ()))
    if found is None:
        raise InputRefused(f"{file} has no content credentials.")
    if as_json:
        body = {"state": found.state, "studio": found.studio, "title": found.title, "uses": found.uses}
        when = {"signed_at": found.at, "stamp_trusted": found.stamped}
        documents.show(
            "credentials", {**body, **when, "faults": list(found.faults), "manifest": found.manifest}
        )
    else:
        for line in _lines(found):
            say(line)
    if found.state == "Invalid":
        raise StorageFailed(f"{file} was changed after it was signed, or its signature is wrong.")


def _lines(found: "Credentials") -> list[str]:
    from flows.rights.signed import PLAIN, in_words

    told = [f"{found.state}: {found.title!r}, signed by {found.studio or 'nobody named'}"]
    known = "" if found.stamped else ", by a time-stamp server that is not trusted here"
    told += [f"  signed at {found.at}{known}" if found.at else "  no time stamp says when it was signed"]
    told += [f"  fault: {fault}" for fault in found.faults]
    told += [
        f"  {action.removeprefix('c2pa.')}: {in_words(source, PLAIN.source)}"
        for action, source in found.actions
    ]
    told += [f"  watermark: {found.watermark}"] if found.watermark else []
    told += [f"  AI: {model}; {in_words(said, PLAIN.oversight)}" for model, said in found.disclosures]
    told += [f"  {name.removeprefix('cawg.').replace('_', ' ')}: {use}" for name, use in found.uses.items()]
    for relation, name, sha256 in found.ingredients:
        told.append(f"  {relation}: {name}" + (f", sha256 {sha256}" if sha256 and sha256 not in name else ""))
    return told + [f"  {name}: {value}" for name, value in found.provenance.items()]
