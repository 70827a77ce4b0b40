"""The formulas of merging, against figures that the libraries they are named after gave."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import InputRefused
from models.merging.definitions import DEFINITIONS, Knobs, drop_mask, keep_l1

FIRST = torch.tensor([4.0, -3.0, 2.0, -1.0, 0.5])
SECOND = torch.tensor([-1.0, -2.0, 4.0, 3.0, 0.1])
ZERO = torch.zeros(5)


def merged(method, inputs, weights, base=None, **knobs):
    return DEFINITIONS[method].combine(list(inputs), list(weights), base, Knobs(**knobs))


@pytest.mark.parametrize(
    ("method", "weights", "density", "expected"),
    [
        ("ties-1", (1, 1), 1.0, [4, -2.5, 3, 3, 0.3]),
        ("ties-count-1", (1, 1), 1.0, [4, -2.5, 3, 3, 0.3]),
        ("ties-1", (1, 0.5), 1.0, [4, -2.6667, 2.6667, 3, 0.3667]),
        ("ties-count-1", (1, 0.5), 1.0, [4, -2, 2, 1.5, 0.275]),
        ("ties-1", (1, 1), 0.6, [4, -2.5, 3, 3, 0]),
        ("ties-count-1", (1, 1), 0.6, [4, -2.5, 3, 3, 0]),
        ("ties-1", (0.5, 0.5), 0.6, [4, -2.5, 3, 3, 0]),
        ("ties-count-1", (0.5, 0.5), 0.6, [2, -1.25, 1.5, 1.5, 0]),
    ],
)
def test_ties_gives_what_the_named_library_gives(method, weights, density, expected):
    found = merged(method, (FIRST, SECOND), weights, ZERO, density=density)

    assert torch.allclose(found, torch.tensor(expected), atol=5e-5)


@pytest.mark.parametrize(
    ("method", "inputs", "share", "expected"),
    [
        ("slerp-1", ([1.0, 0.0], [0.0, 2.0]), 0.5, [0.7071, 1.4142]),
        ("slerp-direction-1", ([1.0, 0.0], [0.0, 2.0]), 0.5, [1.0607, 1.0607]),
        ("slerp-1", ([1.0, 0.0], [3.0, 0.0]), 0.25, [1.5, 0.0]),
        ("slerp-1", ([1.0, 0.0], [-1.0, 0.0]), 0.5, [0.0, 0.0]),
    ],
)
def test_slerp_gives_what_the_named_library_gives(method, inputs, share, expected):
    found = merged(method, [torch.tensor(each) for each in inputs], (1 - share, share))

    assert torch.allclose(found, torch.tensor(expected), atol=5e-5)


def test_dare_keeps_the_sum_of_absolute_values_of_a_given_mask():
    found = keep_l1(torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([1.0, 0.0, 1.0, 1.0]))

    assert torch.allclose(found, torch.tensor([1.25, 0.0, 3.75, 5.0]))


def test_dare_by_density_divides_by_it():
    change = torch.tensor([1.0, 2.0, 3.0, 4.0])

    found = merged("dare-density-1", [change], [1], torch.zeros(4), density=0.5, seed=3)

    assert torch.equal(found, change * drop_mask(change, Knobs(0.5, 1, 3), 0) * 2)


def test_model_stock_moves_as_far_as_the_changes_agree():
    found = merged(
        "model-stock-1", [torch.tensor([1.0, 0.0]), torch.tensor([0.6, 0.8])], (1, 1), torch.zeros(2)
    )

    assert torch.allclose(found, torch.tensor([0.6, 0.3]))


def test_model_stock_refuses_weights():
    with pytest.raises(InputRefused, match="no weights"):
        merged("model-stock-1", [FIRST, SECOND], (0.5, 1), ZERO)


def test_add_difference_adds_what_the_second_learnt_from_the_base():
    found = merged("add-difference-1", [FIRST, SECOND], (1, 0.5), torch.ones(5))

    assert torch.allclose(found, FIRST + 0.5 * (SECOND - 1))


def test_a_sum_of_absolute_values_of_160000_ones_does_not_overflow():
    """In fp16 the sum was infinite, and the rescaled change not a number."""
    ones = torch.ones(160_000)

    found = merged("dare-1", [ones], [1], torch.zeros(160_000), density=0.5, seed=1)

    assert found.isfinite().all()
    assert float(found.sum()) == pytest.approx(160_000, rel=1e-4)


def test_a_density_of_zero_is_refused():
    """Dividing by it gave numbers that are not finite."""
    with pytest.raises(InputRefused, match="density"):
        Knobs(density=0)


def test_weights_that_cancel_are_refused_where_a_sum_divides_by_them():
    with pytest.raises(InputRefused, match="add up to 0"):
        merged("weighted-sum-1", [FIRST, SECOND], (1, -1))


numbers = st.lists(st.floats(-8, 8, width=32), min_size=4, max_size=4).map(torch.tensor)


@given(first=numbers, second=numbers, weight=st.floats(0.125, 4, width=16))
def test_a_merge_of_a_model_with_itself_is_the_model(first, second, weight):
    for method, definition in DEFINITIONS.items():
        if "dare" in method:
            continue  # it drops at random
        base = second if definition.base else None
        weights = (1, 1) if method in ("model-stock-1", "add-difference-1") else (weight, weight)
        if method == "task-arithmetic-1":
            weights = (0.5, 0.5)
        if method == "ties-count-1":
            weights = (1, 1)

        found = merged(method, [first, first], weights, base)

        wanted = first + (first - second) if method == "add-difference-1" else first
        assert torch.allclose(found, wanted, atol=1e-4), method
