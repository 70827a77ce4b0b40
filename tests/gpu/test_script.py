"""The GPU script works before a GPU is at hand: every part runs with tiny models, and it says when there is no card."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import tarfile
import time
from pathlib import Path

import pytest
import torch

from tests.gpu import build
from tests.gpu.part import Finding, Part, Place
from tests.gpu.runner import Run

ROOT = Path(__file__).parents[2]


def run(*given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.gpu", *given], cwd=ROOT, capture_output=True, text=True, timeout=280
    )


@pytest.fixture
def unpacked(tmp_path):
    """What `make gpu-pack` carries to a machine, in an empty folder, beside the packages that are assumed there."""
    made = subprocess.run(["make", "gpu-pack"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert made.returncode == 0, made.stderr
    with tarfile.open(ROOT / "build/gpu-pack.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    site = tmp_path / "build/gpu-site"
    site.parent.mkdir(exist_ok=True)
    site.symlink_to(sysconfig.get_path("purelib"))
    return tmp_path


@pytest.mark.slow
def test_every_part_runs_from_the_packed_files_alone_and_what_is_not_speed_holds(unpacked):
    """A checkout is 67 MiB, and a machine was lent that takes 64.

    Without ``site`` (-S) the interpreter sees no checkout that is installed beside the packages.
    """
    size = sum(file.stat().st_size for file in unpacked.rglob("*") if file.is_file())
    done = subprocess.run(
        ["make", "gpu", "TINY=1", f"PYTHON={sys.executable} -S"],
        cwd=unpacked, capture_output=True, text=True, timeout=600,
    )  # fmt: skip

    assert size < 40 * 2**20
    assert done.returncode == 0, done.stdout + done.stderr
    results = unpacked / "bench-out/gpu/results.json"
    parts = {one["part"]: one for one in json.loads(results.read_text())["parts"]}
    assert {one["state"] for one in parts.values()} == {"ran"}
    assert len(parts) == 13
    assert parts["correctness"]["findings"][0]["held"] is True
    assert "ours against the plain loop" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card here")
def test_without_a_card_it_ends_in_one_sentence_and_status_3(tmp_path):
    done = run("--out", str(tmp_path))

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("There is no CUDA card here: torch") and len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sdxl", "wan-ti2v-5b", "wan-i2v-a14b"])
def test_a_full_size_model_has_as_many_weights_as_its_sheet_says(kind):
    """A wrong width or depth would measure another model."""
    for told in build.read(kind)["parts"].values():
        if "billions" in told:
            made = build.part(told, "meta", torch.bfloat16)
            count = sum(one.numel() for one in made.parameters()) / 1e9
            assert count == pytest.approx(told["billions"], rel=0.001)


def test_a_card_that_is_too_small_for_an_expert_gets_fewer_layers_and_a_large_one_all():
    told = build.read("wan-i2v-a14b")["parts"]["transformer"]

    def layers(gib: float) -> int:
        return build.layers(Place("cuda", gib, False, Path(), 0), told)

    assert layers(79.0) == layers(139.0) == 40
    assert 10 < layers(24.0) < 20
    assert layers(1.0) == 1


# the runner


def good(place):
    yield Finding("speed", 1.5, most=1.0, timed=True)


def bad(place):
    yield Finding("before", 1.0)
    raise ValueError("shapes differ")


def hanging(place):
    yield Finding("before", 1.0)
    time.sleep(60)


def killed(place):
    yield Finding("before", 1.0)
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_part_that_fails_hangs_or_dies_ends_alone_and_keeps_what_it_found(tmp_path):
    finds = {"bad": bad, "hanging": hanging, "killed": killed, "good": good}
    parts = [Part(name, "", 1.0 if name == "hanging" else 60, find) for name, find in finds.items()]

    results = {one.part: one for one in Run("cpu", 0, True, folder=tmp_path).every(parts)}

    states = {name: one.state for name, one in results.items()}
    assert states == {
        "bad": "failed", "hanging": "out of time", "killed": "failed", "good": "ran"
    }  # fmt: skip
    assert all(results[name].findings[0].what == "before" for name in ("bad", "hanging", "killed"))
    assert "shapes differ" in results["bad"].error
    assert not list(tmp_path.iterdir())


def test_no_part_begins_when_the_time_is_over(tmp_path):
    parts = [Part("first", "", 60, good), Part("second", "", 60, good)]

    results = Run("cpu", 0, True, seconds=1, folder=tmp_path).every(parts)

    assert [one.state for one in results] == ["not begun", "not begun"]


def test_a_limit_is_broken_by_a_value_outside_it_and_by_one_that_is_no_number():
    assert Finding("a", 1.02, most=1.02).held and Finding("a", True, least=1).held
    assert not Finding("a", 1.03, most=1.02).held
    assert not Finding("a", float("nan"), least=10).held
    assert not Finding("a", False, least=1).held


def test_speed_is_judged_on_a_card_only(tmp_path):
    (result,) = Run("cpu", 0, True, folder=tmp_path).every([Part("good", "", 60, good)])

    assert result.broken(tiny=False) and not result.broken(tiny=True)
