"""`sakuga up`: what a person types to have a studio, and what is refused before anything starts."""

from pathlib import Path
from typing import Annotated

import typer

OutOption = Annotated[
    Path, typer.Option("--out", "-o", help="The episodes' folder; the studio's own is .sakuga in it")
]


def up(
    out: OutOption = Path("episodes"),
    port: Annotated[int, typer.Option(help="Of the server: where producers go")] = 4200,
    rushes_port: Annotated[int, typer.Option(help="Of the rushes room")] = 4300,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0: all of this machine's")
    ] = "127.0.0.1",
    name: Annotated[str, typer.Option(help="How browsers call this machine, with --host 0.0.0.0")] = "",
    cpu: Annotated[int, typer.Option(help="Runs at a time on the CPU pool; 0: no CPU worker")] = 2,
    gpu: Annotated[int, typer.Option(help="Workers of the GPU pool, one card each; 0: none")] = 1,
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
        bool, typer.Option("--rushes/--no-rushes", help="With the rushes room, or without")
    ] = True,
    status: Annotated[
        bool, typer.Option("--status", help="Only say what the studio here does, and end")
    ] = False,
    link: Annotated[
        bool, typer.Option("--link", help="Only print another link that opens the studio in a browser")
    ] = False,
    env: Annotated[
        bool, typer.Option("--env", help='Only print what `prefect` needs: eval "$(sakuga up --env)"')
    ] = False,
) -> None:
    """Start a whole studio on this machine, and stop all of it with Ctrl-C.

    The Prefect server with its UI, the rushes room, CPU and GPU workers; deployments, pools, limits and
    rules are put in place. It says when everything answers: open the link, press Run on make-episode.

    Server and rushes room have passwords, made up once (auth and rushes-auth in --out/.sakuga/up); the link
    opens both without typing, once, within an hour. For another browser: sakuga up --link. For prefect in
    another terminal: eval "$(sakuga up --env)"

    Runs take place in the folder you are in. What is running when it stops goes on after the next start;
    nothing else is lost: the database is in the episodes' .sakuga folder.

    Examples: sakuga up
              sakuga up --port 4210 --rushes-port 4310 --gpu 2
              sakuga up --postgres postgresql://sakuga@db/prefect
              sakuga up --server http://studio:4200/api      (only workers and the rushes room)
    """  # fmt: skip
    from flows.settings import settings
    from flows.terminal import arguments
    from flows.up import access
    from flows.up.devices import devices
    from flows.up.options import Studio, checked
    from flows.up.screen import Screen, describe
    from flows.up.supervisor import run

    studio = checked(
        arguments.build(
            Studio, project=Path.cwd(), home=settings(out).home, out=out.absolute(), host=host, name=name, port=port,
            rushes_port=rushes_port, rushes=rushes, server=arguments.address(server), cpu=cpu, gpu=gpu, nightly=nightly,
        )
    )  # fmt: skip
    if status or link or env:
        say = access.link if link else access.exports if env else describe
        typer.echo(say(studio))
        return
    secrets = access.secrets(studio)
    run(studio, devices=devices(gpu), postgres=_driver(postgres), secrets=secrets, screen=Screen())


def _driver(url: str | None) -> str | None:
    """The URL as the server wants it. It is never printed: a password may stand in it."""
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
