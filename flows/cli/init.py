"""`sakuga init`: a project's folder with its defaults, a sample script and the deployments. Never overwrites."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assets.plain import typed
from flows.cli import completing
from flows.cli.options import ShowOption, name_of, review_gates
from flows.terminal.lines import say

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = "my-script.fountain"

TOML = """\
# What Sakuga's commands use in this folder, and below it, for an option that is not given.
# An option on the command line wins. Paths are relative to this file, and stay inside this folder.

# The show: an id of the library (`sakuga list shows`), or the folder of a bible.yaml. Without it: the bible beside
# the script, else none.
{show}

# The look: `sakuga list profiles`, or a .yaml file of your own.
profile = {profile}

# Where a run stops for a review: script, storyboard, takes, final. Empty: it never stops.
gates = [{gates}]

# Folder of the episodes.
out = {out}
"""
SAMPLE = """\
Title: The Borrowed Umbrella
Language: en

EXT. STATION - EVENING

Rain falls on the platform. MIO waits without an umbrella.

REN
(smiling)
Take mine. I live close by.

Mio looks at the umbrella, then at Ren.

MIO
Then walk with me.

EXT. STREET - NIGHT

They walk under one umbrella. The rain stops.

REN
It has stopped.

MIO
I know.
"""


def init(
    folder: Annotated[Path, typer.Argument(help="The project's folder: this one, or one in it")] = Path(),
    show: ShowOption = None,
    profile: Annotated[
        str,
        typer.Option(
            "--profile", "-p", autocompletion=completing.profiles, help="Look of every episode here"
        ),
    ] = "house",
    gates: Annotated[
        str | None, typer.Option("--gates", help="Gates of every episode here: script,storyboard,takes,final")
    ] = None,
    out: Annotated[
        str, typer.Option("--out", "-o", help="Folder of the episodes, inside the project's folder")
    ] = "episodes",
) -> None:
    """Start a project: sakuga.toml (defaults of the commands), a sample script, and prefect.yaml (deployments).

    Run it again at any time: a file that is there stays as it is.

    Example: sakuga init my-studio --profile animatic --gates storyboard
    """
    import json

    from flows.cli import project
    from flows.episode.profile import located
    from flows.terminal import arguments

    _required_below(arguments.folder(folder, "FOLDER"))
    named, wanted = name_of(show, "--show"), review_gates(gates)
    text = TOML.format(
        show=f"show = {json.dumps(named, ensure_ascii=False)}" if named else '# show = "clear-skies"',
        profile=json.dumps(arguments.words(profile, "--profile"), ensure_ascii=False),
        gates=", ".join(f'"{gate}"' for gate in wanted),
        out=json.dumps(arguments.words(out, "--out"), ensure_ascii=False),
    )
    project.checked(text.encode(), folder.absolute() / project.FILE, folder.absolute())
    if Path(profile).suffix not in (".yaml", ".yml"):
        located(profile)  # refused if the library has none of that name
    for line in _written(folder, {project.FILE: text, SCRIPT: SAMPLE}):
        say(line)
    into = "" if folder == Path() else f"cd {typed(folder)} && "
    say(f"Next: {into}sakuga produce {SCRIPT}")


def _required_below(folder: Path) -> None:
    """Refuse a folder outside the current one: a typing error would leave files, and defaults, far from here."""
    from assets.errors import PathRefused

    if not folder.resolve().is_relative_to(Path.cwd()):
        raise PathRefused(
            f"{folder} is not inside {Path.cwd()}. Go to the folder above the project, and run `sakuga init` there."
        )


def _written(folder: Path, texts: dict[str, str]) -> "Iterator[str]":
    """Write each file that is not there, and say for each whether it was."""
    from assets import files
    from flows.deployments.deployment_file import place

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**texts, "prefect.yaml": place().read_text(encoding="utf-8")}.items():
        path = folder / name
        if path.exists() or path.is_symlink():
            yield f"{path} is already there, and stays as it is."
        else:
            files.write(path, text)
            yield f"{path}: written"
