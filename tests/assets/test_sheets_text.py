"""Text in sheets: what is written is what is read, and nothing in it steers a terminal or a page."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.plain import clean
from assets.sheets.base import parse_yaml
from assets.sheets.bible import Bible
from assets.sheets.cutsheet import Cutsheet

BREAKS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\xa0\u3000\ufeff\r\n\t '\":#-?%&*!|>{}[]\\,@`ab"
texts = st.one_of(st.text(max_size=80), st.text(st.sampled_from(BREAKS), max_size=200))


@settings(max_examples=300, deadline=None)
@given(texts)
@example("Wait\x85I remember.")
@example("a\u2028b\u2029c")
def test_yaml_gives_back_every_character(text: str) -> None:
    """PyYAML writes U+0085 as it is and reads it back as a line feed."""
    sheet = Cutsheet(episode="ep01", title=text)

    assert parse_yaml(sheet.to_yaml(), "sheet")["title"] == text


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_sheet_of_clean_text_is_the_same_after_the_disk(text: str) -> None:
    sheet = Cutsheet(episode="ep01", title=clean(text))

    assert Cutsheet.from_raw(parse_yaml(sheet.to_yaml(), "sheet"), "sheet") == sheet
    assert Cutsheet.from_json(sheet.to_json(), "sheet") == sheet


def test_a_sheet_from_outside_is_cleaned_when_it_is_read() -> None:
    raw = {
        "id": "show", "title": {"en": "T\x1b[31m\x00"}, "credits": ["m\u202ee"],
        "characters": [{"id": "mio", "names": ["MI\u200bO"]}],
    }  # fmt: skip

    bible = Bible.from_raw(raw, "bible.yaml")

    assert (bible.title, bible.credits, bible.characters[0].names) == ({"en": "T"}, ("me",), ("MIO",))
