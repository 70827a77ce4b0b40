"""The training loop of all models: accelerate, an average of the weights, exact resuming, a log.

In: a Lesson (what is trained, its loss at a step), a Run (how long, how fast, where).
Out: checkpoints in safetensors, a log in JSON lines, validation sheets as PNG.
A batch depends only on its step, so a run that was stopped continues with the same bytes. A checkpoint of a LoRA
leaves out the base, which is in files of its own.
Knows nothing about pictures or sounds. Imports torch when used.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, Protocol

from assets import files
from assets.errors import InputRefused
from assets.matter import Still
from models.sealed import check_safetensors

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Run:
    """How one model is trained.

    folder    checkpoints, log and sheets
    steps     total, including those before a resume
    rate      peak learning rate; it warms up over ``warmup`` steps and falls to 0 over the last ``cooldown``
    average   decay of the exponential moving average that is shipped; 0 ships the weights themselves
    save      steps between checkpoints
    look      steps between validation sheets; 0: none
    threads   torch's; two on a busy two-core machine are slower than one
    precision bf16, or no: a processor with AMX is 1.5 times as fast with bf16, others are slower
    compiled  let torch compile the network: one or two minutes at the start, then a third faster (needs a C++ compiler)
    """

    folder: Path
    steps: int
    rate: float = 3e-4
    warmup: int = 200
    cooldown: int = 0
    average: float = 0.999
    save: int = 500
    look: int = 1000
    seed: int = 0
    threads: int = 1
    device: str = "cpu"
    precision: Literal["no", "bf16"] = "bf16"
    compiled: bool = False

    def __post_init__(self) -> None:
        if self.steps < 1 or self.cooldown > self.steps:
            raise InputRefused(
                f"A run of {self.steps} steps with a cooldown of {self.cooldown} cannot be: at least 1 step, "
                "and no longer a cooldown than the run."
            )

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, from 0."""
        rising = min(1.0, (step + 1) / max(1, self.warmup))
        falling = min(1.0, (self.steps - step) / self.cooldown) if self.cooldown else 1.0
        return self.rate * rising * falling


class Lesson(Protocol):
    """A training task: the network and its loss."""

    network: "torch.nn.Module"

    def compile(self) -> None:
        """Let torch compile the expensive parts."""
        ...

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        """The loss of one batch, which depends on ``step`` and ``rng``."""
        ...

    def sheet(self, network: "torch.nn.Module") -> Still:
        """A picture of what the network can do now."""
        ...


def train(lesson: Lesson, run: Run, *, tell: Any = print) -> "torch.nn.Module":
    """Train to ``run.steps``, from the last checkpoint if there is one; return the averaged network."""
    import torch
    from accelerate import Accelerator
    from accelerate.utils import set_seed

    torch.set_num_threads(run.threads)
    set_seed(run.seed)
    accelerator = Accelerator(cpu=run.device == "cpu", mixed_precision=run.precision)
    network = lesson.network
    optimizer = torch.optim.AdamW(
        [weight for weight in network.parameters() if weight.requires_grad],
        lr=run.rate,
        weight_decay=1e-4,
        fused=True,  # one pass over the weights instead of ten: a sixth of a step of the denoiser
    )
    average = _Average(network, run.average)
    start = load_checkpoint(run.folder, network, optimizer, average)
    network, optimizer = accelerator.prepare(network, optimizer)
    average.to(accelerator.device)
    if run.compiled:
        lesson.compile()
    network.train()
    run.folder.mkdir(parents=True, exist_ok=True)
    if run.look and start == 0:
        _look(lesson, average, accelerator.unwrap_model(network), run.folder / f"sheet-{0:07d}.png")
    began, heard = perf_counter(), 0.0
    for step in range(start, run.steps):
        for group in optimizer.param_groups:
            group["lr"] = run.rate_at(step)
        rng = torch.Generator().manual_seed(run.seed * 1_000_003 + step)
        with accelerator.autocast():
            loss = lesson.loss(step, rng, accelerator.device)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average.take(accelerator.unwrap_model(network))
        heard = float(loss.detach()) if step == start else 0.98 * heard + 0.02 * float(loss.detach())
        done = step + 1
        if done % 50 == 0 or done == run.steps:
            _log(run, done, heard, (done - start) / (perf_counter() - began), tell)
        if done % run.save == 0 or done == run.steps:
            save_checkpoint(run.folder, done, accelerator.unwrap_model(network), optimizer, average)
        if run.look and (done % run.look == 0 or done == run.steps):
            _look(lesson, average, accelerator.unwrap_model(network), run.folder / f"sheet-{done:07d}.png")
    finished: torch.nn.Module = accelerator.unwrap_model(network)
    average.lend(finished)
    finished.eval()
    return finished


