"""A training on two processes: gloo between two CPU processes stands for NCCL between two GPUs.

On GPUs `accelerate launch` starts its processes by torch.distributed.run, as these tests do. With `--cpu` it starts one
process, whatever --num_processes says (accelerate 1.15: several only by mpirun).

A step of two processes with one batch each is a step of one process with `--accumulate 2`: the same batches with the
same noise, so the same weights. It is a step of one process with `--batch 2` only in distribution: that process mixes
pictures into batches in another order, and draws one noise for each batch.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.sheets.dataset import Rights, Showing
from assets.store import Store
from flows.episode.workspace import open_vault
from flows.settings import settings
from flows.training import datasets
from models.lora.factors import read
from models.sealed import sha256
from stages.dataset import freeze, intake
from tests.models.tiny import pipelines

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[3]
STEPS = 4
LAUNCH = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m", "flows.cli")


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project with the frozen dataset `core` of four drawings, and a tiny SDXL."""
    root = tmp_path_factory.mktemp("project")
    art = root / "art"
    art.mkdir()
    for number in range(4):
        coarse = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((64, 64), Image.Resampling.NEAREST).save(art / f"{number}.png")
        (art / f"{number}.txt").write_text("nagi, a drawing")
    told = intake.Intake(
        "core", Rights(creator="A", licence="CC0-1.0"), Showing(resolution=64, bucket_step=16)
    )
    vault = open_vault(settings(root / "episodes"))
    made = freeze.freeze(intake.take_in(art, told), art, vault)
    datasets.keep(made, root / "episodes", vault)
    pipelines.save("sdxl", root / "base")
    return root


def started(project: Path, name: str, *more: str, processes: int, steps: int = STEPS) -> subprocess.Popen:
    """``sakuga train`` in a session of its own."""
    base = ("--base", "base", "--licence", "Apache-2.0", "--data", "owned", "--rank", "2")
    train = ("train", "core", "--name", name, *base, "--steps", str(steps), *more)
    with (project / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *(LAUNCH if processes > 1 else ("-m", "flows.cli")), *train],
            cwd=project, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "SAKUGA_DEVICE": "cpu"},
        )  # fmt: skip


def ended(running: subprocess.Popen) -> None:
    """Leave nothing of it behind."""
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait(20)


def trained(project: Path, name: str, *more: str, processes: int, steps: int = STEPS) -> Path:
    running = started(project, name, *more, processes=processes, steps=steps)
    try:
        assert running.wait(600) == 0, (project / f"{name}.log").read_text()[-3000:]
    finally:
        ended(running)
    return project / "episodes" / "loras" / f"{name}.safetensors"


def logged(project: Path, name: str) -> list[dict]:
    [log] = (project / "episodes" / "loras" / ".training" / name).glob("*/log.jsonl")
    return [json.loads(line) for line in log.read_text().splitlines()]


def factors(path: Path) -> dict[str, np.ndarray]:
    return {
        f"{name}/{side}": getattr(part, side).float().numpy()
        for name, part in read(path).factors.items()
        for side in ("down", "up")
    }


def test_two_processes_train_what_one_trains_with_two_batches_in_a_step(project):
    two = trained(project, "two", processes=2)
    one = trained(project, "one", "--accumulate", "2", processes=1)

    found, wanted = factors(two), factors(one)
    assert found.keys() == wanted.keys()
    assert max(float(np.abs(found[key] - wanted[key]).max()) for key in found) <= 1e-6
    losses = [logged(project, name)[-1]["loss"] for name in ("two", "one")]
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)
    told = (project / "two.log").read_text()
    assert told.count("encoding 4 pieces") == 1  # the second process says nothing
    with Store.open(settings(project / "episodes").store) as store:
        made = [event for event in store.ledger.events(kind="training.completed") if event.subject == "two"]
    assert [event.body["output"] for event in made] == [sha256(two)]
    assert made[0].body["shown"] == 2 * STEPS


def test_ctrl_c_keeps_the_step_and_the_same_command_ends_with_the_same_bytes(project):
    whole = trained(project, "whole", processes=2, steps=40)
    stopped = started(project, "stopped", processes=2, steps=40)
    folder = project / "episodes" / "loras" / ".training" / "stopped"
    ends = time.monotonic() + 300
    while not list(folder.glob("*/sheet-*.png")) and stopped.poll() is None and time.monotonic() < ends:
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(stopped.pid, signal.SIGINT)  # as a terminal does: to every process of its group

    assert stopped.wait(120) != 0
    assert "what was trained is kept" in (project / "stopped.log").read_text()
    assert list(folder.glob("*/checkpoint.safetensors"))
    assert not (project / "episodes" / "loras" / "stopped.safetensors").exists()
    again = trained(project, "stopped", processes=2, steps=40)
    assert {key: value.tobytes() for key, value in factors(again).items()} == {
        key: value.tobytes() for key, value in factors(whole).items()
    }
