"""The options every picture model's training takes."""

from pathlib import Path
from typing import Annotated

import typer

Work = Annotated[Path, typer.Option(help="Folder of pictures, latents, checkpoints, logs and sheets")]
Steps = Annotated[int, typer.Option(min=1, help="Steps in all, those before a resume included")]
Cooldown = Annotated[
    int, typer.Option(min=0, help="Last steps, over which the learning rate falls to nothing")
]
Device = Annotated[str, typer.Option(help="cpu, cuda, cuda:1")]
Precision = Annotated[str, typer.Option(help="bf16 or no: bf16 is faster on GPUs and on processors with AMX")]
Compiled = Annotated[
    bool, typer.Option("--compiled", help="Compile first: a minute or two, then a third faster")
]
Library = Annotated[Path, typer.Option(help="Where the weights go, and where those they build on are")]

WORK = Path("episodes/.train/pictures")
LIBRARY = Path("assets/library/weights")
