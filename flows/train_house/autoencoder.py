"""Train the house autoencoder.      In: large pictures.      Out: assets/library/weights/autoencoder."""

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
    cooldown: Cooldown = 4_000,
    device: Device = "cpu",
    precision: Precision = "bf16",
    compiled: Compiled = False,
    library: Library = LIBRARY,
) -> None:
    """Pictures to latents and back at twice the sides: 5 steps a second on one idle core."""
    from models.house import lessons

    lessons.autoencoder(
        work,
        library,
        lessons.run("autoencoder", work, steps, cooldown, (device, precision, compiled)),
        tell=typer.echo,
    )
