"""The options of `sakuga review`. Heavy parts are imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import completing
from flows.cli.documents import JsonOption

Cuts = list[str]


def review(
    episode: Annotated[
        str | None,
        typer.Argument(
            autocompletion=completing.episodes, help="Episode id or folder; without it: list the open gates"
        ),
    ] = None,
    approve: Annotated[
        bool, typer.Option("--approve", help="Go on; at the take gate, lock what is shown")
    ] = False,
    retake: Annotated[
        Cuts | None,
        typer.Option(
            "--retake",
            metavar="CUT",
            help="Do this cut again, then ask again. With its own reasons and "
            'note: C004:layout,expression:"closer, smiling"; some frames only: C004@24-48. Repeatable',
        ),
    ] = None,
    reason: Annotated[
        Cuts | None,
        typer.Option(
            "--reason",
            metavar="CODE",
            help="Reason of every --retake that gives none: off_model, expression, "
            "timing, camera, layout, color, continuity, motion, line_sync, sound, text, other. Repeatable",
        ),
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="End the run; all work is kept")] = False,
    choose: Annotated[
        Cuts | None,
        typer.Option("--choose", metavar="CUT=TAKE", help="Show another take, such as C004=2. Repeatable"),
    ] = None,
    lock: Annotated[
        Cuts | None, typer.Option("--lock", metavar="CUT", help="Lock the take a cut shows. Repeatable")
    ] = None,
    unlock: Annotated[
        Cuts | None, typer.Option("--unlock", metavar="CUT", help="Unlock the take a cut shows. Repeatable")
    ] = None,
    note: Annotated[
        str, typer.Option("--note", help="Kept with the review, and used for each --retake without a note")
    ] = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Send a retake although nothing in its words is understood")
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", help="Who decides. Default: SAKUGA_USER, else the user here")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder the episodes are in")] = Path("episodes"),
    as_json: JsonOption = False,
) -> None:
    """Review an episode that waits at a gate: see the econte, approve it, order retakes, or stop the run.

    Without options on a terminal it asks. The run does not have to be stopped for it.

    Examples: sakuga review                       list the open gates
              sakuga review ep01-ja               show the econte and ask
              sakuga review ep01-ja --approve
              sakuga review ep01-ja --retake C004 --reason expression --note "cross, not smiling"
              sakuga review ep01-ja --retake C004:layout:"closer" --retake C007:timing:"hold longer"
    """  # fmt: skip
    from flows.cli.review_document import tell
    from flows.cli.review_flags import Flags
    from flows.cli.review_terminal import review as run
    from flows.settings import user
    from flows.up.access import use

    use(out)
    flags = Flags(
        approve=approve, stop=stop, retake=retake or (), reason=reason or (), choose=choose or (),
        lock=lock or (), unlock=unlock or (), note=note, anyway=anyway,
    )  # fmt: skip
    if as_json:
        tell(episode, out, flags)
        return
    run(episode, out, flags, by=by or user())
