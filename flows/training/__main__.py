"""The door to training: one command per house model, found beside this file.

Each module here has a ``command``, a function typer can read. Nothing heavy is imported to list them.
"""

from importlib import import_module
from pathlib import Path

import typer

app = typer.Typer(
    name="train_house",
    help="Train a house model from seeds: its data is made here, nothing is downloaded.\n\n"
    "Stopped? Run the same command again; it goes on from its last checkpoint.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def register(app: typer.Typer) -> None:
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        module = import_module(f"flows.training.{path.stem}")
        if hasattr(module, "command"):
            app.command(name=path.stem)(module.command)


@app.callback()
def house() -> None:
    """Keeps the names of the commands even while there is one only."""


register(app)

if __name__ == "__main__":
    app()
