"""The orders that travel through the vault to GPU workers: their form on disk stays what it is.

A run that began before an update left orders behind. An option more is no other format; one that means
something else is: raise the sheet's version, override ``upgraded``, and add a golden file of the new version.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from stages.storyboard import PanelOrder
from stages.takes.shooting import TakeOrder

GOLDEN = Path(__file__).parent / "golden"


def golden(sort) -> Path:
    return GOLDEN / f"{sort.sheet}.v{sort.version}.json"


def lost(earlier: Any, now: Any) -> list[str]:
    """The paths of what stood in ``earlier`` and does not stand in ``now``."""
    if isinstance(earlier, dict) and isinstance(now, dict):
        return [f"{key}/{path}" for key in earlier for path in lost(earlier[key], now.get(key))]
    if isinstance(earlier, list) and isinstance(now, list) and len(earlier) == len(now):
        return [
            f"{n}/{path}" for n, pair in enumerate(zip(earlier, now, strict=True)) for path in lost(*pair)
        ]
    return [] if earlier == now else [repr(earlier)]


@pytest.mark.parametrize("sort", [PanelOrder, TakeOrder])
def test_an_order_is_read_with_everything_its_golden_file_says(sort):
    text = golden(sort).read_text(encoding="utf-8")

    order = sort.from_json(text, "golden")

    assert lost(json.loads(text), order.raw()) == []


@pytest.mark.parametrize("sort", [PanelOrder, TakeOrder])
def test_the_golden_order_uses_every_field(sort):
    order = sort.from_json(golden(sort).read_text(encoding="utf-8"), "golden")

    assert order.model_fields_set == set(sort.model_fields)
    assert all(value not in (None, (), {}) for _, value in order)
