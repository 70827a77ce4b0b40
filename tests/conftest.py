"""No telemetry from any test; property tests that repeat; a real PostgreSQL for every test that asks for it.

Property tests try the same examples in every run, so that a change is what makes one fail. New examples:
``HYPOTHESIS_PROFILE=search pytest ...``.

PostgreSQL (``postgres_url``) is started once per session from the system's own server programs, on a free port of this
machine, with its data in a temporary folder. It refuses to run as root, so root hands it to the
user ``nobody``.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

import flows  # noqa: F401 (switches telemetry off: a test module may import Prefect before anything of ours)

settings.register_profile("same", derandomize=True)
settings.register_profile("search", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

CONFIG = """
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 16MB
max_connections = 60
unix_socket_directories = ''
listen_addresses = '127.0.0.1'
"""


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, newest first."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next(
        (place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None
    )


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a running server, without a database."""
    place = programs()
    if place is None:
        pytest.skip("no PostgreSQL server programs (initdb, pg_ctl): install the package 'postgresql'")
    as_nobody = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        if as_nobody:
            shutil.chown(folder, **as_nobody)

        def call(*argv: str) -> None:
            done = subprocess.run(
                argv, cwd=folder, capture_output=True, text=True, env={"LC_ALL": "C"}, timeout=60, **as_nobody
            )
            assert done.returncode == 0, done.stdout + done.stderr

        initdb = [str(place / "initdb"), "-D", str(data), "-U", "sakuga", "--auth=trust"]
        call(*initdb, "--no-sync", "--no-locale", "--encoding=UTF8")
        with (data / "postgresql.conf").open("a") as config:
            config.write(CONFIG)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        control = [str(place / "pg_ctl"), "-D", str(data), "-w"]
        call(*control, "-l", str(Path(folder) / "log"), "-o", f"-p {port}", "start")
        try:
            yield f"postgresql://sakuga@127.0.0.1:{port}"
        finally:
            call(*control, "-m", "fast", "stop")


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The URL of an empty schema of its own: a new database would copy 300 files for every test."""
    import psycopg

    name = f"t{uuid4().hex}"
    with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
    return f"{postgres}/postgres?options=-csearch_path%3D{name}"
