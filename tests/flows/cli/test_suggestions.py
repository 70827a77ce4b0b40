"""A command that Sakuga suggests can be copied into a shell, whatever the folders are called."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows import cli

ROOT = Path(__file__).parents[3]
_NAMES = r"folder|path|file|script|out|name|show|profile|called"
RAW = re.compile(
    rf"sakuga [a-z](?:(?!`|is not there)[^{{\n])*\{{(?!typed\(|escape\(typed\()[^}}\n]*\b(?:{_NAMES})\b[^}}\n]*\}}"
)


@pytest.mark.parametrize("name", ["my show", "傘 show", "it's", "a;b", "$HOME"])
def test_the_commands_after_a_new_show_and_a_copied_one_name_its_folder_as_one_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    """`show new "my show"` suggested `sakuga show check my show`, which is three words."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    new = runner.invoke(cli.app, ["show", "new", name]).output
    copied = runner.invoke(cli.app, ["show", "copy", "clear-skies", f"{name} 2"]).output

    check, produce = new.partition("Next: ")[2].split(", then ")
    assert shlex.split(check) == ["sakuga", "show", "check", name]
    assert shlex.split(produce) == ["sakuga", "produce", f"{name}/ep01.fountain"]
    assert shlex.split(copied.partition("next: ")[2]) == ["sakuga", "show", "check", f"{name} 2"]


def test_no_suggested_command_in_the_sources_has_a_path_or_name_as_it_came():
    found = [
        f"{file.relative_to(ROOT)}: {hint[0]}"
        for part in ("flows", "stages", "assets")
        for file in sorted((ROOT / part).rglob("*.py"))
        for hint in RAW.finditer(file.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_a_copied_show_is_reported_under_its_folder_and_in_the_singular(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """`show check mine` reported `clear-skies:`, and `1 characters, 1 places, 1 notes`."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    runner.invoke(cli.app, ["show", "copy", "clear-skies", "mine"])
    runner.invoke(cli.app, ["show", "new", "lantern"])

    assert "\nmine (show clear-skies): " in "\n" + runner.invoke(cli.app, ["show", "check", "mine"]).output
    assert "1 characters" not in runner.invoke(cli.app, ["show", "check", "lantern"]).output
