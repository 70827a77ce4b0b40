"""A training run that can be stopped and continued with the same result.

Everything random in a step depends only on (seed, step), and a checkpoint holds the weights, their average and the
optimiser's state; so two halves give the same bytes as one whole run.
In:  a module, a loss of (module, step), a folder.      Out: the averaged module.
Knows nothing about sounds or pictures.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets import files
from models import libraries


@dataclass(frozen=True)
class Plan:
    """Length and learning rate of a training run.

    decay     last steps in which the learning rate falls to zero
    average   decay of the running average (EMA) of the weights, which is shipped
    """

    steps: int
    rate: float = 1e-3
    warmup: int = 100
    decay: int = 500
    average: float = 0.999
    precision: str = "bf16"
    seed: int = 0
    keep_every: int = 250

    def speed(self, step: int) -> float:
        up, down = (step + 1) / max(1, self.warmup), (self.steps - step) / max(1, self.decay)
        return self.rate * min(1.0, up, down)


Loss = Callable[[Any, int], Any]
Look = Callable[[Any, int], None]
"""Called with the averaged module at every checkpoint and at step 0."""


def run(module: Any, loss: Loss, folder: Path, plan: Plan, *, look: Look | None = None) -> Any:
    """Train to ``plan.steps``, from the folder's checkpoint if there is one. Return the averaged module."""
    libraries.torchaudio()  # the following imports need it
    import torch
    from accelerate import Accelerator
    from diffusers.training_utils import EMAModel

    folder.mkdir(parents=True, exist_ok=True)
    driver = Accelerator(mixed_precision=plan.precision)
    module.to(memory_format=torch.channels_last)
    optimiser: Any = torch.optim.AdamW(
        module.parameters(), lr=plan.rate, weight_decay=0.01, betas=(0.9, 0.99)
    )
    module, optimiser = driver.prepare(module, optimiser)
    mean = EMAModel(module.parameters(), decay=plan.average, use_ema_warmup=True, inv_gamma=1, power=0.75)
    mean.to(driver.device)
    kept = folder / "checkpoint.pt"
    step = _resumed(kept, driver, module, optimiser, mean) if kept.is_file() else 0
    began, total = time.monotonic(), 0.0
    while step < plan.steps:
        if look and step == 0:
            _look(look, module, mean, step)
        for group in optimiser.param_groups:
            group["lr"] = plan.speed(step)
        torch.manual_seed(plan.seed * 1_000_003 + step)
        with driver.autocast():
            worth = loss(module, step)
        driver.backward(worth)
        driver.clip_grad_norm_(module.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        mean.step(module.parameters())
        step += 1
        total += float(worth.detach())
        if step % 50 == 0:
            _log(folder, step, total / 50, time.monotonic() - began)
            total = 0.0
        if step % plan.keep_every == 0 or step == plan.steps:
            _keep(kept, driver, module, optimiser, mean, step)
            if look:
                _look(look, module, mean, step)
    mean.copy_to(module.parameters())
    return driver.unwrap_model(module)


def _keep(kept: Path, driver: Any, module: Any, optimiser: Any, mean: Any, step: int) -> None:
    from io import BytesIO

    import torch

    state = {
        "step": step,
        "module": driver.unwrap_model(module).state_dict(),
        "optimiser": optimiser.state_dict(),
        "mean": mean.state_dict(),
    }
    packed = BytesIO()  # on a full disk torch raises an error of its own
    torch.save(state, packed)
    files.write(kept, packed.getvalue())


def _resumed(kept: Path, driver: Any, module: Any, optimiser: Any, mean: Any) -> int:
    import torch

    state = torch.load(kept, map_location=driver.device, weights_only=True)
    driver.unwrap_model(module).load_state_dict(state["module"])
    optimiser.load_state_dict(state["optimiser"])
    mean.load_state_dict(state["mean"])
    return int(state["step"])


def _look(look: Look, module: Any, mean: Any, step: int) -> None:
    """Show the result of the averaged weights, then restore the trained ones."""
    import torch

    mean.store(module.parameters())
    mean.copy_to(module.parameters())
    module.train(False)
    with torch.inference_mode():
        look(module, step)
    module.train(True)
    mean.restore(module.parameters())


def _log(folder: Path, step: int, loss: float, seconds: float) -> None:
    line = {"step": step, "loss": round(loss, 5), "seconds": round(seconds, 1)}
    with (folder / "log.jsonl").open("a") as opened:
        opened.write(json.dumps(line) + "\n")
