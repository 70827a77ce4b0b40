"""`sakuga takes`: show the takes of an episode, choose one, unlock, show the history, go back.

In: the options.      Out: tables and sentences; the decision in the store.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import completing
from flows.cli.documents import JsonOption
from flows.terminal.lines import say

if TYPE_CHECKING:
    from assets.store import Store
    from flows.episode.brief import Brief


def takes(
    episode: Annotated[
        str,
        typer.Argument(
            autocompletion=completing.episodes,
            help="Episode: its id, folder or script's name (`sakuga status` lists them)",
        ),
    ],
    cut: Annotated[str | None, typer.Argument(help="Cut number, such as C004; without it: all")] = None,
    choose: Annotated[
        list[str] | None,
        typer.Option("--choose", "-c", help="Show this take and lock it: C004=2. Repeatable"),
    ] = None,
    unlock: Annotated[
        str | None, typer.Option("--unlock", help="Unlock the take: C004. The ranking may then replace it")
    ] = None,
    rollback: Annotated[
        str | None, typer.Option("--rollback", help="Show the previous take of this cut, and lock it: C004")
    ] = None,
    history: Annotated[
        str | None, typer.Option("--history", help="Every choice, lock and unlock of a cut: C004")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; it stays in the record")] = "",
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder the episode's folder is in")] = Path(
        "episodes"
    ),
    as_json: JsonOption = False,
) -> None:
    """Show the takes of each cut: their measures and ranking, which one is shown, who chose it and why.

    A take you choose is locked: no ranking replaces it, and nobody else can without unlocking it first.

    Examples: sakuga takes ep01-ja C004
              sakuga takes ep01-ja --choose C004=2 --reason "her eyes follow the kite"
              sakuga takes ep01-ja --rollback C004
    """
    from assets.errors import InputRefused
    from assets.store import Store
    from flows.cli import takes_table
    from flows.episode import known
    from flows.episode.produce import remembered
    from flows.episode.workspace import open_vault
    from flows.settings import settings, user
    from flows.terminal import arguments
    from flows.upkeep.anchoring import anchored

    asked = [what for what in (choose, unlock, rollback, history) if what]
    if as_json and asked:
        raise InputRefused(
            "--json shows takes and changes nothing: leave out --choose, --unlock, --rollback, --history."
        )
    if len(asked) > 1:
        raise InputRefused("Give only one of --choose, --unlock, --rollback and --history.")
    cut = arguments.cut(cut) if cut is not None else None
    unlock = arguments.cut(unlock, "--unlock") if unlock is not None else None
    rollback = arguments.cut(rollback, "--rollback") if rollback is not None else None
    history = arguments.cut(history, "--history") if history is not None else None
    choices = [arguments.take(text) for text in choose or []]
    id = known.id_of(episode, out)
    brief = remembered(id, out)
    with Store.open(settings(out).store) as store:
        key = known.found(id, (item.key for item in store.episodes()))
        if history:
            takes_table.show_history(store, key, history)
        elif asked:
            decided = _decided(store, key, choices, unlock, rollback, reason)
            anchored(open_vault(settings(out)), store, key, "review", by=user())
            for number in decided:
                takes_table.shown(store, key, number)
            say(_next(brief))
        elif as_json:
            takes_table.show_document(store, key, brief, cut)
        else:
            takes_table.show(store, key, brief, cut)


def _decided(
    store: "Store",
    key: str,
    choices: list[tuple[str, int]],
    unlock: str | None,
    rollback: str | None,
    reason: str,
) -> list[str]:
    """Make the changes, all or none. Return the cuts that changed."""
    from flows.review import take_choices
    from flows.settings import user

    if choices:
        with store.batch():
            for cut, number in choices:
                take_choices.choose(store, key, cut, number, by=user(), reason=reason)
        return [cut for cut, _ in choices]
    if unlock:
        take_choices.unlock(store, key, unlock, by=user(), reason=reason)
        return [unlock]
    if rollback:
        take_choices.roll_back(store, key, rollback, by=user(), reason=reason)
        return [rollback]
    return []


def _next(brief: "Brief") -> str:
    """How to assemble the episode again."""
    from flows.episode.brief import command_of

    return (
        "To update the episode, run the command that made it; only segments with these cuts are encoded again:\n"
        f"  {command_of(brief)}"
    )
