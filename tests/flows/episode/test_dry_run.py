"""Claims about a dry run: it lists exactly what the run then makes, and writes nothing."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assets.sheets.production import Report
from assets.sqlite_url import url_of
from assets.store import Store
from flows import cli

MAKE = ("produce", "kite.fountain", "--profile=toy")
MODELS = ("voice", "panel", "take", "effect", "music")
Piece = tuple[str, str]


@pytest.fixture
def folder(first_run: Path, tmp_path: Path) -> Iterator[Path]:
    """This process in a copy of a produced episode."""
    shutil.copytree(first_run, tmp_path, dirs_exist_ok=True)
    with contextlib.chdir(tmp_path):
        yield tmp_path


def run(*argv: str) -> str:
    done = CliRunner().invoke(cli.app, argv, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def tried(*more: str) -> dict[str, Any]:
    return dict(json.loads(run(*MAKE, *more, "--dry-run", "--json")))


def listed(*more: str) -> list[Piece]:
    return [(piece["step"], piece["name"]) for piece in tried(*more)["to_make"]]


def made(*more: str, name: str = "kite") -> list[Piece]:
    """What the run makes."""
    run(*MAKE, *more, "--quiet")
    report = Report.read(Path("episodes", name, "report.json"))
    return [(done.step, done.name) for done in report.work if done.outcome == "made"]


def edited(old: str, new: str, file: str) -> None:
    path = Path(file)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    found = ((str(path), path.stat()) for path in sorted(folder.rglob("*")))
    return {name: (stat.st_mtime_ns, stat.st_size) for name, stat in found}


def test_an_unchanged_episode_has_nothing_to_make_and_nothing_is_written(folder: Path):
    before = everything(folder)

    said = run(*MAKE, "--dry-run")

    assert "Nothing has changed: everything is found" in said
    assert everything(folder) == before


def test_an_episode_that_was_never_made_can_be_tried(folder: Path):
    before = everything(folder)

    found = tried("--out=elsewhere")

    assert not found["known"]
    assert ("take", "C001") in {(piece["step"], piece["name"]) for piece in found["to_make"]}
    assert everything(folder) == before


def test_after_an_edit_of_one_cut_the_work_of_that_cut_is_listed(folder: Path):
    edited("size: medium", "size: close", "episodes/kite/cutsheet.yaml")
    before = everything(folder)

    found = listed()

    cuts = {name for step, name in found if step in ("panel", "take")}
    assert len(cuts) == 1
    assert {step for step, _ in found} <= {"panel", "take", "segment", "join", "document"}
    assert everything(folder) == before


@pytest.mark.slow  # each makes a toy episode again
@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="nothing new"),
        pytest.param(("--takes=2",), id="a second take"),
        pytest.param(("--seed=5", "--refresh"), id="another seed"),
        pytest.param(("--seed=5",), id="another seed without refresh"),
        pytest.param(("--profile=animatic", "--burn-in"), id="another profile"),
    ],
)
def test_the_list_of_a_dry_run_is_what_the_run_makes(options: tuple[str, ...], folder: Path):
    said = listed(*options)

    assert said == made(*options)
    assert listed(*options) == []


@pytest.mark.slow
def test_the_list_for_a_new_episode_is_what_the_run_makes(folder: Path):
    said = listed("--out=elsewhere")

    run(*MAKE, "--out=elsewhere", "--quiet")
    report = Report.read(Path("elsewhere/kite/report.json"))
    assert said == [(done.step, done.name) for done in report.work if done.outcome == "made"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(("size: medium", "size: close", "episodes/kite/cutsheet.yaml"), id="an edit of one cut"),
        pytest.param(("It will fly today.", "It flies.", "kite.fountain"), id="another line"),
        pytest.param(("Rain on the window. ", "", "kite.fountain"), id="another action"),
        pytest.param(("All right. You win.", "No.", "kite.fountain"), id="the last line"),
    ],
)
def test_after_a_change_the_list_has_every_model_call_of_the_run(change: tuple[str, str, str], folder: Path):
    """The toy models draw different cuts alike: the film may need no new join, which nobody can know before."""
    edited(*change)

    said = listed()

    now = made()
    assert [piece for piece in said if piece[0] in MODELS] == [piece for piece in now if piece[0] in MODELS]
    assert set(now) <= set(said)
    assert listed() == []


@pytest.mark.slow
def test_after_an_edit_the_list_is_exact_where_every_picture_differs(folder: Path):
    run(*MAKE[:2], "--profile=animatic", "--name=drawn", "--quiet")
    edited("size: medium", "size: close", "episodes/drawn/cutsheet.yaml")
    options = ("--profile=animatic", "--name=drawn")

    said = listed(*options)

    assert said == made(*options, name="drawn")


@pytest.mark.slow
def test_a_locked_take_is_not_listed(folder: Path):
    with Store.open(url_of(Path("episodes/.sakuga/store.sqlite"))) as store:
        [key] = [item.key for item in store.episodes()]
        for cut in store.selections(key):
            store.lock(key, cut, by="aya")

    found = tried("--seed=9", "--refresh")

    steps = {step["step"]: step for step in found["steps"]}
    assert steps["take"]["made"] == 0
    assert steps["take"]["locked"] > 1


def test_json_without_a_dry_run_is_refused(folder: Path):
    done = CliRunner().invoke(cli.app, [*MAKE, "--json"])

    assert done.exit_code == 2
    assert "add --dry-run" in done.output


SILENT = "Title: 雨\n\nEXT. 丘 - 朝\n\n草がゆれる。誰もいない。\n"


@pytest.mark.parametrize("part", [(), ("--until", "script")], ids=["whole", "a part"])
def test_a_dry_run_tells_the_notes_of_the_breakdown(tmp_path: Path, part: tuple[str, ...]):
    """Of a script in which nobody speaks it showed no row of voices, and not a word why."""
    with contextlib.chdir(tmp_path):
        Path("ame.fountain").write_text(SILENT, encoding="utf-8")
        command = ("produce", "ame.fountain", "--profile=toy", "--dry-run", *part)
        printed, document = run(*command), json.loads(run(*command, "--json"))

    assert "note" in printed and "nobody speaks in this script" in printed
    assert any("nobody speaks in this script" in note for note in document["notes"])


def test_a_run_of_a_part_tells_the_notes_of_the_breakdown(tmp_path: Path):
    with contextlib.chdir(tmp_path):
        Path("ame.fountain").write_text(SILENT, encoding="utf-8")
        printed = run("produce", "ame.fountain", "--profile=toy", "--until", "script")

    assert "nobody speaks in this script" in printed
