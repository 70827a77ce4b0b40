"""`sakuga write`: write a script from a premise."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import MinutesOption, ProfileOption, ShowOption, language_of, name_of
from flows.terminal.lines import say

if TYPE_CHECKING:
    from assets.sheets.bible import Language
    from assets.sheets.story import Structure
    from flows.episode.rewriting import Means


def write(
    premise: Annotated[
        str, typer.Argument(help="One to three sentences: who wants what. English or Japanese")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The script to write: FILE.fountain")
    ] = None,
    revise: Annotated[
        Path | None,
        typer.Option(
            "--revise", help="Revise this script, which a writer wrote; the argument is your wish for it"
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --revise: keep the change unasked")] = False,
    show: ShowOption = None,
    minutes: MinutesOption = 1.5,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="ja or en. Default: the premise's own")
    ] = None,
    structure: Annotated[str, typer.Option(help="kishotenketsu, three-acts or own")] = "kishotenketsu",
    profile: ProfileOption = "house",
    writer: Annotated[
        str | None,
        typer.Option("--writer", "-w", help="Writer model that fills and scores the lines: smollm, toy..."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Another seed gives another story from the same premise")
    ] = None,
    new_characters: Annotated[
        bool, typer.Option("--new-characters", help="Allow characters that are not in the show's bible")
    ] = False,
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget", help="Most that a large writer may use: tokens (200k), dollars ($1.50), or both"
        ),
    ] = None,
    drafts: Annotated[
        int | None, typer.Option("--drafts", min=1, max=4, help="Drafts of a large writer that compete")
    ] = None,
    episodes: Annotated[
        Path, typer.Option("--episodes", help="Folder of the episodes; the show's memory is kept in it")
    ] = Path("episodes"),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the last line: the script")] = False,
) -> None:
    """Write a script from a premise: an ordinary Fountain file, to edit and produce.

    A large writer (openai, transformers in the profile) writes everything itself, criticises it, and revises what it
    criticised; the small one keeps to plots of ours. A show remembers the scripts written for it, and the next one
    uses them. A script that you have edited is never overwritten. Every choice is in FILE.story.json beside it.

    --revise shows what your wish changes, scene by scene, before it is kept:
    sakuga write --revise ep02.fountain "make the robot sadder"

    Example: sakuga write "Ren forgets his umbrella on purpose." --show clear-skies --out ep02.fountain
    """
    from assets.errors import InputRefused
    from flows.episode.rewriting import Means
    from flows.episode.writing import Commission
    from flows.episode.writing import write as run
    from flows.terminal.arguments import chosen

    if revise is not None:
        means = Means(profile, name_of(writer, "--writer"), budget, name_of(show, "--show"), episodes)
        _revise(revise, premise, means, out=out, yes=yes, quiet=quiet)
        return
    if out is None:
        raise InputRefused("--out is missing. Name the script to write: --out FILE.fountain.")
    known: tuple[Structure, ...] = ("kishotenketsu", "three-acts", "own")
    chosen_structure = next(one for one in known if one == chosen(structure, known, "--structure"))
    commission = Commission(
        premise=premise, out=out, show=name_of(show, "--show"), minutes=minutes, language=language_of(language),
        structure=chosen_structure, profile=profile, budget=budget, drafts=drafts,
        writer=name_of(writer, "--writer"), seed=seed, new_characters=new_characters, episodes=episodes,
    )  # fmt: skip
    run(commission, quiet=quiet)


def _revise(script: Path, wish: str, means: "Means", *, out: Path | None, yes: bool, quiet: bool) -> None:
    import sys

    from assets.errors import InputRefused
    from flows.episode.rewriting import revise

    if out is not None:
        raise InputRefused("--revise changes the script itself; leave out --out, or copy the script first.")

    def keep() -> bool:
        return yes or (sys.stdin.isatty() and typer.confirm("Keep it?"))

    if revise(script, wish, means, keep=keep, say=say, quiet=quiet):
        say(f"{script}: revised")


@dataclass(frozen=True)
class PremiseOrder:
    """An episode that is made from a premise instead of a script."""

    premise: str
    minutes: float
    show: str | None
    profile: str
    out: Path
    language: "Language | None"


def script_of_premise(order: PremiseOrder, *, quiet: bool) -> Path:
    """The script of the premise: written now, or the existing one if somebody has edited it."""
    from flows.episode.writing import Commission, by_hand, script_for
    from flows.episode.writing import write as run

    script = script_for(order.premise, order.out)
    if not by_hand(script):
        run(
            Commission(
                premise=order.premise, out=script, show=order.show, minutes=order.minutes, language=order.language,
                profile=order.profile, episodes=order.out,
            ),
            quiet=quiet,
        )  # fmt: skip
    return script
