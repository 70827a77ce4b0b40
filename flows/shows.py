"""`sakuga show`: start a show, and read one with a critical eye."""

from pathlib import Path

import typer

from assets import show as shows
from assets.errors import InputRefused
from assets.plain import visible
from flows import arguments
from flows.studio import episode_id


def new(folder: Path, title: str) -> None:
    """Write a starter bible and script into a new folder."""
    arguments.folder(folder, "FOLDER")
    if folder.exists() and any(folder.iterdir()):
        raise InputRefused(f"{folder} is not empty. Choose another folder; nothing was written.")
    shows.new(folder, episode_id(folder, None).lower(), title)
    typer.echo(
        visible(
            f"Wrote {folder}. Next: sakuga show check {folder}, then sakuga produce {folder}/ep01.fountain"
        )
    )


def check(show: str) -> None:
    """Print what is thin in a bible; a broken one is refused with its line."""
    bible = shows.load(show)
    warnings = shows.check(bible)
    for warning in warnings:
        typer.echo(visible(f"note: {warning}"))
    people, places = len(bible.characters), len(bible.places)
    typer.echo(f"{bible.id}: {people} characters, {places} places, {len(warnings)} notes.")
