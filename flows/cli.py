"""The command line: what a person types, and what they are told.

Heavy parts are imported inside each command, so that `sakuga --help` answers in a blink.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

import typer
from typer.core import TyperGroup

from assets.errors import SakugaError, StorageFailed
from assets.plain import visible
from flows import interrupts
from flows.notices.command import notices
from flows.register.command import register
from flows.review.command import review
from flows.takes.command import takes as show_takes
from flows.up.command import up
from flows.upkeep.command import ledger, vault

if TYPE_CHECKING:
    from assets.sheets.bible import Language
    from assets.sheets.review import GateKind

EXITS = (
    "Exit codes: 0 done · 1 other error · 2 bad input · 3 set-up missing · 4 vault, store or disk · "
    "5 a model or encoder failed · 6 locked · 7 a gate stays shut · 8 a waiting run could not be told · "
    "130 stopped with Ctrl-C, 143 with SIGTERM, 129 with SIGHUP (run the same command to go on)."
)

STOPPED = 130


class Commands(TyperGroup):
    """All commands; what a message repeats of the command line is made visible first."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        with _visible_words():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        with _visible_words():
            return super().invoke(ctx)


@contextmanager
def _visible_words() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if isinstance(message := getattr(error, "message", None), str):  # one of Typer's own
            error.message = visible(message)  # type: ignore[attr-defined]
        raise


app = typer.Typer(
    name="sakuga",
    cls=Commands,
    help="A screenplay goes in, an episode of anime comes out.\n\n"
    "First time? Try: sakuga produce SCRIPT.fountain (nothing is downloaded, no GPU is needed).",
    epilog=EXITS,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
show_app = typer.Typer(help="Make and check a show's bible.", no_args_is_help=True)
app.add_typer(show_app, name="show")
app.add_typer(vault, name="vault")
app.add_typer(ledger, name="ledger")
app.command()(up)
app.command()(register)
app.command("takes")(show_takes)
app.command()(notices)

Script = Annotated[Path, typer.Argument(help="Screenplay: .fountain, .txt, .md or Final Draft .fdx")]
ShowOption = Annotated[
    str | None,
    typer.Option("--show", "-s", help="Show: an id in the library, a folder, or a bible.yaml. "
                 "Default: the bible beside the script, else none"),
]  # fmt: skip
ProfileOption = Annotated[
    str, typer.Option("--profile", "-p", help="animatic, house, toy, or a profile's .yaml")
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Folder the episode's folder is made in")]
LanguageOption = Annotated[
    str | None, typer.Option("--language", "-l", help="ja or en. Default: what the dialogue is written in")
]


PremiseOption = Annotated[
    str | None, typer.Option("--premise", help="Write the script first, from this; instead of a SCRIPT")
]
NameOption = Annotated[
    str | None,
    typer.Option("--name", help="Name of the episode, where another script has the same file name"),
]
SameOption = Annotated[
    bool, typer.Option("--same-episode", help="This script replaces the one the episode was made from so far")
]
MinutesOption = Annotated[float, typer.Option("--minutes", "-m", help="Length wanted, 1.2 to 3")]


@app.command()
def produce(
    script: Annotated[
        Path | None, typer.Argument(help="Screenplay: .fountain, .txt, .md or Final Draft .fdx")
    ] = None,
    premise: PremiseOption = None,
    minutes: MinutesOption = 1.5,
    show: ShowOption = None,
    profile: ProfileOption = "animatic",
    out: OutOption = Path("episodes"),
    language: LanguageOption = None,
    seed: Annotated[int | None, typer.Option(help="Another seed: other chance in every drawing")] = None,
    takes: Annotated[
        int | None, typer.Option("--takes", help="Takes of each cut; the best is shown", min=1, max=16)
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Redo unlocked work made by an older model, seed or quality")
    ] = False,
    burn_in: Annotated[bool, typer.Option("--burn-in", help="Draw the subtitles into the picture")] = False,
    gates: Annotated[
        str | None,
        typer.Option("--gates", help="Stop there until a person has looked: script,storyboard,takes,final"),
    ] = None,
    approve: Annotated[
        str, typer.Option("--approve", help="person, or auto: gates let an unattended run pass")
    ] = "person",
    review_hours: Annotated[
        float, typer.Option("--review-hours", help="How long a gate waits for a person")
    ] = 72,
    name: NameOption = None,
    same_episode: SameOption = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Only the last line: where the episode is")
    ] = False,
) -> None:
    """Make an episode from a screenplay: picture, voices, effects, music, subtitles, contact sheet.

    Safe to repeat: finished work is found again and only what changed is redone. Stop it with Ctrl-C
    (or pull the plug) and run the same command to go on.

    Examples: sakuga produce my-script.fountain --profile animatic --out episodes
              sakuga produce --premise "A girl finds a talking umbrella" --minutes 1
    """
    from flows.arguments import build
    from flows.brief import Brief
    from flows.produce import produce as run

    if (script is None) == (premise is None):
        raise typer.BadParameter("give a SCRIPT, or --premise to have one written; one of the two")
    brief = build(
        Brief, script=script or _commissioned(premise or "", minutes, show, profile, out, _language(language), quiet),
        show=_named(show, "--show"), profile=profile, out=out, language=_language(language), seed=seed, takes=takes,
        refresh=refresh, burn_in=burn_in, gates=_gates(gates), approve=_approver(approve),
        review_hours=review_hours, name=_named(name, "--name"), same_episode=same_episode,
    )  # fmt: skip
    run(brief, quiet=quiet)


@app.command()
def write(
    premise: Annotated[str, typer.Argument(help="A sentence or three: who wants what. English or Japanese")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The script to write: FILE.fountain")],
    show: ShowOption = None,
    minutes: MinutesOption = 1.5,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="ja or en. Default: the premise's own")
    ] = None,
    structure: Annotated[str, typer.Option(help="kishotenketsu or three-acts")] = "kishotenketsu",
    profile: ProfileOption = "animatic",
    writer: Annotated[
        str | None, typer.Option("--writer", "-w", help="smollm, toy...: who fills and weighs the lines")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Another seed: another story from the same premise")
    ] = None,
    new_characters: Annotated[
        bool, typer.Option("--new-characters", help="People the show's bible does not know may come in")
    ] = False,
    episodes: Annotated[
        Path, typer.Option("--episodes", help="Folder of the episodes; the show's memory is kept in it")
    ] = Path("episodes"),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the last line: the script")] = False,
) -> None:
    """Write a script from a premise: an ordinary Fountain file, to be edited and produced.

    A show remembers what was written for it: the next episode knows this one. A script that you have
    edited is never written over. Every choice stands in FILE.story.json beside it.

    Example: sakuga write "Ren forgets his umbrella on purpose." --show clear-skies --out ep02.fountain
    """
    from flows.arguments import chosen
    from flows.write import Commission
    from flows.write import write as run

    told = chosen(structure, ("kishotenketsu", "three-acts"), "--structure")
    commission = Commission(
        premise=premise, out=out, show=_named(show, "--show"), minutes=minutes, language=_language(language),
        structure="three-acts" if told == "three-acts" else "kishotenketsu", profile=profile,
        writer=_named(writer, "--writer"), seed=seed, new_characters=new_characters, episodes=episodes,
    )  # fmt: skip
    run(commission, quiet=quiet)


