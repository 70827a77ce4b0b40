"""What `--json` prints: the keys and types of each document are kept in golden files.

To change a golden file is to change what programs read: add keys, or raise the version.
"""

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flows import cli

GOLDEN = Path(__file__).parent / "golden"
COMMANDS = {
    "status": ("status",),
    "episode": ("status", "kite"),
    "takes": ("takes", "kite"),
    "reviews": ("review",),
    "review": ("review", "kite"),
    "doctor": ("doctor",),
    "report": ("report", "kite"),
    "dry-run": ("produce", "kite.fountain", "--profile=toy", "--dry-run", "--seed=9", "--refresh"),
}
BY_NAME = {"measures", "loudness", "prompts", "models", "rights", "files"}  # their keys differ by profile


@pytest.fixture(scope="module")
def made(first_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """This process in a copy of a produced episode, which then passed a gate by itself. Tests only read it."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(first_run, folder, dirs_exist_ok=True)
    with contextlib.chdir(folder):
        words = ["produce", "kite.fountain", "--profile=toy", "--gates=takes", "--approve=auto", "--quiet"]
        CliRunner().invoke(cli.app, words, catch_exceptions=False)
        yield folder


def printed(*argv: str) -> dict[str, Any]:
    done = CliRunner().invoke(cli.app, [*argv, "--json"], catch_exceptions=False)
    return dict(json.loads(done.stdout))


def shape(value: object, key: str = "") -> object:
    """A document with a type in place of each value, and one element of each list."""
    if isinstance(value, dict):
        return "by name" if key in BY_NAME else {name: shape(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return "by name" if key in BY_NAME else [shape(one) for one in value[:1]]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if number else type(value).__name__


@pytest.mark.parametrize("name", COMMANDS)
def test_a_document_has_the_keys_that_programs_read(name: str, made: Path):
    document = printed(*COMMANDS[name])

    assert (document["sakuga"], document["version"]) == (name, 1)
    assert shape(document) == json.loads((GOLDEN / f"{name}.v1.json").read_text())


def test_a_document_does_not_decide(made: Path):
    for argv in (("review", "kite", "--approve"), ("takes", "kite", "--unlock", "C001")):
        done = CliRunner().invoke(cli.app, [*argv, "--json"])

        assert "--json shows" in str(done.exception)


def test_the_document_of_an_episode_counts_what_the_table_counts(made: Path):
    document = printed("status", "kite")

    assert [cut["cut"] for cut in document["cuts"]] == ["C001", "C002", "C003", "C004", "C005"]
    assert {(cut["take"], cut["takes"]) for cut in document["cuts"]} == {(1, 1)}
    assert document["state"] == "finished"
