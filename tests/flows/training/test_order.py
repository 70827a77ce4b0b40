"""The order for a training: ranks by pattern, and orders from before they existed."""

import pytest
from pydantic import ValidationError

from flows.training.order import Order

OLD = {"dataset": "core", "name": "nagi", "base": "tiny", "licence": "Apache-2.0", "rank": 8}


def test_an_older_order_opens_and_goes_on_with_its_run():
    order = Order.model_validate(OLD)

    assert order.rank_of == () == order.alpha_of
    assert "rank_of" not in order.decides()  # the folder of its checkpoints is named after this


def test_another_rank_of_some_modules_is_another_training():
    plain, other = (Order.model_validate(OLD | more).decides() for more in ({}, {"rank_of": ["to_k=4"]}))

    assert plain != other


def test_a_form_has_a_list_of_bounded_texts_for_ranks_and_alphas():
    for field in ("rank_of", "alpha_of"):
        told = Order.model_json_schema()["properties"][field]
        assert (told["type"], told["items"]["type"]) == ("array", "string")
        assert told["maxItems"] and told["items"]["maxLength"]


@pytest.mark.parametrize("given", [["to_k"], ["to_k=9999"], ["(a+)+=2"], ["to_k=1"] * 2, ["a=1"] * 33])
def test_patterns_that_cannot_be_are_refused_when_the_order_is_made(given):
    with pytest.raises(ValidationError, match="rank_of"):
        Order.model_validate(OLD | {"rank_of": given})


@pytest.mark.parametrize("order", [{"dataset": "core", "name": "a"}, OLD])
def test_a_family_that_is_not_trained_here_is_told_with_those_that_are(order):
    """A mistyped `--family hause` was answered with `a LoRA of hause needs base and licence`."""
    with pytest.raises(ValidationError, match="there are house, sdxl, klein, wan") as refused:
        Order.model_validate(order | {"family": "hause"})

    assert "needs base" not in str(refused.value)
