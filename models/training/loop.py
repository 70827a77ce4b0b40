"""The training loop of all models: accelerate, an average of the weights, exact resuming, a log.

In: a Lesson (what is trained, its loss on a batch), a Run (how long, how fast, where).
Out: checkpoints in safetensors, a log in JSON lines, validation sheets as PNG.
A batch depends only on its number, so a run that was stopped continues with the same bytes. A checkpoint of a LoRA
leaves out the base, which is in files of its own.
Several processes (`accelerate launch`) each take other batches and share the mean of their gradients.
Knows nothing about pictures or sounds. Imports torch when used.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, Protocol

from assets import files
from assets.errors import InputRefused, RunStopped, SetupMissing
from assets.matter import Still
from models.memory import measured_free_gb
from models.training import checkpoints, optimizers
from models.training.checkpoints import Average
from models.training.optimizers import Optimizer

if TYPE_CHECKING:
    import torch


TOLD_STEPS, TOLD_SECONDS = 50, 20.0  # progress is told after so many steps, or after so much time


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
    optimizer    adamw, adamw8bit (CUDA) or prodigy
    accumulate   batches of each process whose gradients one step takes the mean of
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
    optimizer: Optimizer = "adamw"
    accumulate: int = 1

    def __post_init__(self) -> None:
        if self.steps < 1 or self.cooldown > self.steps:
            raise InputRefused(
                f"A run of {self.steps} steps with a cooldown of {self.cooldown} cannot be: at least 1 step, "
                "and no longer a cooldown than the run."
            )
        if self.accumulate < 1:
            raise InputRefused(f"A step takes at least 1 batch; accumulate is {self.accumulate}.")

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, from 0."""
        rising = min(1.0, (step + 1) / max(1, self.warmup))
        falling = min(1.0, (self.steps - step) / self.cooldown) if self.cooldown else 1.0
        return self.rate * rising * falling


@dataclass(frozen=True)
class Progress:
    """How far a run is. Its text is one line for people.

    pace     steps per second, since this process began
    free_gb  memory of the device that nobody uses, GiB
    """

    step: int
    steps: int
    loss: float
    pace: float
    free_gb: float

    @property
    def seconds_left(self) -> float:
        return (self.steps - self.step) / self.pace

    def __str__(self) -> str:
        minutes, seconds = divmod(round(self.seconds_left), 60)
        return (
            f"step {self.step} of {self.steps}: loss {self.loss:.5f}, {self.pace:.3g} steps/s, "
            f"{minutes} min {seconds:02} s left, {self.free_gb:.1f} GiB free"
        )


Tell = Callable[[Any], object]
"""Takes a sentence, or a Progress."""


class Lesson(Protocol):
    """A training task: the network and its loss."""

    network: "torch.nn.Module"

    def compile(self) -> None:
        """Let torch compile the expensive parts."""
        ...

    def loss(self, step: int, rng: "torch.Generator", device: "torch.device") -> "torch.Tensor":
        """The loss of the batch of that number, which depends on it and on ``rng`` alone."""
        ...

    def sheet(self, network: "torch.nn.Module") -> Still:
        """A picture of what the network can do now."""
        ...


