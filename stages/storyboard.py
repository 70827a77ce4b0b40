"""Draw the storyboard: one panel per cut.

In: a cut, what all panels of the storyboard share, the models.      Out: a Panel in the vault.
Knows nothing about animation, sound or other cuts.
"""

from dataclasses import dataclass
from typing import Any, Self

from pydantic import Field

from assets.matter import Still
from assets.media.picture import to_png
from assets.sheets.base import Part, Seed, Side
from assets.sheets.cutsheet import CutNumber, Cutsheet
from assets.sheets.production import Panel, Ref
from models.lease import Leased, Named
from models.ports import Painter, Shot, Upscaler
from stages.continuity import pictured
from stages.shots.shot import equipped, ingredients, lora_set, seed_of, shot
from stages.work import Order, Result, Work
from stages.work_cache import WorkCache


class StoryboardOptions(Part):
    """How panels are drawn."""

    seed: Seed = Field(default=0, description="Seed of every drawing")
    size: tuple[Side, Side] | None = Field(
        default=None,
        description="Width and height the painter works at, below the profile's; needs an upscaler",
    )


class Redraw(Part):
    """Which drawing of a cut this is: the first, or one that a person ordered.

    anew   ordered and not drawn yet: an earlier drawing is not reused
    note   why it was ordered, in the person's words
    """

    attempt: int = Field(default=1, ge=1, description="1, 2, 3... each with a seed of its own")
    anew: bool = False
    note: str = ""


FIRST = Redraw()


@dataclass(frozen=True)
class PanelModels:
    """The models that make panels.

    layout    a painter whose picture guides the composition of ``painter``, if its card accepts a layout
    upscaler  enlarges panels that are drawn smaller than the episode
    """

    painter: Leased[Painter]
    layout: Leased[Painter] | None = None
    upscaler: Leased[Upscaler] | None = None


class PanelPiece(Part):
    """One panel to draw."""

    cut: CutNumber
    redraw: Redraw = FIRST


class PanelOrder(Part):
    """What all panels of one storyboard share, in a form that travels to another process."""

    cutsheet: Cutsheet
    size: tuple[int, int]
    options: StoryboardOptions
    painter: Named
    layout: Named | None = None
    upscaler: Named | None = None

    @classmethod
    def of(
        cls, cutsheet: Cutsheet, size: tuple[int, int], options: StoryboardOptions, models: PanelModels
    ) -> Self:
        return cls(
            cutsheet=cutsheet,
            size=size,
            options=options,
            painter=models.painter.named(),
            layout=models.layout.named() if models.layout else None,
            upscaler=models.upscaler.named() if models.upscaler else None,
        )


def draw(piece: PanelPiece, order: PanelOrder, models: PanelModels, cache: WorkCache) -> Panel:
    """The panel of a cut, from the vault or drawn now."""
    cutsheet, cut, redraw = order.cutsheet, order.cutsheet.cut(piece.cut), piece.redraw
    seed, what = _seed(piece, order), _what(piece, order, models)
    work = _work(piece, order, models)

    def make() -> Result:
        given = equipped(what, cutsheet, models.painter.card, cache.vault)
        layout = _layout(piece, order, seed, models, cache)  # first: it may displace the painter
        machine = models.painter.model  # another lane may have it: waiting is not counted as work
        with cache.machine_time():
            picture = machine.paint(given, seed=seed, layout=layout)
            if order.options.size and models.upscaler:
                picture = models.upscaler.model.upscale(picture, size=order.size)
            data = to_png(picture)
        image = {"image": cache.vault.put(data, "image/png").model_dump(mode="json")}
        return {**image, "prompt": what.prompt.text} if what.prompt.text else image

    found = cache.get_or_make(
        work, make, lambda: Order(order, piece, 1, " ".join(lora_set(cut, cutsheet, models.painter.card)))
    )
    return Panel(
        cut=cut.number,
        image=Ref.model_validate(found["image"]),
        recipe=work.recipe,
        basis=work.basis,
        attempt=redraw.attempt,
        prompt=found.get("prompt", ""),  # as it was sent: a kept panel may have been sent another text
    )


def _seed(piece: PanelPiece, order: PanelOrder) -> int:
    # A retake of a take animates its panel again and does not redraw it; a retake of the panel does.
    return seed_of(piece.cut, piece.redraw.attempt, order.options.seed)


def _what(piece: PanelPiece, order: PanelOrder, models: PanelModels) -> Shot:
    cut, size = order.cutsheet.cut(piece.cut), order.options.size or order.size
    return shot(order.cutsheet, cut, size, models.painter.card, piece.redraw.note)


def _work(piece: PanelPiece, order: PanelOrder, models: PanelModels) -> Work:
    cutsheet, cut = order.cutsheet, order.cutsheet.cut(piece.cut)
    return Work(
        step="panel",
        name=cut.number,
        model=models.painter,
        inputs={
            "seed": _seed(piece, order),
            **ingredients(_what(piece, order, models), cutsheet, models.painter.card),
            **_guided(piece, order, models.layout),
            **_enlarged(order, models),
        },
        depicts=pictured(cutsheet, cut),
        fits={"size": list(order.size)},
        anew=piece.redraw.anew,
        # Unlike a seed or an option, a LoRA comes into the bible by a person's approval: to be seen.
        holds=frozenset({"loras"}),
    )


def _guided(piece: PanelPiece, order: PanelOrder, layout: Leased[Painter] | None) -> dict[str, Any]:
    if layout is None:
        return {}
    read = ingredients(_guide(piece, order, layout), order.cutsheet, layout.card)
    return {"layout": layout.identity(), **({"layout reads": read} if read else {})}


def _enlarged(order: PanelOrder, models: PanelModels) -> dict[str, Any]:
    """The size at which a panel is drawn and the upscaler, if it is not the episode's size."""
    if not order.options.size or models.upscaler is None:
        return {}
    return {"drawn at": list(order.options.size), "upscaler": models.upscaler.identity()}


def _layout(
    piece: PanelPiece, order: PanelOrder, seed: int, models: PanelModels, cache: WorkCache
) -> Still | None:
    if models.layout is None:
        return None
    guide = _guide(piece, order, models.layout)
    machine = models.layout.model
    with cache.machine_time():
        return machine.paint(equipped(guide, order.cutsheet, models.layout.card, cache.vault), seed=seed)


def _guide(piece: PanelPiece, order: PanelOrder, layout: Leased[Painter]) -> Shot:
    """The shot as the layout's painter is given it: by what its own card accepts."""
    cut, size = order.cutsheet.cut(piece.cut), order.options.size or order.size
    return shot(order.cutsheet, cut, size, layout.card, piece.redraw.note)
