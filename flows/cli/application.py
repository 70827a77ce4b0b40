"""The command line: the commands, their errors and exit codes.

Heavy parts are imported inside each command, so that `sakuga --help` stays fast (under half a second).
"""

import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from assets.errors import SakugaError, StorageFailed
from assets.plain import visible
from flows.cli import completing, project
from flows.cli.cast import cast
from flows.cli.credentials import credentials
from flows.cli.dataset import dataset
from flows.cli.documents import JsonOption
from flows.cli.episodes import breakdown, produce, retake
from flows.cli.init import init
from flows.cli.learning import learn
from flows.cli.ledger import ledger
from flows.cli.listing import list_names
from flows.cli.lora import lora
from flows.cli.merging import merge
from flows.cli.notices import notices
from flows.cli.opening import open_part
from flows.cli.options import OutOption
from flows.cli.reporting import report
from flows.cli.review import review
from flows.cli.rights import rights
from flows.cli.royalties import royalties
from flows.cli.rushes import rushes
from flows.cli.shows import show
from flows.cli.takes import takes
from flows.cli.training import train
from flows.cli.up import up
from flows.cli.vault import vault
from flows.cli.weights import models
from flows.cli.why import why
from flows.cli.writing import write
from flows.deployments.registration import register
from flows.terminal import interrupts
from flows.terminal.lines import complain, say

EXITS = (
    "Exit codes: 0 done · 1 other error · 2 bad input · 3 set-up missing · 4 vault, store or disk · "
    "5 a model or encoder failed · 6 locked · 7 a gate is not approved · 8 a waiting run could not be resumed · "
    "130 stopped with Ctrl-C, 143 with SIGTERM, 129 with SIGHUP (run the same command to go on)."
)

STOPPED = 130
HELP = {"-h", "--help"}
UNTOUCHED = ("", "init", "version")
"""Commands that a broken sakuga.toml does not stop."""


class Commands(TyperGroup):
    """All commands. Control characters in the command line are made visible before a message repeats them."""

    def get_params(self, ctx: Any) -> Any:
        """Without Typer's --install-completion: it edits the start-up files of a shell."""
        return [known for known in super().get_params(ctx) if known.name != "install_completion"]

    def make_context(self, info_name: Any, args: list[str], *more: Any, **named: Any) -> Any:
        asked = list(args)
        with _visible_words():
            ctx = super().make_context(info_name, args, *more, **named)
        if not ctx.resilient_parsing:
            ctx.default_map = _project_defaults(self.commands, asked)
        return ctx

    def invoke(self, ctx: Any) -> Any:
        with _visible_words():
            return super().invoke(ctx)


def _project_defaults(commands: Mapping[str, Any], asked: Sequence[str]) -> dict[str, Any]:
    """What sakuga.toml gives. A broken one stops neither the help nor the commands that do not read it."""
    try:
        return project.defaults(commands, Path.cwd())
    except SakugaError:
        if next((word for word in asked if not word.startswith("-")), "") in UNTOUCHED or HELP & {*asked}:
            return {}
        raise


@contextmanager
def _visible_words() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if isinstance(message := getattr(error, "message", None), str):  # an error of Typer
            error.message = visible(message)  # type: ignore[attr-defined]
        raise


# New objects between two collections. A command imports a thousand modules and keeps them: with Python's 700 an
# unchanged re-run spent a fifteenth of its processor time on looking through them.
_GARBAGE = 20_000

app = typer.Typer(
    name="sakuga",
    cls=Commands,
    help="A screenplay goes in, an episode of anime comes out.\n\n"
    "First time? Try: sakuga produce SCRIPT.fountain (nothing is downloaded, no GPU is needed).",
    epilog=EXITS,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        version()
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version, and exit")
    ] = False,
) -> None:
    """The options of `sakuga` itself."""


app.add_typer(show, name="show")
models.command("merge")(merge)
app.add_typer(models, name="models")
app.add_typer(vault, name="vault")
app.add_typer(ledger, name="ledger")
app.add_typer(credentials, name="credentials")
app.add_typer(dataset, name="dataset")
app.add_typer(lora, name="lora")
app.add_typer(rights, name="rights")
app.add_typer(royalties, name="royalties")
app.command()(init)
app.command()(produce)
app.command()(write)
app.command()(cast)
app.command()(breakdown)
app.command()(retake)
app.command()(train)
app.command()(learn)


@app.command()
def status(
    episode: Annotated[
        str | None,
        typer.Argument(autocompletion=completing.episodes, help="Episode id or folder; without it: list all"),
    ] = None,
    out: OutOption = Path("episodes"),
    as_json: JsonOption = False,
) -> None:
    """Show all episodes, or one episode cut by cut: its takes, locks, stale cuts, and open work."""
    from flows.cli.status import tell

    tell(episode, out, as_json=as_json)


app.command()(review)
app.command()(takes)
app.command()(report)
app.command()(why)
app.command("list")(list_names)
app.command("open")(open_part)
app.command()(rushes)
app.command()(up)
app.command()(register)
app.command()(notices)


@app.command()
def doctor(
    brief: Annotated[bool, typer.Option("--brief", help="Only what needs attention")] = False,
    out: OutOption = Path("episodes"),
    as_json: JsonOption = False,
) -> None:
    """Check this machine: Python, packages, ffmpeg, fonts, disk, GPU; say how to repair what is wrong."""
    from flows.cli.doctor import examine, show, show_document
    from flows.settings import settings

    found = examine(settings(out))
    raise typer.Exit(show_document(found) if as_json else show(found, brief=brief))


@app.command()
def version() -> None:
    """Print the version."""
    from importlib import metadata

    say(f"sakuga {metadata.version('sakuga')}")


def main() -> None:
    """Entry point. Every error becomes one clear line and an exit code, never a traceback."""
    pressed = interrupts.watch()
    gc.set_threshold(_GARBAGE)
    try:
        app()
    except SakugaError as error:
        if not pressed.is_set():  # else: the interrupt arrived in the middle of a transaction
            _fail(str(error), error.exit_code)
    except OSError as error:
        if not pressed.is_set():
            from assets.files import why

            named = " and ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
            _fail(f"{named or 'The system refused'}: {why(error)}", StorageFailed.exit_code)
    except SystemExit as exit:
        if exit.code != STOPPED:
            raise
        # Typer turns Ctrl-C into this code without a message.
    except Exception as error:  # noqa: BLE001 - reported as an internal error, and kept in a file
        if not pressed.is_set():
            _fail(_unexpected(error), SakugaError.exit_code)
    else:
        return
    say("\nStopped. Finished work is kept; run the same command to go on.", err=True)
    sys.exit(128 + pressed.number)


def _fail(message: str, code: int) -> None:
    complain(message)
    sys.exit(code)


def _unexpected(error: Exception) -> str:
    """Report an internal error in one line. Its traceback goes to a file that can be sent with a bug report.

    The error is not hidden and not reported as wrong input: the line says what it is, and the exit code is 1.
    """
    import tempfile
    import traceback

    summary = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    where = "The traceback could not be written."
    with (
        suppress(OSError),
        tempfile.NamedTemporaryFile(
            "w",
            prefix="sakuga-error-",
            suffix=".log",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as file,
    ):
        file.writelines(traceback.format_exception(error))
        where = f"The traceback is in {file.name}; attach it to a bug report."
    return f"this is an error in Sakuga itself ({summary}). {where}"
