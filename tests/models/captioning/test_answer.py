"""What a model says becomes one clean, bounded line, or an error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import AnswerUnusable, ModelDeclined
from assets.plain import one_line
from models.captioning.answer import LONGEST, caption, question


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("A girl on a roof.", "A girl on a roof."),
        (" A girl\n\non a\troof. \n", "A girl on a roof."),
        ("Caption: A girl.", "A girl."),
        ('"1girl, roof"', "1girl, roof"),
        ('"One" and "two"', '"One" and "two"'),
        ("<think>What is it?</think>A girl.", "A girl."),
        ("A girl\x1b[31m in red\u202e.", "A girl in red."),
        ("「屋上の少女」", "屋上の少女"),
    ],
)
def test_an_answer_is_cleaned_to_its_words(said, kept):
    assert caption(said, "m") == kept


@pytest.mark.parametrize("said", ["", "  \n", "...", "<think>hm", '""', "\u200b"])
def test_an_answer_without_a_word_is_refused(said):
    with pytest.raises(AnswerUnusable, match="m answered without a word"):
        caption(said, "m")


def test_a_models_own_refusal_is_no_caption():
    with pytest.raises(ModelDeclined, match="refused to describe"):
        caption("I'm sorry, but I can't help with that.", "m")


def test_a_long_answer_is_cut_between_words():
    made = caption("a girl, " * 1000, "m")

    assert len(made) <= LONGEST and made.endswith("girl")


@settings(max_examples=40)
@given(st.text(max_size=1500))
def test_whatever_is_said_a_caption_is_one_clean_line_within_its_bound(said):
    try:
        made = caption(said, "m")
    except AnswerUnusable:
        return

    assert 0 < len(made) <= LONGEST
    assert made == one_line(made)


def test_a_hint_is_part_of_the_question_on_one_line():
    assert "Known about it: Nagi in red." in question("tags", "Nagi\nin red")
    assert "Known" not in question("prose", " ")
