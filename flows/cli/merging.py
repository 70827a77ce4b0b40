"""`sakuga models merge`: options and output. Heavy parts are imported when the command runs."""

from pathlib import Path
from typing import Annotated

import typer

from flows.terminal.lines import say


def merge(
    recipe: Annotated[
        Path, typer.Argument(help="Merge recipe (.yaml): the inputs, their weights, the method")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The merged .safetensors file. Default: beside the recipe"),
    ] = None,
    policy: Annotated[
        str, typer.Option("--policy", help="Rights policy that every input must pass, or its .yaml")
    ] = "own-or-licensed",
    project: Annotated[
        Path, typer.Option("--project", help="Folder of the project whose ledger records the merge")
    ] = Path("episodes"),
) -> None:
    """Make one model of several, weight by weight, and write down exactly how.

    Beside the result lies NAME.merge.yaml: the recipe with the hash of every input and of the result. Running that
    recipe gives the same bytes, or says what is different.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from flows.terminal.console import PlainConsole
    from flows.training import merging

    told = PlainConsole(stderr=True)
    columns = TextColumn("Merging"), BarColumn(), TimeRemainingColumn()
    # Where no bar is drawn, its end would still print an empty line before an error.
    with Progress(*columns, console=told, transient=True, disable=not told.is_terminal) as bar:
        task = bar.add_task("", total=None)
        made = merging.run(
            recipe, out, policy, lambda done, total: bar.update(task, completed=done, total=total)
        )
    from assets.rights.licences import written
    from flows.rights.books import opened
    from flows.rights.model_credentials import signed_if_set
    from flows.settings import user
    from flows.training import recording

    with opened(project) as store:
        recording.merged(store, made, recipe.parent, by=user())
        signed_if_set(made.path, store)
    say(f"Wrote {made.path}, hash of its weights {made.recipe.output_sha256}.")
    if made.left_out:
        say(
            f"What rank {made.recipe.rank} leaves out has {made.left_out:.1%} of the size of the whole change."
        )
    say(f"Licence: {written(made.terms.licences)}; origin of its data: {made.terms.data_class}.")
    say(f"How it was made: {made.record}")