class _Average:
    """The exponential moving average of the trained weights, with a warm-up so that early steps weigh less."""

    def __init__(self, network: "torch.nn.Module", decay: float) -> None:
        self.decay, self.taken = decay, 0
        self.held = {
            name: weight.detach().clone().float()
            for name, weight in network.named_parameters()
            if weight.requires_grad
        }

    def to(self, device: "torch.device") -> None:
        self.held = {name: weight.to(device) for name, weight in self.held.items()}

    def take(self, network: "torch.nn.Module") -> None:
        import torch

        self.taken += 1
        decay = min(self.decay, (1 + self.taken) / (10 + self.taken)) if self.decay else 0.0
        names = list(self.held)
        weights = dict(network.named_parameters())
        torch._foreach_lerp_(
            [self.held[name] for name in names], [weights[name].detach().float() for name in names], 1 - decay
        )

    def lend(self, network: "torch.nn.Module") -> dict[str, "torch.Tensor"]:
        """Put the average into the network; return the weights that were there."""
        import torch

        before = {}
        with torch.no_grad():
            for name, weight in network.named_parameters():
                if name in self.held:
                    before[name] = weight.detach().clone()
                    weight.copy_(self.held[name])
        return before


def save_checkpoint(folder: Path, step: int, network: Any, optimizer: Any, average: "_Average") -> Path:
    """One safetensors file with everything a resume needs, replaced atomically."""
    from safetensors.torch import save

    tensors: dict[str, Any] = {
        f"network/{name}": weight.contiguous() for name, weight in _kept(network).items()
    }
    tensors |= {f"average/{name}": weight.contiguous() for name, weight in average.held.items()}
    for number, moments in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer/{number}/{name}": value for name, value in moments.items()}
    path = folder / "checkpoint.safetensors"
    # Copies: safetensors refuses tensors that share memory.
    copies = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    # Not save_file: on a full disk it raises an error of its own.
    files.write(path, save(copies, metadata={"step": str(step), "taken": str(average.taken)}))
    return path


def load_checkpoint(folder: Path, network: Any, optimizer: Any, average: "_Average") -> int:
    """Restore the last checkpoint; return the next step, 0 if there is none."""
    path = folder / "checkpoint.safetensors"
    if not path.exists():
        return 0
    check_safetensors(path)
    from safetensors import safe_open
    from torch import empty_like

    trained = [weight for group in optimizer.param_groups for weight in group["params"]]
    parts: dict[str, dict[str, Any]] = {"network": {}, "average": {}, "optimizer": {}}
    with safe_open(path, framework="pt") as held:
        told = held.metadata()
        for key in held.keys():  # noqa: SIM118 - a safetensors file is not a mapping
            part, _, name = key.partition("/")
            parts[part][name] = held.get_tensor(key)
    _restore(network, parts["network"], path)
    average.held, average.taken = parts["average"], int(told["taken"])
    state: dict[int, dict[str, Any]] = {}
    for key, tensor in parts["optimizer"].items():
        number, _, name = key.partition("/")
        # Same memory layout as its weight: the fused step reads both in memory order.
        weight = trained[int(number)]
        laid = (
            empty_like(weight, dtype=tensor.dtype).copy_(tensor) if tensor.shape == weight.shape else tensor
        )
        state.setdefault(int(number), {})[name] = laid
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return int(told["step"])


def _kept(network: Any) -> dict[str, Any]:
    """The state that a checkpoint holds: of a network with LoRA layers what is trained, of any other all of it.

    The base of a LoRA is in files of its own. Other frozen weights may change: distillation moves its target.
    """
    state: dict[str, Any] = network.state_dict()
    if not any("lora_" in name for name in state):
        return state
    frozen = {name for name, weight in network.named_parameters() if not weight.requires_grad}
    return {name: weight for name, weight in state.items() if name not in frozen}


def _restore(network: Any, saved: dict[str, Any], path: Path) -> None:
    """Load what ``_kept`` saved.

    raises  InputRefused for a checkpoint of another network: another rank, or another base
    """
    own = _kept(network)
    # A checkpoint of an earlier release also holds the frozen weights.
    saved = {
        name: weight for name, weight in saved.items() if name in own or name not in network.state_dict()
    }
    differing = sorted(set(own) ^ set(saved)) or sorted(
        name for name, weight in saved.items() if weight.shape != own[name].shape
    )
    if differing:
        raise InputRefused(
            f"{path} is a checkpoint of another network: {len(differing)} weights differ, such as {differing[0]}. "
            "Train in another folder, or with the settings of that run."
        )
    network.load_state_dict(saved, strict=False)


def _log(run: Run, step: int, loss: float, pace: float, tell: Any) -> None:
    """One line for people, one for the file; ``pace`` is steps per second."""
    line = {
        "step": step,
        "loss": round(loss, 6),
        "rate": run.rate_at(step - 1),
        "steps_per_second": round(pace, 3),
    }
    with (run.folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    minutes, seconds = divmod(round((run.steps - step) / pace), 60)
    tell(
        f"step {step} of {run.steps}: loss {loss:.5f}, {pace:.3g} steps/s, {minutes} min {seconds:02} s left"
    )


def _look(lesson: Lesson, average: _Average, network: Any, path: Path) -> None:
    import torch

    from assets.media.picture import to_png

    before = average.lend(network)
    network.eval()
    with torch.no_grad():
        files.write(path, to_png(lesson.sheet(network)))
        for name, weight in network.named_parameters():
            if name in before:
                weight.copy_(before[name])
    network.train()


def describe(run: Run) -> dict[str, Any]:
    """The run as plain data, for a model card."""
    return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(run).items()}
