"""Reading script files: what is taken, and what is refused with advice."""

from pathlib import Path

import pytest

from assets import fdx, script
from assets.errors import ScriptRefused
from assets.fountain import parse, render

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
    path.write_text(fdx.render(parse("INT. ROOM - DAY\n")), encoding="utf-8")

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
        ("a.pdf", b"%PDF", r"\.pdf is not a kind of script.*Use \.fountain"),
        ("a", b"x", "no suffix is not a kind of script"),
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