@app.command()
def breakdown(
    script: Script,
    show: ShowOption = None,
    profile: ProfileOption = "animatic",
    out: OutOption = Path("episodes"),
    language: LanguageOption = None,
    name: NameOption = None,
    same_episode: SameOption = False,
) -> None:
    """Write the cut sheet only: no drawing, no sound. Edit it by hand; your edits win over the rules.

    Durations are estimates until the lines are recorded by `sakuga produce`.
    """
    from flows.arguments import build
    from flows.brief import Brief
    from flows.produce import break_down as run

    run(
        build(
            Brief,
            script=script,
            show=_named(show, "--show"),
            profile=profile,
            out=out,
            language=_language(language),
            name=_named(name, "--name"),
            same_episode=same_episode,
        )
    )


@app.command()
def retake(
    episode: Annotated[str, typer.Argument(help="Episode id or folder, as `sakuga status` lists them")],
    cut: Annotated[str, typer.Argument(help="Cut number, such as C004")],
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; it stays in the record")],
    frames: Annotated[
        str | None, typer.Option("--frames", "-f", help="Only these frames of the cut: START-STOP, from 0")
    ] = None,
    unlock: Annotated[
        bool, typer.Option("--unlock", help="The cut's take is approved; redo it all the same")
    ] = False,
    out: OutOption = Path("episodes"),
) -> None:
    """Order another take of one cut (or of some of its frames); nothing else is touched.

    Example: sakuga retake ep01-ja C004 --reason "she should look up sooner" --frames 24-48
    """
    from flows.produce import retake as run

    run(episode, cut, reason=reason, frames=frames, unlock=unlock, out=out)


@app.command()
def status(
    episode: Annotated[str | None, typer.Argument(help="Episode id or folder; none: list them all")] = None,
    out: OutOption = Path("episodes"),
) -> None:
    """Show episodes, or one episode cut by cut: its takes, locks, what is stale, what is still to do."""
    from flows.status import tell

    tell(episode, out)


app.command()(review)


