"""Reading and printing Fountain, one form of the syntax at a time."""

import pytest

from assets.errors import ScriptRefused
from assets.fountain import extensions, heading_parts, parse, render, spoken
from assets.sheets.screenplay import Element


def only(text: str) -> Element:
    """The one element of a script that has a single one, blank lines aside."""
    (element,) = shown(text)
    return element


def shown(text: str) -> list[Element]:
    return [element for element in parse(text).elements if element.kind != "blank"]


def kinds(text: str) -> list[str]:
    return [element.kind for element in shown(text)]


@pytest.mark.parametrize(
    "line",
    [
        "INT. KITCHEN - DAY",
        "EXT. PARK--DAY",
        "int. attic - night",
        "EST. HARBOUR - DAWN",
        "INT./EXT. CAR - DAY",
        "INT/EXT CAR - DAY",
        "I/E. CAR - DAY",
        "EXT BRIDGE",
        "**INT. ATTIC - NIGHT**",
    ],
)
def test_a_line_that_begins_like_a_place_is_a_heading(line: str) -> None:
    assert only(line).kind == "heading"


@pytest.mark.parametrize(
    "line", ["...", "...and then", "INTERIOR LIGHTS", "Estate agents wait.", ". x", "INT."]
)
def test_a_line_that_only_looks_like_a_heading_is_action(line: str) -> None:
    assert only(line).kind == "action"


def test_a_forced_heading_keeps_its_words_and_says_it_was_forced() -> None:
    element = only(".校庭 - 夕方")

    assert (element.kind, element.text, element.forced) == ("heading", "校庭 - 夕方", True)


def test_a_scene_number_is_taken_off_its_heading() -> None:
    element = only("EXT. PIER - NIGHT #C-012#")

    assert (element.text, element.scene_number) == ("EXT. PIER - NIGHT", "C-012")


def test_capitals_before_words_are_a_speaker_and_before_nothing_are_action() -> None:
    assert kinds("R2-K9\nBeep.") == ["character", "dialogue"]
    assert kinds("R2-K9\n\nBeep.") == ["action", "action"]
    assert kinds("1234\nBeep.") == ["action"]


def test_japanese_speaks_only_when_forced() -> None:
    assert kinds("葵\nおはよう。") == ["action"]
    assert kinds("@葵\nおはよう。") == ["character", "dialogue"]
    assert kinds("東京タワーのLED\n光る。") == ["action"]


def test_at_sign_opens_a_new_speaker_inside_a_dialogue() -> None:
    assert kinds("@葵\nおはよう。\n@蓮\nおはよう。") == ["character", "dialogue", "character", "dialogue"]


@pytest.mark.parametrize(
    ("line", "name", "extension", "each"),
    [
        ("MOTHER (V.O.)", "MOTHER", "V.O.", ("V.O.",)),
        ("MOTHER (V.O.) (CONT'D)", "MOTHER", "(V.O.) (CONT'D)", ("V.O.", "CONT'D")),
        ("@葵（声）", "葵", "（声）", ("声",)),
        ("HANS (on the phone)", "HANS", "on the phone", ("on the phone",)),
        ("HANS", "HANS", "", ()),
    ],
)
def test_extensions_are_taken_off_the_name(
    line: str, name: str, extension: str, each: tuple[str, ...]
) -> None:
    element = shown(f"{line}\nHello.")[0]

    assert (element.text, element.extension, extensions(element.extension)) == (name, extension, each)


def test_a_caret_marks_dual_dialogue() -> None:
    first, _, second, _ = shown("ANN\nNow!\n\nBEN (O.S.) ^\nNow!")

    assert (first.dual, second.dual, second.text, second.extension) == (False, True, "BEN", "O.S.")


def test_brackets_on_a_line_of_their_own_are_a_parenthetical() -> None:
    assert kinds("ANN\n(softly)\nYes.\n（間）\nNo.") == [
        "character",
        "parenthetical",
        "dialogue",
        "parenthetical",
        "dialogue",
    ]


def test_two_spaces_keep_a_dialogue_open_and_nothing_else_does() -> None:
    assert kinds("ANN\nOne.\n  \nTwo.") == ["character", "dialogue"]
    assert kinds("ANN\nOne.\n\nTwo.") == ["character", "dialogue", "action"]


def test_dialogue_may_begin_with_what_would_be_a_mark_elsewhere() -> None:
    text = "ANN\n.hidden\n> pointing\n#1!\n=2"

    assert kinds(text) == ["character", "dialogue"]


@pytest.mark.parametrize(
    ("line", "kind", "text"),
    [
        ("CUT TO:", "transition", "CUT TO:"),
        ("> Burn to white.", "transition", "Burn to white."),
        ("> THE END <", "centered", "THE END"),
        ("~la la la", "lyric", "la la la"),
        ("# Act One", "section", "Act One"),
        ("= They meet.", "synopsis", "They meet."),
        ("!INT. is only a word here", "action", "INT. is only a word here"),
        ("    far to the right", "action", "    far to the right"),
        ("===", "page_break", "==="),
        ("[[check this]]", "note", "[[check this]]"),
        ("/* gone */", "boneyard", "/* gone */"),
        ("FADE IN:", "action", "FADE IN:"),
    ],
)
def test_every_other_form_has_its_kind(line: str, kind: str, text: str) -> None:
    assert (only(line).kind, only(line).text) == (kind, text)


