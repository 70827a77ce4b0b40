"""Draw the storyboard: one panel per cut.

In: a cut of a cut sheet, a painter.      Out: a Panel in the vault.
Knows nothing about movement, sound or other cuts.
"""

from typing import ClassVar

from pydantic import Field

from assets.media.picture import to_png
from assets.sheets.base import Part, Seed, Sheet
from assets.sheets.cutsheet import Cut, CutNumber, Cutsheet
from assets.sheets.production import Panel, Ref
from models.lease import Leased, Named
from stages.continuity import pictured
from stages.desk import Desk, Order, Result, Work
from stages.shots import equipped, ingredients, seed_of, shot


class StoryboardOptions(Part):
    """How panels are drawn."""

    seed: Seed = Field(default=0, description="Changes every drawing that has chance in it")


class Redraw(Part):
    """Which drawing of a cut this is: the first, or one that a person ordered.

    anew   ordered and not drawn yet: an earlier drawing will not do
    note   why it was ordered, in the person's words
    """

    attempt: int = Field(default=1, ge=1, description="1, 2, 3... each with a seed of its own")
    anew: bool = False
    note: str = ""


FIRST = Redraw()


class PanelPiece(Part):
    """One panel to draw, for another process."""

    cut: CutNumber
    redraw: Redraw = FIRST


class PanelOrder(Sheet):
    """What all panels of one storyboard share."""

    sheet: ClassVar[str] = "panel-order"

    cutsheet: Cutsheet
    size: tuple[int, int]
    options: StoryboardOptions
    painter: Named


def draw(
    cut: Cut,
    cutsheet: Cutsheet,
    *,
    painter: Leased,
    desk: Desk,
    size: tuple[int, int],
    options: StoryboardOptions,
    redraw: Redraw = FIRST,
) -> Panel:
    """The panel of ``cut``, found in the vault or drawn now."""
    what = shot(cutsheet, cut, size, painter.card, redraw.note)
    # A retake of a take moves its panel anew and does not redraw it; a retake of the panel does.
    seed = seed_of(cutsheet.episode, cut.number, redraw.attempt, options.seed)
    work = Work(
        step="panel",
        name=cut.number,
        model=painter,
        inputs={"seed": seed, **ingredients(what, cutsheet, painter.card)},
        depicts=pictured(cutsheet, cut),
        fits={"size": list(size)},
        anew=redraw.anew,
    )

    def make() -> Result:
        machine = painter.machine  # another lane may have it: waiting is not counted as work
        given = equipped(what, cutsheet, painter.card, desk.vault)
        with desk.machine_time():
            picture = machine.paint(given, seed=seed)
            data = to_png(picture)
        return {"image": desk.vault.put(data, "image/png").model_dump(mode="json")}

    def order() -> Order:
        common = PanelOrder(cutsheet=cutsheet, size=size, options=options, painter=painter.named())
        return Order(common, PanelPiece(cut=cut.number, redraw=redraw), cut.scene, 1)

    found = desk.do(work, make, order)
    image = Ref.model_validate(found["image"])
    return Panel(
        cut=cut.number,
        image=image,
        recipe=work.recipe,
        basis=work.basis,
        attempt=redraw.attempt,
        prompt=what.prompt.text,
    )
