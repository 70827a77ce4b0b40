"""The summary of a run on a narrow terminal, in a pipe, and with --quiet."""

import logging
from fractions import Fraction

import pytest
from rich.text import Text

from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Done, Report
from assets.sheets.review import Shown
from flows.cli.review_terminal import row_of, states
from flows.terminal import screen
from stages.deliver.econte import scenes

DEEP = f"/srv/{'a-long-folder-name/' * 6}episodes/ep01"
FILES = {"episode": f"{DEEP}/episode.mp4", "stem: dialogue": f"{DEEP}/stems/[dialogue].flac"}
REPORT = Report(
    episode="ep01",
    profile="toy",
    size=(320, 180),
    rate=Fraction(24),
    frames=24,
    seconds=1,
    wall_seconds=1,
    machine_seconds=1,
    files=FILES,
)


def summed_up(capsys: pytest.CaptureFixture[str], *, quiet: bool = False) -> list[str]:
    screen.summary(REPORT, DEEP, quiet=quiet)
    return Text.from_ansi(capsys.readouterr().out).plain.splitlines()


def test_a_summary_in_a_pipe_has_one_line_per_file(capsys):
    """Rich took a pipe for a screen of 80 columns: a long path was folded into lines that no `grep` finds whole."""
    said = summed_up(capsys)

    assert [line.split()[-1] for line in said if DEEP in line] == list(FILES.values())


def test_a_summary_on_a_terminal_stays_inside_it(capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")

    table = [line for line in summed_up(capsys) if "long-folder" in line]

    assert max(map(len, table)) <= 80


def test_quiet_prints_the_episode_and_nothing_else(capsys):
    assert summed_up(capsys, quiet=True) == [FILES["episode"]]


def test_a_warning_of_a_module_does_not_leak_under_quiet(capfd, monkeypatch: pytest.MonkeyPatch):
    """Python prints a warning that nobody handles: `--quiet` showed those of the stages."""
    # As a command begins: an earlier test of this process may have set up Prefect's handler.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with screen.Screen(quiet=True):
        logging.getLogger("stages.takes.tail").warning("a model was cut short")

    assert capfd.readouterr() == ("", "")


def test_a_stage_whose_pieces_are_all_found_again_has_one_line(capsys):
    """`Voices 3 3 reused` was followed by `Voices 6 6 reused`."""
    with screen.Screen() as shown:
        shown.began("voice", 2)
        for name in ("C001", "C002"):
            shown.done(Done(step="voice", name=name, outcome="reused"))
        shown.began("voice", 2)
        for _ in range(2):
            shown.began("voice", -1)

    assert [line.split() for line in capsys.readouterr().err.splitlines()] == [["Voices", "2", "2", "reused"]]


def test_a_stage_with_a_new_piece_among_those_found_again_says_so(capsys):
    with screen.Screen() as shown:
        shown.began("voice", 1)
        shown.done(Done(step="voice", name="C001", outcome="reused"))
        shown.began("voice", 2)
        shown.done(Done(step="voice", name="C002", outcome="made"))
        shown.began("voice", -1)

    assert capsys.readouterr().err.splitlines()[-1].split() == [
        "Voices", "2", "1", "reused,", "1", "made"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("frames", "said"), [(401, "16.7 s"), (1438, "59.9 s"), (1439, "1:00.0 min"), (1560, "1:05.0 min")]
)
def test_a_length_below_a_minute_is_in_seconds(frames: int, said: str):
    """`6 cuts, 0:16.7 min` was printed for 16.7 seconds."""
    assert screen.length(frames, Fraction(24)) == said


def test_a_review_names_the_measures_as_the_table_of_takes_does():
    """`review` printed `first_frame_similarity 0.998` where `takes` says `panel`."""
    clip = {"sha256": "a" * 64, "bytes": 1, "media_type": "video/mp4"}
    take = {"number": 1, "frames": 24, "clip": clip, "measures": {"first_frame_similarity": 0.998}}
    shown = Shown.model_validate({"cut": "C001", "frames": 24, "basis": "b" * 64, "takes": [take]})

    assert list(states(shown, Cutsheet(episode="x"))) == ["take 1: panel 0.998"]


def test_a_cut_under_review_is_one_row(capsys):
    """What happens and what its takes measure were lines of their own, which broke the columns of a pipe."""
    cut = Cut.model_validate(
        {"number": "C001", "scene": "S01", "place": "roof", "frames": 24, "action": "Wind.", "text": "PARIS"}
    )
    place = {"id": "roof", "names": ["Roof"]}
    sheet = Cutsheet.model_validate({"episode": "x", "places": [place], "cuts": [cut]})
    [scene] = scenes(sheet, {})

    assert not any("\n" in cell for row in scene.rows for cell in row_of(row, ("new", "stale: moved")))
    assert row_of(scene.rows[0], ("new", "stale: moved"))[3:] == ("Wind. / PARIS", "new; stale: moved")
