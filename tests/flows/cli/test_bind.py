"""`sakuga models bind` shows what a workflow's inputs take, and says what is missing."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from assets.errors import InputRefused
from flows.cli.bind import bind

WORKFLOWS = Path(__file__).parents[2] / "models" / "engines" / "workflows"


def run(*arguments: str):
    app = typer.Typer()
    app.command()(bind)
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize(
    ("name", "port"), [("sdxl", "a painter"), ("klein", "a painter"), ("wan", "an animator")]
)
def test_a_workflow_is_shown_for_what_it_makes(name, port):
    ran = run(str(WORKFLOWS / f"{name}.json"))

    assert ran.exit_code == 0
    assert f"Everything is bound that {port} needs." in ran.output
    assert ran.output.startswith("prompt")


def test_what_is_missing_is_said_after_what_was_found(tmp_path):
    raw = json.loads((WORKFLOWS / "sdxl.json").read_text())
    raw["6"]["inputs"]["text"] = ["4", 1]
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(raw))

    ran = run(str(path))

    assert isinstance(ran.exception, InputRefused)
    assert "found for prompt" in str(ran.exception)
    assert "seed        3.seed" in ran.output


def test_a_port_that_no_workflow_fills_is_refused():
    assert "--for" in str(run(str(WORKFLOWS / "sdxl.json"), "--for", "voice").exception)
