"""Paint the large pictures.      In: large pictures, autoencoder and painter.      Out: what the finish learns from."""

import typer

from flows.training.options import LIBRARY, WORK, Device, Library, Work


def command(work: Work = WORK, library: Library = LIBRARY, device: Device = "cpu") -> None:
    """Every large picture painted twice by the painter that ships, for `finish`."""
    from models.house import lessons

    lessons.painted(work, library, device, tell=typer.echo)
