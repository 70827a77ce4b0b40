"""What an episode costs: wall seconds per second of episode, the share outside machines, a second run.

Run alone: `make bench`. Prints ratios; judges nothing.
"""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOW = ROOT / "assets/library/shows/clear-skies"


def produce(folder: Path, language: str) -> tuple[float, dict]:
    """Run the command line in ``folder``; wall seconds of the whole process, and its report."""
    script = SHOW / f"ep01.{language}.fountain"
    command = [sys.executable, "-m", "flows.cli", "produce", str(script), "--quiet"]
    began = time.monotonic()
    subprocess.run(command, cwd=folder, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    wall = time.monotonic() - began
    return wall, json.loads((folder / f"episodes/clear-skies-ep01-{language}/report.json").read_text())


@pytest.mark.bench
@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_the_sample_episode_costs(tmp_path: Path, language: str):
    first, report = produce(tmp_path, language)
    second, again = produce(tmp_path, language)

    spent: defaultdict[str, float] = defaultdict(float)
    for done in report["work"]:
        spent[done["step"]] += done["seconds"]
    outside = 1 - report["machine_seconds"] / report["wall_seconds"]
    ratio = first / report["seconds"]
    print(f"\n{language}: {report['seconds']:.1f} s of episode in {first:.1f} s: {ratio:.2f} of real time")
    print(f"    outside machines and encoders: {outside:.1%} of the score's {report['wall_seconds']:.1f} s")
    print("    " + ", ".join(f"{step} {seconds:.1f} s" for step, seconds in spent.items()))
    print(f"    again, nothing changed: {second:.2f} s, {second / first:.1%} of the first run")

    assert {done["outcome"] for done in again["work"]} == {"reused"}


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
