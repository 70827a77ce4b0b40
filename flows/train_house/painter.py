"""Train the house's painter.      In: see ``--work``.      Out: a folder in assets/library/weights."""

import typer

from flows.train_house.options import (
    LIBRARY,
    WORK,
    Compiled,
    Cooldown,
    Device,
    Library,
    Precision,
    Steps,
    Work,
)


def command(
    work: Work = WORK,
    steps: Steps = 20_000,
    cooldown: Cooldown = 2_000,
    device: Device = "cpu",
    precision: Precision = "bf16",
    compiled: Compiled = False,
    library: Library = LIBRARY,
) -> None:
    """The denoiser: panels, and later drawings given a first one."""
    from models.house import lessons

    lessons.painter(
        work,
        library,
        lessons.run("painter", work, steps, cooldown, (device, precision, compiled)),
        tell=typer.echo,
    )
