"""Read the environment: the only module that reads environment variables.

SAKUGA_HOME     folder of the vault, the store and the journals (default: `.sakuga` in --out)
SAKUGA_VAULT    vault URL, such as s3://bucket/prefix (default: $SAKUGA_HOME/vault)
SAKUGA_STORE    store URL, such as postgresql+psycopg://... (default: SQLite in $SAKUGA_HOME)
SAKUGA_CACHE    folder of the local cache of a vault in object storage (default: ~/.cache/sakuga)
SAKUGA_CACHE_GB approximate size of that cache in GB (default: 20)
SAKUGA_MODELS   folder of the models that `sakuga models pull` fetches (default: ~/.cache/sakuga/models)
SAKUGA_HUB      the hub they are fetched from, such as http://models.studio:8090 (default: HF_ENDPOINT, else
                https://huggingface.co)
SAKUGA_HUB_TOKEN  a token for that hub (default: for huggingface.co the one that `hf auth login` keeps; else none)
SAKUGA_MEDIA_URL  address of the rushes room, such as http://studio:4250; reviews link to it (default: no links)
SAKUGA_DEVICE   device of the models: cpu, cuda, cuda:1 (default: cpu)
SAKUGA_LANES    how many panels, takes and sounds are made side by side, where their models allow it
                (default: one per core, at most 3)
SAKUGA_PIECE_HOURS  how long one panel, take or sound may take in a deployed run before its process is ended as
                hung (default: 6)
SAKUGA_RAY      where the workers of a brief run: local (this machine), or the address of a Ray cluster, such as
                10.0.0.5:6379 (default: none; a run does all the work in its own process)
SAKUGA_RAY_DEVICE  device of the workers' models: cpu or cuda (default: SAKUGA_DEVICE)
SAKUGA_USER     name of the user in the records (default: the system's user)
SAKUGA_SERVER_AUTH  user:password of the Prefect server (default: one is generated and kept in .sakuga/up/auth)
SAKUGA_RUSHES_TOKEN  password of the rushes room (default: one is generated and kept in .sakuga/up/rushes-auth)
SAKUGA_PROJECT  the only folder in which runs of `sakuga up` work; `sakuga up` sets it for its workers
SAKUGA_LEDGER_KEY  an Ed25519 private key in PEM that signs the ledger's anchors (default: not signed)
SAKUGA_CREDENTIALS  folder of the studio's identity, made by `sakuga credentials studio`; deliveries are signed with it
SAKUGA_TIMESTAMPS   http(s) address of a time-stamp server (RFC 3161) that is asked for every signature; not set: none
                (default: not signed)
SAKUGA_WEBHOOK_URL     called when a review is needed, a run failed, an episode is finished (default: no calls)
SAKUGA_WEBHOOK_SECRET  signs those calls (default: not signed)

Object storage and databases take their credentials from their own variables and files: AWS_PROFILE,
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL, PGPASSWORD, PGPASSFILE.
"""

import os
import secrets
import socket
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from assets.errors import InputRefused
from assets.plain import one_line
from assets.sqlite_url import url_of
from flows.terminal.arguments import folder

_NO_TELEMETRY = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


