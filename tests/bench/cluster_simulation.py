"""A season on a cluster that we do not have: a discrete-event simulation, fed with overheads that were measured.

    python -m tests.bench.cluster_simulation [--settle 0.03] [--start 1.0] [--load 60] [--ahead 16]

Twelve runs share the GPUs. A run makes 300 panels, then two takes of each of 300 cuts, the second take of a cut
after the first, as the pipeline does. It asks for AHEAD more workers than are ready until it has as many as it has
pieces left; a GPU goes to the runs that asked in turn. A worker is ready when its model is loaded. At the end of a
stage a run keeps its workers for the next one, which load the next model; those that it has no use for after SPARE_S
end, and their GPUs go to other runs. A run handles one ended piece at a time. A preempted GPU costs its piece and is
away for a while. Efficiency: seconds of model calls that were kept / (GPUs x seconds until the last run ends).
"""

import argparse
import heapq
import random
from collections import deque
from dataclasses import dataclass, field
from itertools import count

from flows.cluster.connection import SPARE_S
from flows.cluster.pool import AHEAD

EPISODES, CUTS = 12, 300
STAGES = (("panel", 10.0, 1), ("take", 60.0, 2))
"""Name, seconds of one call, calls for each cut."""

SPREAD = 0.35  # of the logarithm of a call's seconds: cuts are of one to eight seconds
AWAY_S, PREEMPTED_AN_HOUR = 180.0, 0.01


@dataclass
class Run:
    """One episode on its way."""

    stage: int = -1
    queue: list[tuple[float, int]] = field(default_factory=list)  # longest first: (-seconds, calls left)
    asked: int = 0  # workers that wait for a GPU
    spare: int = 0  # workers of the stage before that have no model of this one
    starting: int = 0  # they start or load
    idle: int = 0
    busy: int = 0
    open: int = 0  # calls of the stage that are not settled, chained ones included
    free_at: float = 0.0  # when its own thread is done with what it has

    @property
    def workers(self) -> int:
        return self.starting + self.idle + self.busy


@dataclass(frozen=True)
class Costs:
    """What was measured, in seconds; ``ahead`` is a number of workers."""

    settle: float  # of a run's own thread for each piece
    start: float  # until a worker's process runs
    load: float  # until its model is loaded
    ahead: int = AHEAD


class Season:
    """All runs on ``gpus`` cards."""

    def __init__(self, gpus: int, costs: Costs, seed: int = 1) -> None:
        self.gpus, self.free, self.costs = gpus, gpus, costs
        self.now, self.kept, self.loading = 0.0, 0.0, 0.0
        self._random, self._events, self._numbers = random.Random(seed), [], count()
        self._wanting: deque[Run] = deque()
        self.runs = [Run() for _ in range(EPISODES)]

    def play(self) -> "Season":
        for run in self.runs:
            self._next_stage(run)
        while self._events:
            self.now, _, what, run, given = heapq.heappop(self._events)
            what(run, given)
        return self

    @property
    def efficiency(self) -> float:
        return self.kept / (self.gpus * self.now)

    def _at(self, seconds: float, what, run: Run | None, given=None) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._numbers), what, run, given))

    def _next_stage(self, run: Run) -> None:
        run.spare += run.workers
        run.starting = run.idle = run.busy = 0
        run.asked, run.stage = 0, run.stage + 1
        if run.stage == len(STAGES):
            self._end_spare(run, run.stage)
            return
        _, seconds, calls = STAGES[run.stage]
        lengths = [seconds * self._random.lognormvariate(-(SPREAD**2) / 2, SPREAD) for _ in range(CUTS)]
        run.queue = [(-length, calls) for length in lengths]
        heapq.heapify(run.queue)
        run.open = CUTS * calls
        self._at(SPARE_S, self._end_spare, run, run.stage)
        self._ask(run)
        self._serve()

    def _end_spare(self, run: Run, stage: int) -> None:
        if run.stage == stage:
            self.free, run.spare = self.free + run.spare, 0
            self._serve()

    def _ask(self, run: Run) -> None:
        """As flows/cluster/pool.py: never more than the pieces left, so many at a time. Spare workers come first."""
        left = len(run.queue) + run.busy
        more = max(0, min(left - run.workers, self.costs.ahead - run.starting) - run.asked)
        for _ in range(kept := min(more, run.spare)):
            run.spare -= 1
            self._begin(run, self.costs.load)
        if more > kept and not run.asked:
            self._wanting.append(run)
        run.asked += more - kept

    def _serve(self) -> None:
        while self.free and self._wanting:
            run = self._wanting[0]
            if not run.asked:
                self._wanting.popleft()
                continue
            self.free, run.asked = self.free - 1, run.asked - 1
            self._begin(run, self.costs.start + self.costs.load)
            self._wanting.rotate(-1)

    def _begin(self, run: Run, seconds: float) -> None:
        """A worker loads, and before that starts if it is new."""
        run.starting += 1
        self.loading += self.costs.load
        self._at(seconds, self._ready, run, run.stage)

    def _ready(self, run: Run, stage: int) -> None:
        if run.stage != stage:
            return
        run.starting, run.idle = run.starting - 1, run.idle + 1
        self._ask(run)
        self._serve()
        self._hand_out(run)

    def _hand_out(self, run: Run) -> None:
        while run.idle and run.queue:
            length, calls = heapq.heappop(run.queue)
            run.idle, run.busy = run.idle - 1, run.busy + 1
            lost_after = self._random.expovariate(PREEMPTED_AN_HOUR / 3600)
            if lost_after < -length:
                self._at(lost_after, self._preempted, run, (run.stage, length, calls))
            else:
                self._at(-length, self._ended, run, (run.stage, length, calls))

    def _ended(self, run: Run, given) -> None:
        """The next piece is with the worker already; the run's thread looks at this one when it comes to it."""
        self.kept -= given[1]
        run.busy, run.idle = run.busy - 1, run.idle + 1
        run.free_at = max(run.free_at, self.now) + self.costs.settle
        self._at(run.free_at - self.now, self._settled, run, given)
        self._hand_out(run)

    def _settled(self, run: Run, given) -> None:
        _, length, calls = given
        run.open -= 1
        if calls > 1:
            heapq.heappush(run.queue, (length, calls - 1))
            self._hand_out(run)
            self._ask(run)
            self._serve()
        if not run.open:
            self._next_stage(run)

    def _preempted(self, run: Run, given) -> None:
        _, length, calls = given
        run.busy -= 1
        heapq.heappush(run.queue, (length, calls))
        self._at(AWAY_S, self._back, run)
        self._ask(run)
        self._serve()
        self._hand_out(run)

    def _back(self, run: Run, given) -> None:
        self.free += 1
        self._serve()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--settle", type=float, default=0.03, help="s of a run's thread for each piece")
    asked.add_argument("--start", type=float, default=1.0, help="s until a worker process runs")
    asked.add_argument("--load", type=float, default=60.0, help="s until a model is loaded")
    asked.add_argument("--ahead", type=int, default=AHEAD, help="workers asked for at a time")
    costs = Costs(**vars(asked.parse_args()))
    work = EPISODES * CUTS * sum(seconds * calls for _, seconds, calls in STAGES)
    print(f"{work / 3600:.0f} GPU hours of calls; {costs}")
    for gpus in (1, 8, 64, 512, 2048):
        season = Season(gpus, costs).play()
        print(
            f"{gpus:5} GPUs: {season.now / 3600:7.2f} h, efficiency {season.efficiency:.1%}, "
            f"model loads {season.loading / (gpus * season.now):.1%} of the time"
        )


if __name__ == "__main__":
    main()
