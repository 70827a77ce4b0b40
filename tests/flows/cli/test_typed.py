"""Claims about text that a person types: controls and signs that nobody sees never reach a record or a terminal."""

import subprocess
import sys
from pathlib import Path

import pytest

from assets.errors import InputRefused
from assets.plain import visible
from assets.sheets.review import CutRemark, Decision, Pin
from flows.episode.brief import RetakeOrder
from flows.review.rules import named
from flows.rushes.cut_orders import CutOrder
from flows.settings import user
from flows.terminal import arguments

TYPED = "look \x1b[31mup\x1b]0;x\x07 \u202enow\u2069\x00\x9b1m\u2028soon"
KEPT = "look up now soon"


@pytest.mark.parametrize(
    "kept",
    [
        RetakeOrder(cut="C001", reason=TYPED).reason,
        CutRemark(cut="C001", note=TYPED).note,
        Pin(frame=1, x=0, y=0, text=TYPED).text,
        Decision(verdict="approve", note=TYPED).note,
        Decision.model_validate_json(Decision(verdict="stop", note=TYPED).model_dump_json()).note,
        CutOrder(wish="choose", cut="C001", by="Aoi", why=TYPED).why,
        arguments.words(TYPED, "--reason"),
    ],
)
def test_a_note_is_kept_without_what_steers_a_terminal_or_a_page(kept: str):
    assert kept == KEPT


def test_a_reason_of_nothing_but_controls_is_none():
    with pytest.raises(InputRefused, match="empty"):
        arguments.words("\x1b[31m\u200b", "--reason")


def test_a_reviewers_name_has_no_hidden_directions():
    assert named("Ao\u202ei \u200bRen") == "Aoi Ren"


def test_the_user_of_the_environment_is_a_clean_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAKUGA_USER", "Ao\x1b[31mi\n\u202eRen")

    assert user() == "Aoi Ren"


@pytest.mark.parametrize(
    "typed",
    [["pro\x1b[31mduce\u202e"], ["--no\u202epe\x9b"], ["produce", "a", "b\u202e\x1b[2J"], ["show", "--x\u2066"]],
    ids=["command", "option", "argument", "inner option"],
)  # fmt: skip
def test_a_wrong_command_line_is_repeated_with_its_controls_made_visible(typed: list[str], tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *typed],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": "/usr/bin:/bin", "COLUMNS": "120"},
    )  # fmt: skip

    assert done.returncode == 2
    assert visible(done.stderr) == done.stderr
