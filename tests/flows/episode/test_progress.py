"""Claims about the small file that says how far a run is."""

from pathlib import Path

import pytest

from assets.sheets.production import Done
from flows.episode import progress
from flows.episode.progress import ProgressNote, read


class Nobody:
    def began(self, step, total): ...
    def moved(self, step, name, part): ...
    def done(self, done): ...


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProgressNote:
    return ProgressNote(Nobody(), tmp_path, 7, {"panel": 2.0, "take": 10.0})


def made(note: ProgressNote, step: str, name: str, outcome: str = "made") -> None:
    note.done(Done(step=step, name=name, outcome=outcome, seconds=1))


def test_it_says_which_piece_of_how_many_is_made_and_about_how_long_it_takes(note, tmp_path):
    note.began("panel", 75)
    for number in range(26):
        made(note, "panel", f"C{number:03}", "reused")
    note.working("panel", "C014")
    note.ended("")

    told = read(tmp_path)
    assert (told.run, told.step, told.name, told.done, told.of) == (7, "panel", "C014", 26, 75)


def test_the_time_left_counts_what_is_left_and_the_steps_that_follow(note):
    note.began("panel", 10)
    made(note, "panel", "C001", "reused")

    # Nine panels of two seconds, then ten takes of ten; nothing is known of segments.
    assert note._last.left_s == 9 * 2 + 10 * 10


def test_nothing_is_said_of_the_time_before_anything_was_ever_measured(tmp_path):
    note = ProgressNote(Nobody(), tmp_path, 1)
    note.began("panel", 10)

    assert note._last.left_s is None


def test_why_a_run_ended_is_kept(note, tmp_path):
    note.began("panel", 10)
    note.ended("The disk is full.")

    assert read(tmp_path).problem == "The disk is full."


def test_a_folder_that_cannot_be_written_ends_no_run(tmp_path):
    gone = tmp_path / "file"
    gone.write_text("")
    ProgressNote(Nobody(), gone, 1).began("panel", 1)

    assert read(gone) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"run": "x"}', '{"run": 1, "done": -1}'])
def test_a_damaged_file_says_nothing(tmp_path, text):
    (tmp_path / progress.FILE).write_text(text)

    assert read(tmp_path) is None
