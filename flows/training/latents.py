"""Encode the pictures.      In: scene shards and the trained autoencoder.      Out: latent shards."""

import typer

from flows.training.options import LIBRARY, WORK, Device, Library, Work


def command(work: Work = WORK, library: Library = LIBRARY, device: Device = "cpu") -> None:
    """Every picture as latents, once, so that training never waits for one."""
    from models.house import lessons

    lessons.encode(work, library, device, tell=typer.echo)
