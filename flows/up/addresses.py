"""Check that the studio's ports are free before anything starts, or say who uses them.

In: a host and ports.      Out: nothing, or an InputRefused.
"""

import socket
from contextlib import suppress

import psutil

from assets.errors import InputRefused
from flows.up.options import Studio


def check(studio: Studio) -> None:
    """Refuse a port that is in use."""
    doors = [] if studio.server else [("server", studio.port, "--port")]
    if studio.rushes:
        doors.append(("rushes room", studio.rushes_port, "--rushes-port"))
    if studio.gpu:
        doors.append(("Ray cluster", studio.ray_port, "--ray-port"))
    for what, port, option in doors:
        host = "127.0.0.1" if option == "--ray-port" else studio.host
        if not _free(host, port):
            raise InputRefused(
                f"Port {port} for the {what} is taken{_by(port)}. Nothing was started. Stop that, or choose another: "
                f"{option} {_next_free(host, port)}"
            )


def _free(host: str, port: int) -> bool:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as door:
        # Like servers do: a port with connections in TIME_WAIT is free.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(address)
        except PermissionError:
            raise InputRefused(f"Port {port} is reserved for the system; choose one above 1023.") from None
        except OSError as error:
            if error.errno == 99:
                raise InputRefused(
                    f"{host} is not an address of this machine. Give one of its addresses, or 0.0.0.0 for all."
                ) from None
            return False
        return True


def _by(port: int) -> str:
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                if connection.pid is None:
                    return ""
                process = psutil.Process(connection.pid)
                return f" by {process.name()} (process {process.pid})"
    return ""


def _next_free(host: str, port: int) -> int:
    return next(
        (other for other in range(port + 1, min(port + 200, 65536)) if _free(host, other)), port + 1000
    )
