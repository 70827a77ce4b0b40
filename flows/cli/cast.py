"""`sakuga cast`: the options. Heavy parts are imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import completing
from flows.cli.documents import JsonOption
from flows.cli.options import OutOption, ProfileOption


def cast(
    character: Annotated[str, typer.Argument(help="Id or name of a character in the bible, such as NAGI")],
    show: Annotated[
        str,
        typer.Option(
            "--show",
            "-s",
            autocompletion=completing.shows,
            help="Show: an id in the library, a folder, or a bible.yaml",
        ),
    ],
    profile: ProfileOption = "house",
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=16, help="Candidates to draw")] = 4,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of every candidate")] = 0,
    views: Annotated[
        str | None,
        typer.Option(
            "--views",
            help="Pictures of a sheet: front, three_quarter, profile, back, face, happy, angry, sad, surprised, "
            "separated by commas. Default: all",
        ),
    ] = None,
    approve: Annotated[
        int | None, typer.Option("--approve", min=1, max=16, metavar="NUMBER", help="Approve this candidate")
    ] = None,
    again: Annotated[
        str | None, typer.Option("--again", metavar="NOTE", help="Draw other candidates, for this reason")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Who decides. Default: SAKUGA_USER, else the user here")
    ] = None,
    out: OutOption = Path("episodes"),
    as_json: JsonOption = False,
) -> None:
    """Draw candidates for a character's sheet, and approve one: it becomes locked reference art in the bible.

    Every painter that takes references is shown it from then on. Safe to repeat: nothing is drawn twice.

    Examples: sakuga cast NAGI --show my-show --profile studio       draw, look, and decide
              sakuga cast NAGI --show my-show --approve 2
              sakuga cast NAGI --show my-show --again "her hair is longer"
    """  # fmt: skip
    from flows.cast.order import ALL, CastOrder
    from flows.cli.cast_terminal import Choice, run
    from flows.settings import user
    from flows.terminal import arguments
    from flows.up.access import use

    arguments.folder(out)
    use(out)
    order = arguments.build(
        CastOrder,
        character=character,
        show=show,
        profile=profile,
        out=out,
        count=count,
        seed=seed,
        views=arguments.several(views, ALL, "--views") if views is not None else ALL,
        again=arguments.words(again, "--again") if again is not None else None,
    )
    run(order, Choice(approve, by or user(), as_json))
