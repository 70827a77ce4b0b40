"""Large models of random weights, and the peak of memory of a merge in a process of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path

import torch
from safetensors.torch import save_file

ROOT = Path(__file__).parents[3]
WIDE = (5120, 13824)  # the largest weight of Wan 2.2 14B
NARROW = (1280, 5120)
PROGRAM = """
import sys
from pathlib import Path
from assets.sheets.merge import MergeRecipe
from models.merging import merge
import torch

def peak():
    # Not getrusage: after exec its peak begins with that of the process that started this one.
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])

folder = Path(sys.argv[1])
prepared = merge.prepare(MergeRecipe.read(folder / "recipe.yaml"), folder)
before = peak()
merge.run(prepared, folder / "out.safetensors")
print(before, peak())
"""


@dataclass(frozen=True)
class Spent:
    """Memory in MiB: what the process held before the first weight was read, and what the merge added."""

    before: float
    added: float
    seconds: float


def shapes(size: int) -> Iterator[tuple[int, int]]:
    """One wide weight for every fifteen narrow ones, as in large transformers, up to ``size`` bytes of bf16."""
    number = 0
    while size > 0:
        shape = NARROW if number % 16 else WIDE
        number += 1
        size -= 2 * shape[0] * shape[1]
        yield shape


def write_model(folder: Path, size: int, seed: int, shard: int = 16) -> Path:
    """``size`` bytes of random bf16 weights in several files; no more than one file's weights are in memory."""
    folder.mkdir()
    held: dict[str, torch.Tensor] = {}
    # Drawn once, then read from another place for each weight: drawing takes longer than merging.
    drawn = torch.randn(2 * prod(WIDE), generator=torch.Generator().manual_seed(seed)).bfloat16()
    for number, shape in enumerate(shapes(size)):
        if number and not number % shard:
            save_file(held, folder / f"model-{number:05}.safetensors")
            held = {}
        start = 100_003 * number % prod(WIDE)
        held[f"blocks.{number}.weight"] = drawn[start : start + prod(shape)].reshape(shape).clone()
    save_file(held, folder / "model-last.safetensors")
    return folder


def spent(folder: Path) -> Spent:
    """What a merge by ``folder``/recipe.yaml takes."""
    began = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    before, peak = (int(one) / 1024 for one in ran.stdout.split())
    return Spent(before, peak - before, time.perf_counter() - began)
