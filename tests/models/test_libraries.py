"""transformers and diffusers are imported in one place, which silences them."""

import re
from pathlib import Path

import pytest

from models import libraries

MODELS = Path(__file__).parents[2] / "models"
READERS = [
    file for file in sorted(MODELS.rglob("*.py")) if "from transformers import Auto" in file.read_text()
]


@pytest.mark.parametrize("file", READERS, ids=lambda file: file.stem)
def test_whoever_reads_weights_with_transformers_silences_it_first(file: Path):
    """The bar "Loading weights: 0%" was printed by `sakuga write`."""
    assert re.search(r"\btransformers\(\)", file.read_text())


@pytest.mark.slow
def test_transformers_draws_no_bars_once_it_is_imported():
    libraries.transformers()

    from transformers.utils import logging

    assert not logging.is_progress_bar_enabled()
