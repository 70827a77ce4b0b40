"""`sakuga report`: what the last run of an episode made, reused, measured and cost."""

import json
from pathlib import Path
from typing import Annotated

import typer

from flows.cli import completing
from flows.cli.documents import JsonOption
from flows.cli.options import OutOption


def report(
    episode: Annotated[
        str,
        typer.Argument(
            autocompletion=completing.episodes,
            help="Episode: its id, folder or script's name (`sakuga status` lists them)",
        ),
    ],
    out: OutOption = Path("episodes"),
    as_json: JsonOption = False,
) -> None:
    """Show what the last run of an episode made, reused, measured and cost, and where its files are."""
    from assets.errors import InputRefused
    from assets.sheets.production import Report
    from flows.cli import documents
    from flows.episode.known import id_of
    from flows.terminal import arguments, screen

    folder = arguments.folder(out) / id_of(episode, out)
    if not (folder / "report.json").is_file():
        raise InputRefused(f"{folder / 'report.json'} is not there. `sakuga produce` writes it at the end.")
    read = Report.read(folder / "report.json")
    if as_json:
        documents.show("report", {"report": json.loads(read.to_json())})  # with its own version
    else:
        screen.summary(read, str(folder), quiet=False)
