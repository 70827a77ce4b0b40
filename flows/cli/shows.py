"""`sakuga show`: start a show, and check its bible."""

from pathlib import Path
from typing import Annotated

import typer

from assets.plain import counted, typed
from flows.cli import completing
from flows.cli.options import ProfileOption, name_of
from flows.terminal.lines import say

show = typer.Typer(help="Make and check a show's bible.", no_args_is_help=True)


@show.command("new")
def new(
    folder: Annotated[Path, typer.Argument(help="Folder to create")],
    title: Annotated[str, typer.Option("--title", "-t", help="The show's title")] = "My show",
    premise: Annotated[
        str | None, typer.Option("--premise", help="A large writer proposes the whole bible from this")
    ] = None,
    profile: ProfileOption = "house",
    writer: Annotated[
        str | None, typer.Option("--writer", "-w", help="openai or transformers; default: the profile's")
    ] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", help="Most that the writer may use: 200k tokens, $1.50, or both")
    ] = None,
    episodes: Annotated[Path, typer.Option("--episodes", help="Folder of the episodes")] = Path("episodes"),
) -> None:
    """Start a show: a commented bible and a first script, ready to produce.

    With --premise a large writer proposes everything: people with looks and voices, places, relations, tone.
    """
    from assets import show as shows
    from assets.errors import InputRefused
    from flows.episode.workspace import episode_id
    from flows.terminal import arguments

    arguments.folder(folder, "FOLDER")
    if folder.exists() and any(folder.iterdir()):
        raise InputRefused(f"{folder} is not empty. Choose another folder; nothing was written.")
    if premise is not None:
        from flows.episode.rewriting import Means, propose

        means = Means(profile, name_of(writer, "--writer"), budget, None, episodes)
        bible = propose(folder, premise, means, quiet=False)
        for warning in shows.check(bible):
            say(f"note: {warning}")
        say(
            f"Wrote {folder}/{shows.BIBLE}: edit it. "
            f"Next: sakuga write PREMISE --show {typed(folder)} --out ep01.fountain"
        )
        return
    shows.new(folder, episode_id(folder, None).lower(), title)
    script = folder / "ep01.fountain"
    say(f"Wrote {folder}. Next: sakuga show check {typed(folder)}, then sakuga produce {typed(script)}")


@show.command("copy")
def copy(
    show: Annotated[str, typer.Argument(autocompletion=completing.shows, help="Show id in the library")],
    folder: Annotated[Path, typer.Argument(help="Folder to create")],
) -> None:
    """Copy a show of the library into a folder of your own: the library's stays as it is."""
    from assets import show as shows
    from flows.terminal import arguments

    arguments.folder(folder, "FOLDER")
    bible = shows.copied(show, folder)
    say(f"Wrote {folder}. Edit {bible}; next: sakuga show check {typed(folder)}")


@show.command("check")
def check(name: Annotated[str, typer.Argument(metavar="SHOW", help="Show id, folder or bible.yaml")]) -> None:
    """Read a bible, and report what is wrong or missing in it."""
    from assets import show as shows

    bible = shows.load(name)
    warnings = shows.check(bible)
    for warning in warnings:
        say(f"note: {warning}")
    people, places = counted(len(bible.characters), "character"), counted(len(bible.places), "place")
    called = name if name == bible.id else f"{name} (show {bible.id})"
    say(f"{called}: {people}, {places}, {counted(len(warnings), 'note')}.")
