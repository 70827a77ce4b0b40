"""The progress display in the terminal, with time left, findings, and the summary at the end.

In: events of a run, findings, a report.      Out: text on the console. Decides nothing.
"""

import logging
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from assets.plain import counted, one_line, shortened, typed, visible
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Done, Report, Step
from assets.sheets.story import Asked, Slot, Story
from assets.timing import koma, seconds_of
from flows.terminal import tables
from flows.terminal.console import PlainConsole, console

TITLES: dict[Step, str] = {
    "story": "Story", "direction": "Direction", "voice": "Voices", "panel": "Storyboard", "take": "Takes",
    "segment": "Segments", "effect": "Effects", "music": "Music", "mix": "Mix", "join": "Join", "document": "Papers",
    "sheet": "Sheets",
}  # fmt: skip


class Screen:
    """A Watch that draws one line per stage; on a pipe it prints one plain line per stage instead."""

    def __init__(self, *, quiet: bool = False) -> None:
        if quiet:
            _hush()
        self._console = PlainConsole(stderr=True, quiet=quiet)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<11}"),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.fields[note]}"),
            console=self._console,
            disable=not self._console.is_terminal or quiet,
        )
        self._lines: dict[Step, _Line] = {}
        self._waiting: TaskID | None = None

    def __enter__(self) -> "Screen":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
        for step, line in self._lines.items():
            if not line.announced or line.finished < line.total:  # a budget may end the takes early
                self._print(step, line)

    def began(self, step: Step, total: int, *, announced: bool = True) -> None:
        line = self._lines.get(step)
        if line is None:
            task = self._progress.add_task(TITLES[step], total=total, note="")
            self._lines[step] = _Line(task, total, announced)
        else:
            line.total += total
            self._progress.update(line.task, total=line.total)
            if total < 0 and line.finished == line.total:
                self._print(step, line)

    def moved(self, step: Step, name: str, part: float) -> None:
        line = self._lines[step]
        line.parts[name] = part
        self._progress.update(line.task, completed=line.completed, note=name)

    def done(self, done: Done) -> None:
        line = self._lines.get(done.step)
        if line is None or line.finished == line.total:
            # No total was announced: segments, where most takes need none.
            self.began(done.step, 1, announced=False)
            line = self._lines[done.step]
        line.finished += 1
        line.parts.pop(done.name.partition("/")[0], None)  # "C001/2" is the second take of C001
        line.outcomes[done.outcome] = line.outcomes.get(done.outcome, 0) + 1
        self._progress.update(line.task, completed=line.completed, note=line.counted)
        if line.announced and line.finished == line.total:
            self._print(done.step, line)

    def waits(self, what: str, how: str, left: str) -> None:
        """Show a gate: the full text once, then only the time that is left."""
        if self._waiting is None:
            self._waiting = self._progress.add_task("Review", total=None, note="")
            self._console.print(
                f"{what}: a review is needed. Look and decide from another terminal: [bold]{escape(how)}[/]\n"
                f"The run waits {left}. Ctrl-C loses nothing; the same command waits again.",
                highlight=False,
                soft_wrap=True,
            )
        self._progress.update(self._waiting, note=f"{what}: {left} left")

    def goes_on(self) -> None:
        """The gate is decided."""
        if self._waiting is not None:
            self._progress.remove_task(self._waiting)
            self._waiting = None

    def _print(self, step: Step, line: "_Line") -> None:
        """On a pipe, where no bar is drawn, print one plain line per stage."""
        if not self._console.is_terminal and line.printed != line.finished:
            line.printed = line.finished
            self._console.print(f"{TITLES[step]:<11} {line.finished:>3}  {line.counted}", highlight=False)


def _hush() -> None:
    """Stop Python from printing the warnings of modules where no handler takes them."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())


class _Line:
    """One stage's line on the screen."""

    def __init__(self, task: TaskID, total: int, announced: bool) -> None:
        self.task = task
        self.total = total
        self.announced = announced
        self.finished = self.printed = 0
        self.outcomes: dict[str, int] = {}
        self.parts: dict[str, float] = {}  # how far each piece in work has come

    @property
    def completed(self) -> float:
        return self.finished + sum(self.parts.values())

    @property
    def counted(self) -> str:
        return ", ".join(f"{count} {outcome}" for outcome, count in self.outcomes.items())