@app.command()
def rushes(
    host: Annotated[
        str, typer.Option(help="Where to listen; 0.0.0.0: all addresses of this machine")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port")] = 4300,
    token: Annotated[
        str,
        typer.Option(
            help="What opens the room. Better: SAKUGA_RUSHES_TOKEN, which no other user sees. "
            "Default: one is made and kept in .sakuga/up/rushes-auth"
        ),
    ] = "",
    out: OutOption = Path("episodes"),
) -> None:
    """Open the rushes room: watch, compare, pin notes, approve or send back, in a browser or on a phone."""
    from flows.rushes.serve import Address, serve

    serve(Address(host, port, token), out)


@show_app.command("new")
def show_new(
    folder: Annotated[Path, typer.Argument(help="Folder to make")],
    title: Annotated[str, typer.Option("--title", "-t", help="The show's title")] = "My show",
) -> None:
    """Start a show: a commented bible and a first script, ready to produce."""
    from flows.shows import new

    new(folder, title)


@show_app.command("check")
def show_check(show: Annotated[str, typer.Argument(help="Show id, folder or bible.yaml")]) -> None:
    """Read a bible and say what is wrong or thin in it."""
    from flows.shows import check

    check(show)


@app.command()
def doctor(
    brief: Annotated[bool, typer.Option("--brief", help="Only what needs attention")] = False,
    out: OutOption = Path("episodes"),
) -> None:
    """Examine this machine: Python, packages, ffmpeg, fonts, disk, GPU; say how to mend what is wrong."""
    from flows.doctor import examine
    from flows.screen import findings
    from flows.settings import settings

    raise typer.Exit(findings(examine(settings(out)), brief=brief))


@app.command()
def version() -> None:
    """Print the version."""
    from importlib import metadata

    typer.echo(f"sakuga {metadata.version('sakuga')}")


def _commissioned(
    premise: str,
    minutes: float,
    show: str | None,
    profile: str,
    out: Path,
    language: "Language | None",
    quiet: bool,
) -> Path:
    """The script of ``premise``: written now, or the one that somebody has edited since."""
    from flows.write import Commission, by_hand, script_for
    from flows.write import write as run

    script = script_for(premise, out)
    if not by_hand(script):
        run(
            Commission(
                premise=premise, out=script, show=show, minutes=minutes, language=language, profile=profile,
                episodes=out,
            ),
            quiet=quiet,
        )  # fmt: skip
    return script


def _gates(given: str | None) -> "tuple[GateKind, ...]":
    from assets.sheets.review import GateKind
    from flows.arguments import several

    known: tuple[GateKind, ...] = get_args(GateKind)
    if given is None:
        return ()
    named = several(given, known, "--gates")
    return tuple(kind for kind in known if kind in named)


def _approver(given: str) -> Literal["person", "auto"]:
    from flows.arguments import chosen

    return cast("Literal['person', 'auto']", chosen(given, ("person", "auto"), "--approve"))


def _language(given: str | None) -> "Language | None":
    from flows.arguments import chosen

    return None if given is None else cast("Language", chosen(given, ("ja", "en"), "--language"))


def _named(given: str | None, option: str) -> str | None:
    """The name a person gave; an empty one, as of a variable that is not set, is refused."""
    from flows.arguments import words

    return None if given is None else words(given, option)


def main() -> None:
    """Entry point: errors of ours and of the system become one clear line and an exit code, never a traceback."""
    pressed = interrupts.watch()
    try:
        app()
    except SakugaError as error:
        if not pressed.is_set():  # else the interrupt, caught in the middle of a transaction
            _fail(str(error), error.exit_code)
    except OSError as error:
        if not pressed.is_set():
            from assets.files import why

            named = " and ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
            _fail(f"{named or 'The system refused'}: {why(error)}", StorageFailed.exit_code)
    except SystemExit as exit:
        if exit.code != STOPPED:
            raise
        # Typer turns Ctrl-C into this code without a word.
    except Exception as error:  # noqa: BLE001 - told as what it is, and kept in a file
        if not pressed.is_set():
            _fail(_unexpected(error), SakugaError.exit_code)
    else:
        return
    typer.echo("\nStopped. Finished work is kept; run the same command to go on.", err=True)
    sys.exit(128 + pressed.number)


def _fail(said: str, code: int) -> None:
    typer.secho(f"sakuga: {said}", fg=typer.colors.RED, err=True)
    sys.exit(code)


def _unexpected(error: Exception) -> str:
    """A fault of ours, in one line; the traceback goes to a file that can be sent along with a report.

    It is neither hidden nor taken for a wrong input: the line says what it is, and the exit code is 1.
    """
    import tempfile
    import traceback

    told = " ".join(f"{type(error).__name__}: {error}".split())[:300]
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
        where = f"The traceback is in {file.name}; send it along with a report."
    return f"this is an error in Sakuga itself ({told}). {where}"


if __name__ == "__main__":
    main()
