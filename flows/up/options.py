"""The options of a studio: its folders, addresses and workers.

In: the options of `sakuga up`.      Out: a Studio, checked before anything starts.
"""

import ipaddress
from pathlib import Path

from pydantic import Field

from assets.errors import InputRefused
from assets.sheets.base import Part

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104, only compared with


class Studio(Part):
    """One studio on one machine. Paths are absolute."""

    project: Path = Field(description="Runs work in this folder; relative paths in a form start from it")
    home: Path = Field(description="The .sakuga folder: database, logs, note of the running studio")
    out: Path = Field(description="The episodes' folder")
    host: str = "127.0.0.1"
    name: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9.:_-]{0,253}$",
        description="Host name that browsers use; empty: as host",
    )
    port: int = Field(default=4200, ge=1, le=65535)
    rushes_port: int = Field(default=4300, ge=1, le=65535)
    rushes: bool = True
    server: str = Field(default="", description="API of a server that runs elsewhere; empty: start one")
    cpu: int = Field(default=2, ge=0, le=64, description="Runs at a time on the CPU pool, in one worker")
    gpu: int = Field(default=0, ge=0, le=64, description="GPUs of the Ray cluster here; 0: there is none")
    device: str = Field(default="cpu", description="Where its workers load their models")
    ray_port: int = Field(default=4400, ge=1, le=65535)
    nightly: str = Field(default="", description="Another cron for nightly-rushes; off: none")

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in LOOPBACK

    @property
    def called(self) -> str:
        """The machine's name in URLs."""
        name = self.name or self.host
        return f"[{name}]" if ":" in name else name

    @property
    def ui(self) -> str:
        return self.server.removesuffix("/api") if self.server else f"http://{self.called}:{self.port}/v2"

    @property
    def origin(self) -> str:
        """The origin of the server that is started here, as browsers write it."""
        return f"http://{self.called}:{self.port}"

    @property
    def auth(self) -> Path:
        """The file with the server's password."""
        return self.state_folder / "auth"

    @property
    def room_auth(self) -> Path:
        """The file with the rushes room's password, which does not allow starting runs."""
        return self.state_folder / "rushes-auth"

    @property
    def api(self) -> str:
        """The API address for browsers and other machines; the parts here may use another one."""
        return self.server or f"http://{self.called}:{self.port}/api"

    @property
    def near_api(self) -> str:
        """The API address for parts on this machine: the loopback if the server listens there too."""
        if self.server:
            return self.server
        near = "127.0.0.1" if self.host in EVERYWHERE else self.host
        return f"http://{f'[{near}]' if ':' in near else near}:{self.port}/api"

    @property
    def ray(self) -> str:
        """Where the cluster's head answers: on the loopback only."""
        return f"127.0.0.1:{self.ray_port}"

    @property
    def ray_auth(self) -> Path:
        """The file with the cluster's token."""
        return self.state_folder / "ray-auth"

    @property
    def rushes_url(self) -> str:
        return f"http://{self.called}:{self.rushes_port}"

    @property
    def near_rushes(self) -> str:
        near = "127.0.0.1" if self.host in EVERYWHERE else self.host
        return f"http://{f'[{near}]' if ':' in near else near}:{self.rushes_port}"

    @property
    def state_folder(self) -> Path:
        """The studio's own folder in the home."""
        return self.home / "up"


def checked(studio: Studio) -> Studio:
    """Refuse options that do not work together, before anything starts."""
    if studio.server and not studio.server.rstrip("/").endswith("/api"):
        raise InputRefused(
            f"--server is {studio.server!r}; give the address of its API, such as http://studio:4200/api."
        )
    if studio.host in EVERYWHERE and not studio.name:
        raise InputRefused(
            f"--host {studio.host} listens on all addresses, and browsers need one host name: "
            "add --name, such as --name studio.local or this machine's address."
        )
    if not studio.server and studio.rushes and studio.port == studio.rushes_port:
        raise InputRefused(
            f"The server and the rushes room cannot share port {studio.port}. Choose --rushes-port."
        )
    if studio.cpu == 1:
        raise InputRefused(
            "With --cpu 1 nightly-rushes would wait for ever: it uses one run while its episodes need another. "
            "Give 2 or more, or 0 for a machine without a CPU worker."
        )
    if not studio.is_local:
        _an_address(studio.host)
    return studio


def _an_address(host: str) -> None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        raise InputRefused(
            f"--host is {host!r}; give an address of this machine, such as 127.0.0.1 or 0.0.0.0. "
            "The name that browsers use goes to --name."
        ) from None
