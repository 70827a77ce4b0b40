"""GPU workers for real: a Prefect server, worker processes, and what becomes of an episode when they die."""

import os
import signal

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

CUTS = 16


@pytest.fixture(scope="module")
def staffed(studio):
    """The studio with two workers on its GPU pool."""
    for number in (1, 2):
        studio.add_worker("gpu-pool", f"gpu-{number}")
    return studio


def killed(studio, hand: str) -> None:
    """kill -9 for a hand and for the worker that started it, as when its machine is gone."""
    processes = studio.of_run(hand)
    workers = {process.pid: process for process in studio.workers}
    above = {parent.pid for process in processes for parent in process.parents()}
    for pid in above & workers.keys():
        os.killpg(pid, signal.SIGKILL)
    for process in processes:
        process.kill()


def test_two_workers_share_an_episode_and_are_faster_than_one(staffed):
    alone = staffed.ended(staffed.make("alone", cuts=CUTS, workers=1))
    together = staffed.ended(staffed.make("together", cuts=CUTS, workers=2))

    assert (alone["type"], together["type"]) == ("COMPLETED", "COMPLETED")
    one, two = staffed.share("alone", "take", 1), staffed.share("together", "take", 2)
    print(f"{CUTS} takes: {one.worked_s:.1f} s with one worker, {two.worked_s:.1f} s with two")
    assert one.worked_s / two.worked_s > 1.2  # 1.9 on a machine with nothing else to do
    staffed.until(lambda: all(hand.ended_at for hand in staffed.hands("together")))  # their cards are written
    assert all(set(hand.loads.values()) == {1} for hand in staffed.hands("together"))


def test_a_finished_episode_asks_for_no_worker(staffed):
    before = len(staffed.gpu_runs("together"))

    state = staffed.ended(staffed.make("together", cuts=CUTS, workers=2))

    assert state["type"] == "COMPLETED"
    assert {done["outcome"] for done in staffed.report("together")["work"]} == {"reused"}
    assert len(staffed.gpu_runs("together")) == before


def test_a_killed_worker_costs_only_what_it_had_in_hand(staffed):
    run = staffed.make("killed", cuts=CUTS, workers=2)
    staffed.until(lambda: staffed.done("killed") >= 4)
    finished = {call.recipe: call.ended_at for call in staffed.calls("killed") if call.ended_at}
    hand = next(one.hand for one in staffed.errands("killed") if one.state == "taken")
    in_hand = {one.recipe for one in staffed.errands("killed") if one.hand == hand and one.state == "taken"}

    killed(staffed, hand)
    state = staffed.ended(run)

    assert state["type"] == "COMPLETED"
    calls = {call.recipe: call for call in staffed.calls("killed")}
    again = {recipe for recipe, call in calls.items() if call.attempts > 1}
    assert len(again) <= 2  # one in each lane
    assert again <= in_hand | {one.recipe for one in staffed.errands("killed") if one.tries > 1}
    assert not again & finished.keys()
    assert {recipe: calls[recipe].ended_at for recipe in finished} == finished
    assert staffed.done("killed") == CUTS
    staffed.add_worker("gpu-pool", "gpu-new")


def test_a_run_that_is_killed_goes_on_where_it_was(staffed):
    first = staffed.make("again", cuts=CUTS, workers=2)
    staffed.until(lambda: staffed.done("again") >= 4)

    for process in staffed.of_run(str(first)):
        process.kill()
    second = staffed.ended(staffed.make("again", cuts=CUTS, workers=2))

    assert second["type"] == "COMPLETED"
    assert staffed.ended(first)["type"] == "CRASHED"
    assert [one.tries for one in staffed.errands("again")] == [1] * CUTS
    takes = [call.recipe for call in staffed.calls("again") if call.step == "take"]
    assert len(takes) == len(set(takes)) == CUTS


def test_a_run_that_is_cancelled_takes_its_workers_along(staffed):
    run = staffed.make("cancelled", cuts=CUTS, workers=2)
    staffed.until(lambda: staffed.done("cancelled") >= 2)

    staffed.cancel(run)

    assert staffed.ended(run)["type"] == "CANCELLED"
    staffed.until(lambda: all(one["state"]["type"] == "CANCELLED" for one in staffed.gpu_runs("cancelled")))
    states = {one.state for one in staffed.errands("cancelled")}
    assert states <= {"done", "withdrawn", "open"}
    assert staffed.done("cancelled") < CUTS
