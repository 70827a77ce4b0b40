"""Memory and time of merging two large models; printed with ``-s``, judged by nobody.

    MERGE_GB=4 MERGE_METHODS="weighted-sum-1 ties-1" pytest -m bench -s tests/bench/test_merge_bench.py

Two models (and a base where a formula has one) of MERGE_GB gigabytes of random bf16 weights, 0.5 by default, are
written in files of at most 350 MB and removed afterwards. MERGE_METHODS: those to measure; all by default.
"""

import os
import shutil

import pytest

from models.merging.definitions import DEFINITIONS
from tests.models.merging import memory
from tests.models.merging.recipes import recipe

pytestmark = pytest.mark.bench
SIZE = int(float(os.environ.get("MERGE_GB", "0.5")) * 1e9)
METHODS = os.environ.get("MERGE_METHODS", " ".join(DEFINITIONS)).split()


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("merge")
    based = any(DEFINITIONS[method].base for method in METHODS)
    for seed, name in enumerate(("a", "b", "base") if based else ("a", "b")):
        memory.write_model(folder / name, SIZE, seed)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("method", METHODS)
def test_merge_bench(models, method):
    fields = {"base": "base"} if DEFINITIONS[method].base else {}
    wanted = recipe("a", "b", method=method, dtype="bf16", **fields)
    (models / "recipe.yaml").write_text(wanted.to_yaml())

    took = memory.spent(models)

    print(
        f"\n{method}: 2 x {SIZE / 1e9:g} GB{' and a base' if fields else ''} in {took.seconds:.0f} s; the merge added "
        f"{took.added:.0f} MiB to the {took.before:.0f} MiB of Python and torch",
        end="",
    )
