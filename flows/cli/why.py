"""`sakuga why`: what made one frame, and whose work it rests on."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import completing
from flows.cli.documents import JsonOption
from flows.cli.options import OutOption
from flows.terminal.lines import say


def why(
    episode: Annotated[
        str,
        typer.Argument(
            autocompletion=completing.episodes,
            help="Episode: its id, folder or script's name (`sakuga status` lists them)",
        ),
    ],
    cut: Annotated[str, typer.Argument(help="Cut number, such as C004; or opening or credits")],
    frame: Annotated[
        int, typer.Option("--frame", "-f", min=0, max=10_000_000, help="Frame of the cut, from 0")
    ] = 0,
    out: OutOption = Path("episodes"),
    as_json: JsonOption = False,
) -> None:
    """Show what made a frame of a delivered episode: script, prompt, panel, take, sounds, models, works and people."""
    from flows.cli import documents
    from flows.cli.vault import opened_rooms
    from flows.rights.books import episode_key
    from flows.rights.why import why as explained
    from flows.rights.why_text import lines

    with opened_rooms(out) as rooms:
        told = explained(rooms.store, rooms.vault, episode_key(rooms.store, episode), cut, frame)
    if as_json:
        documents.show("why", told.model_dump(mode="json"))
        return
    for line in lines(told):
        say(line)
