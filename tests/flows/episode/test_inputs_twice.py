"""Claims about hostile scripts, bibles and cut sheets given to whole commands: made once, the same the second time.

Each was a traceback, a hang, or another result on the second run.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.loader import parse_yaml
from assets.sheets.cutsheet import Cutsheet
from tests.flows.conftest import run_in

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")
SCENE = "INT. CLASSROOM - DAY\n\nMio looks out of the window.\n\n"
SCRIPTS = {
    "a name wider than the picture": f"{SCENE}@YOUNG CAPTAIN UMBRELLAS\nIt is raining again.\n",
    "a name of 3,000 letters": f"{SCENE}@{'UMBRELLA' * 375}\nIt is raining again.\n",
    "commands to the terminal": f"{SCENE}MIO\n\x1b]0;OWNED\x07Hello \x1b[31mred\x9b1m.\n",
    "a foreign line end": f"{SCENE}MIO\nWait\x85I remember.\u2028Yes.\n",
    "a long title": f"Title: {'x' * 200_000}\n\n{SCENE}",
    "a title of spaces and marks": f"Title: {' *_[[' * 20_000}\n\n{SCENE}",
    "hidden directions": f"Title: a\u202eb\n\n{SCENE}MIO\nHello \u2066you\u2069.\n",
}
BIBLE = "sheet: bible\nversion: 1\nid: show\ntitle: {en: T}\n"
ABOUT = "about: "
REFUSED = {
    "a key that is a list": ABOUT + "{? [a] : c}",
    "an integer that is none": ABOUT + "!!int foo",
    "a date that is none": "credits: !!timestamp 2026-13-45",
    "a rate without end": 'rate: "1e999999999"',
    "a number of 5,000 digits": f"rate: {'9' * 5000}",
}


def words(tmp_path: Path, *command: object, check: bool = True) -> str:
    done = run_in(tmp_path, *command, "--profile", "toy", check=check)
    assert "Traceback" not in done.stdout + done.stderr
    assert not CONTROLS.search((done.stdout + done.stderr).replace("\n", ""))
    return done.stdout + done.stderr


def sheet_of(tmp_path: Path) -> Path:
    [sheet] = tmp_path.glob("episodes/*/cutsheet.yaml")
    return sheet


@pytest.mark.slow
@pytest.mark.parametrize("kind", SCRIPTS)
def test_a_hostile_script_is_produced_and_nothing_is_made_again(kind: str, tmp_path: Path):
    script = tmp_path / "script.fountain"
    script.write_text(SCRIPTS[kind], encoding="utf-8")
    words(tmp_path, "produce", script)
    before = sheet_of(tmp_path).read_bytes()

    assert "Nothing had changed" in words(tmp_path, "produce", script)
    assert sheet_of(tmp_path).read_bytes() == before
    assert not CONTROLS.search(before.decode().replace("\n", ""))


@pytest.mark.slow
@pytest.mark.parametrize("kind", REFUSED)
def test_a_bible_that_cannot_be_read_is_refused_with_its_line_each_time(kind: str, tmp_path: Path):
    script = tmp_path / "script.fountain"
    script.write_text(SCENE)
    (tmp_path / "bible.yaml").write_text(f"{BIBLE}{REFUSED[kind]}\n")

    told = [words(tmp_path, "breakdown", script, check=False) for _ in range(2)]

    assert told[0] == told[1]
    assert re.search(r"bible\.yaml:5", told[0])


@pytest.mark.slow
def test_names_with_commands_of_subtitle_formats_stay_words(tmp_path: Path):
    script = tmp_path / "script.fountain"
    script.write_text(f"{SCENE}MIO\nIt is raining.\n")
    (tmp_path / "bible.yaml").write_text(
        f"{BIBLE}mood: calm\ncharacters:\n  - id: mio\n    names: [MIO]\n"
        "    title: {en: '{\\an8}{\\p1}m 0 0 --> <b>'}\n"
    )
    words(tmp_path, "produce", script)

    [vtt], [ass] = (list(tmp_path.glob(f"episodes/*/*.{kind}")) for kind in ("vtt", "ass"))
    assert "Nothing had changed" in words(tmp_path, "produce", script)
    assert "<b>" not in vtt.read_text()
    assert "{\\p1}" not in ass.read_text()


def _nul_title(text: str) -> str:
    return re.sub("^title: .*$", r'title: "a\\0b"', text, flags=re.MULTILINE)


def _added_cut(text: str) -> str:
    sheet = Cutsheet.from_raw(parse_yaml(text, "sheet"), "sheet")
    added = sheet.cuts[0].model_copy(update={"number": "C001A"})
    return sheet.model_copy(update={"cuts": (sheet.cuts[0], added, *sheet.cuts[1:])}).to_yaml()


@pytest.mark.slow
@pytest.mark.parametrize("change", [_nul_title, _added_cut])
def test_a_cut_sheet_changed_by_hand_is_produced_and_stays(change: Callable[[str], str], tmp_path: Path):
    """A cut added by hand, as the sheet's own heading proposes, ended the run after its take was made."""
    script = tmp_path / "script.fountain"
    script.write_text(f"{SCENE}MIO\nIt is raining.\n")
    words(tmp_path, "breakdown", script)
    sheet_of(tmp_path).write_text(change(sheet_of(tmp_path).read_text()))
    words(tmp_path, "produce", script)
    before = sheet_of(tmp_path).read_bytes()

    assert "Nothing had changed" in words(tmp_path, "produce", script)
    assert sheet_of(tmp_path).read_bytes() == before


@pytest.mark.slow
def test_a_line_that_the_voice_cannot_say_is_refused_before_anything_is_made(tmp_path: Path):
    script = tmp_path / "script.fountain"
    script.write_text(f"{SCENE}MIO\n{'.' * 200_000}\n")

    told = [words(tmp_path, "produce", script, check=False) for _ in range(2)]

    assert all(re.search(r"C002, line 1 \(MIO, script line \d+\): 200,000 letters", one) for one in told)
    assert not list(tmp_path.glob("episodes/*/cutsheet.yaml"))


@pytest.mark.slow
def test_another_script_of_the_same_name_is_refused_and_the_first_goes_on(tmp_path: Path):
    for folder, said in (("a", "It is raining."), ("b", "The tide is coming in.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "ep01.fountain").write_text(f"{SCENE}MIO\n{said}\n\n{said * 3}\n")
    words(tmp_path, "produce", "a/ep01.fountain")

    refused = [words(tmp_path, "produce", "b/ep01.fountain", check=False) for _ in range(2)]

    assert all("another script" in told for told in refused)
    assert "Nothing had changed" in words(tmp_path, "produce", "a/ep01.fountain")


@pytest.mark.slow
def test_a_script_that_leaves_no_room_for_the_name_beside_it_is_refused_before_it_is_written(tmp_path: Path):
    """The story room did all its work, and then FILE.story.json was two letters too long."""
    out = "a" * 246 + ".fountain"
    done = run_in(
        tmp_path, "write", "A kite", "--out", out, "--writer", "toy", "--minutes", "1.2", check=False
    )

    assert done.returncode == 2
    assert "too long" in done.stderr
    assert not (tmp_path / out).exists()


@pytest.mark.slow
@pytest.mark.parametrize("stem", ["a" * 246, "é" * 123, "葵" * 82, "😀" * 61])
def test_a_script_of_the_longest_name_is_broken_down_twice(stem: str, tmp_path: Path):
    script = tmp_path / f"{stem}.fountain"
    script.write_text(SCENE)

    first, second = (words(tmp_path, "breakdown", script) for _ in range(2))

    assert first == second
