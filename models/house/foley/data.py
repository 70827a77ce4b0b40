"""The training data of the house Foley: captioned pictures of sounds, generated from seeds by the procedural Foley.

In:  a split's name and a count.      Out: a folder of .npy shards, orders.jsonl and manifest.json.
Every sound is synthesised by this repository; nothing is recorded or downloaded.
Knows nothing about models or torch.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assets import files
from models.foley.catalogue import RECIPES, dice, perform
from models.house.foley import mel
from models.house.foley.words import NAMES, REACH, caption, combinations, kept_out, length

SHARD = 512
STATEMENT = (
    "Every sound was synthesised by this repository (models/foley) from the seeds below. "
    "No recording, no third-party sound and no download is part of this set."
)


class Order(NamedTuple):
    """One training example: what to perform, and its caption."""

    name: str
    manner: str
    seconds: float
    seed: int
    caption: str


def order(split: str, index: int) -> Order:
    """Example ``index``: names take turns; manner and length are random.

    train   captions that are not held out
    seen    the same captions, other seeds
    unseen  held-out captions only
    """
    rng = dice("house foley", split, index)
    out = kept_out()
    # few captions are held out, so only names that have one are used
    names = [name for name in NAMES if split != "unseen" or _captions(name) & out]
    recipe = RECIPES[names[index % len(names)]]
    while True:
        manner = recipe.manners[int(rng.integers(len(recipe.manners)))]
        seconds = _seconds(recipe.extent, recipe.seconds, rng)
        text = caption(recipe, manner, length(seconds))
        if (text in out) == (split == "unseen"):
            return Order(recipe.name, manner, seconds, int(rng.integers(2**31)), text)


def render(lesson: Order) -> mel.Samples:
    """Mono at 16 kHz, exactly one window long."""
    from scipy.signal import resample_poly

    recipe = RECIPES[lesson.name]
    made = perform(recipe, lesson.manner, lesson.seconds, lesson.seed).mean(axis=1)
    heard = resample_poly(made, 1, 3).astype(np.float32)[: mel.SAMPLES]
    return np.pad(heard, (0, mel.SAMPLES - len(heard)))


def picture(lesson: Order) -> mel.Picture:
    return mel.picture(render(lesson), ring=is_ring(lesson.name))


def is_ring(name: str) -> bool:
    """Whether it is an ambience, whose end continues into its beginning."""
    return RECIPES[name].extent == "loop"


def build(folder: Path, split: str, count: int) -> dict[str, Any]:
    """Render the split, each shard completely or not at all; existing shards are kept. Return its manifest."""
    folder = folder / split
    folder.mkdir(parents=True, exist_ok=True)
    lessons = [order(split, index) for index in range(count)]
    digest = hashlib.sha256()
    for start in range(0, count, SHARD):
        path = folder / f"{start // SHARD:03d}-{min(SHARD, count - start)}.npy"
        if not path.is_file():
            pictures = np.stack([picture(lesson) for lesson in lessons[start : start + SHARD]])
            with files.replacing(path) as draft, draft.open("wb") as opened:
                np.save(opened, pictures)
        digest.update(np.load(path).tobytes())
    said = "".join(json.dumps(lesson._asdict()) + "\n" for lesson in lessons)
    files.write(folder / "orders.jsonl", said)
    digest.update(said.encode())
    manifest = _manifest(split, count, digest.hexdigest())
    files.write(folder / "manifest.json", json.dumps(manifest, indent=2) + "\n")
    return manifest


def read(folder: Path, split: str, count: int | None = None) -> tuple[NDArray[np.uint8], list[Order]]:
    """The pictures (n, BANDS, FRAMES) and orders that ``build`` wrote, or the first ``count`` of them."""
    shards: Iterator[Path] = iter(sorted((folder / split).glob("*.npy")))
    lines = (folder / split / "orders.jsonl").read_text().splitlines()[:count]
    return np.concatenate([np.load(path) for path in shards])[:count], [
        Order(**json.loads(line)) for line in lines
    ]


def _captions(name: str) -> set[str]:
    return {text for text, (its, _, _) in combinations().items() if its == name}


def _seconds(extent: str, natural: float, rng: np.random.Generator) -> float:
    """Half of the held sounds near the recipe's own length, the others anywhere in the window."""
    if extent == "once":
        return 0.0
    if extent == "loop":
        return REACH
    near = natural * rng.uniform(0.85, 1.15)
    anywhere = rng.uniform(0.6, REACH)
    return round(float(min(REACH, near if rng.uniform() < 0.5 else anywhere)), 3)


def _manifest(split: str, count: int, root: str) -> dict[str, Any]:
    return {
        "name": f"house foley lessons, {split}",
        "count": count,
        "recipe": "models.house.foley.data.order and render; models.foley at adapter_version 1",
        "features": f"log-mel, {mel.RATE} Hz mono, window {mel.WINDOW}, hop {mel.HOP}, {mel.BANDS} bands, "
        f"{mel.FRAMES} frames, {mel.FLOOR:.0f} dB in 8 bits",
        "kept_out_captions": sorted(kept_out()) if split == "unseen" else len(kept_out()),
        "sha256": root,
        "licence": "Apache-2.0",
        "statement": STATEMENT,
    }