def train(
    lesson: Lesson, run: Run, *, tell: Tell = print, stop: Callable[[], bool] = lambda: False
) -> "torch.nn.Module":
    """Train to ``run.steps``, from the last checkpoint if there is one; return the averaged network.

    stop    asked after every step
    raises  RunStopped when ``stop`` says so; what was trained is kept, and the same call goes on
    """
    import torch

    library = _accelerate()
    torch.set_num_threads(run.threads)
    library.utils.set_seed(run.seed)
    accelerator = library.Accelerator(cpu=run.device == "cpu", mixed_precision=run.precision)
    trained = [weight for weight in lesson.network.parameters() if weight.requires_grad]
    optimizer = optimizers.made(run.optimizer, trained, run.rate, run.device)
    average = Average(lesson.network, run.average)
    start = checkpoints.load(run.folder, lesson.network, optimizer, average)
    # Not wrapped for several processes: a lesson calls its network, and gradients are shared below.
    network: torch.nn.Module = accelerator.prepare_model(lesson.network, evaluation_mode=True)
    optimizer = accelerator.prepare_optimizer(optimizer)
    average.to(accelerator.device)
    if run.compiled:
        lesson.compile()
    network.train()
    run.folder.mkdir(parents=True, exist_ok=True)
    first = accelerator.is_main_process
    if run.look and start == 0 and first:
        _look(lesson, average, network, run.folder / f"sheet-{0:07d}.png")
    clock, heard = _Clock(run, start), 0.0
    for step in range(start, run.steps):
        for group in optimizer.param_groups:
            group["lr"] = run.rate_at(step)
        loss = _learned(lesson, run, accelerator, step)
        _shared(accelerator, trained)
        accelerator.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average.take(network)
        loss, asked = _together(accelerator, loss, stop())
        heard = loss if step == start else 0.98 * heard + 0.02 * loss
        done = step + 1
        stopped = done < run.steps and asked
        if first:
            clock.told(done, heard, tell)
            if done % run.save == 0 or done == run.steps or stopped:
                checkpoints.save(run.folder, done, network, optimizer, average)
            if run.look and (done % run.look == 0 or done == run.steps):
                _look(lesson, average, network, run.folder / f"sheet-{done:07d}.png")
        if stopped:
            raise RunStopped(
                f"Stopped after step {done} of {run.steps}; what was trained is kept. The same command goes on there."
            )
    accelerator.wait_for_everyone()
    average.lend(network)
    network.eval()
    return network


def process(device: str) -> tuple[bool, int]:
    """Whether this process is the first, and how many there are. Chooses its GPU, which then is plain ``cuda``."""
    state = _accelerate().PartialState(cpu=device == "cpu")
    return bool(state.is_main_process), int(state.num_processes)


def _accelerate() -> Any:
    try:
        import accelerate
    except ModuleNotFoundError as error:
        raise SetupMissing("Training needs accelerate: `pip install 'sakuga[train]'`.") from error
    return accelerate


def _learned(lesson: Lesson, run: Run, accelerator: Any, step: int) -> float:
    """Add the gradients of this process's batches of a step; return their mean loss."""
    import torch

    total = 0.0
    for part in range(run.accumulate):
        batch = (step * run.accumulate + part) * accelerator.num_processes + accelerator.process_index
        rng = torch.Generator().manual_seed(run.seed * 1_000_003 + batch)
        with accelerator.autocast():
            loss = lesson.loss(batch, rng, accelerator.device)
        accelerator.backward(loss / run.accumulate if run.accumulate > 1 else loss)
        total += float(loss.detach())
    return total / run.accumulate


def _shared(accelerator: Any, trained: "Sequence[torch.Tensor]") -> None:
    """Replace the gradients by their mean over all processes, in one message."""
    if accelerator.num_processes == 1:
        return
    import torch

    gradients = [weight.grad for weight in trained if weight.grad is not None]
    means = accelerator.reduce(torch.cat([each.flatten() for each in gradients]), reduction="mean")
    parts = means.split([each.numel() for each in gradients])
    for each, mean in zip(gradients, parts, strict=True):
        each.copy_(mean.view_as(each))


def _together(accelerator: Any, loss: float, stop: bool) -> tuple[float, bool]:
    """The mean loss of all processes; whether any of them is asked to stop: they stop after the same step."""
    if accelerator.num_processes == 1:
        return loss, stop
    import torch

    own = torch.tensor([loss, float(stop)], device=accelerator.device)
    total, asked = accelerator.reduce(own, reduction="sum").tolist()
    return total / accelerator.num_processes, asked > 0


class _Clock:
    """Tells and logs progress, with the pace of this process."""

    def __init__(self, run: Run, start: int) -> None:
        self._run, self._start = run, start
        self._began = self._told = perf_counter()

    def told(self, done: int, loss: float, tell: Tell) -> None:
        run, now = self._run, perf_counter()
        often = done % TOLD_STEPS == 0 or done == run.steps
        if not often and now - self._told < TOLD_SECONDS:
            return
        self._told = now
        pace = (done - self._start) / max(now - self._began, 1e-9)
        if often:
            _log(run, done, loss, pace)
        tell(Progress(done, run.steps, loss, pace, measured_free_gb(run.device)))


def _log(run: Run, step: int, loss: float, pace: float) -> None:
    line = {
        "step": step,
        "loss": round(loss, 6),
        "rate": run.rate_at(step - 1),
        "steps_per_second": round(pace, 3),
    }
    with (run.folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _look(lesson: Lesson, average: Average, network: Any, path: Path) -> None:
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
