"""Train the house's quick.      In: see ``--work``.      Out: a folder in assets/library/weights."""

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
    """The painter again, distilled to few steps."""
    from models.house import lessons

    lessons.quick(
        work,
        library,
        lessons.run("quick", work, steps, cooldown, (device, precision, compiled)),
        tell=typer.echo,
    )
