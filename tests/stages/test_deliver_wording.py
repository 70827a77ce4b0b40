"""Lines that read well, in Japanese and in English."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.deliver.wording import COLUMNS, LINES, NOT_FIRST, columns, pages, wrapped

JAPANESE = (
    "ねえ、覚えてる？あの日、ここから飛ばした紙飛行機、どこまで行ったんだろうって、ずっと考えてたんだ。"
)
ENGLISH = (
    "Do you remember? The paper plane we threw from here; I still wonder how far it went, and who found it."
)


def test_full_width_letters_count_twice() -> None:
    assert (columns("abc"), columns("校庭"), columns("が\u3099")) == (3, 4, 2)


@pytest.mark.parametrize("text", [JAPANESE, ENGLISH])
def test_a_long_line_becomes_pages_of_two_lines_and_keeps_every_word(text: str) -> None:
    made = pages(text)

    assert all(len(page) <= LINES and all(columns(line) <= COLUMNS for line in page) for page in made)
    assert "".join("".join(page) for page in made).replace(" ", "") == text.replace(" ", "")


def test_pages_end_where_a_clause_ends() -> None:
    assert pages(JAPANESE)[0] == ["ねえ、覚えてる？あの日、", "ここから飛ばした紙飛行機、"]
    assert pages(ENGLISH)[0][-1].endswith(";")


def test_a_short_line_is_left_alone_and_the_writers_own_breaks_are_kept() -> None:
    assert pages("行こう！") == [["行こう！"]]
    assert pages("one\ntwo") == [["one", "two"]]
    assert pages("") == []


def test_a_line_never_begins_with_closing_punctuation() -> None:
    lines = wrapped("ああああああああああ、いいいいいいいいいい。「うううううう」", 20)

    assert not any(line[0] in NOT_FIRST for line in lines)
    assert not any(line.endswith("「") for line in lines)


def test_english_words_stay_whole() -> None:
    words = set(ENGLISH.split())

    assert all(set(line.split()) <= words for page in pages(ENGLISH) for line in page)


@settings(max_examples=200, deadline=2_000)
@given(st.text(st.sampled_from("ab あアー漢、。！？「」（）\n-"), max_size=200))
def test_no_letter_is_lost_and_no_page_is_too_large(text: str) -> None:
    made = pages(text)

    assert "".join("".join(page) for page in made).replace(" ", "") == text.replace(" ", "").replace("\n", "")
    assert all(1 <= len(page) <= LINES for page in made)
    assert all(columns(line) <= COLUMNS + 2 for page in made for line in page)


def test_a_scream_without_end_is_broken_where_it_must_be() -> None:
    made = pages("A" * 20_000)

    assert all(columns(line) <= COLUMNS for page in made for line in page)
