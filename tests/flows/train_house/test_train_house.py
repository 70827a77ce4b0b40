"""The door to training opens fast, and names what can be trained."""

import subprocess
import sys


def test_the_help_names_the_foley_and_imports_nothing_heavy():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom flows.train_house.__main__ import app\n"
        "said = CliRunner().invoke(app, ['--help']).output\n"
        "assert 'foley' in said, said\n"
        "heavy = {'torch', 'diffusers', 'scipy', 'numpy'} & set(sys.modules)\nassert not heavy, heavy\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-800:]
