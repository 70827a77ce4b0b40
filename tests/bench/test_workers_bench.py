"""How well workers of a Ray cluster are used, and what our own part costs. Prints, judges nothing but that it works.

A simulated GPU takes a second for a panel and for a take (models/simulated.py), so all else is ours.
Efficiency: seconds the simulated GPUs worked / (workers x seconds it took). `cold` counts from the moment the run
asks for the stage, starting the workers included, `warm` from the first piece given to one. Connecting to the
cluster (or starting it on this machine) is told apart. SAKUGA_BENCH_SCALE=1 adds 64 workers and 2,000 pieces.
Simulated pieces wait and need no processor, so what other programs take of it shows as ours: each figure is the median
of three runs, with the load beside it. On a busy machine run it with `RAY_worker_niceness=-15 nice -n -15`.
"""

import os
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import psutil
import pytest

from assets.store import Store
from assets.store.events import now
from flows.cluster.connection import Connection
from flows.cluster.executor import RayExecutor
from flows.episode.brief import Brief
from flows.episode.executor import InProcess
from flows.episode.produce import RunHost, perform
from flows.settings import settings
from tests.flows.cluster.studio import ROOT, Studio, free_port, screenplay, seconds

pytestmark = [
    pytest.mark.bench,
    pytest.mark.timeout(3000),
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed"),
]


class Enough(Exception):
    """What was to be measured is measured."""


class Timed:
    """A cluster's executor, with the seconds each stage took; ``last``: the stage after which it stops."""

    def __init__(self, inner, last=""):
        self._inner, self.last, self.stages = inner, last, {}

    def at(self, workspace, cache):
        bound = Timed(self._inner.at(workspace, cache), self.last)
        bound.stages = self.stages
        return bound

    def each(self, step, pieces, work, name, *, parallel=False):
        if self.last in self.stages:
            raise Enough
        if self.last and step != self.last:
            return InProcess().each(step, pieces, work, name)
        began = time.perf_counter()
        try:
            return self._inner.each(step, pieces, work, name, parallel=parallel)
        finally:
            self.stages[step] = (len(pieces), time.perf_counter() - began)

    def both(self, first, second, *, parallel=False):
        return self._inner.both(first, second, parallel=parallel)


class Quiet:
    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def done(self, done): ...


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    opened = Connection("local")
    began = time.perf_counter()
    opened.open()
    print(f"\nRay on this machine was ready after {time.perf_counter() - began:.1f} s; load {load()}")
    yield
    opened.close()


def load() -> str:
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def profile(folder: Path, cut_s: float) -> str:
    toy = (ROOT / "assets/library/profiles/toy.yaml").read_text().replace("name: toy", "name: simulated")
    for port in ("painter", "animator"):
        toy = toy.replace(f"{port}: toy", f"{port}: {{name: simulated, options: {{seconds: {cut_s}}}}}")
    (folder / "simulated.yaml").write_text(toy)
    return str(folder / "simulated.yaml")


