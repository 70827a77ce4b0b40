"""`sakuga open`: show a result of an episode with the program of the desktop, or say where it is."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import completing
from flows.cli.options import OutOption
from flows.terminal.lines import say

PARTS = {"film": "episode.mp4", "report": "report.json", "contact": "contact.html"}


def open_part(
    episode: Annotated[
        str,
        typer.Argument(
            autocompletion=completing.episodes,
            help="Episode: its id, folder or script's name (`sakuga status` lists them)",
        ),
    ],
    part: Annotated[str, typer.Argument(metavar="[film|report|contact|room]", help="What to open")] = "film",
    out: OutOption = Path("episodes"),
) -> None:
    """Open the film, the report or the contact sheet of an episode, or its page in the rushes room.

    Prints the path or the address; without a desktop, or where the output is piped, it does nothing else.
    """
    import sys

    from flows.episode.known import id_of
    from flows.settings import has_desktop
    from flows.terminal import arguments

    kind = arguments.chosen(part, (*PARTS, "room"), "PART")
    id = id_of(episode, out, elsewhere=kind == "room")
    where = _room(id, out) if kind == "room" else _file(id, kind, out)
    say(where)
    if sys.stdout.isatty() and has_desktop():
        typer.launch(where)


def _file(id: str, kind: str, out: Path) -> str:
    from assets.errors import InputRefused
    from flows.terminal import arguments

    file = arguments.folder(out) / id / PARTS[kind]
    if not file.is_file():
        known = ", ".join(sorted(sheet.parent.name for sheet in out.glob("*/cutsheet.yaml")))
        raise InputRefused(
            f"{file} is not there. `sakuga produce` makes it; episodes in {out}: {known or 'none'}."
        )
    return str(file.absolute())


def _room(id: str, out: Path) -> str:
    from assets.errors import InputRefused
    from flows.settings import media_url, settings
    from flows.up import instance
    from flows.up.options import Studio

    studio = Studio(project=Path.cwd(), home=settings(out).home, out=out.absolute())
    now = instance.last(studio) if instance.is_up(studio) else None
    address = media_url() or (now.rushes if now else "")
    if not address:
        raise InputRefused(
            f"No rushes room is known that shows {out}. Start one with `sakuga up`, or start `sakuga rushes` and set "
            "SAKUGA_MEDIA_URL to its address."
        )
    return f"{address.rstrip('/')}/episodes/{id}"
