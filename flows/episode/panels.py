"""Which drawing a cut has on the storyboard, and whether it is to be drawn anew.

In: a cut, what the store knows of its panel.      Out: the panel, found, held or painted; orders answered.
A panel that a person approved stays the picture they approved, whatever seed or quality comes later. It
gives way to what they order, to a cut that depicts something else, and to another painter or size; none
of these happens silently.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.hashing import digest
from assets.sheets.cutsheet import Cut
from assets.sheets.production import Done, Panel
from assets.sheets.review import Shown
from assets.store.records import Retake
from flows.episode.workspace import EpisodeWorkspace
from stages.continuity import pictured
from stages.storyboard import PanelModels, PanelOrder, PanelPiece, Redraw, draw
from stages.work_cache import WorkCache


@dataclass(frozen=True)
class PanelBook:
    """What the store knows of an episode's panels, read once for all its cuts.

    orders     every retake of a panel, answered or not, by cut
    approved   what each cut showed when the storyboard was last approved by a person
    """

    orders: Mapping[str, Sequence[Retake]]
    approved: Mapping[str, Shown]

    def redraw(self, cut: str) -> Redraw:
        orders = self.orders.get(cut, ())
        note = orders[-1].reason if orders else ""
        return Redraw(
            attempt=len(orders) + 1, anew=any(order.closed_at is None for order in orders), note=note
        )

    @property
    def open(self) -> frozenset[str]:
        """Cuts whose panel is ordered and not drawn yet."""
        return frozenset(cut for cut in self.orders if self.redraw(cut).anew)


def book(workspace: EpisodeWorkspace) -> PanelBook:
    """The panels of the episode as the store knows them now."""
    orders: dict[str, list[Retake]] = {}
    for order in workspace.store.retakes(workspace.key, "storyboard"):
        orders.setdefault(order.cut, []).append(order)
    return PanelBook(orders, _approved(workspace))


def panel_of(cut: Cut, order: PanelOrder, known: PanelBook, models: PanelModels, cache: WorkCache) -> Panel:
    """The panel ``cut`` has from now on. Touches no store: ``answer`` closes what was ordered."""
    redraw = known.redraw(cut.number)
    approved = known.approved.get(cut.number)
    if approved is not None and approved.panel is not None:
        depicts = digest(pictured(order.cutsheet, cut))
        now = (depicts, redraw.attempt, order.size, models.painter.card.name)
        if now == (approved.panel.basis, approved.panel.attempt, approved.size, approved.painter):
            cache.record(Done(step="panel", name=cut.number, outcome="locked", why="approved"))
            return approved.panel
    return draw(PanelPiece(cut=cut.number, redraw=redraw), order, models, cache)


def answer(panels: Mapping[str, Panel], known: PanelBook, workspace: EpisodeWorkspace) -> None:
    """Remember which panel each cut shows now, and close every order that one of ``panels`` answers."""
    with workspace.store.batch():
        workspace.store.show_panels(workspace.key, {cut: panel.image.sha256 for cut, panel in panels.items()})
        for cut in known.open & panels.keys():
            for order in known.orders[cut]:
                workspace.store.close_retake(order.id, take=panels[cut].attempt)


def replaced(panels: Mapping[str, Panel], known: PanelBook) -> list[str]:
    """Every approved panel that is not what is shown now, in sentences."""
    said = []
    for cut, approved in known.approved.items():
        panel, was = panels.get(cut), approved.panel
        if panel is None or was is None or panel.image == was.image or panel.attempt != was.attempt:
            continue
        why = "the cut depicts something else now" if panel.basis != was.basis else "it was painted otherwise"
        said.append(f"{cut}: the panel that was approved is not the one shown any more: {why}.")
    return said


def _approved(workspace: EpisodeWorkspace) -> dict[str, Shown]:
    reviews = {review.id: review for review in workspace.store.reviews(workspace.key)}
    for gate in reversed(workspace.store.gates(workspace.key, "storyboard")):
        review = reviews.get(gate.review or 0)
        if review is not None and review.verdict == "approve" and review.door != "auto":
            return {cut.cut: cut for cut in gate.shows.cuts}
    return {}