def measured(
    folder: Path, *, cuts: int, workers: int, cut_s: float = 1.0, last: str = ""
) -> dict[str, tuple[float, float]]:
    """Make an episode on new workers; print what each stage took: in all, and from its first piece on."""
    folder.mkdir()
    (folder / "many.fountain").write_text(screenplay(cuts))
    named = profile(folder, cut_s)
    brief = Brief(script=folder / "many.fountain", profile=named, out=folder / "episodes", workers=workers)
    connection = Connection("local")
    inner = RayExecutor(InProcess(), connection, workers, settings(brief.out), lambda *_: None)
    executor = Timed(inner, last)
    print(f"\n{cuts} cuts of {cut_s:g} s on {workers} workers; load {load()}")
    with closing(connection), suppress(Enough):
        perform(brief, RunHost(executor, lambda _: Quiet(), lambda _: None))
    spans = {}
    with Store.open(settings(brief.out).store) as store:
        calls = [call for run in store.runs("_/many") for call in store.calls(run.id)]
    for step in executor.stages.keys() & {"panel", "take"}:
        mine = [call for call in calls if call.step == step]
        pieces, took = executor.stages[step]
        ideal = pieces * cut_s / workers
        span = seconds(min(call.began_at for call in mine), max(str(call.ended_at) for call in mine))
        spans[step] = took, span
        print(
            f"{step}s: {pieces} in {took:.1f} s, {span:.1f} s from the first piece on; "
            f"efficiency cold {ideal / took:.1%}, warm {ideal / span:.1%}"
        )
    print(f"the run's own process: {psutil.Process().memory_info().rss / 1e6:.0f} MB; load {load()}")
    return spans


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("cut_s", [1.0, 5.0])
def test_64_cuts_over_four_workers(tmp_path: Path, cut_s: float):
    runs = [measured(tmp_path / f"four{n}", cuts=64, workers=4, cut_s=cut_s) for n in range(3)]

    for step in runs[0]:
        took, span = (median(run[step][at] for run in runs) for at in (0, 1))
        ideal = 64 * cut_s / 4
        print(f"{step}s, median of three: efficiency cold {ideal / took:.1%}, warm {ideal / span:.1%}")


@pytest.mark.usefixtures("cluster")
def test_two_workers_against_one(tmp_path: Path):
    one = measured(tmp_path / "one", cuts=16, workers=1)
    two = measured(tmp_path / "two", cuts=16, workers=2)

    print(", ".join(f"{step}s: {one[step][1] / two[step][1]:.2f} times as fast" for step in one))


@pytest.mark.usefixtures("cluster")
@pytest.mark.skipif(not os.environ.get("SAKUGA_BENCH_SCALE"), reason="SAKUGA_BENCH_SCALE=1 asks for it")
def test_2000_pieces_of_five_seconds_over_64_workers(tmp_path: Path):
    """Panels alone: two cores have no room for the encoders of 64 workers."""
    measured(tmp_path / "scale", cuts=2000, workers=64, cut_s=5.0, last="panel")


def test_300_cuts_with_models_that_cost_nothing(tmp_path_factory):
    """A TV episode under Prefect: with toy models all that is left is orchestration, drawing blocks and encoding."""
    studio = Studio(tmp_path_factory.mktemp("studio"), free_port(), free_port())
    try:
        studio.open()
        _long(studio)
    finally:
        studio.close()


def _long(studio: Studio) -> None:
    run = studio.make("long", cuts=300, workers=2, profile="toy")
    most, spent = {"run": 0.0, "server": 0.0}, {"run": 0.0, "server": 0.0}
    held: list[tuple[str, float]] = []  # by the run's process: when, megabytes

    def ended() -> bool:
        for name, pids in (("run", studio.of_run(str(run))), ("server", [psutil.Process(studio.server.pid)])):
            for process in pids:
                try:
                    times, memory = process.cpu_times(), process.memory_info().rss / 1e6
                except psutil.Error:
                    continue
                most[name], spent[name] = max(most[name], memory), max(spent[name], times.user + times.system)
                held.extend([(now(), memory)] if name == "run" else [])
        return studio.state(run)["type"] in ("COMPLETED", "FAILED", "CRASHED")

    studio.until(ended, within=2400)

    assert studio.state(run)["type"] == "COMPLETED"
    takes, panels = studio.finished("long", "take"), studio.finished("long", "panel")
    first, last = min(call.began_at for call in panels), max(str(call.ended_at) for call in takes)
    print(f"\nload {load()}")
    print(f"{len(takes)} cuts: panels and takes in {seconds(first, last):.0f} s over two workers")
    at_work = max(memory for moment, memory in held if moment <= last)
    print(
        f"the run: {spent['run']:.0f} s of CPU, at most {at_work:.0f} MB until the last take, {most['run']:.0f} MB "
        f"in all; the server {most['server']:.0f} MB"
    )
    biggest = max(len(one["data"] or "") for one in studio.artifacts(run) if isinstance(one["data"], str))
    print(f"the largest page of the run: {biggest:,} bytes; parameters {studio.parameters(run):,} bytes")
