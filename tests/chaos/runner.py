"""Hand cases out to worker processes within a time, and count what came of them.

In: kinds, a seed, a scale, a time.      Out: outcomes, a table, a list of distinct failures.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from random import Random

from tests.chaos.case import Kind, Outcome

ROOT = Path(__file__).parents[2]
HEADINGS = ("kind", "cases", "ok", "refused", "crashes", "hangs", "silent wrongs")
VERDICTS = ("ok", "refused", "crash", "hang", "wrong")


@dataclass(frozen=True)
class Plan:
    """What is to be run. ``module`` is where the workers find the kinds."""

    kinds: Mapping[str, Kind]
    seed: int
    failures: Path
    scale: float = 1.0
    seconds: float = 600.0
    workers: int = 2
    module: str = "tests.chaos.kinds"

    def cases(self) -> list[tuple[str, int]]:
        """All cases, mixed by the seed: when the time is over, every kind was tried in proportion."""
        found = [
            (kind.name, index)
            for kind in self.kinds.values()
            for index in range(max(1, round(kind.cases * self.scale)))
        ]
        Random(self.seed).shuffle(found)
        return found


@dataclass
class Results:
    """What came of the cases so far."""

    cases: int
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def failures(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.failed]

    @property
    def left(self) -> int:
        return self.cases - len(self.outcomes)


def run(plan: Plan, told: Callable[[Results], None] = lambda results: None) -> Results:
    """Play every case that there is time for; ``told`` hears of each one that ended."""
    cases = plan.cases()
    waiting: Queue[tuple[str, int]] = Queue()
    for case in cases:
        waiting.put(case)
    results, lock, enough = Results(len(cases)), threading.Lock(), threading.Event()
    late = time.monotonic() + plan.seconds

    def serve(shared: str) -> None:
        with _Worker(plan, shared) as process:
            while time.monotonic() < late and not enough.is_set():
                try:
                    name, index = waiting.get_nowait()
                except Empty:
                    return
                outcome = _asked(process, name, index)
                with lock:
                    results.outcomes.append(outcome)
                    told(results)

    with tempfile.TemporaryDirectory(prefix="sakuga-chaos-", ignore_cleanup_errors=True) as shared:
        threads = [
            threading.Thread(target=serve, args=(shared,)) for _ in range(min(plan.workers, len(cases)))
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except KeyboardInterrupt:  # what was counted so far is worth telling
            enough.set()
            for thread in threads:
                thread.join()
    return results


class _Worker:
    """A worker process for the length of a block."""

    def __init__(self, plan: Plan, shared: str) -> None:
        order = (str(plan.seed), str(plan.failures.absolute()), plan.module, shared)
        command = [sys.executable, "-m", "tests.chaos.worker", *order]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> "subprocess.Popen[str]":
        return self._process

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _asked(process: "subprocess.Popen[str]", name: str, index: int) -> Outcome:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{name} {index}\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the worker ended at {name}:{index}; see what it printed above")
    answer = json.loads(line)
    return Outcome(**{**answer, "notes": tuple(answer["notes"])})


def table(kinds: Iterable[Kind], outcomes: Sequence[Outcome]) -> str:
    """The counts as Markdown, one row a kind and their sum."""
    counts = {
        kind.name: Counter(outcome.verdict for outcome in outcomes if outcome.kind == kind.name)
        for kind in kinds
    }
    rows = [_row(kind.title, counts[kind.name]) for kind in kinds if counts[kind.name]]
    rows.append(_row("**all**", sum(counts.values(), Counter())))
    ruler = "|---|" + "---:|" * (len(HEADINGS) - 1)
    return "\n".join((f"| {' | '.join(HEADINGS)} |", ruler, *rows))


def _row(title: str, counts: Counter[str]) -> str:
    numbers = (counts.total(), *(counts[verdict] for verdict in VERDICTS))
    return f"| {title} | {' | '.join(f'{number:,}' for number in numbers)} |"


def findings(failures: Sequence[Outcome], failed_to: Path) -> str:
    """The distinct failures, most frequent first, each with the case that replays it."""
    alike = Counter((outcome.kind, outcome.verdict, outcome.problem) for outcome in failures)
    lines = []
    for (kind, verdict, problem), count in alike.most_common():
        first = min(o.index for o in failures if (o.kind, o.verdict, o.problem) == (kind, verdict, problem))
        lines.append(f"{count:5} x {verdict:5} {kind}:{first}  {problem}")
    if lines:
        lines.append(f"Inputs and reports: {failed_to}. Replay one with: make chaos REPLAY=KIND:NUMBER")
    return "\n".join(lines)
