"""Measure over generations whether what is learnt from approved takes drifts away from the core set.

In: the validations of a subject's generations.      Out: a table, and a sheet of the same cuts in every generation.
Every generation was measured against held-out art of the core set, so a rising style distance is drift. A generation
that was measured on other cuts or art is shown, and not compared.
"""

from dataclasses import dataclass

import numpy as np

from assets.errors import InputRefused
from assets.matter import Still
from assets.media.picture import from_png
from assets.sheets.validation import Column, Subject, Validation
from assets.store import Store
from assets.vault import Vault
from flows.training import approvals
from flows.training.approvals import Standing
from flows.training.held_out import still
from stages.validation import drift_sheet
from stages.validation.drift_sheet import Row


@dataclass(frozen=True)
class Generation:
    """One generation, at the strength that was approved, or else proposed."""

    standing: Standing
    made: Validation
    column: Column
    comparable: bool
    farther: float  # style distance compared with the best generation before it

    @property
    def number(self) -> int:
        return self.made.learnt.generation if self.made.learnt else 0

    @property
    def words(self) -> str:
        """What the measure says of it."""
        if not self.comparable:
            return "measured on other cuts or art"
        if self.farther > _noise(self.made):
            return f"drifts: {self.farther:.2f} farther from the core set than before"
        return "stays" if self.farther > -_noise(self.made) else f"{-self.farther:.2f} nearer"


def generations(store: Store, vault: Vault, subject: Subject) -> tuple[Generation, ...]:
    """Every generation that was validated, in order."""
    newest: dict[int, tuple[Standing, Validation]] = {}
    for standing in approvals.listed(store):
        if standing.subject == str(subject):
            made = standing.read(vault)
            if made.learnt is not None:
                newest[made.learnt.generation] = (standing, made)
    found: list[Generation] = []
    first = newest[min(newest)][1] if newest else None
    best = float("inf")
    for _, (standing, made) in sorted(newest.items()):
        strength = standing.strength if standing.strength is not None else made.proposed
        column = made.column(strength)
        if column is None or first is None:
            continue
        same = _basis(made) == _basis(first)
        farther = column.readings.style - best if same and best < float("inf") else 0.0
        found.append(Generation(standing, made, column, same, farther))
        best = min(best, column.readings.style) if same else best
    return tuple(found)


def sheet_of(found: tuple[Generation, ...], vault: Vault) -> Still:
    """The sheet: one row for each generation, and the art beside."""
    if not found:
        raise InputRefused("No generation was learnt for it yet: sakuga learn.")
    first = found[0].made
    cuts = [cut.cut for cut in first.cuts]
    rows = [
        Row(
            "without",
            [f"style {first.columns[0].readings.style:.2f}"],
            [from_png(vault.get(ref)) for ref in first.columns[0].pictures],
        )
    ]
    for one in found:
        learnt = one.made.learnt
        lines = [
            f"style {one.column.readings.style:.2f}",
            f"{learnt.takes} approved, {learnt.share:.0%}" if learnt else "",
            f"{one.standing.state} at {one.column.strength:g}",
            one.words,
        ]
        pictures = [from_png(vault.get(ref)) for ref in one.column.pictures]
        rows.append(Row(f"generation {one.number}", lines, pictures, drifts=one.words.startswith("drifts")))
    art = [still(ref, vault) for ref in first.held_out.works[: len(rows)]]
    title = f"{first.subject.words}: drift over {len(found)} generations"
    return np.asarray(drift_sheet.drawn(title, cuts, rows, art), np.uint8)


def _basis(made: Validation) -> tuple[object, ...]:
    return (made.held_out.root, made.painter, made.size, tuple((cut.episode, cut.cut) for cut in made.cuts))


def _noise(made: Validation) -> float:
    """A change smaller than this is none: a tenth of the way from the pictures without the LoRA to the art."""
    return 0.1 * max(0.0, made.columns[0].readings.style - made.held_out.floor)
