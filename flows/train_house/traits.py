"""Train the house's traits.      In: see ``--work``.      Out: a folder in assets/library/weights."""

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
    """The trait judge, which chooses candidates and measures."""
    from models.house import lessons

    lessons.traits(
        work,
        library,
        lessons.run("traits", work, steps, cooldown, (device, precision, compiled)),
        tell=typer.echo,
    )
