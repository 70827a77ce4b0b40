"""Train the house Foley: lessons, listener, model, and the folder that ships.

In:  a folder for data and checkpoints.      Out: assets/library/weights/foley, or another folder.
"""

from pathlib import Path
from typing import Annotated

import typer


def command(
    work: Annotated[Path, typer.Option(help="Folder of lessons, checkpoints, logs and sheets")] = Path(
        "episodes/.train/foley"
    ),
    ship: Annotated[
        Path | None, typer.Option(help="Where the weights go. Default: the library's folder")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Steps of the model. Default: the shipped recipe")
    ] = None,
    lessons: Annotated[
        int | None, typer.Option(min=16, help="Captioned sounds. Default: the shipped recipe")
    ] = None,
    precision: Annotated[
        str, typer.Option(help="bf16 or no: bf16 is several times faster where the processor multiplies it")
    ] = "bf16",
) -> None:
    """Text-to-sound-effect diffusion. About 30 minutes of one idle core, or a few of one GPU."""
    from models.house.foley import school
    from models.house.foley.weights import HOME

    school.teach(
        work, ship or HOME, school.recipe(steps=steps, lessons=lessons, precision=precision), tell=typer.echo
    )
