"""`python -m tests.chaos`: try thousands of faults within a time, and count what came of them.

Exit status: 0 nothing failed, 1 something failed.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from tests.chaos.case import Kind
from tests.chaos.kinds import KINDS
from tests.chaos.runner import Plan, Results, findings, run, table

EVERY_SECONDS = 10.0  # between two lines of progress


def main() -> int:
    """Run what the arguments ask for; returns the exit status."""
    chosen = _arguments()
    if chosen.replay:
        return _replayed(chosen)
    kinds = {name: KINDS[name] for name in chosen.kinds or KINDS}
    plan = Plan(kinds, chosen.seed, chosen.out, chosen.scale, chosen.minutes * 60, chosen.workers)
    cases = len(plan.cases())
    print(
        f"{cases:,} cases of {len(kinds)} kinds, seed {chosen.seed}, at most {chosen.minutes:g} minutes",
        flush=True,
    )
    results = run(plan, _Progress(plan.seconds))
    print("\n" + table(kinds.values(), results.outcomes))
    if results.left:
        print(f"\nThe time was over: {results.left:,} of {cases:,} cases were not tried.")
    if results.failures:
        print("\n" + findings(results.failures, chosen.out))
    return 1 if results.failures else 0


class _Progress:
    """A line every few seconds: what is done, what failed, how long it takes yet."""

    def __init__(self, seconds: float) -> None:
        self._begun = time.monotonic()
        self._late, self._next = self._begun + seconds, 0.0

    def __call__(self, results: Results) -> None:
        now = time.monotonic()
        if now < self._next and results.left:
            return
        self._next = now + EVERY_SECONDS
        done = len(results.outcomes)
        wanted = (now - self._begun) / done * results.left
        left = min(wanted, max(0.0, self._late - now))
        print(
            f"{done:5,} of {results.cases:,}, {len(results.failures)} failed, {left:.0f} s left", flush=True
        )


def _replayed(chosen: argparse.Namespace) -> int:
    """One case again, alone, with everything it said."""
    name, _, index = chosen.replay.partition(":")
    kind = KINDS[name]

    class Only(Plan):
        def cases(self) -> list[tuple[str, int]]:
            return [(name, int(index))]

    plan = Only({name: Kind(kind.name, kind.title, 1, kind.play)}, chosen.seed, chosen.out)
    (outcome,) = run(plan).outcomes
    print(
        "\n".join(
            (*outcome.notes, outcome.told, f"{outcome.verdict}: {outcome.problem or 'as it should be'}")
        )
    )
    return 1 if outcome.failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument(
        "kinds", nargs="*", choices=[[], *KINDS], help=f"only these kinds: {', '.join(KINDS)}"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same cases")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full number of cases")
    parser.add_argument("--minutes", type=float, default=15.0, help="no case is begun after them")
    parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1), help="processes at once")
    parser.add_argument("--out", type=Path, default=Path("bench-out/chaos"), help="folder of what failed")
    parser.add_argument("--replay", default="", help="KIND:NUMBER, one case alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
