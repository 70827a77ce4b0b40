"""Claims about identity over the cuts of an episode: those that fall behind are named, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.takes.identity import APART, POOR, off_model, told


def cuts(*values):
    return {f"C{n:03}": {"identity": value} for n, value in enumerate(values, 1)}


def test_the_cut_that_falls_behind_is_named_with_its_number():
    found = off_model(cuts(0.9, 0.88, 0.6, 0.91))

    assert [one.cut for one in found] == ["C003"]
    assert "C003 (0.60)" in told(found)[0] and "half of the cuts reach 0.89" in told(found)[0]


def test_an_episode_that_is_like_itself_throughout_is_not_remarked_on():
    assert told(off_model(cuts(0.9, 0.88, 0.85, 0.91))) == []


def test_the_worst_comes_first_and_many_are_counted():
    found = off_model(cuts(*[0.9] * 20, 0.3, 0.1, 0.2, 0.31, 0.32, 0.33, 0.34))

    assert [one.cut for one in found[:3]] == ["C022", "C023", "C021"]
    assert told(found)[0].startswith("Least like their character sheets: C022 (0.10), C023 (0.20)")
    assert "and 2 more" in told(found)[0]


def test_a_single_cut_of_somebody_else_is_named_too():
    assert [one.cut for one in off_model(cuts(0.3))] == ["C001"]


def test_cuts_without_people_are_not_measured():
    assert off_model({"C001": {"sharpness": 0.1}}) == ()


@given(st.lists(st.floats(0, 1), min_size=3, max_size=40))
def test_no_cut_is_named_that_is_near_the_middle(values):
    found = off_model(cuts(*values))

    assert all(one.identity < max(POOR, one.middle - APART) for one in found)
    assert list(found) == sorted(found, key=lambda one: (one.identity, one.cut))


@pytest.mark.parametrize("value", [POOR, 1.0])
def test_two_equal_cuts_are_not_apart(value):
    assert off_model(cuts(value, value)) == ()
