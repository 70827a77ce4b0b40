"""Options that several commands share, and functions that convert their values."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast, get_args

import typer

from flows.cli import completing

if TYPE_CHECKING:
    from assets.sheets.bible import Language
    from assets.sheets.review import GateKind

Script = Annotated[Path, typer.Argument(help="Screenplay: .fountain, .txt, .md, .spmd or Final Draft .fdx")]
ShowOption = Annotated[
    str | None,
    typer.Option("--show", "-s", autocompletion=completing.shows,
                 help="Show: an id in the library, a folder, or a bible.yaml. "
                 "Default: the bible beside the script, else none"),
]  # fmt: skip
ProfileOption = Annotated[
    str,
    typer.Option(
        "--profile",
        "-p",
        autocompletion=completing.profiles,
        help="house, animatic, toy, studio..., or a profile's .yaml",
    ),
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Folder the episode's folder is made in")]
LanguageOption = Annotated[
    str | None, typer.Option("--language", "-l", help="ja or en. Default: the language of the dialogue")
]


PremiseOption = Annotated[
    str | None,
    typer.Option("--premise", help="Write the script from this premise first; instead of a SCRIPT"),
]
NameOption = Annotated[
    str | None,
    typer.Option("--name", help="Name of the episode, where another script has the same file name"),
]
SameOption = Annotated[
    bool, typer.Option("--same-episode", help="This script replaces the one the episode was made from so far")
]
RecordOption = Annotated[
    bool | None,
    typer.Option(
        "--record/--no-record",
        help="Record the run, its tasks and pages on the Prefect server. Default: where one is configured "
        "(PREFECT_API_URL, or the active Prefect profile)",
    ),
]
MinutesOption = Annotated[
    float,
    typer.Option(
        "--minutes", "-m", help="Length of the script: 1.2 to 3 minutes; 0.4 to 120 by a large writer"
    ),
]


def review_gates(given: str | None) -> "tuple[GateKind, ...]":
    from assets.sheets.review import GateKind
    from flows.terminal.arguments import several

    known: tuple[GateKind, ...] = get_args(GateKind)
    if given is None:
        return ()
    named = several(given, known, "--gates")
    return tuple(kind for kind in known if kind in named)


def approver_of(given: str) -> Literal["person", "auto"]:
    from flows.terminal.arguments import chosen

    return cast("Literal['person', 'auto']", chosen(given, ("person", "auto"), "--approve"))


def language_of(given: str | None) -> "Language | None":
    from flows.terminal.arguments import chosen

    return None if given is None else cast("Language", chosen(given, ("ja", "en"), "--language"))


def name_of(given: str | None, option: str) -> str | None:
    """The name a person gave. An empty one, as from a variable that is not set, is refused."""
    from flows.terminal.arguments import words

    return None if given is None else words(given, option)


def recorded(asked: bool | None) -> bool:
    """Whether the run goes on a Prefect server's record.

    raises  SetupMissing when that was asked for and no server is configured
    """
    from assets.errors import SetupMissing
    from flows.settings import keep_prefect_logs_off_the_terminal, prefect_server

    server = prefect_server()
    if asked and not server:
        raise SetupMissing(
            "--record needs a Prefect server, and none is configured. Set PREFECT_API_URL, or start one with "
            "`sakuga up` and run `eval $(sakuga up --env)`."
        )
    on_record = bool(server) if asked is None else asked
    if on_record:
        keep_prefect_logs_off_the_terminal()
    return on_record
