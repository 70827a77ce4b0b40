"""The processes of a studio: their names, commands and environments.

In: a Studio.      Out: one Service per process, with its command and its environment.
The names and commands are the same as in containers (`deploy/`).
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from assets.sqlite_url import url_of
from flows.settings import LOOPBACK_ONLY, WORKERS_IN_TIME, surroundings, webhook
from flows.up.options import Studio
from flows.up.processes import MARK, PART

CPU_POOL, RAY = "cpu-pool", "ray"
STORE_BYTES = 100 * 2**20
"""Ray's object store: pieces and answers are some kilobytes of text; pictures go through the vault."""
# Only added for the parts that need them; a run needs only the server's password.
SECRET = ("SAKUGA_SERVER_AUTH", "SAKUGA_RUSHES_TOKEN")


@dataclass(frozen=True)
class Secrets:
    """The passwords of the server and of the rushes room."""

    auth: str | None = field(default=None, repr=False)
    room: str = field(default="", repr=False)


@dataclass(frozen=True)
class Service:
    """One process of the studio, before it is started."""

    name: str
    argv: tuple[str, ...]
    environment: dict[str, str] = field(repr=False)  # may hold a password
    pool: str = ""
    # Longest time until it is ready. A part that dies is reported at once; this limit is for one that hangs. On a
    # machine with five times more load than cores, a healthy worker took 70 s.
    seconds: float = 240


def services(studio: Studio, *, postgres: str | None, secrets: Secrets) -> list[Service]:
    """All services in start order; they stop in reverse order."""
    base = environment(studio, secrets.auth)
    found = [] if studio.server else [_server(studio, base, postgres, secrets)]
    if studio.rushes:
        found.append(_rushes(studio, base, secrets))
    else:
        found.append(_waker(studio, base))
    if webhook():
        found.append(_notices(studio, base))
    if studio.gpu:
        found.append(_ray(studio, base))
    if studio.cpu:
        found.append(worker("cpu-1", CPU_POOL, base, limit=studio.cpu))
    return found


def environment(studio: Studio, auth: str | None) -> dict[str, str]:
    """The environment of every part. A profile or variables of another studio must not leak in."""
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
    if studio.gpu:
        kept |= {
            "SAKUGA_RAY": studio.ray,
            "SAKUGA_RAY_DEVICE": studio.device,
            "RAY_AUTH_MODE": "token",
            **LOOPBACK_ONLY,
            **WORKERS_IN_TIME,
            "RAY_AUTH_TOKEN_PATH": str(studio.ray_auth),
        }
        kept.pop("RAY_AUTH_TOKEN", None)  # it would go before the file
    return kept | {
        MARK: str(studio.home),
        "PREFECT_API_URL": studio.near_api,
        "PREFECT_UI_URL": studio.ui,
        "PREFECT_LOCAL_STORAGE_PATH": str(studio.state_folder / "prefect" / "storage"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # The rule about dead runs marks a run without a heartbeat for 90 s as crashed.
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        # Without this a worker may call `uv` for a project with a pyproject.toml.
        "PREFECT_RUNNER_AUTO_INSTALL_DEPENDENCIES": "false",
        "PREFECT_LOGGING_COLORS": "false",
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
    }


def worker(name: str, pool: str, base: dict[str, str], *, limit: int) -> Service:
    """A process worker; every run is a separate process below it."""
    argv = ["-m", "flows.up.worker", "worker", "start", "--name", name, "--pool", pool]
    argv += ["--type", "process", "--limit", str(limit)]
    return Service(name, _python(argv), {**base, PART: name}, pool=pool)


def registering(studio: Studio, base: dict[str, str]) -> Service:
    """A process that ends: it registers the pool, deployments and rules on the server."""
    argv = ["-m", "flows.cli", "register"]
    if studio.nightly:
        argv += ["--nightly", studio.nightly]
    return Service("register", _python(argv), {**base, PART: "register"}, seconds=300)


def _server(studio: Studio, base: dict[str, str], postgres: str | None, secrets: Secrets) -> Service:
    argv = ["-m", "flows.up.server", "--host", studio.host, "--port", str(studio.port)]
    argv += ["--name", studio.name] if studio.name else []
    variables = base | {
        PART: "server",
        "PREFECT_SERVER_API_HOST": studio.host,
        "PREFECT_SERVER_API_PORT": str(studio.port),
        # The UI calls the server it was loaded from, under any host name; no other origin may.
        "PREFECT_UI_API_URL": "/api",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": studio.origin,
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_API_AUTH_STRING": secrets.auth or "",
        # With the defaults 14 to 129 of 200 task runs were kept; with these, all 200.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    }
    if studio.rushes:
        variables["SAKUGA_RUSHES_TOKEN"] = secrets.room  # the start page opens the room too
    # Prefect does not escape its database URL: a home with % or ? in its path would be another file.
    own = url_of(Path(base["PREFECT_HOME"]) / "prefect.db").replace("sqlite:", "sqlite+aiosqlite:", 1)
    variables["PREFECT_API_DATABASE_CONNECTION_URL"] = postgres or own
    return Service("server", _python(argv), variables, seconds=300)


def _rushes(studio: Studio, base: dict[str, str], secrets: Secrets) -> Service:
    argv = ["-m", "flows.cli", "rushes", "--host", studio.host]
    argv += ["--port", str(studio.rushes_port), "--out", str(studio.out)]
    return Service(
        "rushes", _python(argv), {**base, PART: "rushes", "SAKUGA_RUSHES_TOKEN": secrets.room}, seconds=180
    )


def _waker(studio: Studio, base: dict[str, str]) -> Service:
    """What the rushes room does besides its pages: resume suspended runs whose gate is decided."""
    return Service("waker", _python(["-m", "flows.review.waker", str(studio.out)]), {**base, PART: "waker"})


def _notices(studio: Studio, base: dict[str, str]) -> Service:
    argv = ["-m", "flows.cli", "notices", "--server", studio.near_api, "--ui", studio.ui]
    argv += ["--memory", str(studio.state_folder / "notices.json")]
    return Service("notices", _python(argv), {**base, PART: "notices"})


def _ray(studio: Studio, base: dict[str, str]) -> Service:
    """A cluster of this machine alone: no dashboard, every port on the loopback, a token for who may use it.

    Ray's core alone (our extra `cluster`) serves no jobs. With ray[default], agents and Ray Client open ports that run
    commands for who has the token, whatever these options say; `sakuga doctor` tells.
    """
    argv = ["-m", "ray.scripts.scripts", "start", "--head", "--block", "--port", str(studio.ray_port)]
    argv += ["--node-ip-address", "127.0.0.1", "--include-dashboard", "false", "--disable-usage-stats"]
    argv += ["--object-store-memory", str(STORE_BYTES)]
    argv += ["--num-gpus" if studio.device.startswith("cuda") else "--num-cpus", str(studio.gpu)]
    return Service(RAY, _python(argv), {**base, PART: RAY}, seconds=180)


def _python(argv: list[str]) -> tuple[str, ...]:
    return (sys.executable, *argv)


def log_of(studio: Studio, name: str) -> Path:
    return studio.state_folder / "logs" / f"{name}.log"
