"""`sakuga dataset`: options and output. Heavy parts are imported when a command runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from assets.errors import InputRefused, ModelFailed
from assets.plain import counted, typed
from flows.cli.options import ProfileOption, name_of
from flows.terminal.lines import say

if TYPE_CHECKING:
    from assets.sheets.dataset import Dataset, Manifest
    from flows.training.captioning import Told
    from models.ports import CaptionDialect

dataset = typer.Typer(
    help="Turn a studio's own art into a dataset that a model can be trained on.\n\n"
    "1. add: list the art of a folder, with its captions, its creator and the licence or grant.\n"
    "2. caption: have a model propose captions for pictures that have none; a person approves them.\n"
    "3. check: find what is wrong, and show the sizes the art will be shown in.\n"
    "4. freeze: keep everything in the vault, for ever, under one name and one hash.",
    no_args_is_help=True,
)

Folder = Annotated[
    Path, typer.Argument(help="Folder of art: PNG, JPEG, WebP, MP4; captions in .txt files of the same name")
]
Out = Annotated[
    Path, typer.Option("--out", "-o", help="Folder of the project: its vault keeps frozen datasets")
]
EPISODES = Path("episodes")
FILE = "dataset.yaml"
MOST_SHOWN = 12


@dataset.command()
def add(
    folder: Folder,
    name: Annotated[str, typer.Option("--name", "-n", help="Name of the dataset: a-z, 0-9 and -")],
    creator: Annotated[str, typer.Option("--creator", help="Who made the art")],
    licence: Annotated[str, typer.Option("--licence", help="SPDX expression, or the licence's own id")] = "",
    grant: Annotated[str, typer.Option("--grant", help="Id of the signed grant")] = "",
    data: Annotated[
        str,
        typer.Option(
            "--data", help="owned, licensed, public-domain, opt-in, opt-out, scraped or undisclosed"
        ),
    ] = "owned",
    show: Annotated[str, typer.Option("--show", help="Id of the show whose art this is")] = "",
    caption: Annotated[
        str, typer.Option("--caption", help="For pictures without a caption file; it must be approved later")
    ] = "",
    caption_later: Annotated[
        bool,
        typer.Option(
            "--caption-later",
            help="List pictures without a caption too: `sakuga dataset caption` proposes one",
        ),
    ] = False,
    bible: Annotated[
        str,
        typer.Option(
            "--bible",
            help="Show (id, folder or bible.yaml) whose bible captions pictures in folders named after its characters",
        ),
    ] = "",
    family: Annotated[
        str,
        typer.Option(
            "--family", help="For --bible: the family to train, which decides how captions are written"
        ),
    ] = "sdxl",
    prior: Annotated[
        bool,
        typer.Option(
            "--prior", help="Pictures of the class, not of the subject: they keep what the base knows"
        ),
    ] = False,
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", help="How the art is shown, such as --set resolution=512 --set trigger=nagi"),
    ] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Accept proposed captions as they are")] = False,
) -> None:
    """List the art of a folder in dataset.yaml, beside the art. Running it again keeps what you edited there.

    Rights are those of new pictures; the ones that are listed keep theirs.

    Folders named NN_words are shown NN times per epoch; the words are the caption where a picture has none. With
    --bible, a folder named after a character (nagi, 10_nagi) gives its pictures the caption of that character; so does
    `character: nagi` on a picture in dataset.yaml whose caption is empty.
    """
    from flows.cli import dataset_options as given
    from flows.training import datasets, subjects
    from stages.dataset import intake

    rights = given.rights(creator, licence, grant, data)
    given.named(name, show)
    before = datasets.read(folder) if (folder / datasets.FILE).is_file() else None
    showing = given.showing(setting or [], before)
    captions = subjects.captions_of(bible, family, showing.trigger, prior=prior) if bible else None
    told = intake.Intake(
        name=name,
        rights=rights,
        showing=showing,
        show=subjects.show_of(show, captions),
        caption=caption,
        prior=prior,
        later=caption_later,
        bible=captions,
    )
    made = intake.take_in(folder, told, before)
    given.taken(rights, made, folder)
    bare = sum(not work.caption for work in made.works)
    without = f"{counted(bare, 'picture has', 'pictures have')} no caption"
    if approve:
        if bare:
            raise InputRefused(
                f"{without}, so there is nothing to approve. Run: sakuga dataset caption {typed(folder)}"
            )
        works = tuple(work.model_copy(update={"approved": True}) for work in made.works)
        made = made.model_copy(update={"works": works})
    path = datasets.write(made, folder)
    waiting = sum(bool(work.caption) and not work.approved for work in made.works)
    say(f"Wrote {path}: {given.creators(made)}.")
    if waiting:
        proposed = counted(waiting, "caption is a proposal", "captions are proposals")
        say(f"{proposed}. Read them in {path}, then run this again with --approve.")
    if bare:
        say(f"{without}. A model proposes one: sakuga dataset caption {typed(folder)}")


@dataset.command("caption")
def caption_all(
    folder: Folder,
    captioner: Annotated[
        str | None,
        typer.Option(
            "--captioner",
            help="Model that describes pictures: openai, transformers, toy. Default: the profile's",
        ),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Option of the captioner, such as --set base_url=http://127.0.0.1:8000/v1 --set model=qwen3-vl, or "
            "--set weights.path=FOLDER",
        ),
    ] = None,
    dialect: Annotated[str, typer.Option("--dialect", help="prose, or tags separated by commas")] = "prose",
    hint: Annotated[
        str, typer.Option("--hint", help="What you know of all this art, such as who is shown")
    ] = "",
    profile: ProfileOption = "house",
) -> None:
    """Have a model propose a caption for every picture of a dataset that has none; captions that are there stay.

    Proposals are written to dataset.yaml with the model's name, and are not approved: freeze refuses them until you
    have read them and said --approve to `sakuga dataset add`. Stop with Ctrl-C and run it again: what is done is kept.
    The openai captioner sends the pictures to the server you name.
    """
    from flows.cli import dataset_options as given
    from flows.terminal import arguments
    from flows.training import captioning
    from stages.dataset.captioning import Wish

    asked = arguments.chosen(dialect, ("prose", "tags"), "--dialect")
    wish = Wish(cast("CaptionDialect", asked), arguments.words(hint, "--hint") if hint else "")
    choice = captioning.Choice(
        profile, name_of(captioner, "--captioner"), given.adapter_options(setting or [])
    )
    with _progress("Captioning") as told:
        made = captioning.caption(folder, choice, wish, told)
    if made.proposed:
        say(
            f"{made.captioner} proposed {made.proposed} captions. Read and mend them in {folder / FILE}, "
            "then run `sakuga dataset add` again with --approve."
        )
    elif not made.problems:
        say("No picture is without a caption.")
    if made.problems:
        lines = "\n".join(
            f"- {file}: {problem}" for file, problem in list(made.problems.items())[:MOST_SHOWN]
        )
        raise ModelFailed(f"{len(made.problems)} pictures have no caption yet:\n{lines}")


@dataset.command()
def layouts(
    episode: Annotated[str, typer.Argument(help="Episode id, as `sakuga status` lists them")],
    folder: Annotated[Path, typer.Argument(help="Folder to write to")],
    out: Out = EPISODES,
) -> None:
    """Write the roughs of an episode's cuts, for an artist to draw over, with captions for the house painter.

    Draw CUT.png over CUT.layout.png, in the same shape; then add the folder. A LoRA that is trained on such pairs
    paints every rough in that style: sakuga train --family house.
    """
    from assets.sheets.cutsheet import Cutsheet
    from flows.terminal import arguments
    from flows.training import layouts as roughs

    sheet = out / arguments.episode(episode) / "cutsheet.yaml"
    if not sheet.is_file():
        raise InputRefused(f"{sheet} is not there. `sakuga breakdown SCRIPT` makes it.")
    written = roughs.write(Cutsheet.read(sheet), folder)
    say(
        f"{len(written)} roughs are in {folder}. Draw {written[0]}.png over {written[0]}.layout.png, and so on."
    )


@dataset.command()
def config(path: Annotated[Path, typer.Argument(help="TOML configuration of kohya's trainers")]) -> None:
    """Show what a trainer's TOML configuration means here, and how to add its folders."""
    from stages.dataset import vocabulary

    for subset in vocabulary.read(path):
        settings = subset.showing.model_dump(exclude_defaults=True)
        options = "".join(f" --set {typed(f'{key}={value}')}" for key, value in settings.items())
        words = f" --caption {typed(subset.caption)}" if subset.caption else ""
        prior = " --prior" if subset.prior else ""
        say(f"{subset.folder}: {subset.repeats} times per epoch")
        say(
            f"  sakuga dataset add {typed(subset.folder)} --name NAME --creator WHO --grant ID{words}{prior}{options}"
        )


