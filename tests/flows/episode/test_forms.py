"""An order as a producer meets it in a form."""

from pathlib import Path

import pytest

from flows.episode.brief import Brief, RetakeOrder


@pytest.mark.parametrize("order", [Brief, RetakeOrder])
def test_no_field_of_an_order_offers_none_and_all_stand_in_the_order_they_are_written(order):
    shown = order.model_json_schema()["properties"]

    assert not any({"type": "null"} in field.get("anyOf", []) for field in shown.values())
    assert [field["position"] for field in shown.values()] == list(range(len(shown)))
    assert list(shown) == list(order.model_fields)
    assert all(field["description"] for field in shown.values())


def test_a_profile_is_picked_from_the_library_or_given_as_a_file():
    library, own = Brief.model_json_schema()["properties"]["profile"]["anyOf"]

    assert {"animatic", "toy"} <= set(library["enum"])
    assert own["pattern"] == r"\.ya?ml$"


def test_what_an_order_accepts_is_as_it_was():
    brief = Brief(script="a.fountain", show=None, language=None, seed=None, profile="mine.yaml")

    assert Brief.model_validate_json(brief.model_dump_json()) == brief
    assert brief.script == Path("a.fountain")
