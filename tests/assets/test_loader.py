"""Claims about YAML and JSON that a person wrote: plain data or a sentence with file and line, in bounded time."""

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from assets.errors import SheetRefused
from assets.loader import MAX_DEPTH, MAX_DIGITS, lines_of, parse_json, parse_yaml, read_text
from assets.plain import clean
from assets.sheets.base import Part, Sheet


class Diary(Sheet):
    """A sheet of these tests."""

    class Entry(Part):
        day: str
        pages: int = 1

    sheet = "diary"
    entries: tuple[Entry, ...] = ()
    titles: dict[str, str] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-13-45", "2026-13-45"),
        ("2026-01-02", "2026-01-02"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("1:30", "1:30"),
        ("190:20:30", "190:20:30"),
        ("017", "017"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1e999999999", "1e999999999"),
        (".nan", ".nan"),
        ("-.inf", "-.inf"),
        ("=", "="),
        ("on", "on"),
        ("no", "no"),
        ("-7", -7),
        ("1.5", 1.5),
        ("1.5e+3", 1500.0),
        ("true", True),
        ("~", None),
        ("", None),
        ("'24'", "24"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        ('"\\x07 and \\N"', "\x07 and \x85"),
    ],
)
def test_a_scalar_is_what_was_written_or_an_ordinary_number(written: str, read: object):
    assert parse_yaml(f"a: {written}", "here") == {"a": read}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("about: {? [a] : c}", r"^f:1:11: .*a key must be text"),
        ("? {a: b}\n: c", r"^f:1:3: .*a key must be text"),
        ("x: 1\na: !!int foo", r"^f:2:4: .*tag .*int is not allowed"),
        ("a: !!binary aGk=", "tag .*binary is not allowed"),
        ("a: !!timestamp 2026-01-01", "tag .*timestamp is not allowed"),
        ("a: ! b", "tag ! is not allowed"),
        ("!!python/object/apply:os.system ['true']", "tag .*os.system is not allowed"),
        ("a: &x 1\nb: *x", r"^f:2:4: .*alias \*x is not allowed"),
        ("&a [*a]", "alias"),
        ("<<: {a: 1}", "merge key"),
        ("a: 1\na: 2", r"^f:2:1: .*'a' occurs twice"),
        ("1: a\n'1': b", "'1' occurs twice"),
        ("a: \x07", r"^f:1:4: .*U\+0007 is not allowed"),
        ("a: b\nc: \x00", r"^f:2:4: .*U\+0000 is not allowed"),
        ("a: \ud800", r"U\+D800 is not allowed"),
        ('a: "\\ud800"', r"^f:1:\d+: .*Unicode"),
        ('"a\\tb": 1', "control character"),
        ("a: 1\n---\nb: 2", r"^f:2:1: .*second document"),
        ("a:\n\t- b", r"^f:2:1: "),
        ("a: b: c", r"^f:1:5: "),
        ("a: [1\n", r"^f:2:1: "),
        ("a: 'x", "stream"),
        ("%YAML 9.9\n---\na: 1", r"^f:1:1: "),
        ("a: " + "9" * 5000, f"5,000 digits; at most {MAX_DIGITS}"),
        ("k" * 300 + ": 1", "a key of 300 letters"),
        ("[" * (MAX_DEPTH + 1), f"nested more than {MAX_DEPTH} deep"),
        ("[" * 200_000, "nest"),
        ("{a: " * 50_000, "nest"),
        ("? " * 50_000, "a key must be text|nest"),
        ("- " * 50_000, "nest"),
    ],
)
def test_what_yaml_can_do_besides_is_refused_with_its_place(text: str, problem: str):
    with pytest.raises(SheetRefused, match=problem):
        parse_yaml(text, "f")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[" * 100_000, "nested more than"),
        ('{"a": 1, "a": 2}', "'a' occurs twice"),
        ('{"a": 1' + "0" * 5000 + "}", "5,001 digits"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": -Infinity}', "not a number"),
        ('{"a": 1e999999999}', "not a number"),
        ('{"a": "\\u0000"}', r"U\+0000"),
        ('{"a": ["\\ud800"]}', r"U\+D800"),
        ('{"a": 1,}', r"^f:1:\d: "),
        ("", r"^f:1:1: "),
    ],
)
def test_what_json_can_do_besides_is_refused(text: str, problem: str):
    with pytest.raises(SheetRefused, match=problem):
        parse_json(text, "f")


