"""The loop on a network of a few weights: optimizers, several batches in a step, several processes, stopping."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from assets.errors import InputRefused, RunStopped, SetupMissing
from models.training import optimizers
from models.training.loop import train
from tests.models.training.conftest import run

ROOT = Path(__file__).parents[3]


class Line:
    """Fits a line; the batch is drawn from its number."""

    def __init__(self):
        torch.manual_seed(0)
        self.network = torch.nn.Linear(3, 2)
        self.batches = []

    def compile(self):
        raise AssertionError("nothing is compiled here")

    def loss(self, step, rng, device):
        self.batches.append(step)
        given = torch.randn(8, 3, generator=rng)
        return (self.network(given) - given[:, :2] * 3).square().mean()

    def sheet(self, network):
        raise AssertionError("no sheet is asked for")


def silent(_):
    return None


def trained(folder, steps, **changed):
    lesson = Line()
    train(lesson, run(folder, steps, **changed), tell=silent)
    return lesson


def prodigy():
    pytest.importorskip("prodigyopt")


@pytest.mark.parametrize("optimizer", ["adamw", "prodigy"])
def test_an_optimizer_resumes_with_all_that_it_keeps(tmp_path, optimizer):
    """Prodigy keeps its own rate outside the state of the weights: after a resume it began again from 1e-6."""
    if optimizer == "prodigy":
        prodigy()
    given = {"optimizer": optimizer, "rate": 1.0 if optimizer == "prodigy" else 1e-2}
    trained(tmp_path / "straight", 40, **given)
    trained(tmp_path / "parts", 17, **given)

    trained(tmp_path / "parts", 40, **given)

    whole, resumed = (load_file(tmp_path / name / "checkpoint.safetensors") for name in ("straight", "parts"))
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_an_optimizer_that_is_not_installed_is_named_with_its_command(tmp_path):
    """A missing package was a traceback after the art had been encoded."""
    missing = {"prodigy": "prodigyopt", "adamw8bit": "bitsandbytes"}
    for kind, package in missing.items():
        try:
            __import__(package)
        except ImportError:
            with pytest.raises(SetupMissing, match=rf"{package}: `pip install 'sakuga\[train\]'`"):
                optimizers.made(kind, [torch.zeros(1)], 1.0, "cuda")


def test_eight_bits_are_refused_without_a_gpu(tmp_path):
    with pytest.raises(InputRefused, match="CUDA only"):
        trained(tmp_path, 1, optimizer="adamw8bit")


def test_a_small_rate_is_refused_for_prodigy(tmp_path):
    """It multiplies its own rate with this one: with 1e-4 it learnt nothing."""
    with pytest.raises(InputRefused, match="near 1"):
        trained(tmp_path, 1, optimizer="prodigy", rate=1e-4)


def test_a_checkpoint_of_another_optimizer_is_refused(tmp_path):
    made = trained(tmp_path, 2)
    other = torch.optim.SGD(made.network.parameters(), lr=1.0)

    with pytest.raises(InputRefused, match="trained with AdamW, and this run has SGD"):
        optimizers.restore(other, {}, json.dumps({"kind": "AdamW", "weights": {}, "groups": []}))


def test_a_step_may_take_several_batches_and_the_rate_counts_steps(tmp_path):
    """With accumulated gradients a scheduler counted batches, and the rate fell too early (diffusers 13731)."""
    lesson = trained(tmp_path, 50, accumulate=3, warmup=1, cooldown=50)

    assert lesson.batches == list(range(150))
    line = json.loads((tmp_path / "log.jsonl").read_text())
    assert (line["step"], line["rate"]) == (50, pytest.approx(1e-3 / 50))


def test_a_stop_keeps_what_was_trained_and_the_same_call_goes_on(tmp_path):
    trained(tmp_path / "straight", 9, save=100)
    asked = iter([False, False, True])

    with pytest.raises(RunStopped, match="after step 3 of 9"):
        train(Line(), run(tmp_path / "parts", 9, save=100), tell=silent, stop=lambda: next(asked))
    second = trained(tmp_path / "parts", 9, save=100)

    assert second.batches == list(range(3, 9))
    whole, resumed = (load_file(tmp_path / name / "checkpoint.safetensors") for name in ("straight", "parts"))
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_a_checkpoint_without_the_plain_values_of_the_optimizer_is_still_read(tmp_path):
    """Earlier releases wrote none."""
    from safetensors import safe_open
    from safetensors.torch import save_file

    trained(tmp_path, 2)
    path = tmp_path / "checkpoint.safetensors"
    with safe_open(path, framework="pt") as file:
        told = {key: value for key, value in file.metadata().items() if key != "optimizer"}
    save_file(load_file(path), path, metadata=told)

    assert trained(tmp_path, 4).batches == [2, 3]


@pytest.mark.slow
def test_two_processes_train_as_one_that_takes_two_batches_in_a_step(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom tests.models.training.test_loop import trained\n"
        "trained(Path(sys.argv[1]), 6)\n"
    )
    (tmp_path / "script.py").write_text(code)
    argv = ["--nproc-per-node", "2", tmp_path / "script.py", tmp_path / "two"]

    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", *argv],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=240,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    trained(tmp_path / "one", 6, accumulate=2)

    print(done.stderr[-500:])
    two, one = (load_file(tmp_path / name / "checkpoint.safetensors") for name in ("two", "one"))
    assert two.keys() == one.keys()
    assert all(torch.allclose(two[name], one[name], atol=1e-6) for name in two)
