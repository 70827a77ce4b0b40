"""`sakuga rushes`: serve the rushes room to a browser."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import OutOption


def rushes(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0: all addresses of this machine")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port")] = 4300,
    token: Annotated[
        str,
        typer.Option(
            help="Password of the room. Better: SAKUGA_RUSHES_TOKEN, which other users cannot see. "
            "Default: one is generated and kept in .sakuga/up/rushes-auth"
        ),
    ] = "",
    out: OutOption = Path("episodes"),
) -> None:
    """Serve the rushes room: watch, compare, pin notes, approve or order retakes, in a browser or on a phone."""
    from flows.rushes.serve import Address, serve

    serve(Address(host, port, token), out)
