"""The whole training of the house Foley, from seeds to the shipped folder.

In:  a working folder, a recipe.      Out: weights, listener, and recipe.json, which records how they were made.
At the end the model is compared with the procedural Foley; the result, choice.yaml, says which one makes which sound.
"""

import json
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets import files
from models.house import weights
from models.house.foley import data, learn, listener, net
from models.house.foley.course import Plan
from models.house.foley.make import STEPS, Maker
from models.house.foley.words import NAMES, TAUGHT


@dataclass(frozen=True)
class Recipe:
    """What the shipped weights were made by."""

    lessons: int = 3072  # in total; the listener is trained on all, the model on those of its own sounds
    taught: frozenset[str] = TAUGHT
    model: Plan = learn.PLAN
    ear: Plan = listener.PLAN
    size: net.Size | None = None
    threads: int = 1  # two threads on a busy two-core machine wait for each other


def recipe(
    *, steps: int | None = None, lessons: int | None = None, precision: str = "bf16", every: bool = False
) -> Recipe:
    """The shipped recipe, or a shorter, longer or wider one."""
    shipped = Recipe()
    model = replace(shipped.model, precision=precision)
    if steps:
        model = replace(model, steps=steps, decay=steps // 5)
    taught = frozenset(NAMES) if every else shipped.taught
    return replace(shipped, lessons=lessons or shipped.lessons, model=model, taught=taught)


def teach(work: Path, ship: Path, chosen: Recipe, *, tell: Callable[[str], None]) -> Path:
    """Train every part in turn; parts that are finished in ``work`` are not trained again."""
    import torch

    torch.set_num_threads(chosen.threads)
    began = monotonic()
    manifest = data.build(work / "lessons", "train", chosen.lessons)
    tell(f"{chosen.lessons} lessons, SHA-256 {manifest['sha256'][:12]}, {monotonic() - began:.0f} s")
    pictures, orders = data.read(work / "lessons", "train")
    ear = listener.train(pictures, [order.name for order in orders], work / "listener", plan=chosen.ear)
    tell(f"the listener is taught, {monotonic() - began:.0f} s")
    parts = learn.train(
        subset(pictures, orders, chosen.taught), work / "model", plan=chosen.model, size=chosen.size
    )
    tell(f"the model is taught, {monotonic() - began:.0f} s")
    pack(parts, ear, ship, lessons=manifest, chosen=chosen)
    audition(ship, chosen.taught, tell=tell)
    tell(f"written to {ship}, {monotonic() - began:.0f} s")
    return ship


def audition(ship: Path, taught: frozenset[str], *, tell: Callable[[str], None]) -> None:
    """Compare the shipped weights with the procedural Foley, and write which one makes which sound."""
    from models.house.foley import audition as room
    from models.house.foley import choice

    maker = Maker(net.load(ship))
    chosen, figures = room.held(maker, listener.load(ship), taught, steps=STEPS, tell=tell)
    files.write(ship / choice.FILE, chosen.to_yaml())
    files.write(ship / "figures.json", json.dumps(figures, indent=2) + "\n")
    weights.write_sums(ship)


def subset(pictures: NDArray[np.uint8], orders: list[data.Order], names: frozenset[str]) -> learn.Examples:
    """Pictures and captions of these sounds, and which of them are rings."""
    kept = [at for at, order in enumerate(orders) if order.name in names]
    rings = np.array([data.is_ring(orders[at].name) for at in kept])
    return learn.Examples(pictures[kept], [orders[at].caption for at in kept], rings)


def pack(parts: net.Parts, ear: Any, ship: Path, *, lessons: dict[str, Any], chosen: Recipe) -> None:
    """Write half-precision stock folders, the record of the training, and the checksums."""
    ship.mkdir(parents=True, exist_ok=True)
    net.save(parts, ship)
    listener.save(ear, ship)
    files.write(ship / "recipe.json", json.dumps(story(lessons, chosen), indent=2) + "\n")
    weights.write_sums(ship)


def story(lessons: dict[str, Any], chosen: Recipe) -> dict[str, Any]:
    """The record of the training that is shipped with the weights: data, settings, machine."""
    return {
        "name": "house foley",
        "licence": "Apache-2.0",
        "lessons": lessons,
        "taught": sorted(chosen.taught),
        "model": {**asdict(chosen.model), "batch": learn.BATCH, "guess": "clean picture", "cap": learn.CAP},
        "listener": {**asdict(chosen.ear), "batch": listener.BATCH},
        "machine": platform.machine(),
    }
