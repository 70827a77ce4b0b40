"""`sakuga status`: show the episodes, what is approved, what is stale, and what is still to do.

In: the store and the cut sheets on disk.      Out: tables. Changes nothing.
"""

from pathlib import Path
from typing import Any

from rich.markup import escape

from assets.errors import InputRefused
from assets.loader import parse_yaml
from assets.plain import one_line, shortened
from assets.sheets.cutsheet import Cutsheet
from assets.sqlite_url import file_of
from assets.store import Store
from assets.store.records import Episode
from assets.timing import koma
from flows.cli import documents
from flows.episode import known
from flows.episode.plan import SHEET
from flows.episode.workspace import open_vault
from flows.review.standing import last_run, standing
from flows.settings import settings
from flows.terminal import tables
from flows.terminal.console import console as terminal


def tell(episode: str | None, out: Path, *, as_json: bool = False) -> None:
    """Show all episodes, or one cut by cut."""
    chosen = settings(out)
    file = file_of(chosen.store)
    if file is not None and not file.exists():
        raise InputRefused(f"Nothing has been produced in {out} yet. Start with `sakuga produce SCRIPT`.")
    with Store.open(chosen.store) as store:
        found = store.episodes()
        if episode is None:
            if as_json:
                documents.show("status", {"episodes": [_summary(item, store) for item in found]})
            else:
                _all(found, store)
            return
        key = known.found(episode, (item.key for item in found))
        one = next(item for item in found if item.key == key)
        if as_json:
            documents.show("episode", _detailed(one, store, out))
        else:
            _one(one, store, out)


def _summary(item: Episode, store: Store) -> dict[str, Any]:
    """``state``: an outcome, waits, decided, or empty while a run is at work or was cut off."""
    found, run = standing(store, item.key), last_run(store, item.key)
    last = {"made_at": run.made_at, "profile": run.profile, "outcome": run.outcome} if run else None
    return {"id": item.id, "key": item.key, "title": item.title, "state": found.word, "last_run": last}


def _detailed(item: Episode, store: Store, out: Path) -> dict[str, Any]:
    sheet, chosen = _sheet(item, store, out), store.selections(item.key)
    ordered = {order.cut: order.reason for order in store.open_retakes(item.key)}
    cuts = []
    for cut in sheet.cuts:
        selected = chosen.get(cut.number)
        cuts.append(
            {
                "cut": cut.number,
                "frames": cut.frames,
                "take": selected.take.number if selected else None,
                "takes": len(store.takes(item.key, cut.number)),
                "locked": selected is not None and selected.locked,
                "stale": selected is not None and selected.stale,
                "retake_ordered": ordered.get(cut.number),
            }
        )
    gates = [
        {"gate": gate.kind, "round": gate.round, "until": gate.until} for gate in store.open_gates(item.key)
    ]
    return {**_summary(item, store), "rate": str(sheet.rate), "cuts": cuts, "open_gates": gates}


def _all(found: tuple[Episode, ...], store: Store) -> None:
    rows = []
    for item in found:
        last = last_run(store, item.key)
        row = (
            item.id,
            shortened(one_line(item.title), 60),
            last.made_at if last else "",
            last.profile if last else "",
            str(standing(store, item.key)) if last else "",
        )
        rows.append(row)
    tables.show(("episode", "title", "last run", "profile", "outcome"), rows, terminal())


def _one(item: Episode, store: Store, out: Path) -> None:
    console = terminal()
    sheet, chosen = _sheet(item, store, out), store.selections(item.key)
    ordered = {order.cut: order for order in store.open_retakes(item.key)}
    rows = []
    for cut in sheet.cuts:
        selected, order = chosen.get(cut.number), ordered.get(cut.number)
        state = [
            word
            for word, true in (
                ("to do", selected is None),
                ("approved", selected is not None and selected.locked),
                ("stale", selected is not None and selected.stale),
                (f"retake ordered: {order.reason}" if order else "", order is not None),
            )
            if true
        ]
        count = len(store.takes(item.key, cut.number))
        take = f"{selected.take.number} of {count}" if selected else ""
        what = " / ".join(line.text for line in cut.lines) or cut.text or cut.action
        row = (
            cut.number,
            koma(cut.frames, sheet.rate),
            take,
            ", ".join(state),
            shortened(one_line(what), 60),
        )
        rows.append(row)
    tables.show(("cut", "time", "take", "state", "what"), rows, console)
    for gate in store.open_gates(item.key):
        console.print(
            f"Waits for a review: {gate.kind} gate, round {gate.round}. Decide with: sakuga review {escape(item.id)}"
        )
    if run := last_run(store, item.key):
        console.print(
            f"Last run: {run.made_at}, profile {escape(run.profile)}, {escape(str(standing(store, item.key)))}"
        )
    console.print(f"Missing numbers: {', '.join(sheet.missing) or 'none'}")


def _sheet(item: Episode, store: Store, out: Path) -> Cutsheet:
    """The cut sheet of this machine, or the newest one of another machine."""
    path, paper = out / item.id / SHEET, store.papers(item.key).get("cutsheet")
    if path.exists():
        return Cutsheet.read(path)
    if paper is None:
        raise InputRefused(f"{path} is not there; run `sakuga breakdown` or `sakuga produce` again.")
    text = open_vault(settings(out)).get(paper.ref).decode()
    return Cutsheet.from_raw(parse_yaml(text, SHEET), f"the {SHEET} of {item.key} in the vault")
