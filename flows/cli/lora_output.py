"""What `sakuga lora` prints and asks.

In: validations, decisions, promotions.      Out: tables and sentences on the terminal.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.prompt import Confirm, Prompt

from assets.errors import InputRefused
from assets.plain import typed, visible
from assets.sheets.validation import Column, Subject, Validation
from flows.cli.documents import show as document
from flows.episode.workspace import open_vault
from flows.rights.books import opened
from flows.settings import settings, user
from flows.terminal.console import console as terminal
from flows.terminal.lines import say
from flows.terminal.tables import show as table
from flows.training import approvals, promotion, validation
from flows.training.approvals import Decision, Standing
from flows.training.drift import Generation
from flows.training.outdated import outdated
from flows.training.promotion import Change, Shelf
from stages.shots import artwork
from stages.validation.measuring import NO_GAIN, closed, gains


@dataclass(frozen=True)
class Given:
    """The options of `sakuga lora review`."""

    approve: bool
    refuse: bool
    strength: float | None
    note: str
    by: str
    as_json: bool


@contextmanager
def shelf_of(show: str, out: Path) -> Iterator[Shelf]:
    """The show with the store and vault of the project."""
    with opened(out) as store:
        yield Shelf(show, store, open_vault(settings(out)), user())


def look(name: str | None, out: Path, given: Given) -> None:
    """List the validations; or show one and decide about it."""
    if given.approve and given.refuse:
        raise InputRefused("--approve and --refuse: give only one of them.")
    with opened(out) as store:
        vault = open_vault(settings(out))
        if name is None:
            _list(approvals.listed(store), as_json=given.as_json)
            return
        standing = approvals.named(store, name)
        made = standing.read(vault)
        if given.approve or given.refuse:
            _decided(standing, given, store, vault)
            return
        if given.as_json:
            document("lora-validation", {"state": standing.state, "validation": validation.dump(made)})
            return
        say(f"{standing.name}, {made.subject.words}: {standing.words}")
        readings_table(made)
        say(f"Sheet: {_sheet(made, out, vault)}")
        console = terminal()
        if standing.decided is None and console.is_terminal:
            _asked(standing, made, given, store, vault)
        elif standing.decided is None:
            say("Decide with --approve [--strength S] or --refuse --note WHY.")


def _list(found: tuple[Standing, ...], *, as_json: bool) -> None:
    if as_json:
        document("lora-validations", {"validations": [_plain(one) for one in found]})
        return
    if not found:
        say("No LoRA was validated here. Validate one: sakuga lora validate FILE")
        return
    rows = [(one.name, one.subject, str(one.asked.body["base"]), one.words) for one in found]
    table(("LoRA", "of", "base", "state"), rows, terminal())


def _plain(one: Standing) -> dict[str, Any]:
    return {
        "name": one.name,
        "subject": one.subject,
        "document": one.document.sha256,
        "lora": one.asked.body["lora"],
        "state": one.state,
        "strength": one.strength,
        "event": one.asked.number,
    }


def readings_table(made: Validation) -> None:
    """What was measured, a column of the sheet in each row."""
    rows = [(_named(one), *_values(one, made)) for one in made.columns]
    last = "readable" if made.columns[0].readings.motion is None else "motion"
    table(("made", "style", "nearer", "features", "identity", last), rows, terminal())
    art = made.held_out
    if not gains(made.columns, art.floor):
        say(NO_GAIN)
    say(f"Held-out art: {art.dataset}, {len(art.works)} works; two halves of it are {art.floor:.2f} apart.")


def _named(one: Column) -> str:
    return {"without": "without", "now": f"now in the bible, {one.strength:g}"}.get(
        one.kind, f"strength {one.strength:g}"
    )


def _values(one: Column, made: Validation) -> tuple[str, ...]:
    found = one.readings
    share = f"{closed(one, made.columns, made.held_out.floor):.0%}" if one.kind != "without" else ""
    numbers = (found.features, found.identity, found.legible if found.motion is None else found.motion)
    return (f"{found.style:.2f}", share, *("" if value is None else f"{value:.2f}" for value in numbers))


def _sheet(made: Validation, out: Path, vault: Any) -> Path:
    """The sheet for people; written again if somebody removed it."""
    from assets import files

    path = out / validation.FOLDER / made.candidate.name / "sheet.png"
    data = vault.get(made.picture)
    if not path.is_file() or path.read_bytes() != data:
        files.folder_in(out, validation.FOLDER, made.candidate.name)
        files.write(path, data)
    return path


def _decided(standing: Standing, given: Given, store: Any, vault: Any) -> None:
    decision = Decision(
        standing.document.sha256, "approve" if given.approve else "refuse", given.strength, given.note
    )
    event = approvals.decide(store, vault, decision, by=given.by, door="terminal")
    at = f" at strength {float(event.body['strength']):g}" if given.approve else ""
    say(f"{'Approved' if given.approve else 'Refused'}: {standing.name}{at}, by {event.made_by}.")
    if given.approve:
        say(f"Put it into the bible: sakuga lora promote {typed(standing.name)} --show SHOW")


def _asked(standing: Standing, made: Validation, given: Given, store: Any, vault: Any) -> None:
    console = terminal()
    verdict = Prompt.ask(
        "\nYour verdict", choices=["approve", "refuse", "later"], default="later", console=console
    )
    if verdict == "later":
        console.print("Nothing was decided.")
        return
    strength = None
    if verdict == "approve":
        painted = [f"{one:g}" for one in made.strengths]
        strength = float(
            Prompt.ask("At which strength", choices=painted, default=f"{made.proposed:g}", console=console)
        )
    note = Prompt.ask("Why (kept with the decision)", default="", console=console, show_default=False)
    if Confirm.ask(f"{verdict} {standing.name} as {visible(given.by)}?", default=True, console=console):
        chosen = Given(verdict == "approve", verdict == "refuse", strength, note, given.by, False)
        _decided(standing, chosen, store, vault)


def change_told(change: Change, shelf: Shelf) -> None:
    """What a promotion or rollback did, and which cuts were made before it."""
    for one in change.after:
        say(f"{shelf.file}: {change.subject.words} has {one.file} at strength {one.strength:g}.")
    if not change.after:
        say(f"{shelf.file}: {change.subject.words} has no LoRA of {change.before[0].base} any more.")
    if change.before and change.after:
        say(f"It takes the place of {', '.join(one.file for one in change.before)}.")
    say(f"Event {change.event.number} of the ledger.")
    for note in change.notes:
        say(note)
    _stale(shelf)


def _stale(shelf: Shelf) -> None:
    bible = artwork.entered(shelf.bible, shelf.file.parent, shelf.vault)
    families = frozenset(str(event.body["base"]) for event in promotion.history(shelf.store, bible.id))
    for one in outdated(shelf.store, bible, families):
        say(f"{one}. The next run makes them again, except what a person approved.")


def told(show: str, out: Path, *, as_json: bool) -> None:
    """The history of a show."""
    with shelf_of(show, out) as shelf:
        events = promotion.history(shelf.store, shelf.bible.id)
        if as_json:
            found = [event.model_dump(mode="json", exclude={"previous"}) for event in events]
            document("lora-history", {"show": shelf.bible.id, "events": found})
            return
        if not events:
            say("No LoRA was promoted for this show.")
        for event in events:
            for line in promotion.told(event):
                say(line)
        _stale(shelf)


def drift_told(subject: Subject, out: Path, *, as_json: bool) -> None:
    """The generations of a subject, and the sheet that shows them."""
    from assets import files
    from assets.media.picture import to_png
    from flows.training import drift

    with opened(out) as store:
        vault = open_vault(settings(out))
        found = drift.generations(store, vault, subject)
        if as_json:
            document(
                "lora-drift", {"subject": str(subject), "generations": [_generation(one) for one in found]}
            )
            return
        picture = to_png(drift.sheet_of(found, vault))
    rows = [
        (
            str(one.number),
            one.standing.name,
            f"{one.made.learnt.takes} ({one.made.learnt.share:.0%})" if one.made.learnt else "",
            f"{one.column.strength:g}",
            f"{one.column.readings.style:.2f}",
            one.words,
            one.standing.state,
        )
        for one in found
    ]
    table(
        ("generation", "LoRA", "approved pictures", "strength", "style", "drift", "state"), rows, terminal()
    )
    first = found[0].made
    say(
        f"Without a LoRA the style distance is {first.columns[0].readings.style:.2f}; two halves of the art are "
        f"{first.held_out.floor:.2f} apart."
    )
    folder = files.folder_in(out, validation.FOLDER)
    path = folder / f"drift-{str(subject).replace('/', '-')}.png"
    files.write(path, picture)
    say(f"Sheet: {path}")


def _generation(one: Generation) -> dict[str, Any]:
    return {
        "generation": one.number,
        "name": one.standing.name,
        "state": one.standing.state,
        "strength": one.column.strength,
        "style": one.column.readings.style,
        "farther": one.farther,
        "comparable": one.comparable,
        "learnt": one.made.learnt.model_dump() if one.made.learnt else None,
    }
