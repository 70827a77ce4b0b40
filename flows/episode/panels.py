"""Decide which panel each cut has, and whether to draw it again.

In: a cut, what the store knows of its panel.      Out: the panel, reused, kept or painted; orders closed.
A panel that a person approved is kept when the seed or quality changes. It is replaced when the person
orders it, when the cut depicts something else, or when the painter or size changes; each replacement is
reported.
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
from stages.work import Found
from stages.work_cache import WorkCache


@dataclass(frozen=True)
class PanelBook:
    """What the store knows of an episode's panels, read once for all cuts.

    orders     all retakes of panels by cut, open or closed
    approved   the panel each cut showed when a person last approved the storyboard
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
    """The episode's panels as the store knows them now."""
    orders: dict[str, list[Retake]] = {}
    for order in workspace.store.retakes(workspace.key, "storyboard"):
        orders.setdefault(order.cut, []).append(order)
    return PanelBook(orders, _approved(workspace))


def panel_of(cut: Cut, order: PanelOrder, known: PanelBook, models: PanelModels, cache: WorkCache) -> Panel:
    """The panel that ``cut`` has from now on. Does not use the store: ``answer`` closes the orders."""
    redraw = known.redraw(cut.number)
    approved = known.approved.get(cut.number)
    if approved is not None and approved.panel is not None:
        depicts = digest(pictured(order.cutsheet, cut))
        now = (depicts, redraw.attempt, order.size, models.painter.card.name)
        if now == (approved.panel.basis, approved.panel.attempt, approved.size, approved.painter):
            locked = Done(step="panel", name=cut.number, outcome="locked", why="approved")
            cache.record(locked, Found(approved.panel.recipe, {"image": approved.panel.image.model_dump()}))
            return approved.panel
    return draw(PanelPiece(cut=cut.number, redraw=redraw), order, models, cache)


def answer(panels: Mapping[str, Panel], known: PanelBook, workspace: EpisodeWorkspace) -> None:
    """Record the panel each cut shows now, and close every order that one of ``panels`` answers."""
    with workspace.store.batch():
        workspace.store.show_panels(workspace.key, {cut: panel.image.sha256 for cut, panel in panels.items()})
        for cut in known.open & panels.keys():
            for order in known.orders[cut]:
                workspace.store.close_retake(order.id, take=panels[cut].attempt)


def replaced(panels: Mapping[str, Panel], known: PanelBook) -> list[str]:
    """Say in a sentence for each approved panel that it is no longer the one shown, and why."""
    sentences = []
    for cut, approved in known.approved.items():
        panel, was = panels.get(cut), approved.panel
        if panel is None or was is None or panel.image == was.image or panel.attempt != was.attempt:
            continue
        another = panel.basis != was.basis
        why = (
            "the cut depicts something else now"
            if another
            else "the painter, its options or the size changed"
        )
        sentences.append(f"{cut}: the approved panel is no longer shown: {why}.")
    return sentences


def _approved(workspace: EpisodeWorkspace) -> dict[str, Shown]:
    reviews = {review.id: review for review in workspace.store.reviews(workspace.key)}
    for gate in reversed(workspace.store.gates(workspace.key, "storyboard")):
        review = reviews.get(gate.review or 0)
        if review is not None and review.verdict == "approve" and review.door != "auto":
            return {cut.cut: cut for cut in gate.shows.cuts}
    return {}
