"""What content credentials add to an episode: signing every file of a delivery, against making it.

Run alone: `make bench`. Prints ratios; judges nothing. Both are timed in this process, without its start.
"""

import os
import statistics
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.credentials import Identity, make
from flows.cli.application import app
from flows.cli.vault import opened_rooms
from flows.rights.credentials import Order, sign_delivery

SCRIPT = Path(__file__).parents[2] / "assets/library/shows/clear-skies/ep01.en.fountain"
RUNS = 3


def spent() -> tuple[float, float]:
    """Seconds on the clock, and of processors: this process and those it waited for."""
    used = os.times()
    return time.perf_counter(), used.user + used.system + used.children_user + used.children_system


@pytest.mark.bench
def test_what_signing_adds_to_the_sample_episode(tmp_path, monkeypatch):
    monkeypatch.delenv("SAKUGA_CREDENTIALS", raising=False)
    make(tmp_path / "identity", "Studio Kite")
    shares = []
    for run in range(RUNS):
        out = tmp_path / f"{run}"
        begun = spent()
        words = ["produce", str(SCRIPT), "--profile", "animatic", "--quiet", "--out", str(out)]
        assert CliRunner().invoke(app, words).exit_code == 0
        made = spent()
        with opened_rooms(out) as rooms:
            [item] = rooms.store.episodes()
            order = Order(item.key, out / item.id, Identity.read(tmp_path / "identity"))
            files = sign_delivery(order, rooms.store, rooms.vault, by="bench")
        signed = spent()
        (clock, processors), (more, work) = (
            [b - a for a, b in zip(*pair, strict=True)] for pair in ((begun, made), (made, signed))
        )
        shares.append((more / clock, work / processors))
        print(
            f"\nmade in {clock:.1f} s ({processors:.1f} s of processors); {len(files)} files signed in {more:.2f} s "
            f"({work:.2f} s): {more / clock:.2%} of the clock, {work / processors:.2%} of the processors"
        )
    clock, processors = (statistics.median(one) for one in zip(*shares, strict=True))
    print(f"median of {RUNS}: signing adds {clock:.2%} of the clock, {processors:.2%} of the processors")