@dataset.command()
def check(folder: Folder, out: Out = EPISODES) -> None:
    """Read all art of a dataset again; list how many pictures each size holds, and all that `freeze` would refuse."""
    from flows.episode.workspace import open_vault
    from flows.rights.credentials import required_identity
    from flows.settings import settings
    from flows.training import datasets
    from models.training import buckets
    from stages.dataset import intake
    from stages.dataset.folder import refuse

    listed = datasets.read(folder)
    first = listed.works[0].rights if listed.works else None
    if first is None:
        raise InputRefused(
            f"{folder / datasets.FILE} lists no picture. Run: sakuga dataset add {typed(folder)} …"
        )
    now = intake.take_in(folder, intake.Intake(listed.name, first, listed.showing, listed.show), listed)
    files_now, files_then = ({(work.file, work.sha256) for work in each.works} for each in (now, listed))
    changed = {file for file, _ in files_now ^ files_then}
    for file in sorted(changed):
        say(f"Changed since it was added: {file}")
    say(_summary(now))
    say(buckets.report([buckets.bucket(work.size, now.showing) for work in now.works]))
    required_identity()
    vault = open_vault(settings(out)) if (out / datasets.FOLDER).is_dir() else None
    refuse(datasets.unfreezable(listed, folder, out, vault), folder)
    if changed:
        raise InputRefused(f"{len(changed)} pictures differ from the list. Run `sakuga dataset add` again.")