LOCAL_RAY = "local"
WORKERS_IN_TIME = {"RAY_worker_niceness": "0"}
"""Ray's own default is 15: beside anything else that wants the processor, encoders and starts crawl."""
RESUMES = "Resuming"
"""State of a run that crashed and goes on with the next worker."""
LOOPBACK_ONLY = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""Ray without it listens on every address. Named for the systems where it keeps to the loopback by itself."""


@dataclass(frozen=True)
class Settings:
    """Where data is stored and models run."""

    home: Path
    vault: str
    store: str
    device: str
    cache: Path | None = None
    cache_gb: float = 20.0
    worker_device: str = "cpu"

    @property
    def shared(self) -> bool:
        """Whether other homes may use the same store."""
        return self.store != _own_store(self.home)


def settings(out: Path) -> Settings:
    """The settings for a run that writes its episodes under ``out``."""
    home = Path(os.environ.get("SAKUGA_HOME") or folder(out) / ".sakuga").absolute()
    return Settings(
        home=home,
        vault=os.environ.get("SAKUGA_VAULT") or str(home / "vault"),
        store=os.environ.get("SAKUGA_STORE") or _own_store(home),
        device=os.environ.get("SAKUGA_DEVICE") or "cpu",
        cache=Path(os.environ["SAKUGA_CACHE"]).absolute() if os.environ.get("SAKUGA_CACHE") else None,
        worker_device=os.environ.get("SAKUGA_RAY_DEVICE") or os.environ.get("SAKUGA_DEVICE") or "cpu",
        cache_gb=_gigabytes(os.environ.get("SAKUGA_CACHE_GB") or "20"),
    )


def _own_store(home: Path) -> str:
    return url_of(home / "store.sqlite")


def _gigabytes(text: str) -> float:
    try:
        size = float(text)
    except ValueError:
        size = -1.0
    if not 0 < size < 1e6:  # also false for nan
        raise InputRefused(f"SAKUGA_CACHE_GB is {text!r}; write a number of gigabytes, such as 20.")
    return size


def lanes() -> int | None:
    """How many pieces are made side by side; None: as many as this computer is good for."""
    text = os.environ.get("SAKUGA_LANES", "")
    if not text:
        return None
    count = int(text) if text.isascii() and text.isdecimal() and len(text) <= 2 else 0
    if not 1 <= count <= 64:
        raise InputRefused(f"SAKUGA_LANES is {text!r}; write how many pieces to make side by side: 1 to 64.")
    return count


def piece_hours() -> float:
    """How long one piece of work may take in a deployed run, in hours."""
    text = os.environ.get("SAKUGA_PIECE_HOURS") or "6"
    try:
        hours = float(text)
    except ValueError:
        hours = -1.0
    if not 0 < hours <= 1000:  # also false for nan
        raise InputRefused(f"SAKUGA_PIECE_HOURS is {text!r}; write a number of hours, such as 6.")
    return hours


def here() -> str:
    """User, host and process, for people on another machine: rin@board (process 4711)."""
    return f"{user()}@{socket.gethostname()} (process {os.getpid()})"


def user() -> str:
    """The user's name for the records of reviews and retakes."""
    names = (os.environ.get(name, "") for name in ("SAKUGA_USER", "USER", "USERNAME"))
    return next(filter(None, map(one_line, names)), "unknown")


def send_no_telemetry() -> None:
    """Switch off the usage reports of Prefect and the model libraries, here and in processes started from here.

    DO_NOT_TRACK stops Prefect's client and huggingface_hub; the other two stop Prefect's server and older
    releases of huggingface_hub. A value that a person has set is kept.
    """
    for name, value in _NO_TELEMETRY.items():
        os.environ.setdefault(name, value)


def surroundings() -> dict[str, str]:
    """A copy of the environment, to start other processes with."""
    return dict(os.environ)


def adopt(variables: dict[str, str]) -> None:
    """Set the address of a Prefect server for this process only, unless one is set already.

    The password is added if it is the same server.
    """
    named = os.environ.get("PREFECT_API_URL")
    if named in (None, variables.get("PREFECT_API_URL")):
        for name, value in variables.items():
            os.environ.setdefault(name, value)


def server_auth() -> str | None:
    """``user:password`` of a server that `sakuga up` starts; None if not set."""
    return os.environ.get("SAKUGA_SERVER_AUTH") or None


def client_auth() -> str | None:
    """``user:password`` of a server that runs elsewhere, from our variable or Prefect's."""
    return server_auth() or os.environ.get("PREFECT_API_AUTH_STRING") or None


def models_folder() -> Path:
    """The folder of fetched models."""
    return Path(os.environ.get("SAKUGA_MODELS") or "~/.cache/sakuga/models").expanduser().absolute()


def stay_offline() -> None:
    """Make the model libraries of this process, and of those it starts, refuse to download.

    Call it before they are imported. A run uses only what `sakuga models pull` has fetched and checked.
    """
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        os.environ[name] = "1"


def model_hub() -> tuple[str, str | None]:
    """The address of the hub that models are fetched from, and the token for it."""
    address = os.environ.get("SAKUGA_HUB") or os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    return address, os.environ.get("SAKUGA_HUB_TOKEN") or None


def named_device() -> str | None:
    """The device from SAKUGA_DEVICE; None if not set."""
    return os.environ.get("SAKUGA_DEVICE") or None


