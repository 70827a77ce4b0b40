"""What real scripts write that is looser than the syntax: headings, title pages, marks right after a speech."""

import pytest

from assets.fountain import heading_parts, parse, render
from assets.fountain.heading import is_heading

BOTH, IN, OUT = None, True, False


@pytest.mark.parametrize(
    ("text", "interior", "place", "time"),
    [
        ("INT. / EXT. RIN'S CAR - DAY", BOTH, "RIN'S CAR", "DAY"),
        ("INT./EXT. RIN'S CAR - NIGHT", BOTH, "RIN'S CAR", "NIGHT"),
        ("INT/EXT RIN'S CAR", BOTH, "RIN'S CAR", ""),
        ("INT. - EXT. CAR - DAY", BOTH, "CAR", "DAY"),
        ("INT – EXT. CAR", BOTH, "CAR", ""),
        ("INT & EXT CAR", BOTH, "CAR", ""),
        ("INT. to EXT. CAR", BOTH, "CAR", ""),
        ("I/E. CAR - DAY", BOTH, "CAR", "DAY"),
        ("I / E CAR", BOTH, "CAR", ""),
        ("E./I. CAR", BOTH, "CAR", ""),
        ("INTERIOR/EXTERIOR HOUSE", BOTH, "HOUSE", ""),
        ("INT - KITCHEN - DAY", IN, "KITCHEN", "DAY"),
        ("INT: KITCHEN", IN, "KITCHEN", ""),
        ("INTERIOR HOUSE - DAY", IN, "HOUSE", "DAY"),
        ("Interior. House", IN, "House", ""),
        ("Exterior - roof - night", OUT, "roof", "night"),
        ("EXT.GARDEN", OUT, "GARDEN", ""),
        ("EST. CITY - DAWN", BOTH, "CITY", "DAWN"),
        ("ESTABLISHING SHOT: CITY - DAY", BOTH, "CITY", "DAY"),
        ("12   INT. HANGAR - NIGHT        12", IN, "HANGAR", "NIGHT"),
        ("12A. EXT. HANGAR - DAY", OUT, "HANGAR", "DAY"),
        ("SCENE 4 - INT. HALL", IN, "HALL", ""),
        ("INT. HALL - DAY #4A#", IN, "HALL", "DAY"),
        ("INT. EXTRA ROOM", IN, "EXTRA ROOM", ""),
        ("INT. - EXTRA ROOM", IN, "EXTRA ROOM", ""),
        ("INT. E WING", IN, "E WING", ""),
    ],
)
def test_a_heading_is_read_in_every_usual_spelling(
    text: str, interior: bool | None, place: str, time: str
) -> None:
    """``INT. / EXT. RIN'S CAR`` was a room called "/ EXT. RIN'S CAR"."""
    found = heading_parts(text)

    assert is_heading(text)
    assert (found.interior, found.place, found.time) == (interior, place, time)


@pytest.mark.parametrize(
    "text",
    [
        "Interior design is her life.",
        "Exterior walls crumble.",
        "EXTERIOR LIGHTS GO OUT",
        "Establishing trust takes time.",
        "2 int values",
        "12 interest rates",
        "I/O is slow",
        "E. coli",
        "Estimates vary",
        "INT.",
    ],
)
def test_a_sentence_is_no_heading(text: str) -> None:
    assert not is_heading(text)


@pytest.mark.parametrize(
    ("text", "place", "time", "interior"),
    [
        ("教室（朝）", "教室", "朝", None),
        ("駅前・夜", "駅前", "夜", None),
        ("屋上　夕", "屋上", "夕", None),
        ("教室 翌朝", "教室", "翌朝", None),
        ("喫茶店・外（夜）", "喫茶店", "夜", False),
        ("遥の部屋・中（深夜）", "遥の部屋", "深夜", True),
        ("教室（夜）（回想）", "教室", "夜", None),
        ("（回想）校庭", "校庭", "", None),
        ("駅前（N）", "駅前", "NIGHT", None),
        ("学校　昼休み", "学校", "昼休み", None),
        ("夜", "夜", "", None),
        ("中", "中", "", None),
        ("校庭 - 夕方", "校庭", "夕方", None),
    ],
)
def test_a_japanese_heading_is_taken_apart(text: str, place: str, time: str, interior: bool | None) -> None:
    """教室・朝 and 教室・夜 were two rooms."""
    found = heading_parts(text)

    assert (found.place, found.time, found.interior) == (place, time, interior)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("===", "page_break"),
        ("=====", "page_break"),
        ("# Act Two", "section"),
        ("## 第二幕", "section"),
        ("= They meet again.", "synopsis"),
        ("> FADE OUT.", "transition"),
        ("> THE END <", "centered"),
    ],
)
def test_a_mark_right_after_a_speech_is_not_said(line: str, kind: str) -> None:
    """RIN said "equals equals equals"."""
    screenplay = parse(f"RIN\nIt is warm.\n{line}\nINT. HALL - DAY\n")
    said = [element.text for element in screenplay.elements if element.kind == "dialogue"]

    assert said == ["It is warm."]
    assert screenplay.elements[2].kind == kind
    assert parse(render(screenplay)) == screenplay


@pytest.mark.parametrize("line", ["#1 fan!", "...and then", ".45", "= ", "==", "~", ">", "!Hola"])
def test_what_only_might_be_a_mark_is_said(line: str) -> None:
    elements = parse(f"RIN\nSo.\n{line}\n").elements

    assert [element.kind for element in elements] == ["character", "dialogue"]


@pytest.mark.parametrize(
    ("page", "entries"),
    [
        ("Title: The\nLoop\nAuthor: X\n\n", [("Title", ("The", "Loop")), ("Author", ("X",))]),
        ("Title: X\nINT. A - DAY\n", [("Title", ("X",))]),
        ("Title: X\nFADE IN:\n\n", [("Title", ("X",))]),
        ("TITLE: X\nSMASH CUT TO:\n\n", [("TITLE", ("X",))]),
        ("題名：雨の店\n作者：山田\n\n", [("題名", ("雨の店",)), ("作者", ("山田",))]),
        ("Title:\n\tA\n\tB\nCredit: by\n\n", [("Title", ("A", "B")), ("Credit", ("by",))]),
        ("He said: no\nthen left.\n", []),
    ],
)
def test_a_title_page_ends_where_the_script_begins(
    page: str, entries: list[tuple[str, tuple[str, ...]]]
) -> None:
    """A value without an indent made the whole page action; a heading right below it was a value."""
    screenplay = parse(f"{page}INT. B - DAY\n\nRain.\n")

    assert [(entry.key, entry.values) for entry in screenplay.title_page] == entries
    assert any(element.kind == "heading" for element in screenplay.elements) or not entries
    assert parse(render(screenplay)) == screenplay
