"""What people set on a deployment is theirs: registering again, as every `sakuga up` does, keeps it."""

import pytest

from tests.flows.deployments.real_server import RealServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

NIGHT = "deployments/name/nightly-rushes/nightly-rushes"
EPISODE = "deployments/name/make-episode/make-episode"
WEEKLY = {"schedule": {"cron": "0 9 * * 1", "timezone": "Europe/Berlin"}, "active": True}


def schedules(server: RealServer, deployment: str) -> dict[str, tuple[bool, str, str]]:
    """By cron, so that one that was made anew is no other."""
    return {
        item["schedule"]["cron"]: (item["active"], item["schedule"]["timezone"], item["slug"] or "")
        for item in server.ask(deployment)["schedules"]
    }


def change(server: RealServer, deployment: str, path: str = "", **body: object) -> None:
    server.ask(f"deployments/{server.ask(deployment)['id']}{path}", body, "PATCH")


def change_night(server: RealServer, **body: object) -> None:
    [ours] = [item for item in server.ask(NIGHT)["schedules"] if item["slug"] == "every-night"]
    change(server, NIGHT, f"/schedules/{ours['id']}", **body)


def test_schedules_that_people_added_moved_or_switched_off_stay(server: RealServer):
    """Registration deleted a schedule that a person had added, and switched on one they had switched off."""
    for deployment in (NIGHT, EPISODE):
        server.ask(f"deployments/{server.ask(deployment)['id']}/schedules", [WEEKLY])
    change_night(server, active=False, schedule={"cron": "30 2 * * *", "timezone": "Asia/Tokyo"})
    before = [schedules(server, deployment) for deployment in (NIGHT, EPISODE)]

    server.sakuga("register")

    assert [schedules(server, deployment) for deployment in (NIGHT, EPISODE)] == before
    assert before[0] == {
        "30 2 * * *": (False, "Asia/Tokyo", "every-night"), "0 9 * * 1": (True, "Europe/Berlin", "")
    }  # fmt: skip
    assert list(before[1]) == ["0 9 * * 1"]


def test_what_the_file_does_not_name_stays_and_what_it_names_is_the_file_s(server: RealServer):
    mine = {"parameters": {"brief": {"script": "mine.fountain", "profile": "toy"}}, "concurrency_limit": 3}
    change(server, EPISODE, **mine, paused=True, tags=["mine"], description="mine")
    change(server, EPISODE, job_variables={"stream_output": False})

    server.sakuga("register")
    found = server.ask(EPISODE)

    assert found["parameters"] == mine["parameters"]
    assert (found["paused"], found["global_concurrency_limit"]["limit"]) == (True, 3)
    assert found["job_variables"] == {"stream_output": False}
    assert set(found["tags"]) == {"sakuga", "episode", "mine"}
    assert found["description"].startswith("**One script in")


def test_the_night_is_set_when_somebody_asks_for_it_by_name_and_only_then(server: RealServer):
    others = {cron: told for cron, told in schedules(server, NIGHT).items() if told[2] != "every-night"}

    server.sakuga("register", "--nightly", "0 5 * * * Europe/Paris")
    moved = schedules(server, NIGHT)
    server.sakuga("register", "--nightly", "off")
    off = schedules(server, NIGHT)

    assert moved == others | {"0 5 * * *": (True, "Europe/Paris", "every-night")}
    assert off == others | {"0 5 * * *": (False, "Europe/Paris", "every-night")}


def test_a_deleted_night_stays_deleted_until_somebody_asks_for_it(server: RealServer):
    [ours] = [item for item in server.ask(NIGHT)["schedules"] if item["slug"] == "every-night"]
    server.ask(f"deployments/{server.ask(NIGHT)['id']}/schedules/{ours['id']}", method="DELETE")

    server.sakuga("register")
    without = [told[2] for told in schedules(server, NIGHT).values()]
    server.sakuga("register", "--nightly", "0 4 * * *")

    assert "every-night" not in without
    assert schedules(server, NIGHT)["0 4 * * *"] == (True, "Asia/Tokyo", "every-night")
