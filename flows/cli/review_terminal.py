"""`sakuga review`: the open gates, the econte as a table, and the decision from a terminal.

In: an episode, options or answers.      Out: tables, previews as files, a decision through the service.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.prompt import Confirm, Prompt

from assets.errors import DecisionRefused, RunAsleep
from assets.plain import counted
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.review import Decision, Reason, Shown
from assets.store import Gate, Review
from assets.timing import koma
from assets.vault import Vault
from flows.cli.review_flags import Flags, decision_of
from flows.cli.takes_table import HEADINGS
from flows.deployments.review_page import ASKED, sheet_of
from flows.episode.part import FOLDER, copied
from flows.review.retake_readings import offered, readings, required_heard
from flows.review.review_store import Room, episode_named, newest_gate, room
from flows.review.rules import Reviewer
from flows.review.service import TITLES, decide
from flows.review.standing import standing
from flows.review.waiting import in_words, seconds_left
from flows.review.wake import nudge
from flows.settings import media_url
from flows.terminal import tables
from flows.terminal.console import console as terminal
from flows.terminal.screen import length
from stages.deliver.econte import Row, scenes

CODES = ", ".join(Reason)


def review(episode: str | None, out: Path, flags: Flags, *, by: str) -> None:
    """List the open gates; or show one episode and decide about it."""
    console = terminal()
    with room(out) as here:
        if episode is None:
            _list(here, console)
            return
        gate = _open_gate(episode, here, console)
        if gate is None:
            return
        if flags.given:
            decision = decision_of(flags)
            _told_before(decision, gate, here, flags, console)
            _decided(gate, decision, here, by, console)
            return
        _show(gate, here, out, console)
        if console.is_terminal:
            _ask(gate, here, by, console)
        else:
            console.print("Decide with --approve, --retake CUT:CODES:NOTE or --stop (sakuga review --help).")


def _list(here: Room, console: Console) -> None:
    gates = here.store.open_gates()
    if not gates:
        console.print("Nothing waits for a review.")
        return
    rows = [
        (gate.episode.partition("/")[2], gate.kind, str(gate.round), _moment(gate.opened_at),
         in_words(seconds_left(gate)), str(len(gate.shows.cuts)))
        for gate in gates
    ]  # fmt: skip
    tables.show(("episode", "gate", "round", "since", "left", "cuts"), rows, console)
    console.print("Look at one with: sakuga review EPISODE")


def _open_gate(name: str, here: Room, console: Console) -> Gate | None:
    episode = episode_named(name, here.store)
    gate = newest_gate(episode, here.store)
    if gate is not None and gate.state == "open" and seconds_left(gate) > 0:
        return gate
    if gate is None:
        console.print(
            f"{escape(episode.id)} has not reached a gate. Add gates with `sakuga produce --gates storyboard,takes`."
        )
        return None
    state = {"open": "expired"}.get(gate.state, gate.state)
    console.print(
        f"{escape(episode.id)} is not waiting: its {TITLES[gate.kind]} gate, round {gate.round}, is {state}."
    )
    _resumed(gate, here, console)
    return None


def _resumed(gate: Gate, here: Room, console: Console) -> None:
    """Resume the run of a decided gate if it is still suspended; where that fails, say so."""
    try:
        if gate.state == "decided" and nudge(gate):
            console.print("The run that waited there was still suspended; it continues now.")
            return
    except RunAsleep as asleep:
        console.print(escape(str(asleep)))
        return
    found = standing(here.store, gate.episode)
    if found.state == "decided":
        console.print(f"{escape(gate.episode.partition('/')[2])}: {escape(str(found))}.")


def _show(gate: Gate, here: Room, out: Path, console: Console) -> None:
    board, sheet = gate.shows, sheet_of(gate, here.vault)
    folder = out / gate.episode.partition("/")[2] / FOLDER
    console.print(
        f"[bold]{escape(sheet.title or sheet.episode)}[/]: {TITLES[gate.kind]} review, round {gate.round}, "
        f"{counted(len(board.cuts), 'cut')}, {length(sheet.frames, sheet.rate)}; {in_words(seconds_left(gate))} left"
    )
    console.print(f"[dim]{ASKED[gate.kind]}[/]")
    _refusal(gate, console)
    cuts = {cut.cut: cut for cut in board.cuts}
    for scene in scenes(sheet, {}):
        console.print(f"\n[bold]{escape(scene.name)}[/] · {escape(scene.where)} · {scene.time}")
        rows = [row_of(row, states(cuts[row.number], sheet)) for row in scene.rows]
        tables.show(("cut", "time", "shot", "what happens", "state"), rows, console)
    if board.kind != "script":
        count = sum(1 for cut in board.cuts for _ in previews(cut, folder, here.vault))
        console.print(f"\n{counted(count, 'preview')}: {escape(str(folder.absolute()))}")
    if board.episode is not None:
        console.print(f"The episode: {escape(str((folder.parent / 'episode.mp4').absolute()))}")
    if media_url():
        console.print(f"Play it: {media_url()}/episodes/{gate.episode.partition('/')[2]}")


def row_of(row: Row, marks: Iterable[str]) -> tuple[str, ...]:
    """One cut of the econte in one row of the table, with its ``states``."""
    shot = " ".join(part for part in (row.join, row.shot, row.camera) if part)
    return row.number, row.time, shot, _happens(row), "; ".join(marks)


def states(cut: Shown, sheet: Cutsheet) -> Iterator[str]:
    """The marks and measures of one cut."""
    if cut.news:
        yield cut.news
    if cut.locked:
        yield "locked"
    if cut.stale:
        yield f"stale: {cut.why}"
    for take in sorted(cut.takes, key=lambda take: take.number != cut.selected):
        shown = " (shown)" if take.number == cut.selected and len(cut.takes) > 1 else ""
        long = f", {koma(take.frames, sheet.rate)} long" if take.frames != cut.frames else ""
        measures = ", ".join(
            f"{HEADINGS.get(name, name)} {value:.3g}" for name, value in take.measures.items()
        )
        yield f"take {take.number}{shown}{long}{f': {measures}' if measures else ''}"


def previews(cut: Shown, folder: Path, vault: Vault) -> Iterator[Path]:
    """The panel and every take as files for a player: C004-panel.png, C004-take2.mp4."""
    if cut.panel is not None:
        name = f"{cut.cut}-panel{cut.panel.attempt if cut.panel.attempt > 1 else ''}.png"
        yield copied(cut.panel.image, folder / name, vault)
    for take in cut.takes:
        yield copied(take.clip, folder / f"{cut.cut}-take{take.number}.mp4", vault)


def _happens(row: Row) -> str:
    words = [f"{line.speaker}{f' ({line.mark})' if line.mark else ''}: {line.text}" for line in row.dialogue]
    return " / ".join(part for part in (row.action, row.caption, *words) if part)


def _refusal(gate: Gate, console: Console) -> None:
    if gate.refusals:
        console.print(f"[yellow]An answer was refused:[/] {escape(gate.refusals[-1].why)}")


def _ask(gate: Gate, here: Room, by: str, console: Console) -> None:
    """Ask until a decision is recorded, or the person decides nothing now."""
    while True:
        verdict = Prompt.ask(
            "\nYour verdict", choices=["approve", "retake", "stop", "later"], default="later", console=console
        )
        if verdict == "later":
            console.print("Nothing was decided; the run keeps waiting.")
            return
        retakes = list(_retakes(console)) if verdict == "retake" else []
        note = Prompt.ask(
            "A note on the whole episode (optional)", default="", console=console, show_default=False
        )
        flags = Flags(approve=verdict == "approve", stop=verdict == "stop", retake=retakes, note=note)
        try:
            decision = decision_of(flags)
            _told_before(decision, gate, here, replace(flags, anyway=True), console)
            if Confirm.ask(f"{_described(decision)} Send it as {escape(by)}?", default=True, console=console):
                _decided(gate, decision, here, by, console)
                return
        except DecisionRefused as refused:
            console.print(f"[red]{escape(str(refused))}[/]")
            gate = newest_gate(episode_named(gate.episode, here.store), here.store) or gate


def _told_before(decision: Decision, gate: Gate, here: Room, flags: Flags, console: Console) -> None:
    """What each reason will change; one that changes nothing is refused, or only told with ``anyway``."""
    sheet = sheet_of(gate, here.vault)
    found = readings(decision, gate.shows, sheet)
    for reading in found:
        for told in (*reading.changes, *(reading.problems if reading.heard else ())):
            console.print(f"{reading.cut}: {escape(told.removeprefix(f'{reading.cut}: '))}")
    if not flags.anyway:
        required_heard(found, "Send it all the same with --anyway.")
        return
    silent = [reading.unheard for reading in found if not reading.heard]
    for told in (*silent, *([offered()] if silent else ())):
        console.print(f"[yellow]{escape(told)}[/]")


def _retakes(console: Console) -> Iterator[str]:
    console.print(f"[dim]Reasons: {CODES}[/]")
    while cut := Prompt.ask("Cut to do again (empty: no more)", default="", console=console,
                            show_default=False).strip():  # fmt: skip
        codes = Prompt.ask("  reasons, separated by commas", console=console)
        note = Prompt.ask(
            "  what you want to see (optional)", default="", console=console, show_default=False
        )
        yield f"{cut}:{codes.replace(':', ' ')}:{note}"


def _described(decision: Decision) -> str:
    cuts = ", ".join(item.cut for item in decision.remarks)
    return {"approve": "Approve all of it.", "stop": "Stop the run."}.get(decision.verdict, f"Redo {cuts}.")


def _decided(gate: Gate, decision: Decision, here: Room, by: str, console: Console) -> Review:
    taken = decide(here, gate.id, decision, Reviewer(by, "terminal", gate.seen))
    console.print(
        f"{decision.verdict}: {TITLES[gate.kind]} gate of {escape(gate.episode.partition('/')[2])}, "
        f"round {gate.round}, by {escape(by)}. {_follows(decision, gate)}"
    )
    if standing(here.store, gate.episode).is_stopped:
        console.print("Its run was stopped: run the same command to go on.")
    return taken


def _follows(decision: Decision, gate: Gate) -> str:
    if decision.verdict == "stop":
        return "The run ends; run the same command to be asked again."
    if decision.verdict == "retake":
        cuts = ", ".join(item.cut for item in decision.remarks)
        return (
            f"{cuts}: redone, then reviewed again." if cuts else "The run ends; edit the script or cut sheet."
        )
    return "The run continues."


def _moment(stamp: str) -> str:
    return stamp[:16].replace("T", " ")
