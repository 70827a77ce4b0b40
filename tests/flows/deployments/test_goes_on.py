"""A run whose process or machine dies goes on by itself, on a real server."""

import os
import signal

import psutil
import pytest

from tests.flows.deployments.real_server import RealServer, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
CUTS = 40


def script(about: str) -> str:
    """A script of its own: nothing of it is in the vault yet."""
    scenes = (
        f"EXT. HILL {number} - DAY\n\nMIKA walks past {about} {number}.\n\n" for number in range(1, CUTS + 1)
    )
    return "Title: Long\nLanguage: en\n\n" + "".join(scenes)


def processes_of(run: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("PREFECT__FLOW_RUN_ID", "").replace("-", "") == run.replace("-", ""):
                found.append(process)
        except psutil.Error:
            continue
    return found


def finished(server: RealServer, episode: str) -> dict[str, str]:
    """When each piece of the episode was finished, by recipe."""
    if not (server.folder / "episodes" / ".sakuga" / "store.sqlite").exists():
        return {}
    with server.store() as store:
        runs = store.runs(f"_/{episode}")
        return {call.recipe: call.ended_at for run in runs for call in store.calls(run.id) if call.ended_at}


@pytest.mark.parametrize("killed", ["run", "worker and run"])
def test_a_killed_run_goes_on_where_it_was(server: RealServer, killed: str):
    """It stayed Running for ever, or Crashed until a person pressed Retry."""
    name = killed.replace(" ", "-")
    (server.folder / f"{name}.fountain").write_text(script(name), encoding="utf-8")
    run = server.order("make-episode", {"brief": {"script": f"{name}.fountain", "profile": "toy"}})
    until(lambda: len(finished(server, name)) >= 10, "some pieces are made")

    processes = processes_of(run)
    if killed != "run":
        worker = server.processes.pop("worker")
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(20)
    for process in processes:
        process.kill()
    made = finished(server, name)
    if killed != "run":
        server.worker()
    until(lambda: server.state(run)["type"] == "COMPLETED", "it was finished")

    states = [state["name"] for state in server.ask(f"flow_run_states/?flow_run_id={run}")]
    assert "Crashed" in states and "Resuming" in states
    assert len(made) < CUTS * 3
    after = finished(server, name)
    assert {recipe: after[recipe] for recipe in made} == made, "a finished piece was made again"
    bars = server.ask("artifacts/filter", {"flow_runs": {"id": {"any_": [run]}}})
    assert [bar["data"] for bar in bars if bar["type"] == "progress"] == [100]
