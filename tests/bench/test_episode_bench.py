"""What an episode costs: wall seconds per second of episode, the share outside machines, a second run.

Run alone: `make bench`. Prints ratios; judges nothing.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHOW = ROOT / "assets/library/shows/clear-skies"


@dataclass(frozen=True)
class Run:
    """One run of the command line, with every process it started."""

    seconds: float
    processor: float
    peak_mb: float  # of the largest process
    report: dict[str, Any]


def produce(folder: Path, language: str, lanes: int | None = None) -> Run:
    """Run the command line in ``folder``."""
    script = SHOW / f"ep01.{language}.fountain"
    chosen = {} if lanes is None else {"SAKUGA_LANES": str(lanes)}
    command = ["produce", str(script), "--profile", "animatic", "--quiet"]
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *command],
        cwd=folder, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT), **chosen},
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    report = json.loads((folder / f"episodes/clear-skies-ep01-{language}/report.json").read_text())
    seconds = time.monotonic() - began
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, report)


@pytest.mark.bench
@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_the_sample_episode_costs(tmp_path: Path, language: str):
    first, again = produce(tmp_path, language), produce(tmp_path, language)
    report = first.report

    spent: defaultdict[str, float] = defaultdict(float)
    for done in report["work"]:
        spent[done["step"]] += done["seconds"]
    outside = 1 - report["machine_seconds"] / report["wall_seconds"]
    print(f"\n{language}: {_told(first)}")
    print(f"    outside models and encoders: {outside:.1%} of the run's {report['wall_seconds']:.1f} s")
    print("    " + ", ".join(f"{step} {seconds:.1f} s" for step, seconds in spent.items()))
    print(
        f"    again, nothing changed: {again.seconds:.2f} s, {again.seconds / first.seconds:.1%} of the first run"
    )

    assert {done["outcome"] for done in again.report["work"]} == {"reused"}


@pytest.mark.bench
def test_pieces_side_by_side_against_one_after_the_other(tmp_path: Path):
    """Taking turns, so that a busy machine is busy for both. The episode does not depend on what runs beside what."""
    runs: dict[str, list[Run]] = {"one after the other": [], "side by side": []}
    for turn in range(2):
        for name, lanes in (("one after the other", 1), ("side by side", None)):
            folder = tmp_path / f"{turn}{lanes}"
            folder.mkdir()
            runs[name].append(produce(folder, "ja", lanes))

    best = {name: min(found, key=lambda run: run.seconds) for name, found in runs.items()}
    for name, run in best.items():
        print(f"\n{name}: {_told(run)}")
    ratio = best["one after the other"].seconds / best["side by side"].seconds
    print(f"    side by side is {ratio:.2f} times as fast")
    episodes = tmp_path.glob("*/episodes/*/episode.mp4")
    assert len({hashlib.sha256(episode.read_bytes()).hexdigest() for episode in episodes}) == 1


def _told(run: Run) -> str:
    long = run.report["seconds"]
    return (
        f"{long:.1f} s of episode in {run.seconds:.1f} s: {run.seconds / long:.2f} of real time; "
        f"{run.processor:.1f} s of processor time ({run.processor / run.seconds:.0%} of a core), "
        f"largest process {run.peak_mb:.0f} MiB, load {os.getloadavg()[0]:.1f}"
    )


@pytest.mark.bench
def test_how_fast_the_command_line_answers():
    seconds = []
    for _ in range(7):
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "flows.cli", "--help"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        seconds.append(time.monotonic() - began)

    print(f"\nsakuga --help: median {sorted(seconds)[3]:.2f} s of {len(seconds)}")

    assert len(seconds) == 7