def rushes_token() -> str:
    """The password of the rushes room; empty if not set."""
    return os.environ.get("SAKUGA_RUSHES_TOKEN") or ""


def ledger_key() -> Path | None:
    """The file of the private key that signs anchors; None if not set."""
    found = os.environ.get("SAKUGA_LEDGER_KEY")
    return Path(found).absolute() if found else None


def credentials_folder() -> Path | None:
    """The folder of the identity that signs deliveries; None if not set."""
    found = os.environ.get("SAKUGA_CREDENTIALS")
    return Path(found).absolute() if found else None


def timestamp_server() -> str:
    """The address of the server that stamps signatures with a time; empty if not set: none is asked."""
    return os.environ.get("SAKUGA_TIMESTAMPS") or ""


def project() -> str:
    """The folder that a worker's runs are restricted to; empty: any."""
    return os.environ.get("SAKUGA_PROJECT") or ""


def prefect_server() -> str:
    """The Prefect server that is configured: by PREFECT_API_URL, else by the active Prefect profile; or empty.

    Reads the profile without Prefect, which takes seconds to import. Source: Prefect's settings reference.
    """
    if url := os.environ.get("PREFECT_API_URL"):
        return url
    home = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect")
    file = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml").expanduser()
    try:
        kept = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ""  # no profile, or one that Prefect itself will name as broken
    name = os.environ.get("PREFECT_PROFILE") or kept.get("active", "")
    profiles = kept.get("profiles")
    profile = profiles.get(name) if isinstance(profiles, dict) and isinstance(name, str) else None
    url = profile.get("PREFECT_API_URL") if isinstance(profile, dict) else None
    return url if isinstance(url, str) else ""


def prefect_api() -> str:
    """The address of the Prefect server that this process was pointed to; empty: none."""
    return os.environ.get("PREFECT_API_URL") or ""


def keep_prefect_logs_off_the_terminal() -> None:
    """Send Prefect's log lines to the run's page only: in the terminal they would break the progress bars.

    Call it before Prefect is imported. A value that a person has set stays as it is.
    """
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


def ray_address() -> str:
    """``local``, or where the head of a Ray cluster answers; empty when nobody set one."""
    return os.environ.get("SAKUGA_RAY", "").strip()


def ray_is_here(address: str) -> bool:
    """Whether the head is, or will be, on this machine's loopback: then this machine is a node of the cluster."""
    return address == LOCAL_RAY or address.startswith(("127.", "localhost:", "[::1]:"))


def ray_defaults(address: str) -> None:
    """Tell Ray, before it is imported, what it does unless a person has set it otherwise.

    It reports nothing to its makers and talks only to who has the token. A cluster of this machine alone
    keeps to the loopback; one that a run starts for itself has a token that is never written down.
    """
    told = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token", **WORKERS_IN_TIME}
    if ray_is_here(address):
        told |= LOOPBACK_ONLY
    if address == LOCAL_RAY and "RAY_AUTH_TOKEN_PATH" not in os.environ:
        told |= {"RAY_AUTH_TOKEN": secrets.token_hex(32)}
    for name, value in told.items():
        os.environ.setdefault(name, value)


REGISTERING = {"SAKUGA_REGISTERING": "1"}
"""Set for the process that registers the deployments: forms then list what the project's folder has."""


def registering() -> bool:
    """Whether deployments are being registered from the project's folder."""
    return os.environ.get("SAKUGA_REGISTERING") == "1"


def ui_url() -> str:
    """The address of the Prefect UI; empty if not set."""
    return (os.environ.get("PREFECT_UI_URL") or "").rstrip("/")


def media_url() -> str:
    """The address of the rushes room; empty if not set."""
    return (os.environ.get("SAKUGA_MEDIA_URL") or "").rstrip("/")


def has_desktop() -> bool:
    """Whether this session can show a window: on Linux one of two variables says so."""
    return sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )


def webhook() -> tuple[str, str] | None:
    """The webhook's address and secret; None if not set."""
    url = os.environ.get("SAKUGA_WEBHOOK_URL")
    return (url, os.environ.get("SAKUGA_WEBHOOK_SECRET") or "") if url else None


def api_key() -> str | None:
    """Prefect's API key for a hosted server."""
    return os.environ.get("PREFECT_API_KEY") or None
