"""What pydantic finds wrong, said in words."""

import re
from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from assets.sheets.base import Part, readable
from assets.sheets.problems import pattern_in_words


class Told(Part):
    name: str = Field(default="a", pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    day: date = date(2026, 1, 1)
    origin: Literal["owned", "licensed"] = "owned"
    by: str


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"name": "Nagi Core"}, "name: write 1 to 64 of a-z, 0-9 and -, beginning with a-z or 0-9, such as nagi-core"),
        ({"name": "凪"}, "such as nagi-core (found '凪')"),
        ({"day": "soon"}, "day: write a day, such as 2026-12-31 (found 'soon')"),
        ({"day": "2026-02-31"}, "day: write a day, such as 2026-12-31 (found '2026-02-31')"),
        ({"origin": "mine"}, "origin: write owned or licensed (found 'mine')"),
        ({"colour": "red"}, "colour: no such key is known here (found 'red')"),
        ({}, "by: is missing; it has no default"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_without_the_words_of_the_validator(told, said):
    """People read `String should match pattern`, `Extra inputs are not permitted` and `input is too short`."""
    with pytest.raises(ValidationError) as refused:
        Told.model_validate(told)

    assert said in readable(refused.value, "sheet")


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"^[A-Za-z0-9_-]{1,48}$", "1 to 48 of A-Z, a-z, 0-9, _ and -"),
        (r"^([0-9a-f]{64})?$", "64 of 0-9 and a-f, or nothing"),
        (r"^([A-Z]{2}|worldwide)$", "2 of A-Z or worldwide"),
        (r"^[a-z]{1,8}/[a-z]{1,8}$", "1 to 8 of a-z, then /, then 1 to 8 of a-z"),
        (r"^[^/]+$", ""),
        (r"^(?!a)[a-z]+$", ""),
    ],
)
def test_a_pattern_is_said_in_words_or_not_at_all(pattern, words):
    assert pattern_in_words(pattern) == words


@given(st.text(max_size=80))
def test_every_example_in_a_message_is_one_that_passes(name):
    try:
        Told.model_validate({"name": name, "by": "x"})
    except ValidationError as error:
        example = re.search(r"such as (\S+) \(found", readable(error, "sheet"))
        assert example and Told.model_validate({"name": example[1], "by": "x"})
