"""Claims about `produce --watch`: a change makes it again, an error is told and nothing ends before Ctrl-C."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assets.errors import InputRefused
from flows.cli.watching import watched
from flows.episode.brief import Brief


@pytest.fixture
def folder(script: Path, tmp_path: Path) -> Iterator[Path]:
    with contextlib.chdir(tmp_path):
        yield tmp_path


class Looks:
    """Stands for the time between two looks: does what a person does then, and presses Ctrl-C at the end."""

    def __init__(self, *edits: Callable[[], object]) -> None:
        self.left = list(edits)

    def __call__(self, seconds: float) -> None:
        if not self.left:
            raise KeyboardInterrupt
        self.left.pop(0)()


def nothing() -> None: ...


def runs(looks: Looks, make: Callable[[], None] = nothing, **more: str) -> int:
    count = 0

    def once() -> None:
        nonlocal count
        count += 1
        make()

    watched(Brief(script=Path("kite.fountain"), profile="toy", **more), once, sleep=looks)
    return count


def wrote(name: str, text: str = "new") -> Callable[[], object]:
    return lambda: Path(name).write_text(text)


def test_it_is_made_once_while_nothing_changes_and_ends_cleanly(folder: Path, capsys):
    assert runs(Looks(nothing, nothing, nothing)) == 1
    assert "Watching; Ctrl-C ends it." in capsys.readouterr().err


@pytest.mark.parametrize("name", ["kite.fountain", "bible.yaml", "episodes/kite/cutsheet.yaml"])
def test_a_change_of_a_file_makes_it_again(name: str, folder: Path, capsys):
    Path("episodes/kite").mkdir(parents=True)

    assert runs(Looks(wrote(name), nothing)) == 2
    assert f"Changed: {name}" in capsys.readouterr().err


def test_a_profile_of_one_s_own_is_watched(folder: Path):
    Path("own.yaml").write_text("sheet: profile\n")

    watched_profile = Looks(wrote("own.yaml"), nothing)

    count = []
    watched(
        Brief(script=Path("kite.fountain"), profile="own.yaml"),
        lambda: count.append(1),
        sleep=watched_profile,
    )
    assert len(count) == 2


def test_a_file_that_is_still_being_written_is_waited_for(folder: Path):
    """An editor empties a file before it writes it: half a script was refused, and then made."""
    steps = Looks(
        wrote("kite.fountain", ""), wrote("kite.fountain", "half"), wrote("kite.fountain", "whole"), nothing
    )
    seen: list[str] = []

    runs(steps, lambda: seen.append(Path("kite.fountain").read_text()))

    assert seen[1:] == ["whole"]


def test_an_error_is_told_and_watching_goes_on(folder: Path, capsys):
    def refuse() -> None:
        raise InputRefused("line 3 cannot be read.")

    assert runs(Looks(wrote("kite.fountain"), nothing), refuse) == 2
    assert capsys.readouterr().err.count("sakuga: line 3 cannot be read.") == 2


def test_a_script_that_is_gone_is_told_and_made_when_it_is_back(folder: Path):
    gone = Looks(lambda: Path("kite.fountain").unlink(), nothing, wrote("kite.fountain"), nothing)

    assert runs(gone) == 3


def test_the_cut_sheet_that_a_run_writes_is_no_change(folder: Path):
    Path("episodes/kite").mkdir(parents=True)

    assert runs(Looks(nothing, nothing), wrote("episodes/kite/cutsheet.yaml")) == 1


def test_a_script_that_is_edited_during_the_run_is_made_next(folder: Path):
    edits = iter(["second"])

    def edited() -> None:
        for text in edits:
            Path("kite.fountain").write_text(text)

    assert runs(Looks(nothing, nothing, nothing), edited) == 2


def test_ctrl_c_during_a_run_ends_as_ever(folder: Path):
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runs(Looks(), interrupted)
