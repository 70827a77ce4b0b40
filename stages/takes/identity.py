"""Find the cuts whose characters resemble their sheets least, among all cuts of an episode.

In: the measures of the take that each cut shows.      Out: the cuts that fall behind the others, the worst first.
A cut is named when its identity is below what half of the cuts reach by more than its own light and framing explain.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from assets.plain import listed

MOST = 5
APART = 0.12  # between cuts of one episode by the rig alone the measure differs by up to 0.08
POOR = 0.5  # whatever the others are: half of the colours are others


@dataclass(frozen=True)
class OffModel:
    """One cut, its identity (0..1), and the middle of all cuts."""

    cut: str
    identity: float
    middle: float


def off_model(measures: Mapping[str, Mapping[str, float]]) -> tuple[OffModel, ...]:
    """The cuts to look at, the worst first; ``measures`` are those of the shown takes, by cut number."""
    known = {cut: found["identity"] for cut, found in measures.items() if "identity" in found}
    if not known:
        return ()
    middle = median(known.values())
    behind = [
        OffModel(cut, value, middle)
        for cut, value in known.items()
        if value < POOR or (len(known) > 2 and value < middle - APART)
    ]
    return tuple(sorted(behind, key=lambda one: (one.identity, one.cut)))


def told(found: Sequence[OffModel]) -> list[str]:
    """One sentence for the report; none where no cut falls behind."""
    if not found:
        return []
    worst = listed([f"{one.cut} ({one.identity:.2f})" for one in found], MOST)
    return [
        f"Least like their character sheets: {worst}; half of the cuts reach {found[0].middle:.2f} or more. Look "
        "at them, and order a retake with the reason off_model where somebody is not themselves."
    ]
