"""Every place of a script gets a set, found by the words of its name."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sheets.look import PlaceKind
from stages import sets


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("KITCHEN", "kitchen"),
        ("校庭", "schoolyard"),
        ("学校の屋上", "rooftop"),
        ("BOB'S HOUSE - KITCHEN", "kitchen"),
        ("POLICE STATION", "office"),
        ("TRAIN STATION", "station"),
        ("宇宙船の艦橋", "spaceship"),
    ],
)
def test_a_place_is_known_by_its_word(name, kind):
    assert sets.place_kind(name, None) == kind


@given(st.text(max_size=60), st.sampled_from([True, False, None]))
def test_no_place_is_an_error(name, interior):
    assert sets.place(name, interior).kind in get_args(PlaceKind)


@pytest.mark.parametrize(
    ("name", "interior", "kind"),
    [
        ("MUSEUM", False, "street"),
        ("MUSEUM", True, "shop"),
        ("SCHOOL", True, "corridor"),
        ("SCHOOL", None, "schoolyard"),
        ("WOODEN SHACK", False, "park"),
    ],
)
def test_a_house_is_seen_from_the_side_the_heading_names(name, interior, kind):
    assert sets.place_kind(name, interior) == kind
