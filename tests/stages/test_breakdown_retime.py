"""Recorded lines decide how long their cuts are; a line is never cut off."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assets import fountain
from assets.sheets.cutsheet import Cutsheet
from stages.breakdown import BreakdownOptions, break_down, retime

OPTIONS = BreakdownOptions()
SCRIPT = """\
INT. CAFE - DAY

Rain on the window. ANNA pours tea.

ANNA
Tea?

BEN
Please.

ANNA
You never said why you came back.

BEN
(angry)
You know why!

ANNA ^
I do not!
"""
SHEET = break_down(fountain.parse(SCRIPT), None, episode="ep", language=None, options=OPTIONS)
KEYS = [(cut.number, index) for cut in SHEET.cuts for index in range(len(cut.lines))]


def end_of(sheet: Cutsheet, number: str) -> int:
    cut = next(cut for cut in sheet.cuts if cut.number == number)
    return max(line.at + line.frames for line in cut.lines)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(min_value=0, max_value=20), min_size=len(KEYS), max_size=len(KEYS)), st.booleans())
def test_a_line_is_never_cut_off(seconds, pin_all):
    pinned = [cut.number for cut in SHEET.cuts] if pin_all else []

    timed = retime(SHEET, dict(zip(KEYS, seconds, strict=True)), options=OPTIONS, pinned=pinned)

    assert all(cut.frames >= end_of(timed, cut.number) for cut in timed.cuts if cut.lines)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(min_value=0, max_value=20), min_size=len(KEYS), max_size=len(KEYS)))
def test_retiming_twice_is_retiming_once(seconds):
    measured = dict(zip(KEYS, seconds, strict=True))
    once = retime(SHEET, measured, options=OPTIONS)

    assert retime(once, measured, options=OPTIONS) == once


def test_a_cut_without_lines_keeps_its_length():
    timed = retime(SHEET, dict.fromkeys(KEYS, 3.0), options=OPTIONS)

    assert timed.cuts[0] == SHEET.cuts[0]


def test_a_length_set_by_hand_is_kept_while_the_line_fits():
    timed = retime(SHEET, dict.fromkeys(KEYS, 0.5), options=OPTIONS, pinned=[SHEET.cuts[-1].number])

    assert timed.cuts[-1].frames == SHEET.cuts[-1].frames


def test_lines_of_a_dialogue_follow_each_other_and_dual_ones_begin_together():
    timed = retime(SHEET, dict.fromkeys(KEYS, 1.5), options=OPTIONS)
    pairs = [cut.lines for cut in timed.cuts if len(cut.lines) == 2]

    assert [one.at == other.at for one, other in pairs] == [False, True]
    assert pairs[0][1].at >= pairs[0][0].at + pairs[0][0].frames


def test_an_ambience_still_fills_its_cut_afterwards():
    timed = retime(SHEET, dict.fromkeys(KEYS, 4.0), options=OPTIONS)
    fills = [cue.frames == cut.frames for cut in timed.cuts for cue in cut.cues if cue.sound == "crowd"]

    assert fills and all(fills)


def test_only_the_cut_whose_line_was_recorded_anew_changes():
    measured = dict.fromkeys(KEYS, 1.2)
    before = retime(SHEET, measured, options=OPTIONS)

    after = retime(before, {**measured, KEYS[-1]: 3.0}, options=OPTIONS)

    changed = [one.number for one, other in zip(before.cuts, after.cuts, strict=True) if one != other]
    assert changed == [KEYS[-1][0]]
