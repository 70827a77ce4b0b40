"""How well GPU workers are used, and what the studio itself costs. Prints, judges nothing but that it works.

A simulated GPU takes one second for a panel and one for a take (models/simulated.py), so all else is ours.
Efficiency: seconds the simulated GPUs worked / (workers x seconds it took). `asked` counts from the moment
the run asked for the pieces, calling the workers in included; `worked` from the first piece taken.
"""

import os
from collections.abc import Iterator

import psutil
import pytest

from tests.flows.batches.studio import Studio, free_port, seconds

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3000)]


@pytest.fixture(scope="module")
def studio(tmp_path_factory) -> Iterator[Studio]:
    made = Studio(tmp_path_factory.mktemp("studio"), free_port())
    try:
        made.open()
        for number in range(4):
            made.add_worker("gpu-pool", f"gpu-{number}")
        yield made
    finally:
        made.close()


def test_64_cuts_over_four_workers(studio: Studio):
    run = studio.make("many", cuts=64, workers=4)
    state = studio.ended(run, within=900)

    assert state["type"] == "COMPLETED"
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for step in ("panel", "take"):
        share = studio.share("many", step, 4)
        print(
            f"{step}s: {share.pieces} in {share.worked_s:.1f} s, {share.asked_s:.1f} s since asked; "
            f"efficiency {share.at_work:.0%}, {share.since_asked:.0%} since asked"
        )
    for hand in studio.hands("many"):
        print(f"worker: {hand.done} pieces, loads {hand.loads}, at most {hand.peak_mb:.0f} MB")


def test_300_cuts_with_machines_that_cost_nothing(studio: Studio):
    """A TV episode: with toy machines everything that is left is orchestration, drawing blocks and encoding."""
    run = studio.make("long", cuts=300, workers=2, profile="toy")
    most, spent = {"run": 0.0, "server": 0.0}, {"run": 0.0, "server": 0.0}

    def ended() -> bool:
        for name, pids in (("run", studio.of_run(str(run))), ("server", [psutil.Process(studio.server.pid)])):
            for process in pids:
                try:
                    times = process.cpu_times()
                    most[name] = max(most[name], process.memory_info().rss / 1e6)
                    spent[name] = max(spent[name], times.user + times.system)
                except psutil.Error:
                    continue
        return studio.state(run)["type"] in ("COMPLETED", "FAILED", "CRASHED")

    studio.until(ended, within=2400)

    assert studio.state(run)["type"] == "COMPLETED"
    takes, panels = studio.errands("long", "take"), studio.errands("long", "panel")
    both = seconds(min(one.posted_at for one in panels), max(one.ended_at for one in takes))
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{len(takes)} cuts: panels and takes in {both:.0f} s over two workers")
    span = seconds(min(one.taken_at for one in panels), max(one.ended_at for one in panels))
    drawing = sum(one.outcome.machine_seconds for one in panels)
    beside = (2 * span - drawing) / len(panels)
    print(f"panels: {span / len(panels):.3f} s each; {beside:.3f} s of a worker beside the machine")
    span = seconds(min(one.taken_at for one in takes), max(one.ended_at for one in takes))
    print(f"takes: {span / len(takes):.3f} s each, their encoding and measuring included")
    print(
        f"the run: {spent['run']:.0f} s of CPU, at most {most['run']:.0f} MB; the server {most['server']:.0f} MB"
    )
    print(f"workers: at most {max(hand.peak_mb for hand in studio.hands('long')):.0f} MB")
    biggest = max(len(one["data"] or "") for one in studio.artifacts(run) if isinstance(one["data"], str))
    print(f"the largest page of the run: {biggest:,} bytes; parameters {studio.parameters(run):,} bytes")
