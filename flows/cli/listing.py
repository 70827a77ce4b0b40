"""`sakuga list`: the episodes, shows, profiles or models one can name. Heavy parts are imported when it runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, get_args

import typer

from flows.cli.options import OutOption

KINDS = ("episodes", "shows", "profiles", "models")


def list_names(
    what: Annotated[str, typer.Argument(metavar="episodes|shows|profiles|models", help="What to list")],
    out: OutOption = Path("episodes"),
) -> None:
    """List what a command can be given: episodes, shows of the library, profiles, or the models of each port.

    Which weights lie on this machine is another question: sakuga models list.
    """
    from flows.terminal import arguments, tables
    from flows.terminal.console import console

    kind = arguments.chosen(what, KINDS, "WHAT")
    if kind == "episodes":
        from flows.cli.status import tell

        tell(None, out)
        return
    headings, rows = {"shows": _shows, "profiles": _profiles, "models": _models}[kind]()
    tables.show(headings, rows, console())


Rows = tuple[Sequence[str], list[Sequence[str]]]


def _shows() -> Rows:
    from assets import show

    bibles = [show.load(name) for name in show.library()]
    rows = [(one.id, " / ".join(one.title.values()), str(len(one.characters)), one.licence) for one in bibles]
    return ("show", "title", "people", "licence"), list(rows)


def _profiles() -> Rows:
    from flows.cli import completing
    from flows.episode.profile import load

    found = [load(name) for name in completing.profiles("")]
    rows = [(one.name, "x".join(map(str, one.size)), " ".join(one.about.split())) for one in found]
    return ("profile", "size", "about"), list(rows)


def _models() -> Rows:
    from models import registry
    from models.card import Port

    cards = [registry.card(port, name) for port in get_args(Port) for name in registry.names(port)]
    rows = [(card.port, card.name, card.licence, card.weights, card.summary) for card in cards]
    return ("port", "model", "licence", "weights", "what it does"), list(rows)
