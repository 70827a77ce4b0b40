"""The options every picture model's training takes."""

from pathlib import Path
from typing import Annotated

import typer

Work = Annotated[Path, typer.Option(help="Folder of pictures, latents, checkpoints, logs and sheets")]
Library = Annotated[Path, typer.Option(help="Where the weights go, and where those they build on are")]
Device = Annotated[str, typer.Option(help="cpu, cuda, cuda:1")]
Precision = Annotated[str, typer.Option(help="bf16 or no: bf16 is faster on GPUs and on processors with AMX")]

WORK = Path("episodes/.train/pictures")
LIBRARY = Path("assets/library/weights")
