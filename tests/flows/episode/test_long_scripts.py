"""Claims about long scripts: the cut sheet we write is one we read, whatever the script.

A script of 443 kB made a cut sheet of 4.9 MB, which the second run refused as too large.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import fountain
from assets.errors import InputRefused
from assets.loader import MAX_BYTES, MAX_NODES, parse_yaml
from assets.plain import clean
from assets.sheets.cutsheet import Cutsheet
from stages.breakdown import BreakdownOptions, break_down
from stages.breakdown.directing import MOST_CUTS

# What a cut sheet holds at most: so much for each byte of the script, each cut, each person or place.
PER_BYTE, PER_CUT, PER_NAME, BESIDES = 6, 1000, 600, 2000
NODES_PER_CUT, NODES_PER_NAME = 110, 45

names = st.sampled_from(["MIO", "REN", "@アオイ", '@O\'Brien: "x"', "@名\u3000前", "MIO (V.O.)", "HANA^"])
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60) | st.sampled_from(
    [
        "'",
        '"',
        "# x",
        "- x",
        "? x",
        "{a}",
        "yes",
        "017",
        "1e5",
        "~",
        "<<",
        "a: b",
        "😀" * 20,
        "@x",
        "> x <",
        "!x",
    ]
)
blocks = st.one_of(
    words,
    st.tuples(names, words).map("\n".join),
    st.tuples(names, st.just("(smiling)"), words).map("\n".join),
    st.sampled_from(["INT. ROOM - DAY", "EXT. 海辺 - NIGHT", "> CUT TO:", "INT. A 'B' \"C\": #1# - DAY"]),
)


def sheet_of(text: str) -> Cutsheet:
    screenplay = fountain.parse(clean(text), "long.fountain")  # as the script reader hands it on
    return break_down(screenplay, None, episode="long", language=None, options=BreakdownOptions())


def most(text: str, sheet: Cutsheet) -> int:
    named = len(sheet.cast) + len(sheet.places)
    return PER_BYTE * len(text.encode()) + PER_CUT * len(sheet.cuts) + PER_NAME * named + BESIDES


@given(st.lists(blocks, max_size=14))
@settings(max_examples=150, deadline=None)
def test_a_cut_sheet_we_write_is_one_we_read(written: list[str]):
    text = "INT. CLASSROOM - DAY\n\n" + "\n\n".join(written)
    sheet = sheet_of(text)
    yaml = sheet.to_yaml()

    assert Cutsheet.from_raw(parse_yaml(yaml, "cutsheet.yaml"), "cutsheet.yaml") == sheet
    assert len(yaml.encode()) <= most(text, sheet)


def test_the_largest_cut_sheet_of_the_largest_script_may_be_read():
    people = round(1.4 * MOST_CUTS)  # one for each cut, and again as many lines that share one
    largest = PER_BYTE * fountain.MAX_BYTES + PER_CUT * MOST_CUTS + PER_NAME * people + BESIDES

    assert largest < MAX_BYTES
    assert NODES_PER_CUT * MOST_CUTS + NODES_PER_NAME * people < MAX_NODES


@pytest.mark.slow
def test_the_cut_sheet_of_half_a_million_letters_is_read_from_its_file(tmp_path: Path):
    unit = 'MIO\n- It\'s raining: again, "and" again, they say. 😀\n\nRen opens the door and looks out.\n\n'
    sheet = sheet_of("INT. CLASSROOM - DAY\n\n" + unit * (443_000 // len(unit.encode())))
    path = tmp_path / "cutsheet.yaml"
    path.write_text(sheet.to_yaml(), encoding="utf-8")

    assert path.stat().st_size > 4_000_000
    assert Cutsheet.read(path) == sheet


def test_a_script_of_too_many_cuts_is_refused_before_it_is_break_down():
    with pytest.raises(InputRefused, match=r"at most 9,999 cuts\. Split it into several episodes"):
        sheet_of("INT. CLASSROOM - DAY\n\n" + "A.\n\n" * 60_000)
