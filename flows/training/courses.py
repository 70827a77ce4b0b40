"""The command that trains one picture model: they differ in a name and a sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from flows.training.options import LIBRARY, WORK, Device, Library, Precision, Work


def course(name: str, about: str, *, steps: int, cooldown: int) -> Callable[..., None]:
    """The command of the model ``name`` (a function of models/house/lessons.py); the usual length is what shipped."""
    usual_steps, usual_cooldown = steps, cooldown

    def command(
        work: Work = WORK,
        library: Library = LIBRARY,
        steps: Annotated[
            int, typer.Option(min=1, help="Steps in all, those before a resume included")
        ] = usual_steps,
        cooldown: Annotated[
            int, typer.Option(min=0, help="Last steps, over which the learning rate falls to nothing")
        ] = usual_cooldown,
        device: Device = "cpu",
        precision: Precision = "bf16",
        compiled: Annotated[
            bool, typer.Option("--compiled", help="Compile first: a minute or two, then a third faster")
        ] = False,
    ) -> None:
        from models.house import lessons

        run = lessons.run(name, work, steps, cooldown, (device, precision, compiled))
        teach: Callable[..., Path] = getattr(lessons, name)
        teach(work, library, run, tell=typer.echo)

    command.__doc__ = about
    return command
