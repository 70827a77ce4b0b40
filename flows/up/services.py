"""The parts of a studio: how each is called, started and told where the others are.

In: a Studio.      Out: one Service per process, with its command and its environment.
Names and commands are the ones that containers use too (`deploy/`).
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from assets.sqlite_url import url_of
from flows.settings import surroundings, webhook
from flows.up.options import Studio
from flows.up.processes import MARK, PART

CPU_POOL, GPU_POOL = "cpu-pool", "gpu-pool"
# Given again to the parts that need them; a run needs the server's password alone.
SECRET = ("SAKUGA_SERVER_AUTH", "SAKUGA_RUSHES_TOKEN")


@dataclass(frozen=True)
class Secrets:
    """What opens the server, and what opens the rushes room."""

    auth: str | None = field(default=None, repr=False)
    room: str = field(default="", repr=False)


@dataclass(frozen=True)
class Service:
    """One process of the studio, before it is started."""

    name: str
    argv: tuple[str, ...]
    environment: dict[str, str] = field(repr=False)  # may hold a password
    pool: str = ""
    device: str = ""
    # That it may take until it is ready. A part that dies is told at once; this is for one that hangs,
    # and on a machine with five times more to do than it has cores a healthy worker took 70 s.
    seconds: float = 240


def services(studio: Studio, *, devices: list[str], postgres: str | None, secrets: Secrets) -> list[Service]:
    """All of them, in the order they start; they stop the other way round."""
    base = environment(studio, secrets.auth)
    found = [] if studio.server else [_server(studio, base, postgres, secrets)]
    if studio.rushes:
        found.append(_rushes(studio, base, secrets))
    if webhook():
        found.append(_notices(studio, base))
    if studio.cpu:
        found.append(worker("cpu-1", CPU_POOL, base, limit=studio.cpu))
    found += [
        worker(f"gpu-{number}", GPU_POOL, base, limit=1, device=device, slot=_slot(device, number))
        for number, device in enumerate(devices, 1)
    ]
    return found


def environment(studio: Studio, auth: str | None) -> dict[str, str]:
    """What every part is told. A profile or variables of another studio must not leak in."""
    kept = surroundings()
    if not studio.server:
        kept = {name: value for name, value in kept.items() if not name.startswith("PREFECT_")}
        kept["PREFECT_HOME"] = str(studio.state_folder / "prefect")
        kept["SAKUGA_PROJECT"] = str(studio.project)
    kept = {name: value for name, value in kept.items() if name not in SECRET}
    if auth:
        kept["PREFECT_API_AUTH_STRING"] = auth
    if studio.rushes:
        kept["SAKUGA_MEDIA_URL"] = studio.rushes_url
    return kept | {
        MARK: str(studio.home),
        "PREFECT_API_URL": studio.near_api,
        "PREFECT_UI_URL": studio.ui,
        "PREFECT_LOCAL_STORAGE_PATH": str(studio.state_folder / "prefect" / "storage"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # A run without a word for 90 s is called crashed by the zombie rule.
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        # Else a worker may call `uv` for a project that has a pyproject.toml.
        "PREFECT_RUNNER_AUTO_INSTALL_DEPENDENCIES": "false",
        "PREFECT_LOGGING_COLORS": "false",
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
    }


def worker(
    name: str, pool: str, base: dict[str, str], *, limit: int, device: str = "", slot: str = ""
) -> Service:
    """A process worker; every run is a process of its own below it."""
    argv = ["-m", "flows.up.worker", "worker", "start", "--name", name, "--pool", pool]
    argv += ["--type", "process", "--limit", str(limit)]
    told = {**base, PART: name} | ({"SAKUGA_DEVICE": device, "SAKUGA_GPU": slot} if device else {})
    return Service(name, _python(argv), told, pool=pool, device=device)


def registering(studio: Studio, base: dict[str, str]) -> Service:
    """Not a part that stays: puts pools, deployments, limits and rules on the server, and ends."""
    argv = ["-m", "flows.cli", "register", "--gpus", str(max(1, studio.gpu))]
    if studio.nightly:
        argv += ["--nightly", studio.nightly]
    return Service("register", _python(argv), {**base, PART: "register"}, seconds=300)


def _server(studio: Studio, base: dict[str, str], postgres: str | None, secrets: Secrets) -> Service:
    argv = ["-m", "flows.up.server", "--host", studio.host, "--port", str(studio.port)]
    argv += ["--name", studio.name] if studio.name else []
    told = base | {
        PART: "server",
        "PREFECT_SERVER_API_HOST": studio.host,
        "PREFECT_SERVER_API_PORT": str(studio.port),
        # The UI calls the server it came from, under whatever name that was; no other origin may.
        "PREFECT_UI_API_URL": "/api",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": studio.origin,
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_API_AUTH_STRING": secrets.auth or "",
        # With the defaults 14 to 129 of 200 task runs were kept; with these, 200.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    }
    if studio.rushes:
        told["SAKUGA_RUSHES_TOKEN"] = secrets.room  # the start page opens the room too
    # Prefect writes its own URL without escapes: a home with a % or a ? in its path would be another file.
    own = url_of(Path(base["PREFECT_HOME"]) / "prefect.db").replace("sqlite:", "sqlite+aiosqlite:", 1)
    told["PREFECT_API_DATABASE_CONNECTION_URL"] = postgres or own
    return Service("server", _python(argv), told, seconds=300)


def _rushes(studio: Studio, base: dict[str, str], secrets: Secrets) -> Service:
    argv = ["-m", "flows.cli", "rushes", "--host", studio.host]
    argv += ["--port", str(studio.rushes_port), "--out", str(studio.out)]
    return Service(
        "rushes", _python(argv), {**base, PART: "rushes", "SAKUGA_RUSHES_TOKEN": secrets.room}, seconds=180
    )


def _notices(studio: Studio, base: dict[str, str]) -> Service:
    argv = ["-m", "flows.cli", "notices", "--server", studio.near_api, "--ui", studio.ui]
    argv += ["--memory", str(studio.state_folder / "notices.json")]
    return Service("notices", _python(argv), {**base, PART: "notices"})


def _slot(device: str, number: int) -> str:
    """Two workers on one card take turns; without a card each has a turn of its own."""
    return f"gpu-{device.partition(':')[2] or 0}" if device.startswith("cuda") else f"gpu-{number - 1}"


def _python(argv: list[str]) -> tuple[str, ...]:
    return (sys.executable, *argv)


def log_of(studio: Studio, name: str) -> Path:
    return studio.state_folder / "logs" / f"{name}.log"
