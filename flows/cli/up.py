"""`sakuga up`: its options, and the checks before anything starts."""

from pathlib import Path
from typing import Annotated

import typer

from flows.terminal.lines import say

OutOption = Annotated[
    Path, typer.Option("--out", "-o", help="Folder of the episodes; the server's files are in .sakuga in it")
]


def up(
    out: OutOption = Path("episodes"),
    port: Annotated[int, typer.Option(help="Port of the Prefect server and its UI")] = 4200,
    rushes_port: Annotated[int, typer.Option(help="Port of the rushes room")] = 4300,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0: all addresses of this machine")
    ] = "127.0.0.1",
    name: Annotated[
        str, typer.Option(help="Host name that browsers use for this machine, with --host 0.0.0.0")
    ] = "",
    cpu: Annotated[int, typer.Option(help="Runs at a time on the CPU pool; 0: no CPU worker")] = 2,
    gpu: Annotated[
        int | None, typer.Option(help="GPUs of the Ray cluster here; 0: none. Default: every card there is")
    ] = None,
    ray_port: Annotated[int, typer.Option(help="Of the Ray cluster, on this machine's loopback")] = 4400,
    postgres: Annotated[
        str | None,
        typer.Option(
            help="Keep the server's records in PostgreSQL: postgresql://user@host/database. "
            "Better without the password in it: set PGPASSWORD, or use ~/.pgpass"
        ),
    ] = None,
    server: Annotated[
        str, typer.Option(help="Use the Prefect server at this API address instead of starting one")
    ] = "",
    nightly: Annotated[
        str, typer.Option(help="When nightly-rushes runs: a cron such as '0 4 * * *', or off")
    ] = "",
    rushes: Annotated[
        bool, typer.Option("--rushes/--no-rushes", help="Start the rushes room, or not")
    ] = True,
    status: Annotated[
        bool, typer.Option("--status", help="Only print the state of the studio, and exit")
    ] = False,
    link: Annotated[
        bool, typer.Option("--link", help="Only print another link that opens the studio in a browser")
    ] = False,
    env: Annotated[
        bool, typer.Option("--env", help='Only print what `prefect` needs: eval "$(sakuga up --env)"')
    ] = False,
) -> None:
    """Start a whole studio on this machine, and stop all of it with Ctrl-C.

    The Prefect server with its UI, the rushes room, a CPU worker, a Ray cluster of its GPUs; deployments, pool and
    rules are put in place. It says when everything answers: open the link, press Run on make-episode.

    Server and rushes room have passwords, generated once (auth and rushes-auth in --out/.sakuga/up). The link
    opens both without a password, once, within an hour. For another browser: sakuga up --link. For prefect in
    another terminal: eval "$(sakuga up --env)"

    Runs work in the current folder. A run that is interrupted by the stop continues after the next start;
    nothing else is lost: the database is in the episodes' .sakuga folder.

    Examples: sakuga up
              sakuga up --port 4210 --rushes-port 4310 --gpu 2
              sakuga up --postgres postgresql://sakuga@db/prefect
              sakuga up --server http://studio:4200/api      (only workers and the rushes room)
    """  # fmt: skip
    from flows.settings import settings
    from flows.terminal import arguments
    from flows.up import access
    from flows.up.devices import cards, device
    from flows.up.options import Studio, checked
    from flows.up.screen import Screen, describe
    from flows.up.supervisor import run

    studio = checked(
        arguments.build(
            Studio, project=Path.cwd(), home=settings(out).home, out=out.absolute(), host=host, name=name, port=port,
            rushes_port=rushes_port, rushes=rushes, server=arguments.address(server), cpu=cpu, nightly=nightly,
            gpu=cards() if gpu is None else gpu, device=device(), ray_port=ray_port,
        )
    )  # fmt: skip
    if status or link or env:
        shown = access.link if link else access.exports if env else describe
        say(shown(studio))
        return
    secrets = access.secrets(studio)
    run(studio, postgres=_driver(postgres), secrets=secrets, screen=Screen())


def _driver(url: str | None) -> str | None:
    """The URL in the form the server needs. It is never printed, because it may contain a password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    from assets.errors import InputRefused

    if url is None:
        return None
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        read = None
    if (
        read is None
        or read.drivername.partition("+")[0] not in ("postgresql", "postgres")
        or not read.database
    ):
        raise InputRefused("--postgres cannot be read. Write postgresql://user@host/database.")
    return read.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
