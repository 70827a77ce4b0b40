"""Our worker runs our deployments and nothing else."""

from types import SimpleNamespace
from typing import Any

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.utilities.dispatch import lookup_type
from prefect.workers.base import BaseWorker

from assets.errors import InputRefused
from flows.up.worker import FOLDER_STEP, OwnRuns, OwnWorker, check

SHELL = "prefect.deployments.steps.run_shell_script"


@pytest.fixture
def folder(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAKUGA_PROJECT", str(tmp_path))
    return tmp_path


def deployment(folder: object, **changed: Any) -> Any:
    ours = {"name": "make-episode", "entrypoint": "flows.deployments.episodes.make_episode", "job_variables": {},
            "pull_steps": [{FOLDER_STEP: {"directory": str(folder)}}]}  # fmt: skip
    return SimpleNamespace(**{**ours, **changed})


@pytest.mark.parametrize(
    "entrypoint",
    [
        "flows.deployments.episodes.make_episode",
        "flows.deployments.episodes.retake",
        "flows.deployments.nightly.nightly_rushes",
    ],
)
def test_what_we_register_is_run(folder, entrypoint: str):
    check(deployment(folder, entrypoint=entrypoint), {})


@pytest.mark.parametrize(
    "entrypoint",
    [
        None,
        "",
        "os.system",
        "/tmp/theirs.py:flow",
        "flows.deployments.episodes:make_episode",
        "flows.cli.main",
    ],
)
def test_any_other_code_is_not(folder, entrypoint: str | None):
    with pytest.raises(InputRefused, match="a pool and a worker of their own"):
        check(deployment(folder, entrypoint=entrypoint), {})


@pytest.mark.parametrize(
    "step",
    [
        {SHELL: {"script": "id"}},
        {"prefect.deployments.steps.git_clone": {"repository": "https://evil.test/x"}},
        {FOLDER_STEP: {"directory": "/tmp"}, SHELL: {"script": "id"}},
        {FOLDER_STEP: {"directory": "/tmp", "requires": "evil-package"}},
        {FOLDER_STEP: {"directory": "/tmp"}},
        {FOLDER_STEP: "x"},
        {},
    ],
)
def test_a_pull_step_that_is_not_ours_is_refused(folder, step: dict[str, Any]):
    """A deployment made by a web page had a shell step, and the worker ran it."""
    with pytest.raises(InputRefused, match="sakuga register"):
        check(deployment(folder, pull_steps=[*deployment(folder).pull_steps, step]), {})


@pytest.mark.parametrize("name", ["command", "env", "working_dir", "env.PYTHONPATH"])
def test_a_run_does_not_say_what_is_executed(folder, name: str):
    with pytest.raises(InputRefused, match=name.partition(".")[0]):
        check(deployment(folder), {name: "x"})


def test_a_run_without_a_deployment_is_refused():
    run = FlowRun.model_validate({"flow_id": "00000000-0000-0000-0000-000000000001", "name": "stray"})

    with pytest.raises(InputRefused, match="stray"):
        OwnRuns().prepare_for_flow_run(run)


def test_prefect_s_worker_command_starts_ours():
    assert lookup_type(BaseWorker, "process") is OwnWorker
