"""Edit one cut of the cut sheet as a person does by hand, and keep every version of it.

In: an episode's workspace (not locked), changes of one cut.      Out: cutsheet.yaml written; a version in the store.
What is written is checked as a hand-edited file is. A value that somebody else has changed meanwhile is not
overwritten.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from assets.errors import InputRefused
from assets.loader import parse_yaml
from assets.plain import clean
from assets.sheets.base import Part
from assets.sheets.cutsheet import CutNumber, Cutsheet
from assets.store import Paper, Store
from assets.store.records import NO_SHOW, Episode
from assets.vault import Vault
from flows.episode import inputs, prompts
from flows.episode.cut_form import CutField, Value, fields_of
from flows.episode.plan import HEADER
from flows.episode.profile import Profile, load
from flows.episode.workspace import EpisodeWorkspace, held, state_folder
from flows.settings import settings
from stages.continuity import Edits, apply
from stages.shots import sheet_prompts

YAML = "application/yaml"
SHEET = "cutsheet"  # the name of its versions in the store


class Change(Part):
    """One value of a cut: what the person saw there, and what it becomes."""

    path: str = Field(min_length=1, max_length=200)
    was: Value
    to: Value

    def describe(self) -> str:
        return f"{self.path.removeprefix('staged.')}: {_told(self.was)} -> {_told(self.to)}"


@dataclass(frozen=True)
class Editable:
    """An episode whose cut sheet can be edited now.

    sheet   the sheet at hand, with the prompts that people read in it
    """

    workspace: EpisodeWorkspace
    profile: Profile
    sheet: Cutsheet

    def fields(self, cut: str) -> tuple[CutField, ...]:
        """What can be chosen for the cut.

        raises  InputRefused when the sheet has no such cut
        """
        if cut not in {item.number for item in self.sheet.cuts}:
            raise InputRefused(
                f"The cut sheet of {self.workspace.episode} has no cut {cut}. Load the page again."
            )
        machines = self.profile.machines
        return fields_of(self.sheet, cut, machines.painter_card, machines.animator_card)


def editable(item: Episode, out: Path, store: Store, vault: Vault) -> Editable:
    """The episode with its newest sheet on this machine.

    raises  InputRefused before the first breakdown, or when the sheet was edited on two machines
    """
    chosen = settings(out)
    show = None if item.show == NO_SHOW else item.show
    where = EpisodeWorkspace(item.id, show, out / item.id, state_folder(item.id, chosen), vault, store)
    path = inputs.sheet_at_hand(where)
    if path is None:
        raise InputRefused(f"{item.id} has no cut sheet yet. The first run of the episode writes it.")
    profile = load(inputs.remembered(item.id, out, chosen).profile)
    return Editable(where, profile, Cutsheet.read(path))


def changed(episode: Editable, cut: CutNumber, changes: Sequence[Change]) -> Cutsheet:
    """The sheet with ``changes``, checked; without built prompts, as a run works with it.

    raises  InputRefused naming a value that cannot be chosen, or that is another one by now;
            SheetRefused when the sheet as a whole is not valid with them
    """
    return changed_together(episode, {cut: changes})


def changed_together(episode: Editable, by_cut: Mapping[CutNumber, Sequence[Change]]) -> Cutsheet:
    """The same with the changes of several cuts."""
    cuts = {cut: _paths(episode, cut, changes) for cut, changes in by_cut.items()}
    own = prompts.by_hand(apply(Edits(cuts=cuts), episode.sheet), episode.workspace, episode.profile)
    texts = prompts.built(own, episode.profile)
    text = sheet_prompts.filled(own, texts).to_yaml()
    name = episode.workspace.folder / inputs.SHEET
    return Cutsheet.from_raw(parse_yaml(text, str(name)), str(name), text)


def save(episode: Editable, cut: CutNumber, changes: Sequence[Change], *, by: str) -> Paper:
    """Write the sheet with ``changes``; return its version."""
    return save_together(episode, {cut: changes}, by=by)


def save_together(episode: Editable, by_cut: Mapping[CutNumber, Sequence[Change]], *, by: str) -> Paper:
    """Write the sheet with the changes of several cuts, as one version."""
    required_idle(episode)
    for cut, changes in by_cut.items():
        if not changes:
            raise InputRefused(f"Nothing of {cut} was changed. Choose another value, then save.")
    return _written(episode, changed_together(episode, by_cut), by)


def restore(episode: Editable, version: int, *, by: str) -> Paper:
    """Write an earlier version of the sheet again, as the newest one."""
    required_idle(episode)
    paper = next((one for one in versions(episode) if one.version == version), None)
    if paper is None:
        raise InputRefused(f"{episode.workspace.episode} has no version {version} of its cut sheet.")
    return _written(episode, read_version(episode, paper), by)


def versions(episode: Editable) -> tuple[Paper, ...]:
    """Every version of the cut sheet, the newest first: those of runs and those that people saved here."""
    where = episode.workspace
    return where.store.paper_versions(where.key, SHEET)


def read_version(episode: Editable, paper: Paper) -> Cutsheet:
    text = episode.workspace.vault.get(paper.ref).decode()
    origin = f"version {paper.version} of the cut sheet"
    return Cutsheet.from_raw(parse_yaml(text, origin), origin, text)


def difference(before: Cutsheet, after: Cutsheet) -> tuple[str, ...]:
    """What differs between two versions, in words: "C002 size: medium -> close"; prompts that follow are left out."""
    old = {cut.number: _values(cut.model_dump(mode="json")) for cut in before.cuts}
    new = {cut.number: _values(cut.model_dump(mode="json")) for cut in after.cuts}
    said = [f"{number} added" for number in new if number not in old]
    said += [f"{number} removed" for number in old if number not in new]
    for number in (number for number in new if number in old):
        for path in new[number]:
            was, to = old[number].get(path), new[number][path]
            if was != to and path not in sheet_prompts.FIELDS:
                said.append(f"{number} {path.removeprefix('staged.')}: {_told(was)} -> {_told(to)}")
    return tuple(said)


def required_idle(episode: Editable) -> None:
    """Refuse while a run is at work: it wrote its sheet from an older one, and would write it again."""
    where = episode.workspace
    busy = held(where.episode, where.key, where.store, settings(where.folder.parent))
    if busy and not where.store.open_gates(where.key):
        raise InputRefused(
            f"{where.episode} is being made now. Edit its cuts when it waits for a review, or when it is finished; "
            "what you chose is kept on this page."
        )


def _paths(episode: Editable, cut: CutNumber, changes: Sequence[Change]) -> dict[str, Value]:
    """The new values of a cut by path, checked one by one."""
    known = {field.path: field for field in episode.fields(cut)}
    for change in changes:
        _checked(cut, change, known)
    return {change.path: clean(change.to) if isinstance(change.to, str) else change.to for change in changes}


def _checked(cut: str, change: Change, known: Mapping[str, CutField]) -> None:
    field = known.get(change.path)
    if field is None:
        raise InputRefused(f"{cut} has nothing called {change.path!r}. It has: {', '.join(known)}.")
    if change.was != field.value:
        raise InputRefused(
            f"{change.path} of {cut} is {_told(field.value)} by now, not {_told(change.was)}: somebody has edited the "
            "cut sheet meanwhile. Look at the cut again, then save."
        )
    if change.to in (None, "") and field.empty:
        return
    if field.kind == "choice" and change.to not in field.choices:
        raise InputRefused(
            f"{change.path} of {cut} cannot be {_told(change.to)}. It may be: {', '.join(field.choices)}."
        )
    if field.kind in ("frames", "number"):
        _bounded(cut, change, field)
    if field.kind == "text" and (not isinstance(change.to, str) or len(change.to) > field.most):
        raise InputRefused(f"{change.path} of {cut} is a text of at most {field.most:,.0f} characters.")


def _bounded(cut: str, change: Change, field: CutField) -> None:
    kinds = (int,) if field.kind == "frames" else (int, float)
    good = isinstance(change.to, kinds) and not isinstance(change.to, bool)
    if not good or not field.least <= float(change.to or 0) <= field.most:
        what = "a whole number of frames" if field.kind == "frames" else "a number"
        raise InputRefused(
            f"{change.path} of {cut} cannot be {_told(change.to)}. It is {what} from {field.least:g} to "
            f"{field.most:g}."
        )


def _written(episode: Editable, sheet: Cutsheet, by: str) -> Paper:
    where = episode.workspace
    own = prompts.by_hand(sheet, where, episode.profile)
    texts = prompts.built(own, episode.profile)
    text = (HEADER + sheet_prompts.filled(own, texts).to_yaml()).encode()
    path = where.folder / inputs.SHEET
    before = path.read_bytes() if path.exists() else b""
    with where.store.batch():
        newest = where.store.papers(where.key).get(SHEET)
        if before and (newest is None or newest.ref.sha256 != hashlib.sha256(before).hexdigest()):
            # Edited by hand since the last version: that becomes a version too, so that it can be restored.
            where.store.keep_paper(where.key, SHEET, where.vault.keep(before, YAML), by=by)
        prompts.keep(texts, where)
        paper = where.store.keep_paper(where.key, SHEET, where.vault.keep(text, YAML), by=by)
    inputs.leave_sheet(where, text)
    return paper


def _values(raw: object, path: str = "") -> dict[str, Value]:
    """The single values in plain data, by dotted path; staged people by their id."""
    if isinstance(raw, dict):
        items = [(str(name), value) for name, value in raw.items()]
    elif isinstance(raw, list):
        named = [item.get("character") if isinstance(item, dict) and "pose" in item else None for item in raw]
        unique = len(set(named)) == len(named)
        items = [(str(named[at] or at) if unique else str(at), item) for at, item in enumerate(raw)]
    else:
        return {path: raw if isinstance(raw, str | int | float) else None}
    found: dict[str, Value] = {}
    for name, value in items:
        found |= _values(value, f"{path}.{name}" if path else name)
    return found


def _told(value: Value) -> str:
    if value in (None, ""):
        return "nothing"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
