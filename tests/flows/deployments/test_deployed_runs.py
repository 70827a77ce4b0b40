"""Runs of our deployments on a real server: how a night goes, and how a run ends that cannot be made."""

import os
from pathlib import Path

import psutil
import pytest
from prefect import flow
from prefect.deployments import run_deployment
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from tests.flows.deployments.real_server import RealServer, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def log_of(server: RealServer, run: str) -> str:
    wanted = {"logs": {"flow_run_id": {"any_": [run]}}, "limit": 200, "sort": "TIMESTAMP_ASC"}
    return "\n".join(line["message"] for line in server.ask("logs/filter", wanted))


def pages_of(server: RealServer, run: str) -> dict[str, str]:
    found = server.ask("artifacts/filter", {"flow_runs": {"id": {"any_": [run]}}})
    return {page["key"]: page["data"] for page in found if page["type"] == "markdown"}


def processes_of(run: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("PREFECT__FLOW_RUN_ID", "").replace("-", "") == run.replace("-", ""):
                found.append(process)
        except psutil.Error:
            continue
    return found


def known(server: RealServer, name: str, **brief: object) -> None:
    """An episode that was made once, so that the night knows it."""
    run = server.order("make-episode", {"brief": server.brief(name, **brief)})
    if brief.get("gates"):
        server.came_to(run, "PAUSED")
        server.sakuga("review", name, "--stop", "--note", "not today")
    server.came_to(run, "COMPLETED", "CANCELLED")


def test_a_gate_in_the_night_leaves_its_process_and_a_failure_ends_the_night_as_failed(server: RealServer):
    """The night's runs were subflows: one at a gate kept memory and a slot; one that failed left the night green."""
    known(server, "kite", gates=["storyboard"])
    known(server, "ball")
    (server.folder / "ball.fountain").write_text("\n", encoding="utf-8")

    night = server.order("nightly-rushes", {})
    state = server.came_to(night, "FAILED")
    wanted = {"flow_runs": {"tags": {"all_": ["nightly"]}, "name": {"any_": ["make kite (toy)"]}}}
    [child] = server.ask("flow_runs/filter", wanted)

    assert state["message"].startswith("1 of 2 episodes could not be made: ball (failed: ")
    assert "nightly-rushes" in pages_of(server, night)
    assert (child["state"]["name"], child["parent_task_run_id"]) == ("Storyboard review, round 2", None)
    until(lambda: not processes_of(child["id"]), "its process ended")
    server.sakuga("review", "kite", "--approve")
    server.came_to(child["id"], "COMPLETED")


def test_a_run_that_another_flow_ordered_is_suspended_too_and_takes_the_form_s_answer(server: RealServer):
    """It waited in its process, with its memory and a worker's slot: Prefect suspends no child."""
    brief = server.brief("child", gates=["storyboard"])

    @flow
    def parent() -> str:
        ordered = run_deployment("make-episode/make-episode", parameters={"brief": brief}, timeout=0)
        return str(ordered.id)

    with temporary_settings({PREFECT_API_URL: server.api, PREFECT_LOGGING_TO_API_ENABLED: False}):
        child = parent()
    state = server.came_to(child, "PAUSED")
    until(lambda: not processes_of(child), "its process ended")
    again = {"cut": "C001", "reasons": ["layout"], "note": "closer"}
    answer = {"verdict": "retake", "reviewer": "Aya", "retakes": [again]}
    server.ask(f"flow_runs/{child}/resume", {"run_input": answer})
    until(lambda: server.gate("child").round == 2 and server.state(child)["type"] == "PAUSED", "round 2")
    server.ask(f"flow_runs/{child}/resume", {"run_input": {"verdict": "approve", "reviewer": "Aya"}})
    server.came_to(child, "COMPLETED")

    assert state["name"] == "Storyboard review, round 1"
    assert server.run(child)["parent_task_run_id"] is not None
    with server.store() as store:
        assert [review.verdict for review in store.reviews("_/child")] == ["retake", "approve"]


@pytest.mark.parametrize(
    ("ordered", "parameters", "sentence"),
    [
        ("make-episode", {"brief": {"script": "empty.fountain", "profile": "toy"}}, "the script is empty"),
        ("make-episode", {"brief": {"script": "gone.fountain", "profile": "toy"}}, "gone.fountain"),
        ("retake", {"episode": "nobody", "order": {"cut": "C001", "reason": "slower"}}, "nobody"),
    ],
)
def test_what_cannot_be_made_is_told_in_a_sentence_and_a_page(
    server: RealServer, ordered: str, parameters: dict[str, object], sentence: str
):
    """The run's log held a hundred lines of traceback, and its page nothing."""
    Path(server.folder, "empty.fountain").write_text("\n", encoding="utf-8")

    run = server.order(ordered, parameters)
    state = server.came_to(run, "FAILED")
    page = pages_of(server, run)["what-is-wrong"]
    until(lambda: "Finished in state" in log_of(server, run), "its log is there")

    assert sentence in state["message"] and "Error" not in state["message"]
    assert sentence in page and "What to do" in page
    assert "Traceback" not in log_of(server, run)
    assert os.linesep not in state["message"]
