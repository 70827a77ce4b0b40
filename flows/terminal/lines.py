"""Print lines that a terminal shows as they are, without rich markup.

In: text, which may hold paths, names and captions from outside.      Out: the text, its controls as escapes.
Everything in ``flows`` that does not need tables or markup prints with these two; ruff refuses ``typer.echo``.
"""

import typer

from assets.errors import LONGEST_LINE
from assets.plain import bounded, visible


def say(text: object, *, err: bool = False) -> None:
    """Print ``text`` and a line end to standard output, or with ``err`` to standard error."""
    typer.echo(visible(str(text)), err=err)  # noqa: TID251 - made visible here


def complain(problem: str) -> None:
    """Print an error to standard error, in red on a terminal, after the name of the program."""
    typer.secho(f"sakuga: {bounded(visible(problem), LONGEST_LINE)}", fg=typer.colors.RED, err=True)  # noqa: TID251 - as above
