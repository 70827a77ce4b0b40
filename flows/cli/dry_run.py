"""`sakuga produce --dry-run`: the work that a run would do, and what it takes, as tables or a document.

In: a brief.      Out: text, or one document for programs. Nothing is made or written.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from os.path import normpath
from typing import Any

from assets.plain import counted, one_line
from assets.sheets.production import Done
from flows.cli import documents
from flows.episode import disk
from flows.episode.brief import Brief
from flows.episode.costs import Charged, Memory, Time, charged, memory_of, time_of
from flows.episode.disk import Need
from flows.episode.dry_run import DryRun, dry_run
from flows.episode.executor import useful_lanes
from flows.episode.scope import STAGES, Scope
from flows.settings import lanes
from flows.terminal import tables
from flows.terminal.arguments import is_cut
from flows.terminal.console import console
from flows.terminal.screen import TITLES, length, notes

OUTCOMES = ("made", "reused", "kept", "locked")


def tell(brief: Brief, scope: Scope, *, as_json: bool) -> None:
    """Print what `produce` would do with this brief now."""
    tried = dry_run(brief, scope)
    gates = asked_at(brief, scope)
    if as_json:
        documents.show("dry-run", _document(tried, gates))
        return
    to = console()
    to.print(
        f"A dry run of {tried.episode}, profile {tried.profile.name}: nothing is made or written.",
        markup=False,
    )
    tables.show(("step", "to make", "found", "which"), [_row(*step) for step in _steps(tried.work)], to)
    notes(to, tried.notes)
    for line in _told(tried, gates):
        to.print(line, markup=False)


def asked_at(brief: Brief, scope: Scope) -> tuple[str, ...]:
    """The gates where the run waits for a person: none behind its last stage, none where only some cuts are made."""
    if scope.cuts or brief.approve == "auto":
        return ()
    return tuple(gate for gate in brief.gates if STAGES.index(gate) <= STAGES.index(scope.last))


def ranges(work: Sequence[Done]) -> str:
    """The pieces to make, by name; a run of neighbouring cuts as FIRST to LAST."""
    runs = [list(run) for made, run in groupby(work, lambda done: done.outcome == "made") if made]
    names = [[one_line(done.name) for done in run] for run in runs]
    return ", ".join(
        f"{run[0]} to {run[-1]}" if len(run) > 2 and all(map(is_cut, run)) else ", ".join(run)
        for run in names
    )


def _steps(work: Sequence[Done]) -> Iterator[tuple[str, list[Done]]]:
    for step in dict.fromkeys(done.step for done in work):
        yield step, [done for done in work if done.step == step]


def _row(step: str, work: list[Done]) -> tuple[str, ...]:
    made = sum(done.outcome == "made" for done in work)
    kept = [
        f"{count} {word}" for word in OUTCOMES[1:] if (count := sum(done.outcome == word for done in work))
    ]
    return TITLES[work[0].step], str(made), ", ".join(kept) or "0", ranges(work)


def _told(tried: DryRun, gates: Sequence[str]) -> Iterator[str]:
    """What it takes, in sentences."""
    film = length(tried.sheet.frames, tried.sheet.rate)
    yield f"{counted(len(tried.sheet.cuts), 'cut')}, {film}{_estimated(tried)}."
    if not tried.made:
        yield "Nothing has changed: everything is found, and no model is called."
        return
    yield _time(_time_of(tried))
    yield from map(_memory, _memory_of(tried))
    yield from map(_disk, _disk_of(tried))
    yield _money(_charged(tried))
    if gates:
        yield f"It stops for a review at: {', '.join(gates)}. A retake there is more work than is listed here."
    if tried.profile.takes.count > 1:
        yield "Of several takes the best is shown: which one is known only once they are judged."


def _estimated(tried: DryRun) -> str:
    unspoken = sum(done.step == "voice" for done in tried.made)
    return f" (estimated; not recorded yet: {counted(unspoken, 'line')})" if unspoken else ""


def _time_of(tried: DryRun) -> Time:
    film = float(tried.sheet.frames / tried.sheet.rate)
    return time_of(tried.work, film, tried.pace, tried.profile, lanes() or useful_lanes())


def _memory_of(tried: DryRun) -> list[Memory]:
    return memory_of(tried.made, tried.sheet.language, tried.profile, tried.settings.device)


def _disk_of(tried: DryRun) -> list[Need]:
    drawn = {done.name.partition("/")[0] for done in tried.made if done.step == "take"}
    there = {cut.number for cut in tried.sheet.cuts} - drawn
    return disk.needs(tried.sheet, there, tried.profile, tried.folder, tried.vault)


def _charged(tried: DryRun) -> list[Charged]:
    return charged(tried.made, tried.sheet.language, tried.profile)


def _time(time: Time) -> str:
    if time.seconds is None:
        return f"{'Time':<8}unknown: nothing was measured with this profile yet."
    about = f"about {_minutes(time.seconds)}"
    origin = {
        "earlier runs": "as long as in earlier runs here",
        "profile": "as the profile states for two CPU cores",
    }
    return f"{'Time':<8}{about} ({origin.get(time.measured, 'only documents are written')})"


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _memory(memory: Memory) -> str:
    need = f"{memory.gb:g} GB for the largest model" if memory.gb else "no model states a need"
    return f"{'Memory':<8}{memory.device}: {need} ({', '.join(memory.models)})"


def _disk(need: Need) -> str:
    size, free = disk.size(need.bytes), disk.size(need.free)
    return f"{'Disk':<8}{need.what}: about {size}, {free} free ({normpath(need.folder)})"


def _money(asked: Sequence[Charged]) -> str:
    if not asked:
        return f"{'Money':<8}none: every model runs on computers of yours"
    calls = ", ".join(f"{one.pieces} by the {one.port} {one.model}" for one in asked)
    return f"{'Money':<8}what their servers charge for {calls}"


def _document(tried: DryRun, gates: Sequence[str]) -> dict[str, Any]:
    time = _time_of(tried)
    return {
        "episode": tried.episode,
        "known": tried.known,
        "profile": tried.profile.name,
        "cuts": len(tried.sheet.cuts),
        "frames": tried.sheet.frames,
        "rate": str(tried.sheet.rate),
        "steps": [
            {"step": step, **{word: sum(done.outcome == word for done in work) for word in OUTCOMES}}
            for step, work in _steps(tried.work)
        ],
        "to_make": [{"step": done.step, "name": done.name, "why": done.why} for done in tried.made],
        "seconds": None if time.seconds is None else round(time.seconds, 1),
        "measured": time.measured,
        "memory": [{"device": one.device, "gb": one.gb, "models": one.models} for one in _memory_of(tried)],
        "disk": [
            {"what": need.what, "folder": str(need.folder), "bytes": round(need.bytes), "free": need.free}
            for need in _disk_of(tried)
        ],
        "charged": [{"port": one.port, "model": one.model, "pieces": one.pieces} for one in _charged(tried)],
        "gates": list(gates),
        "notes": list(tried.notes),
    }