def summary(report: Report, folder: str, *, quiet: bool) -> None:
    """Print where everything is, what was redone and why, and what it cost."""
    if quiet:
        print(visible(report.files.get("episode", folder)))
        return
    to = console()
    _print_reasons(to, report)
    notes(to, report.warnings)
    if report.rights:
        number = len(report.rights.notes)
        exempt = f", with {counted(number, 'note')}" if number else ""
        to.print(
            f"[dim]Rights: cleared under {report.rights.policy}{exempt}; `sakuga rights check` says more.[/]"
        )
        for sentence in report.rights.disclosures:
            to.print(f"[yellow]note[/] {escape(sentence)}")
        for label in report.rights.labels:
            to.print(
                f"[dim]Labelled for {label.territory} ({escape(label.law)}): {escape(label.text)}, "
                f"{label.seconds:g} s; metadata {', '.join(label.metadata)}[/]"
            )
    tables.show(("what", "file"), report.files.items(), to)
    cost = (
        f"{report.seconds:.1f} s of episode ({report.frames} frames) in {report.wall_seconds:.1f} s, "
        f"{report.machine_seconds:.1f} s of them inside models and encoders"
    )
    if "integrated_lufs" in report.loudness:
        cost += (
            f"; {report.loudness['integrated_lufs']:.1f} LUFS, {report.loudness['true_peak_dbtp']:.1f} dBTP"
        )
    to.print(cost)


def _print_reasons(to: Console, report: Report) -> None:
    made = [done for done in report.work if done.outcome == "made" and done.why != "first time"]
    for done in made[:20]:
        to.print(f"[dim]{TITLES[done.step]} {escape(done.name)}: redone, {escape(done.why)}[/]")
    if len(made) > 20:
        to.print(f"[dim]...and {len(made) - 20} more; the report names each[/]")
    if not any(done.outcome == "made" for done in report.work):
        to.print("[dim]Nothing had changed: no model was called and nothing was encoded.[/]")


def notes(to: Console, told: Iterable[str]) -> None:
    """Print what people should look at, a line for each."""
    for note in told:
        to.print(f"[yellow]note[/] {escape(note)}")


def breakdown(sheet: Cutsheet, told: Iterable[str], path: Path) -> None:
    """Print an overview of the cut sheet."""
    to = console()
    rows = []
    for cut in sheet.cuts:
        who = ", ".join(item.character for item in cut.staged)
        what = " / ".join(line.text for line in cut.lines) or cut.text or cut.action
        row = (
            cut.number,
            koma(cut.frames, sheet.rate),
            cut.size,
            cut.camera.move,
            who,
            shortened(one_line(what), 60),
        )
        rows.append(row)
    tables.show(("cut", "time", "size", "camera", "who", "what"), rows, to)
    notes(to, told)
    to.print(
        f"{counted(len(sheet.cuts), 'cut')}, {length(sheet.frames, sheet.rate)} (estimated): {escape(str(path))}"
    )


def written(story: Story, path: Path, *, quiet: bool) -> None:
    """Print a summary of the story, what wrote it, and what to do next."""
    if quiet:
        print(visible(str(path)))
        return
    to = console()
    outline = story.outline
    to.print(f"[bold]{escape(outline.title)}[/]  {escape(outline.logline)}")
    notes(to, story.notes)
    calls: list[Slot | Asked] = [*story.slots, *story.asked]
    read, out = sum(call.tokens_in for call in calls), sum(call.tokens_out for call in calls)
    paid = sum((Decimal(call.cost_usd) for call in story.asked), start=Decimal(0))
    own = sum(slot.candidates[slot.chosen].by == "model" for slot in story.slots)
    made = f"{own} lines filled" if story.slots else f"written in {len(story.asked)} calls"
    price = f", ${paid:.4f}" if paid else ""
    to.print(
        f"{counted(len(story.scenes), 'scene')}, about {story.seconds:.0f} s; {made} by {escape(story.writer)} "
        f"({read} tokens read, {out} written{price})"
    )
    if story.why:
        to.print(escape(story.why))
    show = f" --show {typed(outline.show)}" if outline.show else ""
    to.print(f"{escape(str(path))}: edit it, then `sakuga produce {escape(typed(path))}{show}`")


def length(frames: int, rate: Fraction) -> str:
    """For people: "16.7 s", or from a minute on "1:05.0 min"."""
    tenths = round(seconds_of(frames, rate) * 10)
    if tenths < 600:
        return f"{tenths / 10:.1f} s"
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f} min"
