"""Reading script files: what is taken, and what is refused with advice."""

import unicodedata
from pathlib import Path

import pytest

from assets import fdx_writer, script
from assets.errors import ScriptRefused
from assets.fountain import parse, render
from assets.sheets.screenplay import LONGEST_TITLE

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize("suffix", [".fountain", ".txt", ".md", ".FOUNTAIN"])
def test_fountain_is_read_under_every_suffix_it_goes_by(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"story{suffix}"
    path.write_bytes(b"\xef\xbb\xbfINT. ROOM - DAY\r\n")

    screenplay = script.read(path)

    assert screenplay.elements[0].text == "INT. ROOM - DAY"
    assert screenplay.source == path.name


def test_final_draft_is_read_by_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "story.fdx"
    path.write_text(fdx_writer.render(parse("INT. ROOM - DAY\n")), encoding="utf-8")

    assert script.read(path).elements[0].text == "INT. ROOM - DAY"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.fountain", b"", "the script is empty"),
        ("a.fountain", b"\n  \n", "the script is empty"),
        ("a.fountain", b"one\ntwo \x83", r"a\.fountain:2: byte 8 \(0x83\) is not UTF-8.*Save it as UTF-8"),
        ("a.fountain", b"\xef\xbb\xbfabc\x83", r"byte 6 \(0x83\)"),
        ("a.fountain", "INT.".encode("utf-16"), "UTF-16"),
        ("a.txt", b"PK\0\0", "byte 2 is zero, so this is not text"),
        ("a.fountain", b"a" * 2_000_001, "2,000,001 bytes; a script has at most 2,000,000"),
        ("a.pdf", b"%PDF", r"\.pdf is not a supported script format.*Use \.fountain"),
        ("a", b"x", "no suffix is not a supported script format"),
        ("a.fountain", b"x\n/* y", r"a\.fountain:2: a boneyard"),
    ],
)
def test_a_file_that_is_no_script_is_refused_with_a_reason(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(ScriptRefused, match=message):
        script.read(path)


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "folder.fountain").mkdir()

    with pytest.raises(ScriptRefused, match="this is a folder"):
        script.read(tmp_path / "folder.fountain")
    with pytest.raises(ScriptRefused, match="there is no such file"):
        script.read(tmp_path / "nowhere.fountain")


def test_the_sample_script_has_every_kind_of_element_and_prints_as_it_stands() -> None:
    path = DATA / "every_kind.fountain"
    text = path.read_text(encoding="utf-8")

    screenplay = script.read(path)

    assert {element.kind for element in screenplay.elements} == {
        "heading", "action", "character", "parenthetical", "dialogue", "lyric", "transition", "centered",
        "section", "synopsis", "note", "boneyard", "page_break", "blank",
    }  # fmt: skip
    assert render(screenplay) == text


def test_commands_to_a_terminal_are_left_out_and_their_line_is_told(tmp_path: Path) -> None:
    """An ESC sequence in a line of dialogue changed the terminal's title and colour."""
    path = tmp_path / "esc.fountain"
    path.write_text("INT. CLASSROOM - DAY\n\nMIO\n\x1b]0;PWNED\x07Hello \x1b[31mred\n", encoding="utf-8")

    screenplay = script.read(path)

    assert screenplay.elements[-1].text == "Hello red"
    assert screenplay.notes == (
        "esc.fountain:4: control or invisible characters were left out (U+001B, U+0007).",
    )


def test_a_final_draft_script_is_cleaned_too(tmp_path: Path) -> None:
    path = tmp_path / "story.fdx"
    xml = fdx_writer.render(parse("INT. ROOM - DAY\n\nMIO\nHello.\n")).replace(
        "Hello.", "&#x202e;Hello&#x9b;31m."
    )
    path.write_text(xml, encoding="utf-8")

    assert script.read(path).elements[-1].text == "Hello."


def test_a_line_keeps_its_number_when_a_foreign_line_end_stands_in_it(tmp_path: Path) -> None:
    path = tmp_path / "nel.fountain"
    path.write_text("INT. A - DAY\n\nMIO\nWait\x85I\u2028remember.\n\nShe goes.\n", encoding="utf-8")

    elements = [element for element in script.read(path).elements if element.kind != "blank"]

    assert [(element.text, element.first_line) for element in elements[2:]] == [
        ("Wait I remember.", 4), ("She goes.", 6)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["\x1b[31mred", "a\u202eb", "caf\udce9"])
def test_a_file_whose_name_steers_a_terminal_is_refused_in_plain_letters(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScriptRefused, match="Rename the file") as refused:
        script.read(tmp_path / f"{name}.fountain")

    assert str(refused.value).isprintable()


def test_a_title_without_end_is_bounded_and_told(tmp_path: Path) -> None:
    """A title of 200 kB did not fit into an argument of ffmpeg, after everything was drawn."""
    path = tmp_path / "long.fountain"
    path.write_text(f"Title: {'長' * 60_000}\n\nINT. ROOM - DAY\n", encoding="utf-8")

    screenplay = script.read(path)

    assert len(screenplay.episode_title()) == LONGEST_TITLE and screenplay.episode_title().endswith("…")
    assert screenplay.notes == ("long.fountain:1: 60,000 characters; a title shows 300 of them.",)


@pytest.mark.parametrize(
    ("page", "show", "episode"),
    [
        ("Title: The Loop", "", "The Loop"),
        ("Title: The Loop\nEpisode: The Cat", "The Loop", "The Cat"),
        ("Series: Rain\nTitle: The Cat", "Rain", "The Cat"),
        ("Show: Rain\nTitle: Rain", "", "Rain"),
        ("題名：雨の店\n作者：山田", "", "雨の店"),
        ("タイトル：雨の店\nサブタイトル：第一話", "雨の店", "第一話"),
        ("シリーズ: 雨の店\n題名: 猫", "雨の店", "猫"),
        ("Author: X\nTitle:\n    Two\n    Lines", "", "Two Lines"),
    ],
)
def test_a_title_page_names_the_series_and_the_episode(page: str, show: str, episode: str) -> None:
    screenplay = parse(f"{page}\n\nINT. ROOM - DAY\n")

    assert (screenplay.show_title(), screenplay.episode_title()) == (show, episode)


@pytest.mark.parametrize(
    "text",
    [
        ".部屋・夜\n\nガブが窓をひらく。\n\n@ガブ\nがんばって、ぱぱっとかたづけよう。\n",
        "INT. CAFÉ - DAY\n\nZOË sits down.\n\nZOË\nThe café in Málaga, señor.\n\nRENÉ\nVoilà, Zoë.\n",
        "INT. 교실 - DAY\n\n@각하\n안녕.\n",
    ],
)
def test_letters_written_in_pieces_are_the_same_script(tmp_path: Path, text: str) -> None:
    """A file from a Mac holds が as か and a mark: names did not match, and the voice left the mark out."""
    whole, pieces = tmp_path / "nfc" / "ep.fountain", tmp_path / "nfd" / "ep.fountain"
    for path, form in ((whole, "NFC"), (pieces, "NFD")):
        path.parent.mkdir()
        path.write_text(unicodedata.normalize(form, text), encoding="utf-8")

    assert script.read(pieces) == script.read(whole)