@dataset.command()
def freeze(
    folder: Folder,
    out: Out = EPISODES,
    seed: Annotated[
        int, typer.Option(min=0, max=2**63 - 1, help="Of the order in which the art is shown")
    ] = 0,
) -> None:
    """Keep a dataset in the vault, under one name and one hash. It never changes afterwards."""
    from assets.store import Store
    from flows.episode.workspace import open_vault
    from flows.rights.credentials import required_identity
    from flows.rights.model_credentials import signed_if_set
    from flows.settings import settings, user
    from flows.training import clearance, datasets, recording
    from stages.dataset import freeze as freezing

    listed = datasets.read(folder)
    required_identity()
    chosen = settings(out)
    vault = open_vault(chosen)
    made = freezing.freeze(listed, folder, vault, datasets.frozen(out, vault), seed)
    path = datasets.keep(made, out, vault)
    with Store.open(chosen.store) as store:
        recording.frozen(store, made, by=user())
        signed_if_set(path, store)
        notes = clearance.ungranted(made, store.rights.registry())
    say(f"Frozen: {made.name}, {len(made.works)} pictures, {made.showings()} showings per epoch.")
    say(f"Root {made.root}. A copy for you: {path}")
    for note in notes:
        say(f"Note: {note}")


@dataset.command("show")
def show_one(
    name: Annotated[str, typer.Argument(help="Name of a frozen dataset")], out: Out = EPISODES
) -> None:
    """Show a frozen dataset: whose art it is, on what terms, and how it is shown."""
    from flows.episode.workspace import open_vault
    from flows.settings import settings
    from flows.training import datasets

    found = datasets.manifest(name, open_vault(settings(out)))
    say(_frozen_summary(found))


@contextmanager
def _progress(what: str) -> "Iterator[Told]":
    """A progress bar with the time left, on a terminal; nothing on a pipe."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from flows.terminal.console import PlainConsole

    console = PlainConsole(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@dataclass(frozen=True)
class _Tally:
    pictures: int
    showings: int


def _summary(made: "Dataset") -> str:
    return f"{made.name}: {len(made.works)} pictures, {sum(work.repeats for work in made.works)} showings per epoch."


def _frozen_summary(found: "Manifest") -> str:
    groups: dict[tuple[str, str, str], _Tally] = {}
    for each in found.works:
        rights = each.work.rights
        key = (rights.creator, rights.grant or rights.licence, rights.training_data)
        tally = groups.get(key, _Tally(0, 0))
        groups[key] = _Tally(tally.pictures + 1, tally.showings + each.work.repeats)
    lines = [f"{found.name}: root {found.root}"]
    lines += [
        f"{creator}, {terms}, {data}: {tally.pictures} pictures, {tally.showings} showings per epoch"
        for (creator, terms, data), tally in groups.items()
    ]
    return "\n".join(lines)
