"""The version option, and completion in the shell."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = "import sys; sys.argv[0] = 'sakuga'; from flows.cli import main; main()"


def completed(folder: Path, words: str) -> list[str]:
    """What bash offers for the last word of ``words``."""
    given = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_SAKUGA_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **given},
    )
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("sakuga brea", "breakdown"),
        ("sakuga produce --anim", "--animatic-first"),
        ("sakuga produce --profile anim", "animatic"),
        ("sakuga status ki", "kite"),
        ("sakuga takes --out other mo", "moon"),
    ],
)
def test_the_shell_completes(words: str, offered: str, tmp_path: Path):
    for sheet in ("episodes/kite", "other/moon"):
        (tmp_path / sheet).mkdir(parents=True)
        (tmp_path / sheet / "cutsheet.yaml").touch()

    assert completed(tmp_path, words) == [offered]


def test_the_version_is_an_option_too(sakuga):
    assert sakuga("--version").stdout == sakuga("version").stdout != ""


def test_no_option_edits_the_start_up_files_of_a_shell(sakuga):
    """Typer's own --install-completion appends to ~/.bashrc without a question."""
    done = sakuga("--install-completion", check=False)

    assert done.returncode == 2
    assert "--install-completion" not in sakuga("--help").stdout
