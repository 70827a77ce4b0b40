"""Trainings on a real server: seen, cancelled by the API, continued; a scheduled learning waits at its gate."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets import show as shows
from assets.sheets.dataset import Rights, Showing
from flows.episode.workspace import open_vault
from flows.settings import settings
from flows.training import approvals, datasets
from models.lora.factors import read
from stages.dataset import freeze, intake
from tests.flows.deployments.real_server import RealServer, until
from tests.flows.deployments.test_goes_on import processes_of
from tests.flows.deployments.test_learning import SDXL
from tests.flows.training.conftest import made_studio
from tests.flows.training.test_learning import Episode, brief, prepared
from tests.models.tiny import pipelines

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
STEPS = 300
GONE_S = 20  # Prefect kills a run that is still there after 30 seconds


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    return pipelines.save("sdxl", tmp_path_factory.mktemp("base") / "tiny-sdxl")


def order(server: RealServer, base: Path, name: str) -> str:
    """Start ``train-lora`` as its form does; the run's id."""
    given = {
        "dataset": "core",
        "name": name,
        "base": str(base),
        "licence": "Apache-2.0",
        "data": "owned",
        "rank": 2,
    }
    return server.order("train-lora", {"order": {**given, "steps": STEPS}, "out": "episodes"})


@pytest.fixture(scope="module")
def core(server: RealServer, tmp_path_factory) -> None:
    """The frozen dataset `core` in the server's project."""
    art, out = tmp_path_factory.mktemp("art"), server.folder / "episodes"
    for number in range(2):
        coarse = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((64, 64), Image.Resampling.NEAREST).save(art / f"{number}.png")
        (art / f"{number}.txt").write_text("nagi, a drawing")
    told = intake.Intake(
        "core", Rights(creator="A", licence="CC0-1.0"), Showing(resolution=64, bucket_step=16)
    )
    vault = open_vault(settings(out))
    datasets.keep(freeze.freeze(intake.take_in(art, told), art, vault), out, vault)


def bar(server: RealServer, name: str) -> str:
    """What the run's progress bar says."""
    found = server.ask("artifacts/latest/filter", {"artifacts": {"key": {"any_": [f"training-{name}"]}}})
    return str(found[0]["description"]) if found else ""


def weights(path: Path) -> dict[str, bytes]:
    return {
        f"{name}/{side}": getattr(part, side).numpy().tobytes()
        for name, part in read(path).factors.items()
        for side in ("down", "up")
    }


def test_a_cancelled_training_ends_at_once_and_goes_on_to_the_same_bytes(server: RealServer, core, base):
    whole = order(server, base, "whole")
    server.came_to(whole, "COMPLETED")
    run = order(server, base, "stopped")
    told = until(
        lambda: (said := bar(server, "stopped")).startswith("step ") and said, "the bar shows a step"
    )
    server.ask(f"flow_runs/{run}/set_state", {"state": {"type": "CANCELLING"}})
    asked = time.monotonic()
    until(lambda: not [one for one in processes_of(run) if one.is_running()], "the trainer is gone")
    took = time.monotonic() - asked

    assert "steps/s" in told and "min" in told and "left" in told and f"of {STEPS}" in told
    assert took < GONE_S
    server.came_to(run, "CANCELLED")
    loras = server.folder / "episodes" / "loras"
    assert list((loras / ".training" / "stopped").glob("*/checkpoint.safetensors"))
    assert not (loras / "stopped.safetensors").exists()

    again = order(server, base, "stopped")
    server.came_to(again, "COMPLETED")

    assert weights(loras / "stopped.safetensors") == weights(loras / "whole.safetensors")
    assert bar(server, "stopped") == "Wrote stopped.safetensors"


def test_a_scheduled_learning_stops_at_its_gate_and_promotes_nothing_before_a_person_decided(
    server: RealServer, base
):
    studio = made_studio(server.folder / "studio")
    episode = Episode(studio)
    prepared(studio)
    (studio.root / "tiny.yaml").write_text(SDXL.format(path=base))
    episode.approve()
    wanted = brief(studio, base=base, profile=str(studio.root / "tiny.yaml"), rank=2, steps=2, rate=0.01)
    server.ask("variables/", {"name": "sakuga_learn", "value": wanted.model_dump(mode="json")})
    deployment = server.ask("deployments/name/learn/learn")
    soon = datetime.now(UTC) + timedelta(seconds=20)
    schedule = {"interval": 86_400, "anchor_date": soon.isoformat(), "timezone": "UTC"}
    [made] = server.ask(f"deployments/{deployment['id']}/schedules", [{"active": True, "schedule": schedule}])

    run = until(lambda: first_of(server, deployment["id"]), "the schedule has started a run")
    server.came_to(run, "PAUSED")
    server.ask(f"deployments/{deployment['id']}/schedules/{made['id']}", method="DELETE")

    assert server.run(run)["auto_scheduled"]
    until(
        lambda: not [one for one in processes_of(run) if one.is_running()], "the waiting run has no process"
    )
    with studio.store() as store:
        [standing] = approvals.listed(store)
    assert standing.state == "waits"
    assert shows.load(studio.bible).style.loras == ()

    server.sakuga("lora", "review", standing.name, "--approve", "--by", "Director", "--out", str(studio.out))
    server.came_to(run, "COMPLETED")


def first_of(server: RealServer, deployment: str) -> str:
    """The run of a deployment that was due first and has begun."""
    asked = {"flow_runs": {"deployment_id": {"any_": [deployment]}}, "sort": "EXPECTED_START_TIME_ASC"}
    found = [one for one in server.ask("flow_runs/filter", asked) if one["state"]["type"] != "SCHEDULED"]
    return str(found[0]["id"]) if found else ""
