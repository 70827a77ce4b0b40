"""A classifier that names effects; trained on the procedural sounds, used to judge generated ones.

In:  (n, BANDS, FRAMES) uint8 pictures.      Out: a guess per picture, and 48 features for distances.
Its training data has changes of level, noise and gaps, so that it recognises a sound by its shape and not by the
fine grain that every vocoder changes.
"""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets import files
from models.house.foley.course import Plan, run
from models.house.foley.words import NAMES

FEATURES = 48
BATCH = 32
PLAN = Plan(steps=400, rate=4e-3, warmup=30, decay=250, average=0.98, keep_every=400)
FILE = "listener.safetensors"


def fresh() -> Any:
    """0.1 million weights: four strided convolutions, mean and maximum over time, two layers."""
    from torch import nn

    widths = (1, 16, 32, 64, 96)
    layers: list[Any] = [nn.AvgPool2d(2)]  # at half resolution a sound can still be named
    for before, after in pairwise(widths):
        layers += [nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(8, after), nn.SiLU()]
    return nn.Sequential(
        nn.Sequential(*layers, _pooled(), nn.Linear(96 * 3, FEATURES), nn.SiLU()),
        nn.Linear(FEATURES, len(NAMES)),
    )


def train(
    pictures: NDArray[np.uint8], names: list[str], folder: Path, *, plan: Plan = PLAN, batch: int = BATCH
) -> Any:
    """Train the listener: it names the sound of a picture, (n, BANDS, frames) uint8 with one of ``NAMES`` each."""
    import torch
    from torch.nn.functional import cross_entropy

    answers = torch.tensor([NAMES.index(name) for name in names])

    def loss(module: Any, step: int) -> Any:
        rng = np.random.default_rng([plan.seed, step])
        chosen = rng.integers(len(pictures), size=batch)
        noisy = _disturbed(pictures[chosen].astype(np.float32) / 127.5 - 1, rng)
        return cross_entropy(module(torch.from_numpy(noisy[:, None])).float(), answers[chosen])

    torch.manual_seed(plan.seed)
    return run(fresh(), loss, folder, plan)


def save(module: Any, folder: Path) -> None:
    import torch
    from safetensors.torch import save

    half = {
        name: weight.detach().to(torch.float16).contiguous() for name, weight in module.state_dict().items()
    }
    files.write(folder / FILE, save(half, metadata={"answers": ",".join(NAMES)}))


def load(folder: Path) -> Any:
    from safetensors.torch import load_file

    module = fresh()
    module.load_state_dict({name: weight.float() for name, weight in load_file(str(folder / FILE)).items()})
    return module.train(False).requires_grad_(False)


def classified(module: Any, pictures: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(guess per picture as an index into NAMES, features (n, FEATURES))."""
    import torch

    seen: Any = torch.from_numpy(np.ascontiguousarray(pictures)).float()[:, None] / 127.5 - 1
    with torch.inference_mode():
        features = torch.cat([module[0](part) for part in seen.split(64)])
        guesses: NDArray[np.int64] = module[1](features).argmax(dim=1).numpy()
    return guesses, features.numpy()


def _disturbed(seen: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Add grain, raise the noise floor, and blank a band and a moment."""
    out = seen + rng.normal(0, 1, seen.shape) * rng.uniform(0, 0.12, (len(seen), 1, 1))
    out = np.maximum(out, rng.uniform(-1, -0.7, (len(seen), 1, 1)))
    for one in out:
        band, moment = int(rng.integers(0, seen.shape[1] - 6)), int(rng.integers(0, seen.shape[2] - 16))
        one[band : band + int(rng.integers(0, 6))] = -1
        one[:, moment : moment + int(rng.integers(0, 16))] = -1
    return np.clip(out, -1, 1).astype(np.float32)


def _pooled() -> Any:
    """Pool the mean, the maximum and the change over time."""
    import torch
    from torch import nn

    class Pooled(nn.Module):
        def forward(self, seen: Any) -> Any:
            flat = seen.float().flatten(2)
            return torch.cat([flat.mean(-1), flat.amax(-1), flat.std(-1)], dim=1)

    return Pooled()
