"""Claims about `sakuga init` and sakuga.toml: defaults of a project's commands, and nothing that reaches outside."""

import contextlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from assets.errors import InputRefused, PathRefused, SakugaError
from flows import cli
from flows.cli import project
from flows.deployments import deployment_file

COMMANDS: dict[str, Any] = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with contextlib.chdir(tmp_path):
        yield tmp_path


def run(*argv: str) -> str:
    done = CliRunner().invoke(cli.app, argv, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def wrote(text: str, folder: Path) -> Path:
    (folder / project.FILE).write_text(text)
    return folder / project.FILE


def found(start: Path) -> dict[str, Any]:
    return project.defaults(COMMANDS, start)


def test_a_new_project_has_its_defaults_a_script_and_its_deployments(folder: Path):
    said = run("init", "studio", "--profile=animatic", "--gates=takes,storyboard", "--show=clear-skies")

    values = tomllib.loads((folder / "studio/sakuga.toml").read_text())
    assert values == {
        "show": "clear-skies",
        "profile": "animatic",
        "gates": ["storyboard", "takes"],
        "out": "episodes",
    }
    deployment_file.read(folder / "studio/prefect.yaml")
    assert (folder / "studio/my-script.fountain").read_text().startswith("Title: ")
    assert "Next: cd studio && sakuga produce my-script.fountain" in said


def test_init_again_changes_nothing(folder: Path):
    run("init")
    for name in ("sakuga.toml", "my-script.fountain", "prefect.yaml"):
        (folder / name).write_text("# mine\n")

    said = run("init", "--profile=toy")

    assert {path.read_text() for path in folder.iterdir()} == {"# mine\n"}
    assert said.count("stays as it is") == 3


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--out=../elsewhere", "outside"),
        ("--out=/tmp", "outside"),
        ("--profile=nothing-like-it", "No profile is called"),
        ("--gates=lunch", "--gates is 'lunch'"),
        ("--show= ", "--show is empty"),
    ],
)
def test_init_refuses_a_default_that_no_command_could_use(option: str, said: str, folder: Path):
    done = CliRunner().invoke(cli.app, ["init", option])

    assert isinstance(done.exception, SakugaError) and said in str(done.exception)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("outside", ["..", "../..", "/", "../beside", "link"])
def test_init_writes_nothing_outside_the_current_folder(outside: str, folder: Path):
    """`sakuga init /` made the whole disk one project: its defaults would have counted everywhere."""
    (folder / "here").mkdir()
    (folder / "here/link").symlink_to(folder)

    with contextlib.chdir(folder / "here"):
        done = CliRunner().invoke(cli.app, ["init", outside])

    assert isinstance(done.exception, PathRefused)
    assert {path.name for path in folder.rglob("*")} == {"here", "link"}


def test_commands_take_their_defaults_from_the_file_and_flags_win(folder: Path):
    wrote('profile = "toy"\nout = "films"\n', folder)
    (folder / "kite.fountain").write_text("EXT. HILL - DAY\n\nWind.\n")

    run("breakdown", "kite.fountain")
    run("breakdown", "kite.fountain", "--out=others")

    assert (folder / "films/kite/cutsheet.yaml").exists()
    assert (folder / "others/kite/cutsheet.yaml").exists()
    assert "kite" in run("status")


def test_the_file_of_a_parent_folder_counts_and_its_paths_start_there(folder: Path):
    wrote('profile = "looks/own.yaml"\nshow = "clear-skies"\nout = "films"\ngates = ["takes"]\n', folder)
    below = folder / "scripts/one"
    below.mkdir(parents=True)

    assert found(below)["produce"] == {
        "profile": "../../looks/own.yaml",
        "show": "clear-skies",
        "gates": "takes",
        "out": "../../films",
    }


def test_every_command_that_looks_at_episodes_looks_where_the_file_says(folder: Path):
    wrote('out = "films"\n', folder)

    known = found(folder)

    asked = {"produce", "retake", "status", "takes", "review", "report", "open", "doctor", "up"}
    assert {name for name in asked if known.get(name) == {"out": "films"}} == asked
    assert known["vault"]["status"] == {"out": "films"}
    assert known["write"] == {"episodes": "films"}, "its --out is the script"


def test_without_a_file_nothing_is_set():
    assert found(Path("/")) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('profil = "toy"', "'profil' is not known. Allowed are show, profile, gates, out"),
        ("profile = 3", "profile is a text in quotes"),
        ('profile = ""', "profile is a text in quotes"),
        ("profile = ", "is not TOML"),
        ("\x00", "is not TOML"),
        ("gates = [1]", "gates is a list such as"),
        ('gates = ["lunch"]', "gates is 'lunch'"),
        ('out = "../films"', "outside"),
        ('out = "/films"', "outside"),
        ('show = "../other"', "outside"),
        ('profile = "/etc/own.yaml"', "outside"),
        ('out = "' + "a" * 5000 + '"', "out cannot be used as a path"),
        ("[out]\nx = 1", "out is a text in quotes"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(text: str, said: str, folder: Path):
    wrote(text, folder)

    with pytest.raises(SakugaError, match=r"sakuga\.toml") as refused:
        found(folder)

    assert said in str(refused.value)


def test_a_link_out_of_the_project_is_refused(tmp_path: Path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "inside/films").symlink_to(tmp_path / "outside")
    wrote('out = "films"\n', tmp_path / "inside")

    with pytest.raises(SakugaError, match="outside"):
        found(tmp_path / "inside")


def test_a_broken_file_stops_neither_help_nor_version_nor_init(folder: Path):
    wrote("profil = 1", folder)

    for words in (("--help",), ("--version",), ("version",), ("init",), ("produce", "--help")):
        run(*words)
    done = CliRunner().invoke(cli.app, ["status"])
    assert isinstance(done.exception, InputRefused)


def test_gates_of_the_file_do_not_refuse_a_run_of_some_cuts(folder: Path):
    wrote('gates = ["takes"]\nprofile = "toy"\n', folder)

    done = CliRunner().invoke(cli.app, ["produce", "missing.fountain", "--cuts=C001"])

    assert "there is no such file" in str(done.exception)
