"""`sakuga produce`, `breakdown` and `retake`: make an episode, its cut sheet only, or one cut again."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import completing
from flows.cli.options import (
    LanguageOption,
    MinutesOption,
    NameOption,
    OutOption,
    PremiseOption,
    ProfileOption,
    RecordOption,
    SameOption,
    Script,
    ShowOption,
    approver_of,
    language_of,
    name_of,
    recorded,
    review_gates,
)
from flows.cli.writing import PremiseOrder, script_of_premise
from flows.terminal.lines import say

if TYPE_CHECKING:
    from assets.sheets.production import Report
    from flows.episode.brief import Brief, RetakeOrder
    from flows.episode.scope import Scope


def produce(
    ctx: typer.Context,
    script: Annotated[
        Path | None, typer.Argument(help="Screenplay: .fountain, .txt, .md, .spmd or Final Draft .fdx")
    ] = None,
    premise: PremiseOption = None,
    minutes: MinutesOption = 1.5,
    show: ShowOption = None,
    profile: ProfileOption = "house",
    out: OutOption = Path("episodes"),
    language: LanguageOption = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of every drawing. Default: the profile's seed")
    ] = None,
    takes: Annotated[
        int | None, typer.Option("--takes", help="Takes of each cut; the best is shown", min=1, max=16)
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Redo unlocked work made by an older model, seed or quality")
    ] = False,
    burn_in: Annotated[bool, typer.Option("--burn-in", help="Draw the subtitles into the picture")] = False,
    gates: Annotated[
        str | None,
        typer.Option("--gates", help="Stop at these gates for a review: script,storyboard,takes,final"),
    ] = None,
    approve: Annotated[
        str, typer.Option("--approve", help="person, or auto: an unattended run passes its gates")
    ] = "person",
    review_hours: Annotated[
        float, typer.Option("--review-hours", help="How long a gate waits for a person")
    ] = 72,
    animatic_first: Annotated[
        bool,
        typer.Option(
            "--animatic-first", help="Make the animatic before the episode: as NAME-animatic, beside it"
        ),
    ] = False,
    record: RecordOption = None,
    name: NameOption = None,
    same_episode: SameOption = False,
    workers: Annotated[
        str, typer.Option("--workers", help="Workers of the cluster that SAKUGA_RAY names: a number, or auto")
    ] = "0",
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Only the last line: where the episode is")
    ] = False,
    until: Annotated[
        str | None,
        typer.Option("--until", help="End after this stage: script, voices, storyboard, takes, or final"),
    ] = None,
    cuts: Annotated[
        str | None,
        typer.Option(
            "--cuts", help="Draw and move only these: C003-C007,C010. No film is joined, no gate asks"
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Make it again when script, bible, profile or cut sheet change")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", "-n", help="Only list what would be made, what is found, time, memory, disk, money"
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --dry-run: print a document for programs instead")
    ] = False,
) -> None:
    """Make an episode from a screenplay: picture, voices, effects, music, subtitles, contact sheet.

    Safe to repeat: finished work is reused and only what changed is redone. Stop it with Ctrl-C (or by a power cut) and
    run the same command to continue.

    Examples: sakuga produce ep01.fountain --profile animatic
              sakuga produce --premise "A girl finds a talking umbrella"
              sakuga produce ep01.fountain --dry-run           only list the work
              sakuga produce ep01.fountain --until storyboard  the panels first
              sakuga produce ep01.fountain --cuts C003-C007 --watch
    """
    from flows.episode.brief import Brief
    from flows.episode.scope import scope_of
    from flows.terminal.arguments import build

    scope = scope_of(until, cuts)
    together = _Together(script is not None, premise is not None, animatic_first, dry_run, as_json, watch)
    # Gates of sakuga.toml are left out where only some cuts are made; gates that were typed are refused there.
    typed = ctx.get_parameter_source("gates")
    together.check(scope, gates=typed is not None and typed.name == "COMMANDLINE", record=record is True)
    if script is None:
        asked = PremiseOrder(premise or "", minutes, show, profile, out, language_of(language))
        script = script_of_premise(asked, quiet=quiet)
    brief = build(
        Brief, script=script,
        show=name_of(show, "--show"), profile=profile, out=out, language=language_of(language), seed=seed, takes=takes,
        refresh=refresh, burn_in=burn_in, gates=review_gates(gates), approve=approver_of(approve),
        review_hours=review_hours, name=name_of(name, "--name"), same_episode=same_episode,
        workers=int(workers) if workers.isascii() and workers.isdigit() and len(workers) < 10 else workers,
    )  # fmt: skip

    def once() -> None:
        if dry_run:
            from flows.cli.dry_run import tell

            tell(brief, scope, as_json=as_json)
        elif not scope.is_whole:
            from flows.episode.produce import produce_part

            produce_part(brief, scope, quiet=quiet)
        else:
            _whole(brief, recorded(record), animatic_first=animatic_first, quiet=quiet)

    if watch:
        from flows.cli.watching import watched

        watched(brief, once, quiet=quiet)
    else:
        once()


@dataclass(frozen=True)
class _Together:
    """Which options of `produce` were given, to refuse those that contradict each other."""

    script: bool
    premise: bool
    animatic_first: bool
    dry_run: bool
    as_json: bool
    watch: bool

    def check(self, scope: "Scope", *, gates: bool, record: bool) -> None:
        part = not scope.is_whole
        refused = {
            "give either a SCRIPT, or --premise to have one written": self.script == self.premise,
            "--dry-run and --watch look at one SCRIPT; leave out --premise and --animatic-first": (
                (self.dry_run or self.watch) and (self.premise or self.animatic_first)
            ),
            "--json prints what --dry-run finds; add --dry-run": self.as_json and not self.dry_run,
            "--until and --cuts make a part of one episode; leave out --animatic-first": (
                part and self.animatic_first
            ),
            "--cuts makes some cuts, and a gate asks about all of them; leave out --gates": (
                bool(scope.cuts) and gates
            ),
            "--until and --cuts are not recorded on a Prefect server; leave out --record": part and record,
        }
        for why, wrong in refused.items():
            if wrong:
                raise typer.BadParameter(why)


def _whole(brief: "Brief", on_record: bool, *, animatic_first: bool, quiet: bool) -> None:
    """The whole episode, after its animatic where that was asked for."""
    if animatic_first:
        from flows.episode.animatic import animatic_of, announced, continued
        from flows.terminal.console import PlainConsole

        say = PlainConsole(quiet=quiet)
        say.print(announced(brief))
        report = _produce(animatic_of(brief), on_record, quiet=quiet)
        say.print(continued(brief, report))
    _produce(brief, on_record, quiet=quiet)


def _produce(brief: "Brief", on_record: bool, *, quiet: bool) -> "Report":
    if on_record:
        from flows.deployments import recorded as server

        return server.produce(brief, quiet=quiet)
    from flows.episode.produce import produce

    return produce(brief, quiet=quiet)


def breakdown(
    script: Script,
    show: ShowOption = None,
    profile: ProfileOption = "house",
    out: OutOption = Path("episodes"),
    language: LanguageOption = None,
    name: NameOption = None,
    same_episode: SameOption = False,
) -> None:
    """Write the cut sheet only: no drawing, no sound. Edit it by hand; your edits override the rules.

    Durations are estimates until the lines are recorded by `sakuga produce`.
    """
    from flows.episode.brief import Brief
    from flows.episode.produce import break_down as run
    from flows.terminal.arguments import build

    run(
        build(
            Brief,
            script=script,
            show=name_of(show, "--show"),
            profile=profile,
            out=out,
            language=language_of(language),
            name=name_of(name, "--name"),
            same_episode=same_episode,
        )
    )


def retake(
    episode: Annotated[
        str,
        typer.Argument(
            autocompletion=completing.episodes,
            help="Episode: its id, folder or script's name (`sakuga status` lists them)",
        ),
    ],
    cut: Annotated[str, typer.Argument(help="Cut number, such as C004")],
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why; it stays in the record")],
    frames: Annotated[
        str | None,
        typer.Option(
            "--frames", "-f", help="Only these: START-STOP, from 0; STOP is the first frame after them"
        ),
    ] = None,
    unlock: Annotated[
        bool, typer.Option("--unlock", help="Redo the cut although its take is approved")
    ] = False,
    out: OutOption = Path("episodes"),
    record: RecordOption = None,
) -> None:
    """Order another take of one cut (or of some of its frames); nothing else is touched.

    Example: sakuga retake ep01-ja C004 --reason "closer, and she looks left"
    """
    from flows.episode.brief import retake_order
    from flows.episode.known import id_of

    order = retake_order(cut, reason=reason, frames=frames, unlock=unlock)
    episode = id_of(episode, out)
    _tell_what_changes(episode, order, out)
    if recorded(record):
        from flows.deployments.recorded import retake as run
    else:
        from flows.episode.produce import retake as run
    run(episode, order, out)


def _tell_what_changes(episode: str, order: "RetakeOrder", out: Path) -> None:
    """Before anything is made: what the reason will change, or what else can be said."""
    from flows.review.retake_readings import of_order, offered

    told = of_order(episode, order, out)
    for line in (*told.changes, *(told.problems if told.heard else ()), told.unheard) if told else ():
        if line:
            say(line if line.startswith(order.cut) else f"{order.cut}: {line}", err=True)
    if told and not told.heard:
        say(offered(), err=True)
