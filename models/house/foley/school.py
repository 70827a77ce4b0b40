"""The whole course of the house Foley, from seeds to the folder that ships.

In:  a working folder, a recipe.      Out: weights, listener, and a manifest that tells how they came to be.
The choice of who makes which sound is measured afterwards, by tests/bench/test_house_foley_bench.py.
"""

import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from models.house.foley import data, learn, listener, net, weights
from models.house.foley.course import Plan


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were made by."""

    lessons: int = 3072
    model: Plan = learn.PLAN
    ear: Plan = listener.PLAN
    size: net.Size | None = None
    threads: int = 1  # two on a busy two-core machine wait for each other


def recipe(*, steps: int | None = None, lessons: int | None = None, precision: str = "bf16") -> Recipe:
    """The shipped recipe, or a shorter or longer one."""
    shipped = Recipe()
    model = replace(shipped.model, precision=precision)
    if steps:
        model = replace(model, steps=steps, decay=min(model.decay, steps // 3))
    return replace(shipped, lessons=lessons or shipped.lessons, model=model)


def teach(work: Path, ship: Path, chosen: Recipe, *, tell: Callable[[str], None]) -> Path:
    """Every part in turn; what is already done in ``work`` is not done again."""
    import torch

    torch.set_num_threads(chosen.threads)
    began = monotonic()
    manifest = data.build(work / "lessons", "train", chosen.lessons)
    tell(f"{chosen.lessons} lessons, SHA-256 {manifest['sha256'][:12]}, {monotonic() - began:.0f} s")
    pictures, orders = data.read(work / "lessons", "train")
    ear = listener.train(pictures, [order.name for order in orders], work / "listener", plan=chosen.ear)
    tell(f"the listener is taught, {monotonic() - began:.0f} s")
    rings = np.array([data.is_ring(order.name) for order in orders])
    parts = learn.train(
        pictures,
        [order.caption for order in orders],
        rings,
        work / "model",
        plan=chosen.model,
        size=chosen.size,
    )
    tell(f"the model is taught, {monotonic() - began:.0f} s")
    pack(parts, ear, ship, lessons=manifest, chosen=chosen)
    tell(f"written to {ship}; now measure: pytest tests/bench/test_house_foley_bench.py -m bench -s")
    return ship


def pack(parts: net.Parts, ear: Any, ship: Path, *, lessons: dict[str, Any], chosen: Recipe) -> None:
    """Half precision, stock folders, and the manifest over all of it."""
    ship.mkdir(parents=True, exist_ok=True)
    net.save(parts, ship)
    listener.save(ear, ship)
    weights.seal(ship, **story(lessons, chosen))


def story(lessons: dict[str, Any], chosen: Recipe) -> dict[str, Any]:
    return {
        "name": "house foley",
        "licence": "Apache-2.0",
        "lessons": lessons,
        "model": {**asdict(chosen.model), "batch": learn.BATCH, "guess": "clean picture", "cap": learn.CAP},
        "listener": {**asdict(chosen.ear), "batch": listener.BATCH},
        "machine": platform.machine(),
    }
