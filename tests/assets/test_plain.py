"""Text from outside cannot steer a terminal, a page or a reader's eye."""

import shlex
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import LONGEST_LINE, InputRefused
from assets.plain import (
    TOLD,
    bounded,
    clean,
    composed,
    counted,
    listed,
    notices,
    one_line,
    shortened,
    typed,
    visible,
)

STEERING = (
    "\x00\x07\x08\x1b\x7f\x85\x9b\x9d\u061c\u200b\u200e\u202a\u202e\u2028\u2029\u2060\u2066\u2069\ufeff\ud800"
)
anything = st.text(st.one_of(st.sampled_from(STEERING + "[]m0;\\\r\n\t ab"), st.characters()), max_size=60)


@given(anything)
def test_clean_text_holds_only_lines_tabs_and_what_is_read(text: str) -> None:
    left = clean(text)

    assert not set(left) & set(STEERING)
    assert {unicodedata.category(sign) for sign in left} & {"Cc", "Cs", "Zl", "Zp"} <= {"Cc"}
    assert {sign for sign in left if unicodedata.category(sign) == "Cc"} <= {"\n", "\t"}


@given(anything)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("decomposed", "composed"),
    [
        ("か\u3099っこう", "がっこう"),
        ("ハ\u309aリ", "パリ"),
        ("ZOE\u0308", "ZOË"),
        ("cafe\u0301 n\u0303", "café ñ"),
    ],
)
def test_a_letter_and_its_mark_are_one_sign(decomposed: str, composed: str) -> None:
    """A script saved on a Mac spelled が as か and a mark: its people were strangers to the bible."""
    assert clean(decomposed) == composed


@pytest.mark.parametrize("text", ["神\ufa19社", "\ufa10", "👩\u200d🚀", "が", "ﾊﾟ"])
def test_what_is_no_letter_with_a_mark_stays_as_it_is(text: str) -> None:
    """NFC exchanges a variant of an ideograph, which may stand in a name, for the usual one."""
    assert clean(text) == text


@given(anything)
def test_clean_text_has_the_same_lines_for_every_reader(text: str) -> None:
    """U+0085 was a line end for the YAML reader and none for the script: the second run was another one."""
    left = clean(text).removesuffix("\n")

    assert left.splitlines() == left.split("\n")[: len(left.splitlines())]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b]0;PWNED\x07Hello \x1b[31mred", "Hello red"),
        ("\x9b31mred\x9d8;;http://x\x9clink", "redlink"),
        ("Wait\x85I remember.", "Wait I remember."),
        ("a\x1bb", "ab"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\u202eevil\u202c", "evil"),
        ("half \ud800", "half \ufffd"),
        ("👩\u200d🚀 family", "👩\u200d🚀 family"),
        ("日本語　全角", "日本語　全角"),
    ],
)
def test_words_stay_and_commands_go(text: str, left: str) -> None:
    assert clean(text) == left


@given(anything)
def test_what_is_shown_can_be_written_to_any_utf8_terminal(text: str) -> None:
    visible(text).encode("utf-8")
    assert not set(visible(text)) & set(STEERING)


def test_every_error_of_ours_shows_commands_as_escapes() -> None:
    assert str(InputRefused("no show '\x1b]0;PWNED\x07'")) == r"no show '\x1b]0;PWNED\x07'"


def test_a_notice_names_the_line_and_the_signs() -> None:
    told = list(notices("INT. A\r\n\r\nMIO\r\n\x1b[31mred\u202e\r\n", "esc.fountain"))

    assert told == ["esc.fountain:4: control or invisible characters were left out (U+001B, U+202E)."]


def test_many_such_lines_are_counted_and_not_listed() -> None:
    told = list(notices("\x1b\n" * 100, "a"))

    assert len(told) == TOLD + 1 and told[-1] == "a: 95 more lines had such characters."


def test_one_line_and_a_bound_for_titles() -> None:
    assert one_line(" a\x85b\n\n c ") == "a b c"
    assert (shortened("abcdef", 4), shortened("abc", 4)) == ("abc…", "abc")


@pytest.mark.parametrize("piece", ["\x1b[", "\x1b]", "\x1b[0", "\x9d", "\x9b0 ", "\x1bP", "\x85", "\u202e"])
def test_a_hostile_text_takes_no_longer_than_its_length_allows(piece: str) -> None:
    """Many openings of a command without an end took a minute."""
    start = time.process_time()

    clean(piece * 200_000)

    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "text", ["がんばって、ぱぱっと", "デュボワ", "René, Zoë, Málaga, señor", "각하", "Ångström", "Việt Nam"]
)
def test_a_letter_and_its_marks_become_one(text: str) -> None:
    assert composed(unicodedata.normalize("NFD", text)) == text


@pytest.mark.parametrize(
    "text", ["\ufa19社", "\ufa11", "①℃ｶﾞ…", "👨\u200d👩\u200d👧", "か\u3099"[:1], "plain"]
)
def test_what_is_no_letter_in_pieces_stays_as_it_is_written(text: str) -> None:
    assert composed(text) == text


@given(st.text(max_size=400), st.integers(10, 120))
def test_a_bounded_text_keeps_its_lines_and_both_ends_of_each(text: str, most: int) -> None:
    lines, left = text.split("\n"), bounded(text, most).split("\n")

    assert len(left) == len(lines)
    for line, kept in zip(lines, left, strict=True):
        assert (
            kept == line
            if len(line) <= most
            else len(kept) <= most and kept.partition(" … ")[0] in line[:most]
        )


def test_an_error_that_quotes_a_whole_file_says_first_what_is_wrong_and_last_what_to_do() -> None:
    """`sakuga why` answered a cut's name of 7,000 characters with all of them, before the names that exist."""
    said = str(InputRefused(f"The delivery has no {'<> ' * 3000!r}. It has C001, C002."))

    assert said.startswith("The delivery has no '<> <>") and said.endswith("It has C001, C002.")
    assert len(said) <= LONGEST_LINE


@given(st.text(min_size=1))
def test_a_typed_word_is_one_word_for_a_shell_and_never_an_option(name: str) -> None:
    words = shlex.split(typed(name))

    assert [word.removeprefix("./") for word in words] == [name.removeprefix("./")]
    assert not words[0].startswith("-")


@pytest.mark.parametrize("name", ["ep01.fountain", "shows/mine/ep01.fountain", "clear-skies"])
def test_a_typed_word_without_special_characters_stays_as_it_is(name: str) -> None:
    assert typed(name) == name


def test_one_of_a_thing_is_named_in_the_singular() -> None:
    """`1 people, 1 works, 1 grants` and `1 characters` were printed."""
    said = [counted(number, "picture") for number in (0, 1, 2, 1200)]

    assert said == ["0 pictures", "1 picture", "2 pictures", "1,200 pictures"]
    assert [counted(number, "person", "people") for number in (1, 2)] == ["1 person", "2 people"]


@pytest.mark.parametrize(
    ("words", "said"),
    [((), ""), (("a",), "a"), (("a", "b"), "a, b"), (("a", "b", "c", "d"), "a, b and 2 more")],
)
def test_a_long_list_says_how_many_more_there_are(words: tuple[str, ...], said: str) -> None:
    assert listed(words, 2) == said
