"""The door to training opens fast, and names what can be trained."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.errors import InputRefused
from flows.training.commands import app


def test_the_help_names_the_foley_and_imports_nothing_heavy():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom flows.training.commands import app\n"
        "said = CliRunner().invoke(app, ['--help']).output\n"
        "assert 'foley' in said, said\n"
        "heavy = {'torch', 'diffusers', 'scipy', 'numpy'} & set(sys.modules)\nassert not heavy, heavy\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-800:]


@pytest.mark.parametrize(
    "name", ("autoencoder", "painter", "animator", "quick", "finish", "traits", "people")
)
def test_the_command_of_a_picture_model_has_its_lesson(name):
    from models.house import lessons

    told = CliRunner().invoke(app, [name, "--help"])

    assert told.exit_code == 0
    assert callable(getattr(lessons, name))
    with pytest.raises(InputRefused, match="no or bf16"):
        lessons.run(name, Path("work"), 10, 2, ("cpu", "fp64", False))
