"""Workers of a cluster under a Prefect server: what people see of them, and what is lost when they die."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

CUTS = 16


def test_every_piece_is_a_task_and_two_workers_are_faster_than_one(studio):
    runs = {name: studio.make(name, cuts=CUTS, workers=n) for name, n in (("alone", 1), ("together", 2))}
    states = [studio.ended(run)["type"] for run in runs.values()]

    assert states == ["COMPLETED", "COMPLETED"], studio.logs(runs["alone"])[-5:]
    one, two = studio.share("alone", "take", 1), studio.share("together", "take", 2)
    print(f"{CUTS} takes: {one.worked_s:.1f} s with one worker, {two.worked_s:.1f} s with two")
    assert one.worked_s / two.worked_s > 1.2  # 1.9 on a machine with nothing else to do
    tasks = {task["name"]: task["state"]["type"] for task in studio.tasks(runs["together"])}
    assert {tasks[f"take C{number:03}"] for number in range(1, CUTS + 1)} == {"COMPLETED"}
    assert {tasks[f"panel C{number:03}"] for number in range(1, CUTS + 1)} == {"COMPLETED"}
    assert any("take C001 is made on" in line for line in studio.logs(runs["together"]))


def test_a_finished_episode_asks_for_no_worker(studio):
    state = studio.ended(studio.make("together", cuts=CUTS, workers=2))

    assert state["type"] == "COMPLETED"
    assert {done["outcome"] for done in studio.report("together")["work"]} == {"reused"}


def test_a_killed_worker_costs_only_what_it_had_in_hand_and_its_piece_shows_its_tries(studio):
    run = studio.make("killed", cuts=CUTS, workers=2)
    studio.until(lambda: len(studio.finished("killed")) >= 4)
    finished = {call.recipe: call.ended_at for call in studio.finished("killed")}

    studio.actors()[0].kill()
    state = studio.ended(run)

    assert state["type"] == "COMPLETED"
    calls = {call.recipe: call for call in studio.calls("killed")}
    again = {recipe for recipe, call in calls.items() if call.attempts > 1}
    assert 1 <= len(again) <= 2  # what one worker holds
    assert not again & finished.keys()
    assert {recipe: calls[recipe].ended_at for recipe in finished} == finished
    assert len(studio.finished("killed")) == CUTS
    tried = {task["name"]: task["run_count"] for task in studio.tasks(run)}
    assert {tried[f"take {calls[recipe].name}"] for recipe in again} == {2}
    assert any("was lost" in line for line in studio.logs(run))


def test_a_run_that_is_killed_goes_on_where_it_was(studio):
    first = studio.make("again", cuts=CUTS, workers=2)
    studio.until(lambda: len(studio.finished("again")) >= 4)

    for process in studio.of_run(str(first)):
        process.kill()
    studio.until(lambda: not studio.actors(), within=30)
    second = studio.ended(studio.make("again", cuts=CUTS, workers=2))

    assert second["type"] == "COMPLETED"
    assert studio.ended(first)["type"] == "CRASHED"
    assert len(studio.finished("again")) == len({call.recipe for call in studio.finished("again")}) == CUTS


def test_a_run_that_is_cancelled_takes_its_workers_and_encoders_along(studio):
    run = studio.make("cancelled", cuts=CUTS, workers=2)
    studio.until(lambda: len(studio.finished("cancelled")) >= 2)
    assert studio.actors()

    studio.cancel(run)
    studio.until(lambda: not studio.of_run(str(run)) or not studio.actors(), within=60)

    assert studio.ended(run)["type"] == "CANCELLED"
    studio.until(lambda: not studio.actors(), within=10)
    assert len(studio.finished("cancelled")) < CUTS