def test_sections_know_their_depth() -> None:
    assert [element.depth for element in shown("# A\n\n### B")] == [1, 3]


def test_a_boneyard_hides_headings_and_speakers_over_many_lines() -> None:
    text = "Before.\n\n/*\nINT. CELLAR - DAY\n\nANN\nHello.\n*/\n\nAfter."

    assert kinds(text) == ["action", "boneyard", "action"]
    assert (shown(text)[1].first_line, shown(text)[1].last_line) == (3, 8)


def test_a_boneyard_inside_a_paragraph_stays_in_its_text_and_is_not_said() -> None:
    element = only("He waits /* and\n\nwaits */ for her.")

    assert element.text == "He waits /* and\n\nwaits */ for her."
    assert spoken(element.text) == "He waits for her."


def test_an_unclosed_boneyard_is_refused_at_its_line() -> None:
    with pytest.raises(ScriptRefused, match=r"story:3: a boneyard .* never closed\. Add \*/"):
        parse("One.\n\nTwo /* three", "story")


def test_a_note_may_hold_a_line_of_two_spaces_but_ends_at_an_empty_one() -> None:
    assert kinds("[[one\n  \ntwo]]") == ["note"]
    assert kinds("[[one\n\ntwo]]") == ["action", "action"]


def test_a_title_page_keeps_values_of_several_lines() -> None:
    screenplay = parse("Title: Paper\nContact:\n\tRoad 1\n\tTown\n\nINT. ROOM - DAY\n")

    assert [(entry.key, entry.values, entry.line) for entry in screenplay.title_page] == [
        ("Title", ("Paper",), 1),
        ("Contact", ("Road 1", "Town"), 2),
    ]
    assert screenplay.title() == "Paper"


@pytest.mark.parametrize("text", ["FADE IN:\n\nINT. ROOM - DAY", "She says: no.", "CUT TO:\n\nAction."])
def test_a_script_that_opens_with_a_colon_has_no_title_page(text: str) -> None:
    assert parse(text).title_page == ()


def test_elements_know_the_lines_they_stand_on() -> None:
    text = "Title: X\n\nINT. ROOM - DAY\n\nOne.\nTwo.\n\nANN\nHi."
    lines = [(element.kind, element.first_line, element.last_line) for element in shown(text)]

    assert lines == [("heading", 3, 3), ("action", 5, 6), ("character", 8, 8), ("dialogue", 9, 9)]


def test_printing_normalises_white_space_and_nothing_else() -> None:
    text = "\ufeffTitle:  X\r\n\r\n \r\n\t\tANN (V.O.)^  \r\n\t(softly)\r\nHi.\r\n   \r\nYou.\r\n>END<"

    assert render(parse(text)) == "Title: X\n\n\nANN (V.O.) ^\n(softly)\nHi.\n  \nYou.\n> END <\n"


def test_what_is_too_long_is_refused_with_its_size() -> None:
    with pytest.raises(ScriptRefused, match=r"2,000,002 bytes .* at most 2,000,000"):
        parse("a" * 2_000_002)


def test_half_a_character_is_refused_at_its_line() -> None:
    with pytest.raises(ScriptRefused, match="script:2: there is a lone surrogate"):
        parse("fine\n\ud800")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**loud** and *soft* and ***both***", "loud and soft and both"),
        ("_under_ and _**all** of it_", "under and all of it"),
        ("彼は_本当に_来た", "彼は本当に来た"),
        ("snake_case_name", "snake_case_name"),
        ("3 * 4 * 5", "3 * 4 * 5"),
        ("*never closed", "*never closed"),
        ("*over\na line*", "over\na line"),
        ("**Thank you,\ngood _night_.**", "Thank you,\ngood night."),
        ("I said *never\never* do it", "I said never\never do it"),
        ("*not over\n\nan empty line*", "*not over\nan empty line*"),
        (r"\*stars\* and \_lines\_", "*stars* and _lines_"),
        ("Come [[tired]] in /* cut */ now", "Come in now"),
        (r"\[[kept]]", "[[kept]]"),
        ("*****", "*****"),
        ("One\n  \nTwo", "One\nTwo"),
        ("なに！？　行こう", "なに！？　行こう"),
    ],
)
def test_speech_has_the_words_without_the_marks(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("text", "interior", "place", "time"),
    [
        ("INT. HOUSE - KITCHEN - DAY", True, "HOUSE - KITCHEN", "DAY"),
        ("EXT. PARK--DAY", False, "PARK", "DAY"),
        ("INT./EXT. CAR - DUSK", None, "CAR", "DUSK"),
        ("INT. FLAT - NIGHT - CONTINUOUS", True, "FLAT", "NIGHT - CONTINUOUS"),
        ("EXT. SEMI-DETACHED HOUSE - DAY #7#", False, "SEMI-DETACHED HOUSE", "DAY"),
        ("校庭 - 夕方", None, "校庭", "夕方"),
        ("校庭　－　夕方", None, "校庭", "夕方"),
        ("コーヒーショップー本店", None, "コーヒーショップー本店", ""),
        ("コーヒー ー 夜", None, "コーヒー ー 夜", ""),
        ("教室（朝）", None, "教室", "朝"),
        ("OPENING TITLES", None, "OPENING TITLES", ""),
    ],
)
def test_a_heading_says_where_and_when(text: str, interior: bool | None, place: str, time: str) -> None:
    parts = heading_parts(text)

    assert (parts.interior, parts.place, parts.time) == (interior, place, time)
