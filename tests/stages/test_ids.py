"""Ids of characters and places, made from names in any script."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.ids import slug


@given(st.text(max_size=80))
def test_every_name_gives_a_valid_id(name):
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", slug(name))


@pytest.mark.parametrize(
    ("name", "id"), [("さくら", "sakura"), ("シュン", "shun"), ("キョウコ", "kyouko"), ("Zoë", "zoe")]
)
def test_kana_and_accents_are_written_in_letters(name, id):
    assert slug(name) == id


def test_names_in_kanji_get_ids_apart():
    assert slug("葵") != slug("蓮")


def test_a_taken_id_is_counted_on():
    assert slug("Anna", {"anna", "anna_2"}) == "anna_3"
