"""A decision that is taken while the Prefect server is down wakes its run once the server is back."""

import time

import pytest

from flows.review.waiting import seconds_left
from tests.flows.deployments.real_server import RealServer, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def asleep(server: RealServer, name: str, **brief: object) -> str:
    """A run that is suspended at its storyboard gate."""
    run = server.order("make-episode", {"brief": server.brief(name, gates=["storyboard"], **brief)})
    server.came_to(run, "PAUSED")
    with server.store() as store:
        until(lambda: store.runs(f"_/{name}")[0].ended_at, "its process has ended")
    return run


@pytest.mark.parametrize("room", [True, False])
def test_it_goes_on_by_itself_once_the_server_is_back(server: RealServer, room: bool):
    """The decision was recorded, and the run slept for ever; status said that it waits for a review."""
    name = f"later-{room}".lower()
    run = asleep(server, name)
    watching = (
        ("-m", "flows.cli", "rushes", "--port", "0") if room else ("-m", "flows.review.waker", "episodes")
    )
    server.start("watch", *watching)
    server.stop("server")

    done = server.sakuga("review", name, "--approve", check=False)
    told = server.sakuga("status").stdout, server.sakuga("review", name).stdout
    server.open()
    try:
        server.came_to(run, "COMPLETED")
    finally:
        server.stop("watch")

    assert done.returncode == 8
    assert "Nothing has to be decided again" in done.stderr.replace("\n", " ")
    assert all("decided" in one and "waits for a" not in one for one in told)
    assert "finished" in server.sakuga("status", name).stdout


def test_also_when_the_form_s_time_was_over_before_the_server_was_back(server: RealServer):
    """Prefect calls such a run failed: nobody had resumed it in time."""
    run = asleep(server, "overdue", review_hours=60 / 3600)
    gate = server.gate("overdue")
    server.stop("server")
    server.sakuga("review", "overdue", "--approve", check=False)
    time.sleep(max(0.0, seconds_left(gate)) + 2)
    server.open()
    server.start("watch", "-m", "flows.review.waker", "episodes")
    try:
        until(lambda: server.state(run)["type"] == "COMPLETED", "it goes on")
    finally:
        server.stop("watch")

    assert [state["type"] for state in server.ask(f"flow_run_states/?flow_run_id={run}")].count("PAUSED") == 1
