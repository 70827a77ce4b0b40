"""`sakuga rushes`: serve the room until Ctrl-C.

In: an address to listen on, the episodes' folder.      Out: a server, and its address on the terminal.
The token is never printed. A terminal gets a link with a ticket that works once. Requests are not logged.
"""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assets.errors import InputRefused
from assets.store import Store
from flows.episode.workspace import open_vault
from flows.review import waker
from flows.rushes.guard import DOOR, Lock, lock_for
from flows.settings import media_url, project, rushes_token, settings, ui_url, user
from flows.up.access import use
from flows.web.names import is_loopback
from flows.web.protocol import options, quiet
from flows.web.secret import GUEST, kept
from flows.web.tickets import ticket

if TYPE_CHECKING:
    from starlette.applications import Starlette

PORT = 4300


@dataclass(frozen=True)
class Address:
    """Where the room listens, and its secrets."""

    host: str = "127.0.0.1"
    port: int = PORT
    token: str = ""


def serve(address: Address, out: Path) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    import uvicorn

    use(out)  # decisions resume runs of the studio that is up here
    kept_at = settings(out).home / "up" / "rushes-auth"
    token = address.token or rushes_token() or kept(kept_at, GUEST).partition(":")[2]
    lock = lock_for(address.host, token, names=[_host(media_url())], start=_origin(ui_url()))
    with _listening(address) as listening, room(out, lock) as app:
        port = listening.getsockname()[1]
        where = _whereabouts(address, kept_at)
        print(describe(address.host, port, lock, where, linked=sys.stdout.isatty()), flush=True)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
            **options(),
        )
        quiet()
        # uvicorn raises the stop signal again when it ends.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
    print("The rushes room is closed.", flush=True)


@contextmanager
def room(out: Path, lock: Lock) -> "Iterator[Starlette]":
    """The application for the episodes in ``out``, while the block runs."""
    from flows.rushes.app import build
    from flows.rushes.archive import Archive
    from flows.rushes.pictures import PictureCache
    from flows.rushes.project import Project
    from flows.rushes.runs import starter
    from flows.rushes.studio_routes import Studio

    chosen, here = settings(out), Path(project() or Path.cwd())
    runs = starter(here)
    with Store.open(chosen.store) as store:
        archive = Archive(store, open_vault(chosen), out)
        studio = Studio(Project(here, archive), runs)
        try:
            with waker.beside(store, waker.told):
                yield build(archive, PictureCache(chosen.home / "rushes"), lock, you=user(), studio=studio)
        finally:
            runs.close()


def describe(host: str, port: int, lock: Lock, where: str, *, linked: bool) -> str:
    """The text for the terminal: the address, who can reach it, and where the token is.

    linked  with a link that works once, for a person; a log gets only the address
    """
    shown = socket.gethostname() if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    name = f"[{shown}]" if ":" in shown else shown
    address = f"http://{name}:{port}/"
    reach = (
        "this machine only" if is_loopback(host) else "plain HTTP: put it behind TLS outside your own network"
    )
    if linked:
        # The ticket is behind a #, so that no server and no log sees it; the login page removes it from the address.
        address, where = (
            f"{address}#ticket={ticket(lock.token, DOOR)}",
            f"{where}; the link opens once, within an hour",
        )
    return f"Rushes: {address} (its token: {where}; {reach}; Ctrl-C closes it)"


def _whereabouts(address: Address, kept_at: Path) -> str:
    if address.token:
        return "the one given with --token"
    return "SAKUGA_RUSHES_TOKEN" if rushes_token() else f"behind the colon in {kept_at}"


def _host(url: str) -> str:
    return urlsplit(url).hostname or "" if url else ""


def _origin(url: str) -> str:
    """Scheme, host and port of a URL, as browsers send it."""
    read = urlsplit(url)
    return f"{read.scheme}://{read.netloc}" if read.netloc else ""


@contextmanager
def _listening(address: Address) -> Iterator[socket.socket]:
    """A bound socket, so that a taken port is reported before anything is opened."""
    try:
        family, _, _, _, place = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.create_server(place[:2], family=family, backlog=128)
    except (OSError, OverflowError, ValueError) as error:
        raise InputRefused(
            f"The rushes room cannot listen at {address.host}:{address.port} ({error}). "
            "Choose another --port or --host; 0 takes any free port."
        ) from error
    with bound:
        yield bound