def test_json_may_hold_brackets_in_its_texts_and_characters_in_two_halves():
    data = {"a": "[" * 100, "b": '\\"]', "c": "😀"}

    assert parse_json(json.dumps(data), "f") == data


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("titel: x".encode("utf-16"), "UTF-16"),
        ("title: café".encode("latin-1"), "not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_utf_8_text_is_refused(tmp_path: Path, content: bytes | None, problem: str):
    path = tmp_path / "a.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(SheetRefused, match=problem):
        read_text(path)


def test_a_path_that_is_no_file_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(SheetRefused, match="directory"):
        read_text(tmp_path)
    with pytest.raises(SheetRefused, match="not a regular file"):
        read_text(tmp_path / "pipe")
    with pytest.raises(SheetRefused, match="name of a file"):
        read_text(Path("a\0b.yaml"))
    with pytest.raises(SheetRefused, match="not a regular file"):
        read_text(Path("/dev/zero"))


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert parse_yaml(read_text(path), "a.yaml") == {"a": 1}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("b",), 2),
        (("b", 0, "c"), 3),
        (("b", 1, "d"), 6),
        (("b", 1, "missing"), 5),
        (("b", 1, "x", "y"), 5),
        (("e", "f"), 8),
        (("g", 2), 11),
        (("nothing",), 1),
    ],
)
def test_the_line_of_a_value_is_found_by_its_path(path: tuple[object, ...], line: int):
    text = "a: 1\nb:\n  - c: 2\n\n  - x: 1\n    d: 4\ne:\n  f: 5\ng: [1,\n  2,\n  3]\n"

    assert lines_of(text, [path]) == [line]


def test_a_refused_value_is_told_with_the_line_it_stands_on(tmp_path: Path):
    path = tmp_path / "diary.yaml"
    path.write_text("entries:\n  - day: monday\n  - day: tuesday\n    pages: many\nmood: calm\n")

    with pytest.raises(SheetRefused) as refused:
        Diary.read(path)

    assert str(refused.value).startswith(f"{path}:4: entries.1.pages: ")
    assert "line 5: mood: " in str(refused.value)


def test_a_file_of_wrong_values_is_told_in_a_few_sentences_and_soon(tmp_path: Path):
    path = tmp_path / "diary.yaml"
    path.write_text("entries: [" + "1, " * 100_000 + "]\n")
    began = time.perf_counter()

    with pytest.raises(SheetRefused, match=r"and 99992 more"):
        Diary.read(path)

    assert time.perf_counter() - began < 10


def test_reading_takes_time_in_proportion_to_the_length():
    def seconds(entries: int) -> float:
        text = "entries:\n" + "  - {day: monday, pages: 3}\n" * entries
        began = time.perf_counter()
        parse_yaml(text, "f")
        return time.perf_counter() - began

    seconds(1_000)
    short, long = min(seconds(4_000) for _ in range(3)), seconds(40_000)

    assert long < 40 * short + 0.5  # ten times longer; quadratic would be a hundred times


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_is_data_or_a_sentence(text: str):
    for parse in (parse_yaml, parse_json):
        try:
            parse(text, "f")
        except SheetRefused as refused:
            assert str(refused).startswith("f")


WORDS = st.text(max_size=40) | st.from_regex(r"[-+]?[0-9._:]{1,12}([eE][-+]?[0-9]{1,3})?", fullmatch=True)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20), WORDS, max_size=8))
@settings(max_examples=500, deadline=None)
def test_every_text_a_sheet_holds_is_read_back_from_its_yaml(titles: dict[str, str]):
    """Numbers in another notation, next-line characters and line separators came back as something else."""
    diary = Diary(
        titles={language: clean(text) for language, text in titles.items()}
    )  # as every reader leaves it

    assert Diary.from_raw(parse_yaml(diary.to_yaml(), "f"), "f") == diary
