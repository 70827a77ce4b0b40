"""Draw the training pictures. In: how many shards.      Out: shards of pictures with captions."""

from typing import Annotated

import typer

from flows.training.options import WORK, Work


def command(
    work: Work = WORK,
    shards: Annotated[int, typer.Option(min=1, help="Shards of 64 shots, 352 pictures each")] = 64,
    portraits: Annotated[
        int, typer.Option(min=0, help="Shards of 384 pictures of people, for their judge")
    ] = 48,
    large: Annotated[int, typer.Option(min=0, help="Shards of 64 large pictures, for the autoencoder")] = 15,
) -> None:
    """Training pictures, drawn by the cel rig from seeds. 15 to 20 s a shard on one idle core."""
    from models.house import scenes
    from models.house.portraits import write_shard as write_portraits

    for number in range(shards):
        typer.echo(f"{scenes.write_shard(work / 'scenes', number)}")
    for number in range(large):
        typer.echo(f"{scenes.write_shard(work / 'large', number, first=scenes.LARGE_FROM, large=True)}")
    for number in range(portraits):
        typer.echo(f"{write_portraits(work / 'portraits', number)}")
