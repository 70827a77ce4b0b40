"""Show the takes of an episode as tables: measures, ranking, who chose what and why.

In: the store, the cut sheet on disk, the brief's profile.      Out: text on the console. Changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.markup import escape

from assets.errors import InputRefused
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.store import Store
from assets.store.records import SelectedTake
from flows.cli import documents
from flows.episode.brief import Brief
from flows.episode.plan import SHEET
from flows.episode.profile import Profile, load
from flows.episode.selection import RANKING, chosen_by_a_person
from flows.terminal import tables
from flows.terminal.console import console as terminal
from stages.takes.ranking import Ranked, rank

HEADINGS = {
    "sharpness": "sharp",
    "flicker": "flicker",
    "warping_error": "warping",
    "motion": "motion",
    "first_frame_similarity": "panel",
    "identity": "identity",
    "line_sync": "sync",
    "seam_difference": "seam",
}


@dataclass(frozen=True)
class Standing:
    """One cut: its takes, best first, and which one is shown."""

    cut: Cut
    ranked: tuple[Ranked, ...]
    selected: SelectedTake | None
    by_a_person: bool


def standings(store: Store, key: str, sheet: Cutsheet, profile: Profile) -> list[Standing]:
    """Every cut of the sheet, with all its takes; takes of an older content of the cut are ranked too."""
    chosen = store.selections(key)
    return [
        Standing(
            cut,
            rank(cut, store.takes(key, cut.number), profile.takes.ranking),
            chosen.get(cut.number),
            chosen_by_a_person(store.history(key, cut.number)),
        )
        for cut in sheet.cuts
    ]


def show_document(store: Store, key: str, brief: Brief, number: str | None) -> None:
    """Print the takes of all cuts, or of one, for a program: best first."""
    cuts = [
        {
            "cut": one.cut.number,
            "shown": one.selected.take.number if one.selected else None,
            "locked": one.selected is not None and one.selected.locked,
            "stale": one.selected is not None and one.selected.stale,
            "by_a_person": one.by_a_person,
            "takes": [
                {
                    "take": place.take.number,
                    "score": place.score,
                    "why": place.why,
                    "measures": place.take.measures,
                    "seconds": place.take.seconds,
                }
                for place in one.ranked
            ],
        }
        for one in _asked(store, key, brief, number)
    ]
    documents.show("takes", {"episode": key.partition("/")[2], "cuts": cuts})


def _asked(store: Store, key: str, brief: Brief, number: str | None) -> list[Standing]:
    path = brief.out / key.partition("/")[2] / SHEET
    if not path.exists():
        raise InputRefused(f"{path} is not there; run `sakuga produce` again.")
    found = standings(store, key, Cutsheet.read(path), load(brief.profile))
    asked = [one for one in found if number in (None, one.cut.number)]
    if not asked:
        numbers = ", ".join(one.cut.number for one in found)
        raise InputRefused(f"There is no cut {number} in {key}. Its cuts are {numbers}.")
    return asked


def show(store: Store, key: str, brief: Brief, number: str | None) -> None:
    """Show the table of all cuts, or of one."""
    asked = _asked(store, key, brief, number)
    measures = [
        name for name in HEADINGS
        if any(name in place.take.measures for one in asked for place in one.ranked)
    ]  # fmt: skip
    heads = ("cut", "take", "score", *(HEADINGS[name] for name in measures), "cost", "state", "why")
    rows: list[tuple[str, ...]] = []
    for one in asked:
        for index, place in enumerate(one.ranked):
            rows.append(_row(one, place, measures, first=index == 0))
        if not one.ranked:
            rows.append((one.cut.number, "none yet", *[""] * (len(heads) - 2)))
    tables.show(heads, rows, terminal())


def _row(one: Standing, place: Ranked, measures: Sequence[str], *, first: bool) -> tuple[str, ...]:
    take, selected = place.take, one.selected
    shown = selected is not None and selected.take.number == take.number
    state, why = "", place.why
    if shown and selected is not None:
        state = _state(selected, one.by_a_person)
        why = selected.reason or place.why
    values = (f"{take.measures[name]:.4f}" if name in take.measures else "-" for name in measures)
    return (
        one.cut.number if first else "",
        f"{take.number} *" if shown else str(take.number),
        f"{place.score:.3f}",
        *values,
        f"{take.seconds:.1f} s",
        state,
        why,
    )


def _state(selected: SelectedTake, by_a_person: bool) -> str:
    """ "shown", who chose it and when (if a person did), "locked", "stale"."""
    when = selected.made_at[:16].replace("T", " ")
    who = f"chosen by {selected.made_by} {when}" if by_a_person else f"ranked {when}"
    marks = [who, *(["locked"] if selected.locked else []), *(["stale"] if selected.stale else [])]
    return ", ".join(marks)


def shown(store: Store, key: str, number: str) -> None:
    """Say in one sentence what a cut shows now."""
    selected = store.selected(key, number)
    if selected is None:
        return
    locked = "locked" if selected.locked else "not locked"
    terminal().print(
        f"{number} shows take {selected.take.number}, {locked} ({escape(selected.made_by)}: "
        f"{escape(selected.reason) or 'no reason given'})."
    )


def show_history(store: Store, key: str, number: str) -> None:
    """Show every choice, lock and unlock of one cut."""
    entries = store.history(key, number)
    if not entries:
        raise InputRefused(f"{number} of {key} has no history: no take of it was ever selected.")
    rows = []
    before = None
    for entry in entries:
        what = "locked" if entry.locked else "unlocked" if before is not None and before.locked else "shown"
        who = "the ranking" if entry.made_by == RANKING else entry.made_by
        row = (entry.made_at[:19].replace("T", " "), str(entry.take), what, who, entry.reason)
        rows.append(row)
        before = entry
    tables.show(("when", "take", "state", "who", "why"), rows, terminal())
