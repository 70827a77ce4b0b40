"""Draw the storyboard: one panel per cut.

In: a cut of a cut sheet, a painter.      Out: a Panel in the vault.
Knows nothing about movement, sound or other cuts.
"""

from pydantic import Field

from assets.media.picture import to_png
from assets.sheets.base import Part
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Panel, Ref
from models.lease import Leased
from stages.desk import Desk, Result, Work
from stages.shots import depiction, seed_of, shot


class StoryboardOptions(Part):
    """How panels are drawn."""

    seed: int = Field(default=0, ge=0, description="Changes every drawing that has chance in it")


def draw(
    cut: Cut,
    cutsheet: Cutsheet,
    *,
    painter: Leased,
    desk: Desk,
    size: tuple[int, int],
    options: StoryboardOptions,
) -> Panel:
    """The panel of ``cut``, found in the vault or drawn now."""
    what = shot(cutsheet, cut, size)
    # An approved or kept take began with this panel: a retake moves it anew, it does not redraw it.
    seed = seed_of(cutsheet.episode, cut.number, 1, options.seed)
    work = Work(
        step="panel",
        name=cut.number,
        card=painter.card,
        inputs={"seed": seed},
        depicts=depiction(what),
        fits={"size": list(size)},
    )

    def make() -> Result:
        with desk.machine_time():
            picture = painter.machine.paint(what, seed=seed)
            data = to_png(picture)
        return {"image": desk.vault.put(data, "image/png").model_dump(mode="json")}

    found = desk.do(work, make)
    image = Ref.model_validate(found["image"])
    return Panel(cut=cut.number, image=image, recipe=work.recipe, basis=work.basis)
