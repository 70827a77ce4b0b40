"""Train the house Foley: lessons, listener, model, and the folder that ships.

In:  a folder for data and checkpoints.      Out: assets/library/weights/foley.
"""

from pathlib import Path
from typing import Annotated

import typer

from flows.training.options import LIBRARY, Library, Precision


def command(
    work: Annotated[Path, typer.Option(help="Folder of lessons, checkpoints, logs and sheets")] = Path(
        "episodes/.train/foley"
    ),
    library: Library = LIBRARY,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Steps of the model. Default: the shipped recipe's")
    ] = None,
    lessons: Annotated[
        int | None, typer.Option(min=16, help="Captioned sounds. Default: the shipped recipe's")
    ] = None,
    all_sounds: Annotated[
        bool, typer.Option("--all", help="Teach every sound, not only those of the shipped recipe")
    ] = False,
    precision: Precision = "bf16",
) -> None:
    """Captions to sound effects: lessons, listener and model, 3 steps a second on one idle core."""
    from models.house.foley import school

    chosen = school.recipe(steps=steps, lessons=lessons, precision=precision, every=all_sounds)
    school.teach(work, library / "foley", chosen, tell=typer.echo)
