"""`sakuga produce` where a Prefect server is configured: the run is recorded there."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prefect import get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.objects import FlowRun

from assets.errors import InputRefused
from flows.deployments import recorded
from flows.deployments.episodes import retake
from flows.episode.brief import Brief, retake_order
from flows.settings import prefect_server

SCRIPT = "INT. ROOM - DAY\n\nMIKA ties a knot.\n\nMIKA\nDone.\n"


def runs(flow: str, name: str) -> list[FlowRun]:
    """Runs of ``flow`` called ``name``; the server enters their last state a moment after it happened."""
    wanted = FlowRunFilter(name=FlowRunFilterName(any_=[name]))
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with get_client(sync_client=True) as client:
            found = client.read_flow_runs(
                flow_filter=FlowFilter(name=FlowFilterName(any_=[flow])), flow_run_filter=wanted
            )
        if found and all(run.state.is_final() for run in found):
            return found
        time.sleep(0.2)
    raise AssertionError(f"the server never heard how {name!r} ended")


@pytest.fixture
def brief(prefect, tmp_path: Path) -> Brief:
    (tmp_path / "knot.fountain").write_text(SCRIPT, encoding="utf-8")
    return Brief(script=tmp_path / "knot.fountain", profile="toy", out=tmp_path / "episodes")


def test_an_episode_and_its_retake_are_flow_runs_and_come_back_as_reports(brief: Brief):
    made = recorded.produce(brief, quiet=True)
    again = recorded.retake(
        "knot", retake_order("C001", reason="slower", frames=None, unlock=False), brief.out
    )

    assert Path(made.files["episode"]).is_file()
    assert [run.state_name for run in runs("make-episode", "make knot (toy)")] == ["Completed"]
    assert [run.state_name for run in runs("retake", "retake knot C001")] == ["Completed"]
    assert {take.cut: take.of for take in again.takes}["C001"] == 2
    assert retake.name == "retake"


def test_a_refusal_comes_back_as_itself_and_the_run_is_failed(brief: Brief, tmp_path: Path):
    (tmp_path / "empty.fountain").write_text("\n", encoding="utf-8")

    with pytest.raises(InputRefused, match="the script is empty"):
        recorded.produce(brief.model_copy(update={"script": tmp_path / "empty.fountain"}), quiet=True)

    assert [run.state_name for run in runs("make-episode", "make empty (toy)")] == ["Failed"]


def test_a_server_that_is_not_there_is_named_before_any_work(tmp_path: Path):
    (tmp_path / "knot.fountain").write_text(SCRIPT, encoding="utf-8")
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "produce", "knot.fountain", "--profile", "toy"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": root, "PREFECT_API_URL": "http://127.0.0.1:9/api"},
    )

    assert done.returncode == 3
    assert "http://127.0.0.1:9/api" in done.stderr and "--no-record" in done.stderr
    assert not (tmp_path / "episodes").exists()


@pytest.mark.parametrize(
    ("profiles", "server"),
    [
        ('active = "studio"\n[profiles.studio]\nPREFECT_API_URL = "http://studio:4200/api"\n', "http://studio:4200/api"),
        ('active = "here"\n[profiles.here]\n', ""),
        ('active = 3\nprofiles = "none"\n', ""),
        ("this is not TOML", ""),
    ],
)  # fmt: skip
def test_the_server_is_the_one_of_the_active_prefect_profile(
    profiles: str, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "profiles.toml").write_text(profiles, encoding="utf-8")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.delenv("PREFECT_PROFILE", raising=False)
    monkeypatch.delenv("PREFECT_PROFILES_PATH", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))

    assert prefect_server() == server
